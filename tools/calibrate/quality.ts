import { readFileSync } from 'node:fs';
import path from 'node:path';
import { type MethodQuality, type ModelSize, type QualityTable, type Recovery, riskOf, sizeOf } from '../../server/src/core/advise/quality.js';
import { readCsv } from '../../server/src/core/catalog/csv.js';
import { root } from './rows.js';

interface Row {
  readonly facts: { readonly weights?: string; readonly kv_cache_dtype?: string; readonly params?: number; readonly model?: string };
  readonly quality?: { readonly metric: string; readonly recovery_pct: number };
  readonly family: string;
  readonly flags?: readonly string[];
}
/** One published comparison of a quantized model with the whole one. */
interface Published {
  readonly method: string;
  readonly benchmark: string;
  readonly publisher: string;
  readonly params?: number;
  /** In percent. */
  readonly recovery: number;
}

/** How a row's format is advised: the stored weights, or the cache where the weights are whole. */
function methodOf({ facts: { weights = '', kv_cache_dtype: kv } }: Row): string | undefined {
  if (kv !== undefined && /^(fp16|bf16)$/.test(weights)) return /fp8/.test(kv) ? 'kv-fp8' : 'kv-int4';
  if (/^fp8/.test(weights)) return 'weights-fp8';
  if (/^w4a16-awq/.test(weights)) return 'weights-awq';
  if (/^w4a16/.test(weights)) return 'weights-gptq';
  if (/^(w8a8|w8a16)/.test(weights)) return 'weights-int8';
  return /^(nf4|bnb)/.test(weights) ? 'weights-nf4' : undefined;
}
/** `MMLU 5-shot` and `mmlu` are one benchmark. */
const benchmarkOf = (metric: string): string => {
  const plain = metric.replace(/\s+(\d+-shot|strict-match|\(val\)|dev)$/i, '').trim();
  return (
    ['MMLU', 'GSM8K', 'C-Eval', 'HellaSwag', 'Winogrande', 'ARC-Challenge', 'TruthfulQA', 'IFEval', 'HumanEval'].find(
      (name) => name.toLowerCase().replaceAll('-', '') === plain.toLowerCase().replaceAll('-', ''),
    ) ?? plain
  );
};

function published(): Published[] {
  const measured = readFileSync(path.join(root, 'server/data/measurements/inference.jsonl'), 'utf8')
    .split('\n')
    .filter((line) => line.includes('"quality"'))
    .map((line) => JSON.parse(line) as Row)
    .flatMap((row): Published[] => {
      const method = methodOf(row);
      if (method === undefined || !row.quality || row.flags?.includes('suspect')) return [];
      const named = /(\d+(?:\.\d+)?)b\b/i.exec(row.facts.model ?? '')?.[1];
      const params = row.facts.params ?? (named === undefined ? undefined : Number(named) * 1e9);
      return [
        {
          method,
          benchmark: benchmarkOf(row.quality.metric),
          publisher: row.family,
          recovery: row.quality.recovery_pct,
          ...(params === undefined ? {} : { params }),
        },
      ];
    });
  const listed = readCsv(readFileSync(path.join(root, 'server/data/quality_published.csv'), 'utf8')).map(
    (row): Published => ({
      method: row['method'] ?? '',
      benchmark: benchmarkOf(row['benchmark'] ?? ''),
      publisher: /^Qwen$/.test(row['publisher'] ?? '') ? 'qwen' : (row['publisher'] ?? ''),
      params: Number(row['params_b']) * 1e9,
      recovery: (100 * Number(row['value'])) / Number(row['baseline']),
    }),
  );
  return [...measured, ...listed];
}

/** Published recoveries by method: accuracy of tasks apart from perplexity, which says less. In percent of the unquantized model. */
export const qualityTable = (): QualityTable => tableOf(published(), widening(ofTasks(published())));
const tableOf = (rows: readonly Published[], wide: number): QualityTable =>
  Object.fromEntries(
    [...grouped(rows, ({ method, benchmark }) => `${method}/${/perplexity/i.test(benchmark) ? 'perplexity' : 'tasks'}`)].map(([key, group]) => [
      key,
      methodQuality(group, wide),
    ]),
  );

function methodQuality(rows: readonly Published[], wide: number): MethodQuality {
  const enough = (groups: ReadonlyMap<string, readonly Published[]>, least: number) =>
    Object.fromEntries(
      [...groups]
        .filter(([key, group]) => key !== '' && group.length >= least && new Set(group.map(({ publisher }) => publisher)).size > 1)
        .map(([key, group]) => [key, recoveryOf(group, wide)]),
    );
  // The results of one publisher say nothing of how publishers differ.
  const bySize = enough(
    grouped(rows, ({ params }) => (params === undefined ? '' : sizeOf(params))),
    8,
  );
  const byBenchmark = enough(
    grouped(rows, ({ benchmark }) => benchmark),
    4,
  );
  return {
    ...recoveryOf(rows, wide),
    ...(Object.keys(bySize).length > 0 ? { bySize: bySize as Partial<Record<ModelSize, Recovery>> } : {}),
    ...(Object.keys(byBenchmark).length > 1 ? { byBenchmark } : {}),
  };
}
/** Nine of ten of further results, not of these: few results of few publishers say little of the ends, so they are taken further out.
 * @param wide how much further, fitted so that nine of ten results of publishers left out are held */
function recoveryOf(rows: readonly Published[], wide: number): Recovery {
  const values = rows.map(({ recovery }) => recovery).sort((a, b) => a - b);
  const publishers = new Set(rows.map(({ publisher }) => publisher)).size;
  const at = (share: number): number => values[Math.max(0, Math.min(values.length - 1, Math.round(share * (values.length + 1)) - 1))] ?? Number.NaN;
  const median = at(0.5);
  const widen = 1 + wide * (2 / Math.sqrt(values.length) + 1 / publishers);
  const round = (value: number): number => Number(value.toFixed(1));
  return {
    rows: values.length,
    publishers,
    low: round(median - (median - at(0.05)) * widen),
    median: round(median),
    high: round(median + (at(0.95) - median) * widen),
  };
}
function grouped(rows: readonly Published[], key: (row: Published) => string): Map<string, Published[]> {
  const groups = new Map<string, Published[]>();
  for (const row of rows) groups.set(key(row), [...(groups.get(key(row)) ?? []), row]);
  return new Map([...groups].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The least widening with which nine of ten recoveries lie in the spread that the other publishers' results give; with n publishers the share is raised by a tenth of 1/(n + 1), so that one more publisher is still held (split conformal over groups). */
function widening(rows: readonly Published[]): number {
  for (let wide = 0; wide < 5; wide += 0.1) {
    const { told, within, publishers } = total(perPublisher(rows, () => wide));
    if (within >= (0.9 + 0.1 / (publishers + 1)) * told) return wide;
  }
  return 5;
}
/** How often a published recovery lies in a spread that its publisher had no part in: neither in the results nor in how far they are widened. */
export function recoveryCoverage(): Coverage {
  const rows = ofTasks(published());
  return total(perPublisher(rows, (others) => widening(others)));
}
/** Rows told, and rows in the spread. */
export interface Coverage {
  readonly told: number;
  readonly within: number;
  readonly publishers: number;
  /** Median over publishers of the share that is within. */
  readonly overPublishers: number;
}
interface OfPublisher {
  readonly told: number;
  readonly within: number;
}
const ofTasks = (rows: readonly Published[]): Published[] => rows.filter(({ benchmark }) => !/perplexity/i.test(benchmark));

/** Each publisher's recoveries against the spread of the others' results. */
function perPublisher(rows: readonly Published[], widenedBy: (others: readonly Published[]) => number): readonly OfPublisher[] {
  return [...grouped(rows, ({ publisher }) => publisher)].map(([publisher, own]) => {
    const others = rows.filter((row) => row.publisher !== publisher);
    const table = tableOf(others, widenedBy(others));
    const spreads = own.flatMap(({ method, params, recovery }) => {
      const spread = riskOf(table, method, 'low', params).recovery;
      return spread ? [recovery >= spread.low && recovery <= spread.high] : [];
    });
    return { told: spreads.length, within: spreads.filter(Boolean).length };
  });
}
function total(parts: readonly OfPublisher[]): Coverage {
  const told = parts.filter((part) => part.told > 0);
  const sum = (name: keyof OfPublisher) => told.reduce((so, part) => so + part[name], 0);
  const shares = told.map((part) => part.within / part.told).sort((a, b) => a - b);
  const [low, high] = [shares[Math.floor((shares.length - 1) / 2)], shares[Math.ceil((shares.length - 1) / 2)]];
  return { told: sum('told'), within: sum('within'), publishers: told.length, overPublishers: ((low ?? Number.NaN) + (high ?? Number.NaN)) / 2 };
}
