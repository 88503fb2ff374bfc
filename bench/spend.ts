import { spawn, spawnSync } from 'node:child_process';
import { createWriteStream, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { csvRow, focusColumns, focusRows } from '../test/support/focus-export.js';
import { type Row, row } from './measure.js';

const rows = 5_000_000;
const cli = path.resolve('dist/cli.js');

/** An export of five million rows brought into a ledger, beside DuckDB's roll-up of the same file: time, memory, and whether the sums are the same. Needs 4 GB of disk. */
export async function spend(neighbours: boolean): Promise<Row[]> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'mlcost-spend-'));
  try {
    const file = path.join(folder, 'focus.csv');
    await generate(file);
    const ours = await timed(process.execPath, [cli, 'spend', 'import', '--quiet', '--workspace', folder, file]);
    const found: Row[] = [row(`peak memory of importing ${rows / 1e6} million rows`, ours.mib, ' MiB', 250)];
    if (!neighbours) return found;
    const answer = path.join(folder, 'duckdb.json');
    const theirs = await timed(process.execPath, [path.resolve('bench/duckdb-roll-up.mjs'), file, answer]);
    found.push(
      row(
        "the same import / DuckDB's roll-up of the file",
        ours.ms / theirs.ms,
        ' ×',
        3,
        `${seconds(ours.ms)} / ${seconds(theirs.ms)} s, DuckDB ${theirs.mib.toFixed(0)} MiB`,
      ),
    );
    const report = spawnSync(process.execPath, [cli, 'spend', 'report', '--workspace', folder, '--by', 'day,team,service', '--format', 'json'], {
      encoding: 'utf8',
      maxBuffer: 1 << 28,
    });
    const sums = new Map(
      (JSON.parse(report.stdout) as { rows: { day: string; team: string | null; service: string; cost: string }[] }).rows.map((one) => [
        `${one.day}|${one.team}|${one.service}`,
        digits(one.cost),
      ]),
    );
    const told = JSON.parse(readFileSync(answer, 'utf8')) as [string, string][];
    const different = told.filter(([key, cost]) => sums.get(key) !== digits(cost)).length + Math.abs(told.length - sums.size);
    found.push(row("sums that differ from DuckDB's decimals, of all groups", different, ` of ${told.length}`, 0));
    return found;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
const seconds = (ms: number): string => (ms / 1000).toFixed(1);
/** Without the zeros that an exact decimal may end in. */
const digits = (text: string): string => text.replace(/\.?0+$/, '');

async function generate(file: string): Promise<void> {
  const out = createWriteStream(file);
  let text = csvRow(focusColumns);
  for (const one of focusRows({ rows })) {
    text += csvRow(one);
    if (text.length < 1 << 20) continue;
    if (!out.write(text)) await new Promise<void>((resolve) => out.once('drain', resolve));
    text = '';
  }
  await new Promise<void>((resolve) => out.end(text, resolve));
}
/** Wall time and peak resident memory of a command. */
function timed(command: string, args: readonly string[]): Promise<{ ms: number; mib: number }> {
  return new Promise((resolve, reject) => {
    const begin = performance.now();
    const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'inherit'] });
    let mib = 0;
    const look = setInterval(() => {
      try {
        mib = Math.max(mib, Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1] ?? 0) / 1024);
      } catch {}
    }, 50);
    child.once('exit', (code) => {
      clearInterval(look);
      if (code === 0) resolve({ ms: performance.now() - begin, mib });
      else reject(new Error(`${command} ${args.join(' ')}: exit ${code}`));
    });
  });
}
