import type { Catalog } from '../../server/src/core/catalog/catalog.js';
import { trainingJob } from '../../server/src/core/estimate/training/read-job.js';
import { jobWork } from '../../server/src/core/estimate/training/work.js';
import type { Interval } from '../../server/src/core/model/estimate.js';
import type { MeasuredRow } from '../calibrate/rows.js';

/** What a formula of one line says; a formula has no interval. */
export type Plain = Readonly<Record<string, Interval>>;

/** Share of the 16-bit peak that people reckon with. */
const flatMfu = 0.4;
/** Room that people add to the weights. */
const rule = 1.2;

/** The formulas that people use for training: 6·N·D at a flat utilisation, 16 bytes a parameter, weights × 1.2 where they are frozen. */
export function plainTraining(row: MeasuredRow, catalog: Catalog): Plain {
  const job = trainingJob({ kind: 'training', facts: row.facts }, { catalog, coefficients: { training: {}, serving: {} } });
  const { shape, chip, layout } = job;
  if (shape === undefined) return {};
  const says: Record<string, number | undefined> = {};
  if (chip !== undefined) {
    const half = chip.peak.fp16;
    const rate = (flatMfu * half) / (6 * (shape.body + shape.vocab * shape.hidden));
    const samples = (rate * layout.gpus) / job.seq;
    const { tokens } = jobWork(job);
    says['tokens_per_s_per_gpu'] = rate;
    says['samples_per_s'] = samples;
    says['step_time_s'] = layout.globalBatch === undefined ? undefined : layout.globalBatch / samples;
    says['gpu_hours'] = tokens === undefined ? undefined : tokens / rate / 3600;
  }
  const bytes = job.method === 'full' ? 16 : job.method === 'lora' ? 2 * rule : 0.5 * rule;
  says['peak_memory_gib'] = (shape.params * bytes) / (layout.tensor * layout.pipeline * (layout.sharding === 'full' ? layout.data : 1)) / 2 ** 30;
  return points(says);
}

/** The formulas that people use for serving: bandwidth ÷ weights for each decoded token, 2·N a prompt token at a flat utilisation, weights × 1.2 for memory. */
export function plainServing(row: MeasuredRow, catalog: Catalog): Plain {
  const number = (name: string): number | undefined => {
    const value = Number(row.facts[name]);
    return Number.isFinite(value) && value > 0 ? value : undefined;
  };
  const chip = catalog.accelerator(String(row.facts['gpu_type'] ?? ''));
  const model = catalog.model(String(row.facts['model'] ?? ''));
  const params = number('params') ?? model?.params;
  if (params === undefined || row.task !== 'llm') return {};
  const weights = params * bytesOf(String(row.facts['weights'] ?? 'bf16'));
  const devices = number('gpus') ?? 1;
  const says: Record<string, number | undefined> = { peak_memory_gib: (rule * weights) / devices / 2 ** 30 };
  const { memoryBandwidthGbps: bandwidth, fp16Tflops, bf16Tflops } = chip ?? {};
  if (bandwidth !== undefined) {
    const step = weights / (bandwidth * 1e9 * devices);
    const batch = number('batch_size') ?? number('concurrency') ?? 1;
    says['decode_tokens_per_s'] = batch / step;
    says['output_tokens_per_s'] = batch / step;
    says['tpot_ms'] = 1000 * step;
  }
  const peak = bf16Tflops ?? fp16Tflops;
  if (peak !== undefined) {
    const rate = (flatMfu * peak * 1e12 * devices) / (2 * (number('params_active') ?? model?.paramsActive ?? params));
    const prompt = number('input_tokens');
    says['prefill_tokens_per_s'] = rate;
    says['ttft_ms'] = prompt === undefined ? undefined : (1000 * prompt) / rate;
  }
  return points(says);
}

const bytesOf = (format: string): number => (/fp4|nf4|w4|int4|q4|awq|gptq|4bit|exl2/i.test(format) ? 0.5 : /8/.test(format) ? 1 : /32/.test(format) ? 4 : 2);

const points = (says: Readonly<Record<string, number | undefined>>): Plain =>
  Object.fromEntries(
    Object.entries(says).flatMap(([name, value]) =>
      value !== undefined && Number.isFinite(value) && value > 0 ? [[name, { low: value, likely: value, high: value }]] : [],
    ),
  );
