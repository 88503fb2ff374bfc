/** What published measurements say that a quantized model keeps of the whole one's score, in percent; nine of ten lie between low and high. */
export interface Recovery {
  readonly rows: number;
  readonly publishers: number;
  readonly low: number;
  readonly median: number;
  readonly high: number;
}
/** By method and kind of score: `weights-fp8/tasks`, `kv-fp8/perplexity`. */
export type QualityTable = Readonly<Record<string, Recovery>>;

/** The evidence for a method, as sentences; none: unmeasured. */
export function evidenceOf(table: QualityTable, method: string): string[] {
  const text = (recovery: Recovery | undefined, what: string): string[] =>
    recovery
      ? [
          `keeps ${recovery.median} % of ${what} (${recovery.low} to ${recovery.high} %; ${recovery.rows} published results of ${recovery.publishers} publisher${recovery.publishers === 1 ? '' : 's'})`,
        ]
      : [];
  return [...text(table[`${method}/tasks`], 'its task scores'), ...text(table[`${method}/perplexity`], 'its perplexity')];
}
