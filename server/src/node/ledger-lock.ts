import { link, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

interface Holder {
  readonly pid: number;
  readonly host: string;
}

/** Lets one process at a time change a folder. A process that was killed holds nothing: its lock is passed over by a higher one.
 * @param onWait told once, with the process that is waited for */
export async function locked<T>(folder: string, work: () => Promise<T>, onWait?: (pid: number) => void): Promise<T> {
  await mkdir(folder, { recursive: true });
  let told = false;
  let own: string | undefined;
  while (own === undefined) {
    const { alive, highest } = await locks(folder);
    if (alive === undefined) own = await take(folder, highest + 1);
    if (own !== undefined) break;
    if (alive && !told) {
      told = true;
      onWait?.(alive.pid);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  try {
    return await work();
  } finally {
    await rm(own, { force: true });
  }
}

/** A lock appears whole: a link to a file that is already written. */
async function take(folder: string, number: number): Promise<string | undefined> {
  const name = path.join(folder, `lock-${number}`);
  // named after its holder: one that is killed while it writes leaves nothing else to tell by
  const draft = path.join(folder, `${draftOf({ pid: process.pid, host: os.hostname() })}${Math.random().toString(36).slice(2)}`);
  await writeFile(draft, JSON.stringify({ pid: process.pid, host: os.hostname() } satisfies Holder));
  try {
    await link(draft, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return undefined;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
  // somebody may have taken a higher one between the look and the link
  for (const other of await numbers(folder)) {
    if (other === number) continue;
    const holder = await read(path.join(folder, `lock-${other}`));
    if (holder && isAlive(holder) && other > number) {
      await rm(name, { force: true });
      return undefined;
    }
    if (holder && !isAlive(holder) && other < number) await rm(path.join(folder, `lock-${other}`), { force: true });
  }
  for (const left of await readdir(folder)) {
    const holder = drafter(left);
    if (holder && !isAlive(holder)) await rm(path.join(folder, left), { force: true });
  }
  return name;
}
const draftOf = ({ pid, host }: Holder): string => `draft-${pid}-${encodeURIComponent(host)}-`;
function drafter(name: string): Holder | undefined {
  const [, pid, host] = /^draft-(\d+)-(.+)-[^-]*$/.exec(name) ?? [];
  return pid !== undefined && host !== undefined ? { pid: Number(pid), host: decodeURIComponent(host) } : undefined;
}
async function locks(folder: string): Promise<{ alive: Holder | undefined; highest: number }> {
  const all = await numbers(folder);
  const holders = await Promise.all(all.map((number) => read(path.join(folder, `lock-${number}`))));
  return { alive: holders.find((one) => one !== undefined && isAlive(one)), highest: Math.max(0, ...all) };
}
const numbers = async (folder: string): Promise<number[]> => (await readdir(folder)).flatMap((name) => Number(/^lock-(\d+)$/.exec(name)?.[1] ?? []) || []);
const read = (file: string): Promise<Holder | undefined> =>
  readFile(file, 'utf8').then(
    (text) => JSON.parse(text) as Holder,
    () => undefined,
  );
/** Of another machine nothing can be told: it is taken to be alive. */
function isAlive({ pid, host }: Holder): boolean {
  if (host !== os.hostname()) return true;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
