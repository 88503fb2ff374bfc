import { at, hasKey, itemsOf, textOf, type Value } from '../../syntax/value.js';
import { firstOf, takeEngineKeys } from '../config/engine-keys.js';
import { ConfigFacts, countKeys, type Field, integer, number, precision, type Read, text } from '../shared/config-facts.js';
import type { YamlRecogniser } from '../types.js';

/** A TorchServe model's configuration: workers of one model in one server. */
export const torchserve: YamlRecogniser = {
  id: 'torchserve',
  language: 'yaml',
  marker: /^(?:minWorkers|maxWorkers|batchSize|deviceType|parallelType|responseTimeout)[ \t]*:/m,
  doc: { format: 'TorchServe', reads: 'workers, batch, devices, model and engine options of the handler', example: 'minWorkers: 1' },
  recognise({ document, roots }) {
    return roots.filter(isTorchserve).map((root) => {
      const facts = new ConfigFacts(document.uri, root);
      const handler = at(root, 'handler');
      const file = firstOf(handler, 'model_path');
      if (/\.gguf$/i.test(textOf(file) ?? '')) facts.take('model', file, model);
      facts.take(
        'model',
        firstOf(handler, 'vllm_engine_config.served_model_name', 'vllm_engine_config.model', 'model_name', 'model_path', 'engine_dir', 'model_dir'),
        model,
      );
      facts.fields(fields);
      takeEngineKeys(facts, at(handler, 'vllm_engine_config'), 'vllm');
      takeEngineKeys(facts, at(handler, 'trt_llm_engine_config'), 'trtllm');
      const path = firstOf(handler, 'model_path', 'model_name');
      const quantization = /[.-](i?q\d\w*)\.gguf$/i.exec(textOf(path) ?? '')?.[1];
      if (path && quantization) facts.put('quantization', quantization, path);
      const ids = at(root, 'deviceIds');
      if (ids?.kind === 'seq') facts.put('gpu_count', ids.items.length, ids, 'default', 'number of deviceIds');
      return facts.workload('serving', hasKey(handler, 'vllm_engine_config') ? 'vllm' : 'torchserve', 'TorchServe');
    });
  },
};

const isTorchserve = (root: Value): boolean =>
  (countKeys(root, ['minWorkers', 'maxWorkers', 'batchSize', 'maxBatchDelay', 'responseTimeout', 'deviceType', 'parallelType', 'deviceIds']) >= 2 ||
    (hasKey(root, 'responseTimeout') && hasKey(at(root, 'handler'), 'model_path'))) &&
  (at(root, 'handler')?.kind === 'map' ||
    at(root, 'torchrun')?.kind === 'map' ||
    textOf(at(root, 'deviceType')) === 'gpu' ||
    itemsOf(at(root, 'deviceIds')).length > 0);

/** A hub cache folder holds the model's name; a file counts by its own. */
const model: Read = (value) => {
  const written = textOf(value)?.trim() ?? '';
  const cached = /models--([\w.-]+?)--([\w.-]+)/.exec(written);
  if (cached) return `${cached[1]}/${cached[2]}`;
  return (/\.gguf$/i.test(written) ? written.split('/').at(-1) : written) || undefined;
};
const fields: readonly Field[] = [
  ['min_replicas', 'minWorkers', integer],
  ['max_replicas', 'maxWorkers', integer],
  ['batch_size', 'batchSize', integer],
  ['nproc_per_node', 'torchrun.nproc-per-node', integer],
  ['max_model_len', 'handler.max_length', integer],
  ['max_tokens', 'handler.max_new_tokens', integer],
  ['precision', 'handler.amp', precision],
  ['precision', 'handler.dtype', precision],
  ['tensor_parallel', 'handler.tp_degree', integer],
  ['gpu_mem_util', 'handler.kv_cache_config.free_gpu_memory_fraction', number],
  ['quantization', 'handler.quantization', text],
];
