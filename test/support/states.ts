import { readFileSync } from 'node:fs';
import { type EstimateContext, estimate, onLikelyAccelerators, type Spec, type State, type Workload } from '../../server/src/core/index.js';
import { shippedCatalog } from './catalog.js';

const data = (name: string): string => readFileSync(new URL(`../../server/data/${name}`, import.meta.url), 'utf8');
export const context: EstimateContext = { catalog: shippedCatalog(), coefficients: JSON.parse(data('coefficients.json')) };
export const noise = JSON.parse(data('change-noise.json'));

/** A workload that states these facts, estimated. */
export function state(
  facts: Spec['facts'],
  { kind = 'training', file = 'train.py', title = 'w' }: { kind?: Spec['kind']; file?: string; title?: string } = {},
): State {
  const spec: Spec = { kind, facts };
  const workload: Workload = {
    id: `${file}#${title}`,
    kind,
    framework: String(facts['framework'] ?? 'transformers'),
    title,
    span: { uri: `file:///w/${file}`, start: 0, end: 0 },
    facts: Object.entries(facts).map(([name, value]) => ({ name, value, origin: 'literal' as const })),
    unknown: [],
    conflicts: [],
  };
  return { workload, spec, estimation: estimate(spec, context), alternatives: onLikelyAccelerators(spec, context) };
}
/** A whole fine-tuning. */
export const tuning = {
  framework: 'transformers',
  model: 'meta-llama/Llama-3.1-8B',
  gpu_type: 'h100-sxm-80gb',
  gpus: 8,
  batch_size: 8,
  grad_accum: 1,
  seq_len: 2048,
  epochs: 1,
  dataset_size: 50_000,
  precision: 'bf16',
  strategy: 'zero3',
  finetune_method: 'full',
};
