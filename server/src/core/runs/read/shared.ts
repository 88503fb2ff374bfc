import type { FactValue } from '../../model/fact.js';
import { factNames } from '../../model/fact-names.js';
import type { RunPart, RunSource } from '../../model/run.js';
import { objectOf, parseJson, positiveOf, textOf } from './json.js';

const maxRows = 20_000;

/** Facts that a shared row may hold besides those with a label: shape, hardware and library versions. */
const more =
  /^(?:params|params_active|n_kv_head|n_ffn|n_experts|experts_per_token|gpu_memory_gib|gpu_driver|cuda|torch|transformers|interconnect|engine|engine_version|weights|mode|task|framework|framework_version|input_tokens|output_tokens|concurrency|observed)$/;
const figures =
  /^(?:wall_hours|gpu_hours|samples_per_s|step_time_s|steps|tokens_per_s|tokens_per_s_per_gpu|peak_memory_gib|reserved_memory_gib|needed_memory_gib|energy_kwh|output_tokens_per_s|total_tokens_per_s|requests_per_s|images_per_s|ttft_ms|tpot_ms|latency_ms|prefill_tokens_per_s|decode_tokens_per_s)$/;
const isFactName = (name: string): boolean => Object.hasOwn(factNames, name) || more.test(name);
export const isFigure = (name: string): boolean => figures.test(name);

/** Rows of `.mlcost/measurements.jsonl`: a run a line, `{"id","kind","facts","measured","date"?,"commit"?,"workload"?,"source"?}`.
 * A line that is none is left out; the others count. */
export function readShared(uri: string, text: string): RunPart[] {
  return text
    .split('\n')
    .slice(0, maxRows)
    .flatMap((line, index): RunPart[] => {
      if (line.trim() === '' || line.trimStart().startsWith('#')) return [];
      const row = objectOf(parseJson(line));
      const kind = row['kind'];
      if (kind !== 'training' && kind !== 'serving') return [];
      const facts: Record<string, FactValue> = {};
      for (const [name, value] of Object.entries(objectOf(row['facts'])))
        if (isFactName(name) && (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')) facts[name] = value;
      const measured: Record<string, number> = {};
      for (const [name, value] of Object.entries(objectOf(row['measured']))) {
        const number = positiveOf(value);
        if (isFigure(name) && number !== undefined) measured[name] = number;
      }
      const optional = { at: textOf(row['date']), commit: textOf(row['commit']), workload: textOf(row['workload']) };
      const source: RunSource = row['source'] === 'out-of-memory' ? 'out-of-memory' : 'shared';
      return [
        {
          source,
          kind,
          key: `${uri}#${textOf(row['id']) ?? index + 1}`,
          facts,
          measured,
          ...Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined)),
        },
      ];
    });
}
