import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { QualityTable, Recovery } from '../../server/src/core/advise/quality.js';
import { root } from './rows.js';

interface Row {
  readonly facts: { readonly weights?: string; readonly kv_cache_dtype?: string };
  readonly quality?: { readonly metric: string; readonly recovery_pct: number };
  readonly family: string;
  readonly flags?: readonly string[];
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

/** Published recoveries by method: accuracy of tasks apart from perplexity, which says less. In percent of the unquantized model. */
export function qualityTable(): QualityTable {
  const rows = readFileSync(path.join(root, 'server/data/measurements/inference.jsonl'), 'utf8')
    .split('\n')
    .filter((line) => line.includes('"quality"'))
    .map((line) => JSON.parse(line) as Row);
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const method = methodOf(row);
    if (method === undefined || !row.quality || row.flags?.includes('suspect')) continue;
    const key = `${method}/${/perplexity/i.test(row.quality.metric) ? 'perplexity' : 'tasks'}`;
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  return Object.fromEntries([...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, group]) => [key, recoveryOf(group)]));
}
function recoveryOf(rows: readonly Row[]): Recovery {
  const values = rows.flatMap((row) => row.quality?.recovery_pct ?? []).sort((a, b) => a - b);
  const at = (share: number): number => Number((values[Math.min(values.length - 1, Math.floor(share * values.length))] ?? 0).toFixed(1));
  return { rows: values.length, publishers: new Set(rows.map((row) => row.family)).size, low: at(0.05), median: at(0.5), high: at(0.95) };
}
