import { at, hasKey, textOf, type Value } from '../../syntax/value.js';
import { kindOfCommands } from '../config/command-kind.js';
import { commandsOf } from '../config/command-words.js';
import { firstOf, takeAll } from '../config/engine-keys.js';
import { ConfigFacts, countKeys, type Field, flagOf, integer, lower, text } from '../shared/config-facts.js';
import { titleOfEngine } from '../shared/engine-flags.js';
import type { YamlRecogniser } from '../types.js';

/** A Truss: a model served on a machine that the file names. */
export const truss: YamlRecogniser = {
  id: 'truss',
  language: 'yaml',
  marker: /^(?:model_name|model_metadata|trt_llm|docker_server|base_image)[ \t]*:/m,
  doc: { format: 'Truss', reads: 'accelerator, CPU, memory, engine build, start command', example: 'resources: {accelerator: "H100:4"}' },
  recognise({ document, roots }) {
    return roots.filter(isTruss).map((root) => {
      const facts = new ConfigFacts(document.uri, root);
      const command = at(root, 'docker_server', 'start_command');
      const found = kindOfCommands(document.uri, commandsOf(document.text, [command]));
      facts.take('model', firstOf(root, 'trt_llm.build.checkpoint_repository.repo', 'model_metadata.repo_id'), text);
      // A path inside the image is where the cached model is put.
      if (found?.facts.some((fact) => fact.name === 'model' && 'value' in fact && String(fact.value).startsWith('/')))
        facts.take('model', at(root, 'model_cache', 0, 'repo_id'), text);
      if (found) takeAll(facts, found.facts);
      facts.take('model', firstOf(root, 'model_cache.0.repo_id', 'hf_cache.0.repo_id', 'model_name'), text);
      facts.fields(fields);
      takeAccelerator(facts, root);
      const framework = hasKey(root, 'trt_llm') ? 'trtllm' : (found?.framework ?? 'truss');
      return facts.workload('serving', framework, framework === 'truss' ? 'Truss' : titleOfEngine(framework));
    });
  },
};

const companions = [
  'model_name',
  'model_metadata',
  'python_version',
  'requirements',
  'environment_variables',
  'secrets',
  'system_packages',
  'trt_llm',
  'docker_server',
  'base_image',
  'model_cache',
  'external_package_dirs',
];
const isTruss = (root: Value): boolean =>
  at(root, 'resources')?.kind === 'map' &&
  countKeys(at(root, 'resources') as Value, ['accelerator', 'use_gpu', 'cpu', 'memory', 'instance_type', 'node_count']) > 0 &&
  countKeys(root, companions) >= 3;

const fields: readonly Field[] = [
  ['quantization', 'trt_llm.build.quantization_type', (value) => (/^(?:no_quant|none)$/.test(textOf(value) ?? '') ? undefined : lower(value))],
  ['max_num_seqs', 'trt_llm.runtime.max_batch_size', integer],
  ['max_num_seqs', 'trt_llm.build.max_batch_size', integer],
  ['max_model_len', 'trt_llm.runtime.max_seq_len', integer],
  ['max_model_len', 'trt_llm.build.max_seq_len', integer],
  ['tensor_parallel', 'trt_llm.runtime.tensor_parallel_size', integer],
  ['tensor_parallel', 'trt_llm.build.tensor_parallel_count', integer],
  ['concurrency', 'runtime.predict_concurrency', integer],
  ['cpu', 'resources.cpu', text],
  ['memory', 'resources.memory', text],
  ['instance_type', 'resources.instance_type', text],
  ['num_nodes', 'resources.node_count', integer],
];

/** `H100:4`, or a name for one. */
function takeAccelerator(facts: ConfigFacts, root: Value): void {
  const value = at(root, 'resources', 'accelerator');
  const [, type, count] = /^([\w-]+)(?::(\d+))?$/.exec(textOf(value) ?? '') ?? [];
  if (value && type) {
    facts.put('gpu_type', type, value);
    facts.put('gpu_count', count === undefined ? 1 : Number(count), value, count === undefined ? 'default' : 'literal');
  } else if (flagOf(at(root, 'resources', 'use_gpu')) === true) {
    const used = at(root, 'resources', 'use_gpu') as Value;
    facts.unknown.push({ name: 'gpu_type', reason: 'use_gpu does not say which GPU', need: 'resources.accelerator', span: facts.span(used) });
  }
}
