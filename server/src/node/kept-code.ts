import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Script } from 'node:vm';

/** When what has been compiled is kept: after the first answers, so that it is in it.
 * @unit ms */
const settled = 2000;

/** Runs a bundle, which the build makes a function of `require` and `__dirname` in plain ASCII, with the code that V8 compiled of it at an earlier start: that is half of the time to start.
 * V8 itself refuses code of another version or other flags, but not of another text of the same length: the text's hash stands before it.
 * @param folder where it is kept; absent, or not to be written to: compiled anew each time */
export function runKept(file: string, folder: string | undefined, require: NodeJS.Require): void {
  const bytes = readFileSync(file);
  const hash = createHash('sha1').update(bytes).digest();
  const kept = folder === undefined ? undefined : path.join(folder, `${path.basename(file)}.cache`);
  const cachedData = kept === undefined ? undefined : codeOf(kept, hash);
  const script = new Script(bytes.toString('latin1'), { filename: file, ...(cachedData && { cachedData }) });
  script.runInThisContext()(require, path.dirname(file));
  if (folder !== undefined && kept !== undefined && (!cachedData || script.cachedDataRejected))
    setTimeout(() => keep(script, folder, kept, hash), settled).unref();
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
