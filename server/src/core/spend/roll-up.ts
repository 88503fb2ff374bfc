import { type Decimal, decimal, toText, zero } from './decimal.js';
import { type EntryView, MoneySums } from './entries.js';

/** The money of one day and one combination of values. */
export interface RollUpRow {
  /** Day of the month. */
  readonly day: number;
  /** Number in the dictionary of the month. */
  readonly tuple: number;
  readonly billed: Decimal;
  /** Amortised cost of the charges that tell it. */
  readonly effective: Decimal;
  /** Charges that do not tell it. */
  readonly withoutEffective: number;
  /** In the unit of the tuple; absent where no charge tells it. */
  readonly quantity: number | undefined;
  readonly charges: number;
}

/** Adds up a month, shard by shard. */
export class MonthSums {
  private readonly slots = new Map<number, number>();
  private readonly billed = new MoneySums();
  private readonly effective = new MoneySums();
  /** By slot: charges, those without effective cost, those with a quantity, the quantity. */
  private counts = new Float64Array(4096);
  add(entries: EntryView): void {
    for (let at = 0; at < entries.count; at++) {
      const key = entries.tuple(at) * 32 + entries.day(at);
      let slot = this.slots.get(key);
      if (slot === undefined) {
        slot = this.slots.size;
        this.slots.set(key, slot);
        if (4 * slot >= this.counts.length) {
          const more = new Float64Array(this.counts.length * 2);
          more.set(this.counts);
          this.counts = more;
        }
      }
      entries.addBilled(at, this.billed, slot);
      const isMore = entries.isMore(at);
      if (entries.hasEffective(at)) entries.addEffective(at, this.effective, slot);
      else if (!isMore) this.count(slot, 1, 1);
      if (isMore) continue;
      this.count(slot, 0, 1);
      const quantity = entries.quantity(at);
      if (quantity === undefined) continue;
      this.count(slot, 2, 1);
      this.count(slot, 3, quantity);
    }
  }
  private count(slot: number, which: number, by: number): void {
    this.counts[4 * slot + which] = (this.counts[4 * slot + which] as number) + by;
  }
  /** By day, then by tuple; each row is made when it is asked for. */
  *rows(): Generator<RollUpRow> {
    const order = Float64Array.from(this.slots.keys(), (key) => (key % 32) * 2 ** 32 + Math.floor(key / 32)).sort();
    for (const one of order) {
      const [day, tuple] = [Math.floor(one / 2 ** 32), one % 2 ** 32];
      const slot = this.slots.get(tuple * 32 + day) as number;
      const [charges, withoutEffective, withQuantity, quantity] = this.counts.subarray(4 * slot, 4 * slot + 4) as unknown as [number, number, number, number];
      yield {
        day,
        tuple,
        billed: this.billed.of(slot),
        effective: this.effective.of(slot),
        withoutEffective,
        quantity: withQuantity > 0 ? quantity : undefined,
        charges,
      };
    }
  }
}

/** A line of a month's file. */
export const rollUpLine = ({ day, tuple, billed, effective, withoutEffective, quantity, charges }: RollUpRow): string =>
  `${JSON.stringify([day, tuple, toText(billed, 0), toText(effective, 0), withoutEffective, quantity ?? null, charges])}\n`;
export function* readRollUp(text: string): Iterable<RollUpRow> {
  for (let at = 0; at < text.length; ) {
    const end = text.indexOf('\n', at);
    const line = text.slice(at, end < 0 ? text.length : end);
    at = end < 0 ? text.length : end + 1;
    if (line === '') continue;
    const [day, tuple, billed, effective, withoutEffective, quantity, charges] = JSON.parse(line) as [
      number,
      number,
      string,
      string,
      number,
      number | null,
      number,
    ];
    yield { day, tuple, billed: decimal(billed) ?? zero, effective: decimal(effective) ?? zero, withoutEffective, quantity: quantity ?? undefined, charges };
  }
}
