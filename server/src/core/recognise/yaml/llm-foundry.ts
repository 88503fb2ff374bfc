import { at, hasKey, textOf, type Value } from '../../syntax/value.js';
import { kindOfCommands, runningBy } from '../config/command-kind.js';
import { commandsOfText } from '../config/command-words.js';
import { takeAll } from '../config/engine-keys.js';
import { ConfigFacts, countKeys, type Field, flag, integer, integerOrAuto, lower, positive, precision, text } from '../shared/config-facts.js';
import { titleOfEngine } from '../shared/engine-flags.js';
import type { SeenWorkload, YamlRecogniser } from '../types.js';

/** A Composer or llm-foundry training, alone or inside the run configuration that submits it. */
export const llmFoundry: YamlRecogniser = {
  id: 'llm-foundry',
  language: 'yaml',
  marker: /^[ \t]*(?:global_train_batch_size|device_train_microbatch_size)[ \t]*:|\bcomposer\s+\S|(?:^|[\s{,])(?:gpu_num|gpu_type|gpus)[ \t]*:/m,
  doc: { format: 'Composer, llm-foundry', reads: 'model or its shape, data set, batch, length, duration, FSDP, GPUs', example: 'max_duration: 1ep' },
  recognise: ({ document, roots }) => roots.flatMap((root) => read(document.uri, document.text, root) ?? []),
};

function read(uri: string, source: string, root: Value): SeenWorkload | undefined {
  const body = at(root, 'parameters')?.kind === 'map' ? at(root, 'parameters') : root;
  const compute = at(root, 'compute') ?? (hasKey(root, 'gpu_num') ? root : undefined);
  const submitted = compute !== undefined && hasKey(root, 'command');
  const trains = body !== undefined && countKeys(body, ['global_train_batch_size', 'device_train_microbatch_size', 'max_duration', 'train_loader']) >= 2;
  const command = at(root, 'command');
  const launches = submitted && /\bcomposer\s[\s\S]*\btrain/.test(textOf(command) ?? '');
  if (!trains && !launches && submitted && countKeys(root, ['image', 'integrations', 'name', 'run_name']) >= 2)
    return submittedCommand(uri, source, root, compute);
  if (!body || !(trains || launches)) return undefined;
  const facts = new ConfigFacts(uri, body);
  if (command && launches) takeOverrides(facts, source, command);
  facts.fields(fields);
  takeDuration(facts, at(body, 'max_duration'));
  takeSharding(facts, body);
  facts.take('gpu_count', at(root, 'compute', 'gpus'), integer);
  facts.take('gpu_type', at(root, 'compute', 'gpu_type'), text);
  const pretrained = at(body, 'model', 'pretrained');
  const finetunes = at(body, 'train_loader', 'name') && textOf(at(body, 'train_loader', 'name')) === 'finetuning';
  return facts.workload('training', 'composer', finetunes || (pretrained && flag(pretrained) === true) ? 'Fine-tune' : 'Train', root);
}

/** A run that the platform's command line submits: what its command starts, on what it asks for.
 * @source docs.mosaicml.com, MCLI run configurations */
function submittedCommand(uri: string, source: string, root: Value, compute: Value): SeenWorkload | undefined {
  const found = kindOfCommands(uri, commandsOfText(source, at(root, 'command') ?? root), textOf(at(root, 'image')));
  const facts = new ConfigFacts(uri, root);
  facts.take('gpu_count', at(compute, 'gpus') ?? at(compute, 'gpu_num'), positive);
  facts.take('gpu_type', at(compute, 'gpu_type'), text);
  facts.take('instance_type', at(compute, 'instance'), text);
  facts.take('num_nodes', at(compute, 'nodes'), positive);
  if (facts.facts.length === 0) return undefined;
  takeAll(facts, found?.facts ?? []);
  const title = found?.kind === 'serving' ? titleOfEngine(found.framework) : found ? 'Train' : 'Run';
  return runningBy(facts.workload(found?.kind ?? 'resource', found?.framework ?? 'mcli', title, root), found);
}

const fields: readonly Field[] = [
  ['model', 'model.pretrained_model_name_or_path', text],
  ['seq_len', 'max_seq_len', integer],
  ['seq_len', 'variables.max_seq_len', integer],
  ['seq_len', 'model.max_sequence_length', integer],
  ['flash_attention', 'model.flash_attention', flag],
  ['n_embd', 'model.d_model', integer],
  ['n_head', 'model.n_heads', integer],
  ['n_layer', 'model.n_layers', integer],
  ['vocab_size', 'model.vocab_size', integer],
  ['finetune_method', 'model.peft_config.peft_type', lower],
  ['lora_rank', 'model.peft_config.r', integer],
  ['dataset', 'train_loader.dataset.hf_name', text],
  ['dataset', 'train_loader.dataset.remote', text],
  ['optimizer', 'optimizer.name', text],
  ['global_batch_size', 'global_train_batch_size', integer],
  ['batch_size', 'device_train_microbatch_size', integerOrAuto],
  ['precision', 'precision', precision],
];

/** `1ep`, `63900ba`, `300tok`: epochs, batches (a batch is an optimiser step), tokens. */
function takeDuration(facts: ConfigFacts, value: Value | undefined): void {
  facts.take('epochs', value, (written) => amount(textOf(written), 'ep'), 'max_duration');
  facts.take('max_steps', value, (written) => amount(textOf(written), 'ba'), 'max_duration');
  facts.take('train_tokens', value, (written) => amount(textOf(written), 'tok'), 'max_duration');
}
function amount(written: string | undefined, unit: string): number | undefined {
  const [, digits, found] = /^\s*([\d.][\d._e+]*)(ep|ba|tok)\s*$/.exec(written ?? '') ?? [];
  const read = Number(digits?.replaceAll('_', ''));
  return found === unit && Number.isFinite(read) && read > 0 ? read : undefined;
}

function takeSharding(facts: ConfigFacts, body: Value): void {
  const config = at(body, 'fsdp_config') ?? at(body, 'parallelism_config', 'fsdp') ?? at(body, 'fsdp');
  const strategy = at(config, 'sharding_strategy');
  if (strategy) facts.put('strategy', /no_shard/i.test(textOf(strategy) ?? '') ? 'ddp' : 'fsdp', strategy);
  else if (config?.kind === 'map' && config.entries.length > 0) facts.put('strategy', 'fsdp', config.entries[0]!.value);
  facts.take('grad_ckpt', at(config, 'activation_checkpointing'), flag);
}

/** `key=value` words of the command: they win over the file. */
function takeOverrides(facts: ConfigFacts, source: string, command: Value): void {
  const written = source.slice(command.start, command.end);
  for (const [key, take] of [
    ['max_duration', (value: Value) => takeDuration(facts, value)],
    ['max_seq_len', (value: Value) => facts.take('seq_len', value, integer)],
    ['global_train_batch_size', (value: Value) => facts.take('global_batch_size', value, integer)],
    ['device_train_microbatch_size', (value: Value) => facts.take('batch_size', value, integerOrAuto)],
    ['precision', (value: Value) => facts.take('precision', value, precision)],
    ['--concat_tokens', (value: Value) => facts.take('seq_len', value, integer)],
  ] as const) {
    const at = written.search(new RegExp(`(?<=\\s)${key}[= ]\\S`));
    const found = at < 0 ? undefined : /^[^= ]+[= ](\S+)/.exec(written.slice(at));
    if (!found?.[1]) continue;
    const start = command.start + at + found[0].length - found[1].length;
    take({ kind: 'scalar', value: found[1], raw: found[1], start, end: start + found[1].length });
  }
}
