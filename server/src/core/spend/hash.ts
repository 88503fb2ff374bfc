/** A hash of 128 bits over bytes and numbers that come one after the other; the same bytes give the same on every machine. It is no protection against somebody who wants two charges to look alike. */
export class Hash {
  private a = 0;
  private b = 0;
  private c = 0;
  private d = 0;
  start(): void {
    this.a = 0x243f6a88;
    this.b = 0x85a308d3 | 0;
    this.c = 0x13198a2e;
    this.d = 0x03707344;
  }
  bytes(bytes: Uint8Array, from: number, to: number): void {
    let { a, b, c, d } = this;
    let at = from;
    for (; at + 4 <= to; at += 4) {
      const word = (bytes[at] as number) | ((bytes[at + 1] as number) << 8) | ((bytes[at + 2] as number) << 16) | ((bytes[at + 3] as number) << 24);
      a = Math.imul(a ^ word, 0x9e3779b1);
      b = Math.imul(b ^ ((word << 13) | (word >>> 19)), 0x85ebca77);
      c = Math.imul(c ^ word ^ (a >>> 15), 0xc2b2ae3d);
      d = Math.imul(d ^ ((word << 7) | (word >>> 25)) ^ (b >>> 13), 0x27d4eb2f);
      a ^= d >>> 11;
      b ^= c >>> 17;
    }
    let rest = to - from;
    for (; at < to; at++) rest = (rest << 8) ^ (bytes[at] as number) ^ (rest >>> 24);
    this.a = a;
    this.b = b;
    this.c = c;
    this.d = d;
    this.number(rest);
  }
  number(word: number): void {
    this.a = Math.imul(this.a ^ word, 0x9e3779b1);
    this.b = Math.imul(this.b ^ ((word << 13) | (word >>> 19)), 0x85ebca77);
    this.c = Math.imul(this.c ^ word ^ (this.a >>> 15), 0xc2b2ae3d);
    this.d = Math.imul(this.d ^ ((word << 7) | (word >>> 25)) ^ (this.b >>> 13), 0x27d4eb2f);
    this.a ^= this.d >>> 11;
    this.b ^= this.c >>> 17;
  }
  /** The four words of the hash. */
  end(into: Uint32Array): void {
    let { a, b, c, d } = this;
    for (let turn = 0; turn < 2; turn++) {
      a = mix(a ^ (d >>> 3));
      b = mix(b ^ a);
      c = mix(c ^ b);
      d = mix(d ^ c);
      a ^= d;
    }
    into[0] = a;
    into[1] = b;
    into[2] = c;
    into[3] = d;
  }
}
function mix(value: number): number {
  let h = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

/** Two numbers by a hash, in a table of its own: no object is made for a look-up. What does not fit pushes out what was there. */
export class HashCache {
  /** The hash that is looked for. */
  readonly key = new Uint32Array(4);
  first = 0;
  second = 0;
  private static readonly slots = 1 << 16;
  private static readonly width = 6;
  private readonly table = new Uint32Array(HashCache.slots * HashCache.width);
  /** Sets `first` and `second` where the hash is known. */
  find(): boolean {
    const { key, table } = this;
    const at = this.place();
    // the last word marks a slot in use
    if (table[at] !== key[0] || table[at + 1] !== key[1] || table[at + 2] !== key[2] || table[at + 3] !== (key[3] as number) || table[at + 5] === 0)
      return false;
    this.first = table[at + 4] as number;
    this.second = (table[at + 5] as number) - 1;
    return true;
  }
  keep(first: number, second: number): void {
    const at = this.place();
    this.table.set(this.key, at);
    this.table[at + 4] = first;
    this.table[at + 5] = second + 1;
  }
  clear(): void {
    this.table.fill(0);
  }
  private place = (): number => ((this.key[3] as number) % HashCache.slots) * HashCache.width;
}
