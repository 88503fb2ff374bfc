import { at, hasKey, scalarOf, type Value } from '../../syntax/value.js';
import { takeFsdp } from '../config/deepspeed.js';
import { ConfigFacts, countKeys, flagOf, integer, integerOrAuto, precision, strategyOfFile, text } from '../shared/config-facts.js';
import type { YamlRecogniser } from '../types.js';

/** A configuration of `accelerate launch`: on how many devices, and how, a script elsewhere runs. */
export const accelerate: YamlRecogniser = {
  id: 'accelerate',
  language: 'yaml',
  marker: /^distributed_type[ \t]*:/m,
  doc: { format: 'accelerate', reads: 'machines, processes, precision, sharding', example: 'distributed_type: FSDP' },
  recognise({ document, roots }) {
    return roots.filter(isAccelerate).map((root) => {
      const facts = new ConfigFacts(document.uri, root);
      takeDevices(facts, root);
      takeStrategy(facts, root);
      facts.take('precision', at(root, 'mixed_precision'), precision, 'mixed_precision');
      for (const [name, axis] of axes) facts.take(name, at(root, 'parallelism_config', `parallelism_config_${axis}_size`), integer);
      return { ...facts.workload('resource', 'accelerate', 'accelerate'), fragment: true as const };
    });
  },
};

const companions = ['compute_environment', 'num_processes', 'num_machines', 'mixed_precision', 'machine_rank', 'main_training_function', 'use_cpu', 'gpu_ids'];
const sections = ['deepspeed_config', 'fsdp_config', 'fp8_config', 'megatron_lm_config', 'parallelism_config'];
const isAccelerate = (root: Value): boolean =>
  hasKey(root, 'distributed_type') && (countKeys(root, companions) >= 2 || (countKeys(root, companions) === 1 && countKeys(root, sections) > 0));

const axes = [
  ['tensor_parallel', 'tp'],
  ['context_parallel', 'cp'],
] as const;

/** `num_processes` counts over all machines. */
function takeDevices(facts: ConfigFacts, root: Value): void {
  facts.take('num_nodes', at(root, 'num_machines'), integer, 'num_machines');
  const total = at(root, 'num_processes');
  const machines = integer(at(root, 'num_machines') ?? one) ?? 1;
  const onCpu = flagOf(at(root, 'use_cpu')) === true || scalarOf(at(root, 'distributed_type')) === 'MULTI_CPU';
  const processes = total && integer(total);
  if (onCpu || !total) return;
  if (typeof processes !== 'number' || typeof machines !== 'number') facts.take('gpu_count', total, integer, 'num_processes');
  else if (machines <= 1) facts.take('gpu_count', total, integer, 'num_processes');
  else if (processes % machines === 0) facts.put('gpu_count', processes / machines, total, 'literal', `${processes} processes on ${machines} machines`);
}
const one: Value = { kind: 'scalar', value: 1, raw: '1', start: 0, end: 0 };

function takeStrategy(facts: ConfigFacts, root: Value): void {
  const type = at(root, 'distributed_type');
  const name = type && String(text(type) ?? '').toUpperCase();
  if (!type) return;
  if (name === 'DEEPSPEED') {
    const config = at(root, 'deepspeed_config');
    const stage = at(config, 'zero_stage');
    const number = stage && integer(stage);
    const file = at(config, 'deepspeed_config_file');
    if (stage && number !== undefined) facts.put('strategy', number === 0 ? 'ddp' : `zero${number}`, stage);
    else if (file && typeof scalarOf(file) === 'string') facts.put('strategy', strategyOfFile(String(scalarOf(file))), file);
    else facts.put('strategy', 'deepspeed', type);
    facts.refer(file);
    facts.take('grad_accum', at(config, 'gradient_accumulation_steps'), integerOrAuto, 'gradient_accumulation_steps');
    for (const key of ['offload_optimizer_device', 'offload_param_device']) {
      const device = at(config, key);
      const target = scalarOf(device);
      if (device && typeof target === 'string' && target !== 'none') facts.put('offload', target, device);
    }
    return;
  }
  const known: Readonly<Record<string, string>> = {
    MULTI_GPU: 'ddp',
    MULTI_NPU: 'ddp',
    MULTI_XPU: 'ddp',
    MULTI_CPU: 'ddp',
    MEGATRON_LM: 'megatron',
    FSDP: 'fsdp',
    NO: 'none',
  };
  const strategy = known[name ?? ''];
  if (strategy !== undefined) facts.put('strategy', strategy, type);
  if (strategy !== 'fsdp') return;
  takeFsdp(facts, root);
}
