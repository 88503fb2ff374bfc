import { fork } from 'node:child_process';
import path from 'node:path';
import type { ReadSource } from '../common/spend-sources.js';

/** Longest time that a source is read. @unit ms */
const limit = 30 * 60_000;

/** Reads a source as the command line does, in a process of its own. */
export const readSource =
  (extension: string): ReadSource =>
  (_, root, name, environment) =>
    new Promise((resolve) => {
      if (root.scheme !== 'file') {
        resolve('the folder is not on this machine; run mlcost spend pull where it is');
        return;
      }
      const child = fork(path.join(extension, 'dist', 'cli.js'), ['spend', 'pull', name, '--workspace', root.fsPath, '--format', 'json', '--quiet'], {
        silent: true,
        execArgv: [],
        env: { ...process.env, ...environment },
      });
      const timer = setTimeout(() => child.kill(), limit);
      let [out, err] = ['', ''];
      child.stdout?.on('data', (piece) => {
        out += String(piece);
      });
      child.stderr?.on('data', (piece) => {
        err += String(piece);
      });
      child.once('error', (error) => {
        clearTimeout(timer);
        resolve(error.message);
      });
      child.once('close', (status) => {
        clearTimeout(timer);
        resolve(status === 0 ? undefined : (failureIn(out) ?? (err.trim().split('\n')[0] || 'it was not read')));
      });
    });
function failureIn(out: string): string | undefined {
  try {
    const { sources } = JSON.parse(out) as { sources: { error?: { message: string; todo: string } }[] };
    const error = sources.find((one) => one.error)?.error;
    return error && `${error.message}. To do: ${error.todo}.`;
  } catch {
    return undefined;
  }
}
