import { add, type Decimal, zero } from './decimal.js';
import type { ReadAmount } from './read/amount.js';

// A charge in the ledger, as 48 bytes:
//   0 which charge it is (128 bits) · 16 tuple of its month · 20 day of the month · 21 flags · 22 scale of billed · 23 scale of effective
//   24 billed, digits as a signed 64-bit integer · 32 effective · 40 quantity, a double: it is no money
export const entrySize = 48;
/** Files that the charges of one month are spread over, by their identity: each is small enough for the memory. */
export const shardCount = 32;
/** A shard's name. */
export const shardName = (shard: number): string => shard.toString(36);
const flags = { more: 1, effective: 2, quantity: 4 } as const;
const bits32 = 2 ** 32;

/** Entries that are written one behind the other. */
export class Entries {
  private bytes = new Uint8Array(entrySize * 64);
  private view = new DataView(this.bytes.buffer);
  private used = 0;
  get size(): number {
    return this.used;
  }
  /** What was written since the last time. */
  take(): Uint8Array {
    const taken = this.bytes.subarray(0, this.used);
    this.bytes = new Uint8Array(entrySize * 64);
    this.view = new DataView(this.bytes.buffer);
    this.used = 0;
    return taken;
  }
  /** @param effective absent: not known */
  add(key: Uint32Array, tuple: number, day: number, billed: ReadAmount, effective: ReadAmount | undefined, quantity: number | undefined): void {
    if (!billed.long && !effective?.long) {
      this.put(key, tuple, day, false, billed, effective, quantity, effective !== undefined);
      return;
    }
    // amounts of more than 18 digits stand in several entries, whose sum is exact
    const [first, second] = [parts(billed), effective ? parts(effective) : []];
    for (let at = 0; at < Math.max(first.length, second.length); at++)
      this.put(key, tuple, day, at > 0, first[at], second[at], at === 0 ? quantity : undefined, effective !== undefined);
  }
  private put(
    key: Uint32Array,
    tuple: number,
    day: number,
    isMore: boolean,
    billed: Part | undefined,
    effective: Part | undefined,
    quantity: number | undefined,
    hasEffective: boolean,
  ): void {
    if (this.used + entrySize > this.bytes.length) this.grow();
    const { view, used } = this;
    for (let word = 0; word < 4; word++) view.setUint32(used + 4 * word, key[word] as number, true);
    view.setUint32(used + 16, tuple, true);
    view.setUint8(used + 20, day);
    view.setUint8(used + 21, (isMore ? flags.more : 0) | (hasEffective ? flags.effective : 0) | (quantity === undefined ? 0 : flags.quantity));
    put(view, used + 22, used + 24, billed);
    put(view, used + 23, used + 32, effective);
    if (quantity !== undefined) view.setFloat64(used + 40, quantity, true);
    this.used += entrySize;
  }
  /** Adds to a sum what was billed from a place on. */
  sumBilled(from: number, sums: MoneySums, slot: number): void {
    for (let at = from; at < this.used; at += entrySize) sums.addAt(slot, this.view, at + 24, this.view.getInt8(at + 22));
  }
  private grow(): void {
    const more = new Uint8Array(this.bytes.length * 2);
    more.set(this.bytes);
    this.bytes = more;
    this.view = new DataView(more.buffer);
  }
}
interface Part {
  readonly digits: number | bigint;
  readonly scale: number;
}
const limit = 10n ** 18n;
function parts({ digits, scale, long }: ReadAmount): readonly Part[] {
  if (!long) return [{ digits, scale }];
  const found: Part[] = [];
  let { digits: rest, scale: at } = long;
  while (rest >= limit || rest <= -limit) {
    found.push({ digits: rest % limit, scale: at });
    rest /= limit;
    at -= 18;
  }
  found.push({ digits: rest, scale: at });
  return found.reverse();
}
function put(view: DataView, scaleAt: number, at: number, part: Part | undefined): void {
  view.setInt8(scaleAt, part?.scale ?? 0);
  const digits = part?.digits ?? 0;
  if (typeof digits === 'bigint') view.setBigInt64(at, digits, true);
  else {
    view.setUint32(at, digits >= 0 ? digits % bits32 : (bits32 + (digits % bits32)) % bits32, true);
    view.setInt32(at + 4, Math.floor(digits / bits32), true);
  }
}

/** Sums of money by slot, exact: whole numbers below 2^53 are exact in a double, and are carried before they could grow beyond. */
export class MoneySums {
  /** Digits behind the point that the quick way keeps. */
  private readonly scale = 10;
  private quick = new Float64Array(1024);
  private readonly carried = new Map<number, Decimal>();
  /** Adds digits × 10^−scale, which stand in eight bytes. */
  addAt(slot: number, view: DataView, at: number, scale: number): void {
    const high = view.getInt32(at + 4, true);
    const digits = high * bits32 + view.getUint32(at, true);
    const shifted = scale <= this.scale && scale >= 0 && high < 4096 && high >= -4096 ? digits * (powers[this.scale - scale] as number) : Number.NaN;
    if (!(shifted <= 2 ** 51 && shifted >= -(2 ** 51))) this.carry(slot, exact(view.getBigInt64(at, true), scale));
    else {
      if (slot >= this.quick.length) this.widen(slot);
      const next = (this.quick[slot] as number) + shifted;
      if (next <= 2 ** 52 && next >= -(2 ** 52)) this.quick[slot] = next;
      else {
        this.carry(slot, { digits: BigInt(next), scale: this.scale });
        this.quick[slot] = 0;
      }
    }
  }
  of(slot: number): Decimal {
    const quick = slot < this.quick.length ? (this.quick[slot] as number) : 0;
    return add(this.carried.get(slot) ?? zero, { digits: BigInt(quick), scale: this.scale });
  }
  private carry(slot: number, value: Decimal): void {
    this.carried.set(slot, add(this.carried.get(slot) ?? zero, value));
  }
  private widen(slot: number): void {
    const more = new Float64Array(Math.max(slot + 1, this.quick.length * 2));
    more.set(this.quick);
    this.quick = more;
  }
}
const powers = Array.from({ length: 11 }, (_, at) => 10 ** at);
const exact = (digits: bigint, scale: number): Decimal => (scale >= 0 ? { digits, scale } : { digits: digits * 10n ** BigInt(-scale), scale: 0 });

/** An entry in a list of entries, field by field. */
export class EntryView {
  readonly count: number;
  private readonly bytes: Uint8Array;
  private readonly view: DataView;
  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.count = Math.floor(bytes.length / entrySize);
  }
  tuple = (at: number): number => this.view.getUint32(at * entrySize + 16, true);
  day = (at: number): number => this.bytes[at * entrySize + 20] as number;
  /** Continues the amount of the entry before. */
  isMore = (at: number): boolean => (this.flags(at) & flags.more) !== 0;
  hasEffective = (at: number): boolean => (this.flags(at) & flags.effective) !== 0;
  quantity = (at: number): number | undefined => ((this.flags(at) & flags.quantity) === 0 ? undefined : this.view.getFloat64(at * entrySize + 40, true));
  addBilled(at: number, sums: MoneySums, slot: number): void {
    sums.addAt(slot, this.view, at * entrySize + 24, this.view.getInt8(at * entrySize + 22));
  }
  addEffective(at: number, sums: MoneySums, slot: number): void {
    sums.addAt(slot, this.view, at * entrySize + 32, this.view.getInt8(at * entrySize + 23));
  }
  private flags = (at: number): number => this.bytes[at * entrySize + 21] as number;
}
