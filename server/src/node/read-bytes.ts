import { close, closeSync, constants, fstat, open, openSync, read, readSync, statSync } from 'node:fs';

/** A file's bytes, or its size where that is over the limit; null where there is no file that can be read. */
export type Found = Uint8Array | number | null;

/** A read that takes longer comes from a slow disk or over a network.
 * @unit ms */
const slow = 2;
/** So many reads after a slow one leave the thread free. */
const patient = 200;
let slowReads = 0;

/** Reads at once what the system has at hand, since a detour through the pool of threads costs ten times as much, which a scan of thousands of files feels. */
export async function readBytes(file: string, limit: number): Promise<Found> {
  if (slowReads > 0) {
    slowReads--;
    return readAside(file, limit);
  }
  const begin = performance.now();
  const found = readNow(file, limit);
  if (performance.now() - begin > slow) slowReads = patient;
  return found;
}

/** A pipe would keep its opener waiting for a writer. */
const flags = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

export function readNow(file: string, limit: number): Found {
  let descriptor: number | undefined;
  try {
    const found = statSync(file, { throwIfNoEntry: false }); // cheaper than an error
    if (!found?.isFile()) return null;
    if (found.size > limit) return found.size;
    descriptor = openSync(file, flags);
    const bytes = Buffer.allocUnsafeSlow(found.size);
    for (let at = 0; at < bytes.length; ) {
      const count = readSync(descriptor, bytes, at, bytes.length - at, at);
      if (count === 0) return bytes.subarray(0, at);
      at += count;
    }
    return bytes;
  } catch {
    return null;
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

/** The same in another thread. With callbacks: the handles of `fs/promises` cost this one five times as much. */
export function readAside(file: string, limit: number): Promise<Found> {
  return new Promise((resolve) => {
    open(file, flags, (failed, descriptor) => {
      if (failed) return resolve(null);
      const done = (found: Found): void => close(descriptor, () => resolve(found));
      fstat(descriptor, (failed, found) => {
        if (failed || !found.isFile()) return done(null);
        if (found.size > limit) return done(found.size);
        const bytes = Buffer.allocUnsafeSlow(found.size);
        const more = (at: number): void => {
          if (at === bytes.length) done(bytes);
          else
            read(descriptor, bytes, at, bytes.length - at, at, (failed, count) => {
              if (failed) done(null);
              else if (count === 0) done(bytes.subarray(0, at));
              else more(at + count);
            });
        };
        more(0);
      });
    });
  });
}
