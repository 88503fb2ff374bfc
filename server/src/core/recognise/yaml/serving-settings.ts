import { at, entriesOf, hasKey, textOf, type Value } from '../../syntax/value.js';
import { firstOf, takeEngineKeys } from '../config/engine-keys.js';
import { ConfigFacts, integer, integerOrAuto, text } from '../shared/config-facts.js';
import { type Engine, titleOfEngine } from '../shared/engine-flags.js';
import { isAcceleratorName, machineOfName } from '../shared/machine-types.js';
import type { YamlRecogniser } from '../types.js';

/** Settings of a project's own that deploy a model: its name beside options that only engines have, or beside a machine that serves it. */
export const servingSettings: YamlRecogniser = {
  id: 'serving-settings',
  language: 'yaml',
  marker:
    /(?:^|[\s{,])["']?(?:tensor[_-]?parallel(?:[_-]?(?:size|degree))?|tp(?:[_-](?:size|degree))?|max[_-]model[_-]len|gpu[_-]memory[_-]utilization|instance_size)["']?[ \t]*:/im,
  last: true,
  doc: {
    format: 'settings of a project’s own serving (YAML)',
    reads: 'model, engine options, machines and their bounds, where no known format has them',
    example: 'model: {id: Qwen/Qwen3-32B}\ninstances: {type: g6e.12xlarge}\nvllm: {tensor-parallel-size: 4}',
  },
  recognise({ document, roots }) {
    return roots.flatMap((root) => {
      if (roots.length > 1 || others.some((key) => hasKey(root, key)) || trains(root)) return [];
      const maps = mapsOf(root);
      const engine = maps.find(({ key }) => engines[key.toLowerCase()]);
      const name = engine ? engines[engine.key.toLowerCase()]! : 'vllm';
      const facts = new ConfigFacts(document.uri, root);
      const places = engine ? [engine, ...maps.filter((one) => one !== engine)] : maps;
      for (const { value } of places) takeEngineKeys(facts, value, name);
      for (const { value } of maps) {
        facts.take('tensor_parallel', firstOf(value, 'tp_degree', 'tensor_parallel_degree'), integer);
        facts.take('max_model_len', firstOf(value, 'max_seq_len'), integer);
        if (hasKey(value, 'model_id') || hasKey(value, 'model')) facts.take('tensor_parallel', firstOf(value, 'tp'), integer);
        facts.take('gpu_type', firstOf(value, 'gpu_type', 'accelerator_type'), (one) => (isAcceleratorName(textOf(one) ?? '') ? text(one) : undefined));
      }
      const options = facts.facts.filter((fact) => fact.name !== 'model' && fact.name !== 'gpu_type').length;
      // What Hugging Face's Inference Endpoints ask for.
      const endpoint = maps.find(({ value }) => hasKey(value, 'instance_size') && hasKey(value, 'instance_type'))?.value;
      facts.take('instance_type', at(endpoint, 'instance_type'), text);
      for (const { value } of endpoint ? mapsOf(endpoint) : []) facts.take('model', firstOf(value, 'repository', 'model_id', 'MODEL_ID'), text);
      for (const { value } of endpoint ? mapsOf(endpoint) : []) facts.take('quantization', firstOf(value, 'QUANTIZE', 'quantize'), text);
      for (const { key, value } of maps) {
        facts.take('model', /model/i.test(key) ? firstOf(value, 'id', 'path', 'name', 'model_id', 'model_path') : undefined, text);
        facts.take('model', firstOf(value, 'model_id', 'model_path', 'model_name', 'model', 'MODEL_ID'), text);
        const machine = firstOf(value, 'instance_type', 'instanceType', 'type', 'machine_type');
        facts.take('instance_type', machine, (one) => (machineOfName(String(text(one))) ? text(one) : undefined));
      }
      for (const { value } of maps) {
        facts.take('min_replicas', firstOf(value, 'min_replicas', 'min_replica', 'min_capacity', 'minReplicas'), integer);
        facts.take('max_replicas', firstOf(value, 'max_replicas', 'max_replica', 'max_capacity', 'maxReplicas'), integer);
        facts.take('replicas', firstOf(value, 'replicas', 'num_replicas'), integer);
        facts.take('gpu_count', firstOf(value, 'num_gpus', 'gpu_count', 'gpus'), integer);
        facts.take('region', firstOf(value, 'region'), text);
        facts.take('batch_size', evaluates.some((key) => hasKey(root, key)) ? firstOf(value, 'batch_size') : undefined, integerOrAuto);
      }
      if (!facts.has('model') || !(options >= 2 || (options >= 1 && (engine || facts.has('instance_type') || facts.has('gpu_type'))) || endpoint)) return [];
      const framework = engine ? name : endpoint ? 'hf-endpoint' : 'serving';
      return [
        facts.workload(evaluates.some((key) => hasKey(root, key)) ? 'batch-inference' : 'serving', framework, titleOfEngine(framework), endpoint ?? root),
      ];
    });
  },
};

/** What only an evaluation asks for, or has as a section. */
const evaluates = ['eval', 'evaluation', 'tasks', 'log_samples', 'num_fewshot', 'evals_dataset', 'benchmarks'];

const engines: Readonly<Record<string, Engine>> = {
  vllm: 'vllm',
  sglang: 'sglang',
  tgi: 'tgi',
  trtllm: 'trtllm',
  tensorrt_llm: 'trtllm',
  lmdeploy: 'lmdeploy',
};
const others = ['apiVersion', 'kind', 'services', 'jobs', 'on', 'stages', '$schema', 'Resources', 'steps_config', 'actor_rollout_ref', 'policy', 'parameters'];

interface Place {
  readonly key: string;
  readonly value: Value;
}
const deepest = 6;
/** The file and its sections, what is less deep first. */
function mapsOf(root: Value): Place[] {
  const found: Place[] = [];
  let level: Place[] = [{ key: '', value: root }];
  for (let depth = 0; depth < deepest && level.length > 0 && found.length < 200; depth++) {
    found.push(...level);
    level = level.flatMap(({ value }) => entriesOf(value).filter((entry) => entry.value.kind === 'map'));
  }
  return found;
}
/** A key that only a training has, anywhere in the first levels. */
const trains = (root: Value): boolean =>
  mapsOf(root).some(({ value }) =>
    entriesOf(value).some(({ key }) => /(?:^|_)(?:lr|learning_rate|weight_decay)$|^(?:num_train_)?epochs$|micro_batch_size|^trainer$|optimizer/.test(key)),
  );
