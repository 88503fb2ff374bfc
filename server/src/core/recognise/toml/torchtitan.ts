import { at, hasKey, itemsOf, scalarOf, textOf, type Value } from '../../syntax/value.js';
import { ConfigFacts, countKeys, type Field, flag, integer, lower, positive, precision, putProduct, text } from '../shared/config-facts.js';
import type { TomlRecogniser } from '../types.js';

/** A torchtitan job as it was configured until 2025; later ones are Python.
 * @source pytorch/torchtitan, torchtitan/config/job_config.py at v0.2.0 */
export const torchtitanToml: TomlRecogniser = {
  id: 'torchtitan',
  language: 'toml',
  marker: /^[ \t]*\[(?:parallelism|activation_checkpoint|experimental)\]/m,
  doc: {
    format: 'torchtitan (TOML)',
    reads: 'model and flavor, batch, length, steps, parallelism, activation checkpointing, compilation, FP8, checkpoints',
    example: '[model]\nname = "llama3"\nflavor = "8B"\n\n[training]\nlocal_batch_size = 1\nseq_len = 8192\nsteps = 1000',
  },
  recognise({ document, roots }) {
    return roots.filter(isJob).map((root) => {
      const facts = new ConfigFacts(document.uri, root);
      takeModel(facts, root);
      const converters = at(root, 'model', 'converters');
      const eight = [converters, ...itemsOf(converters)].find((one) => /float8|mx/.test(textOf(one) ?? ''));
      if (eight) facts.put('precision', 'fp8', eight);
      const groups = at(root, 'parallelism', 'data_parallel_replicate_degree');
      if (Number(scalarOf(groups)) > 1) {
        const shard = at(root, 'parallelism', 'data_parallel_shard_degree');
        putProduct(facts, 'data_parallel', [shard, groups]);
        putProduct(facts, 'shard_size', [shard, at(root, 'parallelism', 'context_parallel_degree')]);
      }
      facts.fields(fields);
      facts.take('grad_ckpt', at(root, 'activation_checkpoint', 'mode'), checkpointing, 'activation_checkpoint.mode');
      const saved = at(root, 'checkpoint');
      if ([at(saved, 'enable'), at(saved, 'enable_checkpoint')].some((one) => scalarOf(one) === true))
        facts.take('save_steps', at(saved, 'interval'), positive, 'checkpoint.interval');
      return facts.workload('training', 'torchtitan', 'Pretrain');
    });
  },
};

const isJob = (root: Value): boolean =>
  hasKey(at(root, 'training'), 'steps') &&
  hasKey(at(root, 'training'), 'seq_len') &&
  countKeys(root, ['job', 'model', 'parallelism', 'experimental', 'activation_checkpoint', 'metrics', 'lr_scheduler', 'float8']) >= 2;

const fields: readonly Field[] = [
  ['batch_size', 'training.local_batch_size', integer],
  ['batch_size', 'training.batch_size', integer],
  ['global_batch_size', 'training.global_batch_size', positive],
  ['seq_len', 'training.seq_len', integer],
  ['max_steps', 'training.steps', positive],
  ['dataset', 'training.dataset', text],
  ['precision', 'training.mixed_precision_param', precision],
  ['optimizer', 'optimizer.name', lower],
  ['tensor_parallel', 'parallelism.tensor_parallel_degree', positive],
  ['pipeline_parallel', 'parallelism.pipeline_parallel_degree', positive],
  ['context_parallel', 'parallelism.context_parallel_degree', positive],
  ['expert_parallel', 'parallelism.expert_parallel_degree', positive],
  ['data_parallel', 'parallelism.data_parallel_shard_degree', positive],
  ['tensor_parallel', 'training.tensor_parallel_degree', positive],
  ['pipeline_parallel', 'experimental.pipeline_parallel_degree', positive],
  ['context_parallel', 'experimental.context_parallel_degree', positive],
  ['compile', 'compile.enable', flag],
  ['compile', 'training.compile', flag],
];

function checkpointing(value: Value): string | boolean | undefined {
  const mode = textOf(value);
  return mode === 'none' ? false : mode === 'full' ? true : mode === 'selective' ? 'selective' : undefined;
}

/** A flavor is a published shape of its family; one of a file's own name is given as it stands. */
function takeModel(facts: ConfigFacts, root: Value): void {
  const [name, flavor] = [at(root, 'model', 'name'), at(root, 'model', 'flavor')];
  const known = families[textOf(name) ?? '']?.(textOf(flavor) ?? '');
  if (known !== undefined && flavor) facts.put('model', known, flavor, 'default', `torchtitan’s ${textOf(name)} ${textOf(flavor)}`);
  else facts.take('model', flavor, text, 'model.flavor');
}
/** @source pytorch/torchtitan, torchtitan/models/{llama3,qwen3,deepseek_v3}/__init__.py: the shapes of the flavors */
const families: Readonly<Record<string, (flavor: string) => string | undefined>> = {
  llama3: (flavor) => (/^[13]B$/.test(flavor) ? `meta-llama/Llama-3.2-${flavor}` : /^(8|70|405)B$/.test(flavor) ? `meta-llama/Llama-3.1-${flavor}` : undefined),
  qwen3: (flavor) => (/^(0\.6|1\.7|4|8|14|32)B$|^(30B-A3B|235B-A22B)$/.test(flavor) ? `Qwen/Qwen3-${flavor}` : undefined),
  deepseek_v3: (flavor) => ({ '16B': 'deepseek-ai/DeepSeek-V2-Lite', '236B': 'deepseek-ai/DeepSeek-V2', '671B': 'deepseek-ai/DeepSeek-V3' })[flavor],
};
