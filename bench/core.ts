import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { Grammars, recognise, SyntaxTree } from '../server/src/core/index.js';
import { createDocument } from '../server/src/core/text/document.js';
import { Engine } from '../server/src/host/engine.js';
import { never } from '../server/src/host/host.js';
import { nodeHost } from '../server/src/node/node-host.js';
import { pythonFile, writeWorkspace } from './inputs.js';
import { inTurn, median, percentile, type Row, row } from './measure.js';
import { run } from './neighbours.js';

const dist = path.resolve('dist');

/** Where people type: inside a word or number. */
const typedAt = (text: string): number[] =>
  [...text.matchAll(/[A-Za-z0-9](?=[A-Za-z0-9])/g)].map((match) => match.index + 1).filter((at) => at < text.length - 900);
function randomOf(start: number): (below: number) => number {
  let seed = start;
  return (below) => {
    seed = (seed * 1103515245 + 12345) & 0x7fffffff;
    return seed % below;
  };
}

/** Times from a letter typed, or taken back, to new estimates, ms. */
export async function editTimes(): Promise<number[]> {
  const text = pythonFile(2400);
  const engine = new Engine(nodeHost(dist));
  const uri = 'file:///w/train.py';
  engine.openText(uri, text, 'python');
  await engine.report(uri);
  let current = text;
  const random = randomOf(7);
  const edit = async (start: number, oldEnd: number, inserted: string): Promise<number> => {
    const begin = performance.now();
    current = current.slice(0, start) + inserted + current.slice(oldEnd);
    engine.change(uri, [{ start, oldEnd, text: inserted }], current, 'python');
    const { workloads } = await engine.report(uri);
    const spent = performance.now() - begin;
    if (workloads.length === 0) throw new Error('an edit lost the workload');
    return spent;
  };
  const places = typedAt(text);
  const edits: number[] = [];
  for (let n = 0; n < 400; n++) {
    const at = places[random(places.length)] ?? 1;
    edits.push(await edit(at, at, '1'), await edit(at, at + 1, ''));
  }
  return edits;
}

/** Analysis of one file against the bare parse of it, edits, memory over many edits. */
export async function oneFile(): Promise<Row[]> {
  const memory = new WebAssembly.Memory({ initial: 512, maximum: 32768 });
  const grammars = new Grammars((name) => nodeHost(dist).readAsset(name), memory);
  const parser = await grammars.load('python');
  const text = pythonFile(2400);
  const document = createDocument('file:///w/train.py', text);
  if (recognise(document, grammars).workloads.length === 0) throw new Error('the benchmark file has no workload: nothing would be measured');
  const { a: full, b: bare } = inTurn(
    25,
    () => {
      recognise(document, grammars);
    },
    () => {
      parser.parse(text)?.delete();
    },
  );
  const parse = median(bare);

  // In a process as the server runs: its grammar is not optimised (docs/decisions/0004-start.md), the parse above is.
  const child = spawnSync(process.execPath, ['--no-wasm-tier-up', '--no-wasm-dynamic-tiering', process.argv[1] ?? '', '--edits'], { encoding: 'utf8' });
  if (child.status !== 0) throw new Error(child.stderr);
  const edits = JSON.parse(child.stdout) as number[];
  const places = typedAt(text);
  const random = randomOf(11);
  const workMemory = new WebAssembly.Memory({ initial: 512, maximum: 32768 });
  const long = new Grammars((name) => nodeHost(dist).readAsset(name), workMemory);
  const longParser = await long.load('python');
  const tree = new SyntaxTree(longParser, text);
  tree.root();
  const pages = () => workMemory.buffer.byteLength / 2 ** 20;
  for (let n = 0; n < 200; n++) {
    const at = places[random(places.length)] ?? 1;
    tree.apply({ start: at, oldEnd: at, text: '1' });
    tree.root();
    tree.apply({ start: at, oldEnd: at + 1, text: '' });
    tree.root();
  }
  const before = pages();
  for (let n = 0; n < 5000; n++) {
    const at = places[random(places.length)] ?? 1;
    tree.apply({ start: at, oldEnd: at, text: '1' });
    tree.root();
    tree.apply({ start: at, oldEnd: at + 1, text: '' });
    tree.root();
  }
  tree.dispose();
  return [
    row('full analysis of a 2,400-line Python file / its bare parse', median(full) / parse, ' ×', 1.3, `${median(full).toFixed(1)} / ${parse.toFixed(1)} ms`),
    row(
      'one-character edit to new estimates, p95 / that parse',
      percentile(edits, 0.95) / parse,
      ' ×',
      0.2,
      `p50 ${median(edits).toFixed(1)}, p95 ${percentile(edits, 0.95).toFixed(1)} ms`,
    ),
    row('growth of wasm memory over 10,000 edits', pages() - before, ' MiB', 0, `${pages().toFixed(0)} MiB`),
  ];
}

/** The scan of a workspace against parsing all its Python, and against pyright. */
export async function workspace(withNeighbours: boolean): Promise<Row[]> {
  const root = mkdtempSync(path.join(tmpdir(), 'mlcost-bench-'));
  try {
    writeWorkspace(root, 10_000, 300);
    const host = nodeHost(dist);
    const scans: number[] = [];
    let found = 0;
    for (let n = 0; n < 3; n++) {
      const begin = performance.now();
      const engine = new Engine(host);
      const uri = pathToFileURL(root).href;
      engine.roots = [uri];
      const reports = await engine.scan(await host.listFiles(uri, never));
      scans.push(performance.now() - begin);
      found = reports.reduce((sum, report) => sum + report.workloads.length, 0);
    }
    if (found < 300) throw new Error(`the scan found ${found} of 300 workloads`);
    const grammars = new Grammars((name) => host.readAsset(name));
    const parser = await grammars.load('python');
    const begin = performance.now();
    for (const uri of await host.listFiles(pathToFileURL(root).href, never)) {
      if (!uri.endsWith('.py')) continue;
      const text = await host.readText(uri);
      if (text !== null) parser.parse(text)?.delete();
    }
    const parsing = performance.now() - begin;
    const rows = [
      row(
        'scan of 10,000 files, 300 relevant / parsing all its Python',
        median(scans) / parsing,
        ' ×',
        0.25,
        `${(median(scans) / 1000).toFixed(2)} / ${(parsing / 1000).toFixed(2)} s`,
      ),
    ];
    if (withNeighbours) {
      const pyright = run('pyright', [root], 900_000);
      rows.push(row('the same scan / pyright on the same tree', median(scans) / pyright.ms, ' ×', 0.25, `pyright ${(pyright.ms / 1000).toFixed(1)} s`));
    }
    return rows;
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}
