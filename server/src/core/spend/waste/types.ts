import type { Decimal } from '../decimal.js';
import type { DimensionName } from '../dimensions.js';

export const wasteKinds = [
  'crashed run',
  'repeated run',
  'lost run',
  'idle GPU',
  'no traffic',
  'memory not used',
  'stale checkpoints',
  'cross-zone traffic',
  'cache miss',
] as const;
export type WasteKind = (typeof wasteKinds)[number];

/** Money that a line of waste cost. Billed: the three are one. By a price list, they are the offers that it may have been. */
export interface WasteMoney {
  readonly low: Decimal;
  readonly likely: Decimal;
  readonly high: Decimal;
  readonly currency: string;
  /** What the price rests on. */
  readonly basis: string;
  /** Somebody was charged exactly this. */
  readonly isBilled?: true;
}
/** One thing that brought nothing for what it cost, with what shows it and what would save it. */
export interface WasteLine {
  readonly kind: WasteKind;
  /** The run, deployment, machine, folder or model. */
  readonly what: string;
  readonly owner: Readonly<Partial<Record<DimensionName, string>>>;
  readonly quantity: { readonly value: number; readonly unit: 'GPU-hours' | 'GB' | 'input tokens' };
  readonly money?: WasteMoney;
  /** What would make its money known, where it is not. */
  readonly need?: string;
  /** What was measured, and where it stands. */
  readonly evidence: string;
  readonly fix: string;
}
/** A kind of waste that nothing was told of: it may be there. */
export interface Unseen {
  readonly kind: WasteKind;
  readonly need: string;
}
export interface WasteLedger {
  /** The dearest first; those whose money is not known last. */
  readonly lines: readonly WasteLine[];
  /** Of the lines whose money is known, by currency. */
  readonly totals: Readonly<Record<string, Pick<WasteMoney, 'low' | 'likely' | 'high'>>>;
  /** Lines whose money is not known. */
  readonly unpriced: number;
  readonly unseen: readonly Unseen[];
  /** Accelerator time that lines are about, each hour once. @unit h */
  readonly gpuHours: number;
}
