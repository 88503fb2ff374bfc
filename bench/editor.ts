import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pythonFile, shellFile } from './inputs.js';
import { median, percentile, type Row, row } from './measure.js';
import { Server } from './neighbours.js';

interface Opened {
  /** From opening the document to its lenses or diagnostics, ms. */
  readonly open: number;
  /** From starting the process to that, ms. */
  readonly total: number;
  readonly hovers: readonly number[];
  readonly memory: number;
}
const kept = path.resolve('.cache/bench');
const own = (): Server => new Server(process.execPath, [path.resolve('dist/server-node.js'), '--stdio', '--code-cache', kept]);
/** The first start of a product that has just been installed or updated keeps the code that V8 compiled; what people feel are the others. */
async function startOnce(document: Parameters<typeof opened>[1]): Promise<void> {
  rmSync(kept, { recursive: true, force: true });
  const server = own();
  try {
    await server.start();
    server.notify('textDocument/didOpen', { textDocument: { ...document, version: 1 } });
    for (let waited = 0; !existsSync(path.join(kept, 'program.js.cache')); waited++) {
      if (waited === 600) throw new Error('the server keeps no code');
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  } finally {
    server.stop();
  }
}

async function opened(
  server: Server,
  document: { uri: string; languageId: string; text: string },
  ready: 'lenses' | 'diagnostics',
  hoverAt: { line: number; character: number },
): Promise<Opened> {
  try {
    const spawned = performance.now();
    await server.start();
    const begin = performance.now();
    const diagnosed =
      ready === 'diagnostics'
        ? server.until((message) => message.method === 'textDocument/publishDiagnostics' && (message.params as { uri: string }).uri === document.uri)
        : undefined;
    server.notify('textDocument/didOpen', { textDocument: { ...document, version: 1 } });
    if (diagnosed) await diagnosed;
    else {
      const lenses = (await server.request('textDocument/codeLens', { textDocument: { uri: document.uri } })) as unknown[] | null;
      if (!lenses || lenses.length === 0) throw new Error(`no lens in ${document.uri}`);
    }
    const open = performance.now() - begin;
    const total = performance.now() - spawned;
    const hovers: number[] = [];
    for (let n = 0; n < 200; n++) {
      const at = performance.now();
      await server.request('textDocument/hover', {
        textDocument: { uri: document.uri },
        position: { line: hoverAt.line + (n % 3), character: hoverAt.character },
      });
      hovers.push(performance.now() - at);
    }
    return { open, total, hovers, memory: server.memory() };
  } finally {
    server.stop();
  }
}
async function times(runs: number, work: () => Promise<Opened>): Promise<{ open: number; total: number; hoverP95: number; memory: number }> {
  const all: Opened[] = [];
  for (let n = 0; n < runs; n++) all.push(await work());
  return {
    open: median(all.map((one) => one.open)),
    total: median(all.map((one) => one.total)),
    hoverP95: percentile(
      all.flatMap((one) => one.hovers),
      0.95,
    ),
    memory: median(all.map((one) => one.memory)),
  };
}

/** Opening a document until its lenses, beside the neighbours' time to diagnostics; hover; memory; what of it no code of ours can change. */
export async function opening(withNeighbours: boolean): Promise<Row[]> {
  const python = { uri: 'file:///w/train.py', languageId: 'python', text: pythonFile(2400) };
  const shell = { uri: 'file:///w/run.sh', languageId: 'shellscript', text: shellFile(800) };
  const yaml = {
    uri: 'file:///w/conf.yaml',
    languageId: 'yaml',
    text: 'a:\n  - b: 1\n    c: [1, 2]\n'.repeat(800).replaceAll('a:', () => `k${Math.floor(performance.now() * 1e6)}:`),
  };
  const line = (text: string, needle: string): number => text.slice(0, text.indexOf(needle)).split('\n').length;
  await startOnce(python);
  const ours = await times(5, () => opened(own(), python, 'lenses', { line: line(python.text, 'per_device_train_batch_size=args'), character: 20 }));
  const oursShell = await times(5, () => opened(own(), shell, 'lenses', { line: line(shell.text, '--per_device'), character: 6 }));
  const floor = floorOf(python.text);
  const floors = floorRows(floor, ours, oursShell);
  if (!withNeighbours) return floors;
  const pyright = await times(3, () => opened(Server.neighbour('pyright-langserver', ['--stdio']), python, 'diagnostics', { line: 20, character: 12 }));
  const bash = await times(3, () => opened(Server.neighbour('bash-language-server', ['start']), shell, 'diagnostics', { line: 8, character: 6 }));
  const yamls = await times(3, () => opened(Server.neighbour('yaml-language-server', ['--stdio']), yaml, 'diagnostics', { line: 8, character: 3 }));
  const ms = (value: number): string => `${value.toFixed(0)} ms`;
  return [
    ...floors,
    row(
      'open a 2,400-line Python file until lenses / pyright until diagnostics',
      ours.open / pyright.open,
      ' ×',
      0.1,
      `${ms(ours.open)} / ${ms(pyright.open)}`,
    ),
    row('the same / yaml-language-server until diagnostics', ours.open / yamls.open, ' ×', 0.1, `${ms(ours.open)} / ${ms(yamls.open)}`),
    told('floor of that: the grammar loaded and the file parsed, and nothing else', floor.parse / yamls.open, ' ×', `${ms(floor.parse)} / ${ms(yamls.open)}`),
    row(
      'open an 800-line shell file until lenses / bash-language-server until diagnostics',
      oursShell.open / bash.open,
      ' ×',
      0.1,
      `${ms(oursShell.open)} / ${ms(bash.open)}`,
    ),
    row('hover p95, Python', ours.hoverP95, ' ms', 5),
    row('hover p95, shell', oursShell.hoverP95, ' ms', 5),
    ...[
      ['pyright', pyright],
      ['bash-language-server', bash],
      ['yaml-language-server', yamls],
    ].map(([name, other]) =>
      row(
        `server memory / ${name}'s`,
        Math.max(ours.memory, oursShell.memory) / (other as typeof ours).memory,
        ' ×',
        1,
        `${ours.memory.toFixed(0)} / ${(other as typeof ours).memory.toFixed(0)} MiB`,
      ),
    ),
  ];
}

interface Floor {
  readonly node: number;
  readonly parse: number;
}
/** What a new process needs in any case: Node itself, and the grammar's first parse.
 * @unit ms */
function floorOf(text: string): Floor {
  const folder = mkdtempSync(path.join(tmpdir(), 'mlcost-floor-'));
  const file = path.join(folder, 'train.py');
  writeFileSync(file, text);
  const first = `
    const { Parser, Language } = require('web-tree-sitter');
    const { readFileSync } = require('fs');
    (async () => {
      const [text, grammar] = [readFileSync(process.argv[1], 'utf8'), readFileSync('dist/tree-sitter-python.wasm')];
      const begin = performance.now();
      await Parser.init();
      const parser = new Parser();
      parser.setLanguage(await Language.load(grammar));
      parser.parse(text);
      console.log(performance.now() - begin);
    })();`;
  const flags = ['--no-wasm-tier-up', '--no-wasm-dynamic-tiering'];
  const node: number[] = [];
  const parse: number[] = [];
  for (let n = 0; n < 7; n++) {
    const begin = performance.now();
    spawnSync(process.execPath, ['-e', '0']);
    node.push(performance.now() - begin);
    parse.push(Number(spawnSync(process.execPath, [...flags, '-e', first, file], { encoding: 'utf8' }).stdout));
  }
  rmSync(folder, { recursive: true, force: true });
  return { node: median(node), parse: median(parse) };
}
/** Not held to a bound. */
const told = (what: string, figure: number, unit: string, detail = ''): Row => row(what, figure, unit, Number.POSITIVE_INFINITY, detail);
/** Printed to tell our part from what no code of ours can change. */
const floorRows = (floor: Floor, python: { open: number; total: number }, shell: { open: number; total: number }): Row[] => [
  told('floor: node -e 0', floor.node, ' ms'),
  told('floor: grammar loaded and that Python file parsed, in a new process', floor.parse, ' ms'),
  told('open that Python file until lenses', python.open, ' ms'),
  told('the same from the start of the process', python.total, ' ms'),
  told('open an 800-line shell file until lenses', shell.open, ' ms'),
  told('the same from the start of the process', shell.total, ' ms'),
];
