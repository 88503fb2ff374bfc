import { execFile } from 'node:child_process';
import { realpath } from 'node:fs/promises';
import path from 'node:path';
import type { ToolAsked, ToolCommand } from '../host/host.js';

/** Characters of an answer that a model can still use; what is longer says how to ask for less. */
const mostText = 200_000;
/** @unit ms */
const patience = 120_000;
/** How a command says how far it is. */
const progressLine = /^(\d+) of (\d+) \w+$/;

/** Answers a tool by a process of its own: it ends with the call, has a time limit, writes nothing into whoever asks, and reads nothing outside the project.
 * @param root the project's folder, without links
 * @errors Error for a place outside of it, for an answer that is too long or comes too late, and for what the command itself says */
export async function runTool(cli: string, root: string, { words, paths }: ToolCommand, asked: ToolAsked = {}): Promise<string> {
  const places = await Promise.all(paths.map((one) => within(root, one)));
  return run(cli, root, [...words, ...(places.length > 0 ? ['--', ...places] : [])], asked);
}

/** A place inside the project, links followed.
 * @errors for what is outside of it, or not there */
async function within(root: string, written: string): Promise<string> {
  const found = await realpath(path.resolve(root, written)).catch(() => undefined);
  const outside = new Error(`${written} is not in this project`);
  if (found === undefined) {
    // Whether something is there outside is nobody's business.
    const relative = path.relative(root, path.resolve(root, written));
    throw relative.startsWith('..') || path.isAbsolute(relative) ? outside : new Error(`${written}: no such file or folder`);
  }
  if (found !== root && !found.startsWith(root + path.sep)) throw outside;
  return path.relative(root, found) || '.';
}

function run(cli: string, cwd: string, words: readonly string[], { otherwise, isWhole, onProgress, onEnd }: ToolAsked): Promise<string> {
  return new Promise((resolve, reject) => {
    let isEnded = false;
    const child = execFile(
      process.execPath,
      [cli, ...words],
      {
        cwd,
        timeout: isWhole ? 0 : patience,
        maxBuffer: 1 << 28,
        env: {
          ...process.env,
          NO_COLOR: '1',
          MLCOST_INSIDE: cwd,
          ...(otherwise ? { MLCOST_OTHERWISE: JSON.stringify(otherwise) } : {}),
          // in an editor's own process the flag makes a plain Node of its program
          ELECTRON_RUN_AS_NODE: '1',
        },
      },
      (error, out, err) => {
        const said = err
          .split('\n')
          .filter((line) => !progressLine.test(line))
          .join('\n')
          .trim();
        if (isEnded) reject(new Error('ended before it was done'));
        else if (error?.killed) reject(new Error(`no answer within ${patience / 1000} s: ask for a smaller part of the project`));
        else if (error && error.code !== 1) reject(new Error(said || error.message));
        else if (!isWhole && out.length > mostText)
          reject(new Error(`the answer has ${out.length} characters, more than ${mostText}: ask for a single file or a smaller folder`));
        else resolve(out);
      },
    );
    if (onProgress)
      child.stderr?.on('data', (piece: string) => {
        const [, done, total] =
          piece
            .split('\n')
            .map((line) => progressLine.exec(line))
            .findLast((found) => found !== null) ?? [];
        if (done !== undefined) onProgress(Number(done), Number(total));
      });
    onEnd?.(() => {
      isEnded = true;
      child.kill();
    });
  });
}
