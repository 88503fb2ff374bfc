import { EntryView, entrySize } from './entries.js';

export interface Merged {
  /** Entries in the order of their identity: the same charges give the same bytes, in whatever order they came. */
  readonly bytes: Uint8Array;
  /** Entries of before that the new ones took the place of. */
  readonly replaced: Uint8Array;
}

/** Puts new charges into a shard. A charge that is already there, by its identity, is replaced by what the new file says of it; everything else stays.
 * @param before in order, as an earlier merge left it */
export function merge(before: Uint8Array, added: Uint8Array): Merged {
  const fresh = sorted(added);
  if (before.length === 0) return { bytes: fresh, replaced: before };
  const [old, young] = [new DataView(before.buffer, before.byteOffset, before.length), new DataView(fresh.buffer, fresh.byteOffset, fresh.length)];
  const out = new Uint8Array(before.length + fresh.length);
  const replaced = new Uint8Array(before.length);
  let [a, b, size, gone] = [0, 0, 0, 0];
  const copy = (from: Uint8Array, at: number, into: Uint8Array, to: number) => into.set(from.subarray(at, at + entrySize), to);
  while (a < before.length || b < fresh.length) {
    const order = a >= before.length ? 1 : b >= fresh.length ? -1 : byKey(old, a, young, b);
    if (order < 0) {
      copy(before, a, out, size);
      a += entrySize;
      size += entrySize;
    } else if (order > 0) {
      copy(fresh, b, out, size);
      b += entrySize;
      size += entrySize;
    } else {
      const at = a;
      while (a < before.length && byKey(old, a, old, at) === 0) {
        copy(before, a, replaced, gone);
        a += entrySize;
        gone += entrySize;
      }
      const first = b;
      while (b < fresh.length && byKey(young, b, young, first) === 0) {
        copy(fresh, b, out, size);
        b += entrySize;
        size += entrySize;
      }
    }
  }
  return { bytes: out.subarray(0, size), replaced: replaced.subarray(0, gone) };
}

/** Takes entries out, by their tuple and day; order stays. */
export function without(entries: Uint8Array, isGone: (tuple: number, day: number) => boolean): { readonly kept: Uint8Array; readonly gone: Uint8Array } {
  const view = new EntryView(entries);
  const [kept, gone] = [new Uint8Array(entries.length), new Uint8Array(entries.length)];
  let [left, taken] = [0, 0];
  for (let at = 0; at < view.count; at++) {
    const entry = entries.subarray(at * entrySize, (at + 1) * entrySize);
    if (isGone(view.tuple(at), view.day(at))) {
      gone.set(entry, taken);
      taken += entrySize;
    } else {
      kept.set(entry, left);
      left += entrySize;
    }
  }
  return { kept: kept.subarray(0, left), gone: gone.subarray(0, taken) };
}

/** Entries by identity, then by everything else. */
function sorted(bytes: Uint8Array): Uint8Array {
  const count = bytes.length / entrySize;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  // the first 32 bits of the identity with the place: the engine sorts numbers of 64 bits far quicker than it calls a comparison
  const order = new BigUint64Array(count);
  const words = new Uint32Array(order.buffer);
  for (let at = 0; at < count; at++) {
    words[2 * at] = at;
    words[2 * at + 1] = view.getUint32(at * entrySize, true);
  }
  order.sort();
  for (let from = 0; from < count; ) {
    let to = from + 1;
    while (to < count && words[2 * to + 1] === words[2 * from + 1]) to++;
    if (to - from > 1) {
      const same = Array.from({ length: to - from }, (_, at) => words[2 * (from + at)] as number);
      same.sort((x, y) => byAll(view, x * entrySize, y * entrySize));
      same.forEach((place, at) => {
        words[2 * (from + at)] = place;
      });
    }
    from = to;
  }
  const out = new Uint8Array(bytes.length);
  for (let at = 0; at < count; at++) {
    const from = (words[2 * at] as number) * entrySize;
    out.set(bytes.subarray(from, from + entrySize), at * entrySize);
  }
  return out;
}
function byKey(a: DataView, at: number, b: DataView, to: number): number {
  for (let word = 0; word < 16; word += 4) {
    const difference = a.getUint32(at + word, true) - b.getUint32(to + word, true);
    if (difference !== 0) return difference;
  }
  return 0;
}
function byAll(view: DataView, a: number, b: number): number {
  for (let word = 0; word < entrySize; word += 4) {
    const difference = view.getUint32(a + word, true) - view.getUint32(b + word, true);
    if (difference !== 0) return difference;
  }
  return 0;
}
