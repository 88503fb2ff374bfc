import { at, itemsOf, scalarOf, type Value } from '../../syntax/value.js';
import { type ConfigFacts, flagOf, integer, integerOrAuto, strategyOfFile, text } from '../shared/config-facts.js';

/** Facts of a DeepSpeed configuration, a file of its own or a map inside a trainer's. */
export function takeDeepspeed(facts: ConfigFacts, config: Value): void {
  const stage = at(config, 'zero_optimization', 'stage');
  const number = stage && integer(stage);
  if (stage && number !== undefined) facts.put('strategy', number === 0 ? 'ddp' : `zero${number}`, stage);
  const bf16 = at(config, 'bf16', 'enabled') ?? at(config, 'bfloat16', 'enabled');
  const fp16 = at(config, 'fp16', 'enabled');
  if (flagOf(bf16) && bf16) facts.put('precision', 'bf16', bf16);
  else if (flagOf(fp16) && fp16) facts.put('precision', 'fp16', fp16);
  else if (scalarOf(bf16) === 'auto' && bf16) facts.put('precision', 'auto', bf16);
  else if (scalarOf(fp16) === 'auto' && fp16) facts.put('precision', 'auto', fp16);
  facts.take('batch_size', at(config, 'train_micro_batch_size_per_gpu'), integerOrAuto);
  facts.take('grad_accum', at(config, 'gradient_accumulation_steps'), integerOrAuto);
  facts.take('global_batch_size', at(config, 'train_batch_size'), integerOrAuto);
  facts.take('optimizer', at(config, 'optimizer', 'type'), text);
  for (const part of ['offload_optimizer', 'offload_param']) {
    const device = at(config, 'zero_optimization', part, 'device');
    const target = scalarOf(device);
    if (device && typeof target === 'string' && target !== 'none') facts.put('offload', target, device);
  }
  const old = at(config, 'zero_optimization', 'cpu_offload');
  if (old && flagOf(old)) facts.put('offload', 'cpu', old);
  facts.take('tensor_parallel', at(config, 'tensor_parallel', 'autotp_size'), integer);
}

/** `deepspeed:` of a trainer's configuration: the path of a DeepSpeed file, or its content. */
export function takeDeepspeedOption(facts: ConfigFacts, option: Value | undefined): void {
  if (!option) return;
  if (option.kind === 'map') {
    takeDeepspeed(facts, option);
    return;
  }
  const target = scalarOf(option);
  if (typeof target !== 'string' || target === '') return;
  facts.take('strategy', option, () => strategyOfFile(target), 'deepspeed');
  facts.refer(option);
}

/** `fsdp:` and its companions: a text or a list of options, `fsdp_config`, `fsdp_version`. */
export function takeFsdp(facts: ConfigFacts, root: Value): void {
  const options = at(root, 'fsdp');
  const named = options?.kind === 'seq' ? itemsOf(options)[0] : options?.kind === 'scalar' ? options : undefined;
  const version = at(root, 'fsdp_version');
  const config = at(root, 'fsdp_config');
  const written = named && scalarOf(named) !== null && scalarOf(named) !== '' && flagOf(named) !== false ? named : undefined;
  const place =
    written ?? (typeof scalarOf(version) === 'number' ? version : undefined) ?? (config?.kind === 'map' && config.entries.length > 0 ? config : undefined);
  if (!place) return;
  facts.put('strategy', 'fsdp', place.kind === 'map' ? { start: place.start, end: place.start } : place);
  const listed = [...(options?.kind === 'seq' ? itemsOf(options) : []), ...(options?.kind === 'scalar' ? [options] : [])];
  const offload = at(config, 'fsdp_offload_params') ?? at(config, 'offload_params');
  const byName = listed.find((item) => /\boffload\b/.test(String(scalarOf(item))));
  if (offload && flagOf(offload) !== undefined) facts.put('offload', flagOf(offload) === true, offload);
  else if (byName) facts.put('offload', true, byName);
  const checkpointing = at(config, 'fsdp_activation_checkpointing') ?? at(config, 'activation_checkpointing');
  if (checkpointing && flagOf(checkpointing) === true) facts.put('grad_ckpt', true, checkpointing);
}
