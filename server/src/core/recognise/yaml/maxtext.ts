import { at, entriesOf, scalarOf, textOf, type Value } from '../../syntax/value.js';
import { ConfigFacts, countKeys, type Field, integer, number, positive, precision, putProduct, text } from '../shared/config-facts.js';
import { keptPolicy, keptTensors, recomputation } from '../shared/training-flags.js';
import type { YamlRecogniser } from '../types.js';

/** A MaxText configuration that overrides the library's base file. */
export const maxtext: YamlRecogniser = {
  id: 'maxtext',
  language: 'yaml',
  marker: /^(?:ici|dcn)_\w+_parallelism[ \t]*:|^per_device_batch_size[ \t]*:/m,
  doc: { format: 'MaxText', reads: 'model, batch, length, steps, parallelism, kept activations, data set', example: 'ici_fsdp_parallelism: 8' },
  recognise({ document, roots }) {
    return roots.filter(isMaxtext).map((root) => {
      const facts = new ConfigFacts(document.uri, root).fields(fields);
      if (textOf(at(root, 'hardware'))?.startsWith('gpu')) {
        putProduct(facts, 'gpu_count', axes(root, /^ici_\w+_parallelism$/));
        putProduct(facts, 'num_nodes', axes(root, /^dcn_\w+_parallelism$/));
      }
      // Inside a slice the library's own is whatever is left.
      if (at(root, 'ici_fsdp_parallelism')) putProduct(facts, 'shard_size', axes(root, /^(?:ici|dcn)_fsdp(?:_transpose)?_parallelism$/));
      const policy = at(root, 'remat_policy');
      const said = scalarOf(policy);
      if (policy && typeof said === 'string') {
        const kept = keptPolicy(said);
        const tensors = said === 'custom' ? keptTensors(entriesOf(root).map(({ key, value }) => ({ name: key, value: textOf(value) }))) : undefined;
        facts.put('grad_ckpt', recomputation(said), policy);
        if (kept !== undefined) facts.put('remat_policy', kept, policy);
        if (tensors !== undefined) facts.put('remat_tensors', tensors, policy);
      }
      return facts.workload('training', 'maxtext', 'Train');
    });
  },
};

/** The base file lists every setting of the library: defaults, not a run. */
const mostKeys = 150;
const isMaxtext = (root: Value): boolean =>
  entriesOf(root).length < mostKeys &&
  countKeys(root, [
    'per_device_batch_size',
    'max_target_length',
    'remat_policy',
    'ici_fsdp_parallelism',
    'dcn_data_parallelism',
    'scan_layers',
    'dataset_type',
    'steps',
  ]) >= 3;

const fields: readonly Field[] = [
  ['model', 'model_name', text],
  ['batch_size', 'per_device_batch_size', number],
  ['seq_len', 'max_target_length', integer],
  ['max_steps', 'steps', positive],
  ['grad_accum', 'gradient_accumulation_steps', integer],
  ['dataset', 'hf_path', text],
  ['dataset', 'dataset_name', text],
  ['dataset', 'dataset_type', text],
  ['precision', 'dtype', precision],
  ['quantization', 'quantization', text],
  ['optimizer', 'opt_type', text],
  ['data_parallel', 'dcn_data_parallelism', positive],
  ['tensor_parallel', 'ici_tensor_parallelism', positive],
];

/** Chips are the product of the mesh's axes. */
const axes = (root: Value, axis: RegExp): Value[] => entriesOf(root).flatMap((entry) => (axis.test(entry.key) ? [entry.value] : []));
