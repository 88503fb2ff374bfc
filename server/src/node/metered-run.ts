import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdir, open, readdir, readFile, rename } from 'node:fs/promises';
import os, { constants } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { isVisible, Meter, type Metered, nvidiaQuery, readNvidia, readRocm, withoutSecrets } from '../core/index.js';
import { runFolder } from '../host/spend-usage.js';
import { commitOf } from './git.js';

/** A command that was metered: written before it starts, again while it runs, and when it ends. */
export interface RunRecord {
  readonly version: 1;
  readonly id: string;
  readonly command: readonly string[];
  readonly cwd: string;
  readonly host: string;
  readonly pid: number;
  readonly started: string;
  readonly commit?: string;
  /** Files differ from the commit. */
  readonly dirty?: boolean;
  readonly tags: Readonly<Record<string, string>>;
  readonly state: 'running' | 'ended' | 'lost';
  /** When it was last seen running, or ended. */
  readonly seen: string;
  /** @unit s */
  readonly seconds: number;
  readonly status?: number;
  readonly metered: Metered;
  /** What of it could not be measured, and why. */
  readonly missing: readonly string[];
}
/** How often the GPUs are looked at and the record is written again. @unit ms */
const every = 10_000;

/** Runs a command and meters it. @returns its exit status: 128 and the signal's number where a signal ended it, 127 where there is no such command */
export async function meteredRun(
  root: string,
  command: readonly [string, ...string[]],
  tags: Readonly<Record<string, string>>,
  onStart: (record: RunRecord) => Promise<void>,
): Promise<RunRecord> {
  const folder = path.join(root, runFolder);
  await mkdir(folder, { recursive: true });
  await closeLost(folder);
  const started = new Date();
  const begin = performance.now();
  const meter = new Meter();
  const missing: string[] = [];
  const git = await commitOf(process.cwd());
  const first: RunRecord = {
    version: 1,
    id: `${started.toISOString().replace(/[:.]/g, '-')}-${process.pid}`,
    command: withoutSecrets(command),
    cwd: process.cwd(),
    host: os.hostname(),
    pid: process.pid,
    started: started.toISOString(),
    ...git,
    tags,
    state: 'running',
    seen: started.toISOString(),
    seconds: 0,
    metered: { samples: 0 },
    missing,
  };
  const now = (): RunRecord => {
    const seconds = (performance.now() - begin) / 1000;
    return { ...first, seen: new Date().toISOString(), seconds, metered: meter.total(seconds / 3600), missing };
  };
  let writing = write(folder, first);
  await writing;
  await onStart(first);
  const child = spawn(command[0], command.slice(1), { stdio: 'inherit' });
  const pass = (signal: NodeJS.Signals): void => void child.kill(signal);
  // the terminal sends Ctrl-C to both: the command decides, and its record is written when it has ended
  const ignore = (): void => {};
  process.on('SIGINT', ignore);
  for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.on(signal, pass);
  const stop = watchGpus(meter, missing);
  const beat = setInterval(() => {
    writing = writing.then(() => write(folder, now())).catch(() => {});
  }, every);
  const status = await new Promise<number>((resolve) => {
    child.on('error', (error: NodeJS.ErrnoException) => {
      process.stderr.write(`mlcost run: ${command[0]}: ${error.code === 'ENOENT' ? 'no such command' : error.message}\n`);
      resolve(error.code === 'ENOENT' ? 127 : 126);
    });
    child.on('exit', (code, signal) => resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal])));
  });
  clearInterval(beat);
  stop();
  await writing;
  const last: RunRecord = { ...now(), state: 'ended', status };
  await write(folder, last);
  process.off('SIGINT', ignore);
  for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.off(signal, pass);
  return last;
}

/** Looks at the GPUs as long as the command runs, with whichever tool is there. */
function watchGpus(meter: Meter, missing: string[]): () => void {
  const { CUDA_VISIBLE_DEVICES: nvidia, HIP_VISIBLE_DEVICES: hip, ROCR_VISIBLE_DEVICES: rocr } = process.env;
  let child: ChildProcess | undefined;
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  const rocm = (): void => {
    if (stopped) return;
    execFile('rocm-smi', ['--showuse', '--showpower', '--showproductname', '--json'], { timeout: 10_000 }, (error, stdout) => {
      if (error && meter.total(0).samples === 0) {
        missing.push('GPU use and energy: neither nvidia-smi nor rocm-smi answers here');
        return;
      }
      meter.look(
        readRocm(stdout).filter((one) => isVisible(one, hip ?? rocr)),
        performance.now(),
      );
      timer = setTimeout(rocm, every);
    });
  };
  const seconds = Math.max(1, Math.round(every / 1000));
  child = spawn('nvidia-smi', [...nvidiaQuery, `--loop=${seconds}`], { stdio: ['ignore', 'pipe', 'ignore'] });
  child.on('error', rocm);
  let batch: ReturnType<typeof readNvidia>[] = [];
  const flush = (): void => {
    const samples = batch.filter((one) => one !== undefined).filter((one) => isVisible(one, nvidia));
    if (batch.length > 0) meter.look(samples, performance.now());
    batch = [];
  };
  if (child.stdout)
    createInterface({ input: child.stdout }).on('line', (line) => {
      const sample = readNvidia(line);
      // the first card again: a new look
      if (sample && batch.some((one) => one?.names[0] === sample.names[0])) flush();
      if (sample) batch.push(sample);
    });
  return () => {
    stopped = true;
    flush();
    if (timer) clearTimeout(timer);
    child?.kill();
  };
}

/** A record whose command is gone was killed with its meter, or the machine went down: it ended when it was last seen. */
async function closeLost(folder: string): Promise<void> {
  for (const record of await recordsIn(folder)) {
    if (record.state !== 'running' || record.host !== os.hostname() || isAlive(record.pid)) continue;
    await write(folder, { ...record, state: 'lost' });
  }
}
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
async function recordsIn(folder: string): Promise<RunRecord[]> {
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.json')).sort();
  const read = names.map((name) =>
    readFile(path.join(folder, name), 'utf8').then(
      (text) => [JSON.parse(text) as RunRecord],
      () => [],
    ),
  );
  return (await Promise.all(read)).flat();
}
async function write(folder: string, record: RunRecord): Promise<void> {
  const file = path.join(folder, `${record.id}.json`);
  const handle = await open(`${file}.new`, 'w');
  try {
    await handle.writeFile(`${JSON.stringify(record, null, 1)}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(`${file}.new`, file);
}
const output = (file: string, args: readonly string[], cwd: string): Promise<string | undefined> =>
  new Promise((resolve) => {
    execFile(file, args, { cwd, timeout: 5000 }, (error, stdout) => resolve(error ? undefined : stdout.trim()));
  });
