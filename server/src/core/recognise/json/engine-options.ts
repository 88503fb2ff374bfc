import { entriesOf, hasKey, itemsOf, textOf, type Value } from '../../syntax/value.js';
import { firstOf, takeEngineKeys } from '../config/engine-keys.js';
import { ConfigFacts, integer, text } from '../shared/config-facts.js';
import { titleOfEngine } from '../shared/engine-flags.js';
import type { JsonRecogniser, SeenWorkload } from '../types.js';

/** Options of vLLM beside a model: of Triton's backend (`model.json`), of a project's own servers and benchmarks. */
export const engineOptionsJson: JsonRecogniser = {
  id: 'engine-options',
  language: 'json',
  marker: /"(?:tensor_parallel_size|max_model_len|gpu_memory_utilization|max_num_seqs)"\s*:/,
  last: true,
  doc: {
    format: 'options of vLLM in JSON (Triton’s backend, benchmarks)',
    reads: 'a model with the engine’s options',
    example: '{"model": "facebook/opt-125m", "gpu_memory_utilization": 0.5, "tensor_parallel_size": 1}',
  },
  recognise: ({ document, roots }) => roots.flatMap((root) => walk(document.uri, root, root, 0)),
};
const own = ['tensor_parallel_size', 'max_model_len', 'gpu_memory_utilization', 'max_num_seqs', 'pipeline_parallel_size'];
/** What only a run over prompts has. */
const offline = ['num_iters', 'num_iters_warmup', 'num_prompts', 'tasks', 'limit'];
const trains = /learning_rate|(?:num_train_)?epochs|optimizer|train_batch_size/;

function walk(uri: string, root: Value, value: Value, depth: number): SeenWorkload[] {
  if (depth > 6 || entriesOf(value).some(({ key }) => trains.test(key))) return [];
  const model = firstOf(value, 'model', 'model_id', 'model_name', 'model_path');
  if (model && /[\w-]/.test(textOf(model) ?? '') && own.some((key) => hasKey(value, key))) {
    const facts = new ConfigFacts(uri, root);
    facts.take('model', model, text);
    takeEngineKeys(facts, value, 'vllm');
    const batch = offline.some((key) => hasKey(value, key));
    if (batch) facts.take('batch_size', firstOf(value, 'batch_size'), integer);
    return [facts.workload(batch ? 'batch-inference' : 'serving', 'vllm', titleOfEngine('vllm'), depth === 0 ? root : value)];
  }
  return [
    ...entriesOf(value).flatMap((entry) => walk(uri, root, entry.value, depth + 1)),
    ...itemsOf(value).flatMap((item) => walk(uri, root, item, depth + 1)),
  ];
}
