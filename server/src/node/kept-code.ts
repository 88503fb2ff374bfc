import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Script } from 'node:vm';

/** When what has been compiled is kept: after the first answers, so that it is in it.
 * @unit ms */
const settled = 2000;

/** The program that the server and the command line are, in a file that the build makes a function of `require` and `__dirname` in plain ASCII.
 * It runs with the code that V8 compiled of it at an earlier start, where that is kept: that is half of the time to start.
 * V8 itself refuses code of another version or other flags, but not of another text of the same length: the text's hash stands before it.
 * @param folder where compiled code is kept; absent, or not to be written to: compiled anew each time */
export function programOf(assets: string, require: NodeJS.Require, folder?: string): typeof import('./program.js').program {
  const file = path.join(assets, 'program.js');
  const bytes = readFileSync(file);
  const run = (cachedData?: Buffer) => {
    const script = new Script(bytes.toString('latin1'), { filename: file, ...(cachedData && { cachedData }) });
    return { script, program: script.runInThisContext()(require, assets).program };
  };
  if (folder === undefined) return run().program;
  const hash = createHash('sha1').update(bytes).digest();
  const kept = path.join(folder, `${path.basename(file)}.cache`);
  const cachedData = codeOf(kept, hash);
  const { script, program } = run(cachedData);
  if (!cachedData || script.cachedDataRejected) setTimeout(() => keep(script, folder, kept, hash), settled).unref();
  return program;
}

function codeOf(kept: string, hash: Buffer): Buffer | undefined {
  try {
    const bytes = readFileSync(kept);
    return bytes.subarray(0, hash.length).equals(hash) ? bytes.subarray(hash.length) : undefined;
  } catch {
    return undefined; // not there yet
  }
}
function keep(script: Script, folder: string, kept: string, hash: Buffer): void {
  try {
    mkdirSync(folder, { recursive: true });
    // Another window may do the same at this moment.
    const own = `${kept}.${process.pid}`;
    writeFileSync(own, Buffer.concat([hash, script.createCachedData()]));
    renameSync(own, kept);
  } catch {
    // A folder that cannot be written to only makes the next start as slow as this one.
  }
}
