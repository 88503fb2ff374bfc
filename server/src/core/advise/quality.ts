import type { Risk } from './risk.js';

/** What published measurements say that a quantized model keeps of the whole one's score, in percent; nine of ten lie between low and high. */
export interface Recovery {
  readonly rows: number;
  readonly publishers: number;
  readonly low: number;
  readonly median: number;
  readonly high: number;
}
export interface MethodQuality extends Recovery {
  /** Of models of about this size, where enough are published. */
  readonly bySize?: Readonly<Partial<Record<ModelSize, Recovery>>>;
  readonly byBenchmark?: Readonly<Record<string, Recovery>>;
}
/** By method and kind of score: `weights-fp8/tasks`, `kv-fp8/perplexity`. */
export type QualityTable = Readonly<Record<string, MethodQuality>>;

/** Classes by parameters: smaller models lose more. */
export type ModelSize = 'below 4B' | '4B to 20B' | 'above 20B';
export const sizeOf = (params: number): ModelSize => (params < 4e9 ? 'below 4B' : params <= 20e9 ? '4B to 20B' : 'above 20B');

/** The risk of a method with what is published of it for models of this size, else of any; where nothing is, it is unmeasured. */
export function riskOf(table: QualityTable, method: string, level: Risk['level'], params: number | undefined): Risk {
  const tasks = table[`${method}/tasks`];
  const perplexity = table[`${method}/perplexity`];
  const size = params === undefined ? undefined : sizeOf(params);
  const sized = size === undefined ? undefined : tasks?.bySize?.[size];
  const found = sized ?? tasks;
  const evidence = [
    ...(found ? [text(found, `its task scores${sized ? `, models ${size}` : ''}`)] : []),
    ...Object.entries(found && tasks?.byBenchmark ? tasks.byBenchmark : {})
      .sort(([, a], [, b]) => a.median - b.median)
      .slice(0, 2)
      .map(([name, one]) => `least on ${name}: ${one.median} % (${one.low} to ${one.high} %)`),
    ...(perplexity ? [text(perplexity, 'its perplexity')] : []),
  ];
  if (evidence.length === 0) return { level: 'unmeasured', evidence: [] };
  return { level, evidence, ...(found ? { recovery: { low: found.low, median: found.median, high: found.high } } : {}) };
}
const text = ({ median, low, high, rows, publishers }: Recovery, what: string): string =>
  `keeps ${median} % of ${what} (${low} to ${high} %; ${rows} published results of ${publishers} publisher${publishers === 1 ? '' : 's'})`;
