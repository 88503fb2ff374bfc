import { at, entriesOf, hasKey, textOf, type Value } from '../../syntax/value.js';
import { ConfigFacts, numberOf, positive, precision, text } from '../shared/config-facts.js';
import type { PbtxtRecogniser } from '../types.js';

/** A model of a Triton model repository. */
export const triton: PbtxtRecogniser = {
  id: 'triton',
  language: 'pbtxt',
  marker: /^[ \t]*(?:backend|platform)[ \t]*:/m,
  doc: {
    format: 'Triton model configuration',
    reads: 'name, batch, instances and the GPUs they are on, engine folder and memory share of the TensorRT-LLM and vLLM backends',
    example: 'backend: "tensorrtllm" max_batch_size: 32',
  },
  recognise({ document, roots }) {
    const [root] = roots;
    if (!root || !isModel(root)) return [];
    const facts = new ConfigFacts(document.uri, root);
    // What the engine loads says more than the name that requests have for it.
    const loaded = messagesOf(root, 'parameters').find((field) => /^(?:model_name|model_id|model)$/.test(textOf(at(field, 'key')) ?? ''));
    facts.take('model', at(loaded, 'value', 'string_value'), (value) => (/\//.test(textOf(value) ?? '') ? text(value) : undefined));
    facts.take('model', at(root, 'name'), text);
    facts.take('batch_size', at(root, 'max_batch_size'), positive);
    takeInstances(facts, root);
    takeParameters(facts, root);
    return [facts.workload('serving', 'triton', 'Triton')];
  },
};

/** An ensemble runs nothing itself, and a Python step without a GPU (a tokenizer, mostly) serves no model. */
function isModel(root: Value): boolean {
  const engine = textOf(at(root, 'backend')) ?? textOf(at(root, 'platform')) ?? '';
  if (engine === '' || engine === 'ensemble') return false;
  if (!['input', 'output', 'max_batch_size', 'instance_group', 'parameters'].some((key) => hasKey(root, key))) return false;
  const kinds = messagesOf(root, 'instance_group').map((group) => textOf(at(group, 'kind')) ?? '');
  const onGpu = kinds.some((kind) => kind === 'KIND_GPU');
  if (/^(?:python|dali|identity|repeat|square|bls)$/.test(engine)) return onGpu && engine !== 'dali';
  // These place themselves on GPUs, whatever the instance says.
  if (/^(?:tensorrtllm|tensorrt_llm|vllm)$/.test(engine)) return true;
  return kinds.length === 0 || kinds.some((kind) => kind !== 'KIND_CPU');
}
function takeInstances(facts: ConfigFacts, root: Value): void {
  const [group] = messagesOf(root, 'instance_group').filter((one) => textOf(at(one, 'kind')) !== 'KIND_CPU');
  if (!group) return;
  const gpus = at(group, 'gpus');
  const listed = gpus?.kind === 'seq' ? gpus.items.length : entriesOf(group).filter(({ key }) => key === 'gpus').length;
  if (gpus && listed > 0) facts.put('gpu_count', listed, gpus, 'default', 'number of gpus');
  const count = numberOf(textOf(at(group, 'count')));
  // Instances of one GPU share it.
  if (count !== undefined && count > 1) facts.take('concurrency', at(group, 'count'), positive);
}

const parameters: readonly (readonly [string, string, (value: Value) => ReturnType<typeof text>])[] = [
  ['kv_cache_free_gpu_mem_fraction', 'gpu_mem_util', (value) => numberOf(textOf(value))],
  ['tensor_parallel_size', 'tensor_parallel', positive],
  ['gpu_memory_utilization', 'gpu_mem_util', (value) => numberOf(textOf(value))],
  ['max_model_len', 'max_model_len', positive],
  ['dtype', 'precision', precision],
];
/** `parameters { key: "…" value { string_value: "…" } }` */
function takeParameters(facts: ConfigFacts, root: Value): void {
  for (const field of messagesOf(root, 'parameters')) {
    const [, fact, read] = parameters.find(([name]) => name === textOf(at(field, 'key'))) ?? [];
    const value = at(field, 'value', 'string_value');
    if (fact !== undefined && read !== undefined && value && textOf(value)) facts.take(fact, value, read);
  }
  for (const accelerator of messagesOf(at(root, 'optimization', 'execution_accelerators'), 'gpu_execution_accelerator'))
    for (const field of messagesOf(accelerator, 'parameters'))
      if (textOf(at(field, 'key')) === 'precision_mode') facts.take('precision', at(field, 'value'), precision);
}
/** Messages of a repeated field, which stands in a list or several times. */
const messagesOf = (value: Value | undefined, name: string): Value[] =>
  entriesOf(value)
    .filter(({ key }) => key === name)
    .flatMap((entry) => (entry.value.kind === 'seq' ? entry.value.items : [entry.value]));
