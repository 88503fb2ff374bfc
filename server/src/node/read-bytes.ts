import { close, closeSync, constants, fstat, open, openSync, read, readSync, statSync } from 'node:fs';

/** What `use` makes of a file's bytes, or its size where that is over the limit; null where there is no file that can be read. */
export type Found<T> = T | number | null;
/** The bytes hold until it returns. */
type Use<T> = (bytes: Buffer) => T;

/** What takes longer comes from a slow disk or over a network.
 * @unit ms */
const slow = 2;
/** So many times after a slow one the thread is left free. */
const patient = 200;
let slowTimes = 0;

/** Asks the system at once for what it has at hand, since a detour through the pool of threads costs four to ten times as much, which a scan of thousands of files feels. */
export async function atHand<T>(now: () => T, aside: () => Promise<T>): Promise<T> {
  if (slowTimes > 0) {
    slowTimes--;
    return aside();
  }
  const begin = performance.now();
  const found = now();
  if (performance.now() - begin > slow) slowTimes = patient;
  return found;
}

export const readBytes = <T extends object>(file: string, limit: number, use: Use<T>): Promise<Found<T>> =>
  atHand(
    () => readNow(file, limit, use),
    () => readAside(file, limit, use),
  );

/** A pipe would keep its opener waiting for a writer. */
const flags = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);
/** Most files fit in it: memory of its own for each of thousands keeps the collector busy. */
const shared = Buffer.allocUnsafeSlow(1 << 16);

export function readNow<T extends object>(file: string, limit: number, use: Use<T>): Found<T> {
  let descriptor: number | undefined;
  try {
    const found = statSync(file, { throwIfNoEntry: false }); // a third of what is asked for is not there, and an error costs five times as much
    if (!found?.isFile()) return null;
    if (found.size > limit) return found.size;
    descriptor = openSync(file, flags);
    const bytes = found.size > shared.length ? Buffer.allocUnsafeSlow(found.size) : shared;
    let at = 0;
    while (at < found.size) {
      const count = readSync(descriptor, bytes, at, found.size - at, at);
      if (count === 0) break;
      at += count;
    }
    return use(bytes.subarray(0, at));
  } catch {
    return null;
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

/** The same in another thread. With callbacks: the handles of `fs/promises` cost this one five times as much. */
export function readAside<T extends object>(file: string, limit: number, use: Use<T>): Promise<Found<T>> {
  return new Promise((resolve) => {
    open(file, flags, (failed, descriptor) => {
      if (failed) return resolve(null);
      const done = (found: Found<T>): void => close(descriptor, () => resolve(found));
      fstat(descriptor, (failed, found) => {
        if (failed || !found.isFile()) return done(null);
        if (found.size > limit) return done(found.size);
        const bytes = Buffer.allocUnsafeSlow(found.size);
        const more = (at: number): void => {
          if (at === bytes.length) done(use(bytes));
          else
            read(descriptor, bytes, at, bytes.length - at, at, (failed, count) => {
              if (failed) done(null);
              else if (count === 0) done(use(bytes.subarray(0, at)));
              else more(at + count);
            });
        };
        more(0);
      });
    });
  });
}
