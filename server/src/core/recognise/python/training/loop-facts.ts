import { type Call, dotted } from '../../../syntax/python/ast.js';
import type { CallSite } from '../../../syntax/python/program.js';
import type { PythonInput } from '../../types.js';
import { count, type FactSet, flag } from './fact-set.js';
import { addDeepSpeed, stageOfName } from './hf-settings.js';
import { readPrecision } from './precision.js';

const loaders =
  /^(?:(?:Stateful|Data|Multi|Infinite|Fast|Bucketed)?DataLoader|StatefulDataLoader|create_loader|iter_torch_batches|to_torch|make_data_loader|build_dataloader|fast_collate_loader)$/;

/** The call that makes the training's loader: by the name that it is bound to, by `shuffle`, else the first that is not for evaluation. */
export function trainLoader({ program, evaluate }: PythonInput): Call | undefined {
  const sites = program.callsOf(loaders).filter(({ call }) => evaluate.argument(call, 'batch_size', 1) !== undefined);
  const about = (at: number, call: Call): string => {
    const statement = program.statement(at);
    const owner = program.blocks(at).find((block) => block.kind === 'def')?.name ?? '';
    return `${owner} ${program.text.slice(statement.start, call.callee.end)} ${call.args[0] ? program.text.slice(call.args[0].start, call.args[0].end).slice(0, 60) : ''}`;
  };
  const named = sites.find(({ call, at }) => /train/i.test(about(at, call)) && !/\b(val|valid|test|eval)\w*\s*=/i.test(about(at, call)));
  const shuffled = sites.find(({ call }) => {
    const given = evaluate.argument(call, 'shuffle');
    const value = given && evaluate.value(given);
    return value?.known && value.value === true;
  });
  return (named ?? shuffled ?? sites.find(({ call, at }) => !/val|test|eval/i.test(about(at, call))) ?? sites[0])?.call;
}

const optimizers =
  /^(?:(?:Paged)?(?:Fused|CPU|DeepSpeedCPU|Decoupled)?(?:Adam|AdamW|SGDW|LionW|Adagrad|Lion|LAMB|Lamb|SGD|RMSprop|Adamax|NAdam|RAdam|Adadelta|ASGD|LBFGS|Rprop)(?:8bit|32bit|bnb)?|Adafactor|Muon|MuonWithAuxAdam|Sophia\w?|Shampoo|DistributedShampoo|LARS|AdaBelief|Ranger|ScheduleFree\w+|AdamWScheduleFree|SGDScheduleFree|Prodigy|DAdapt\w+|GaLore\w+|DistAdam|NovoGrad|adamw|adam|sgd|lion|adafactor|lamb|rmsprop|adagrad|(?:Adam|GradientDescent|RMSProp|Momentum|Adagrad|Adadelta|Ftrl)Optimizer|create_optimizer(?:_v2)?|configure_optimizers)$/;

const optimizerSites = ({ program }: PythonInput): readonly CallSite[] =>
  program
    .callsOf(optimizers)
    .filter(({ call }) => !/^[a-z]+$/.test(lastName(call)) || /\boptax\./.test(dotted(call.callee) ?? '')) // lower-case names are optax's
    .filter(({ call }) => !/create_optimizer|configure_optimizers/.test(dotted(call.callee) ?? '') && !/^(super|self)\b/.test(dotted(call.callee) ?? ''));
/** True if the file itself decides what trains: it constructs an optimiser by its class. */
export const makesOptimizer = (input: PythonInput): boolean => optimizerSites(input).length > 0;

/** Adds the optimiser that is constructed. */
export function addOptimizer(input: PythonInput, facts: FactSet): void {
  const { program, evaluate } = input;
  if (facts.has('optimizer')) return;
  const sites = optimizerSites(input);
  const names = new Set(sites.map(({ call }) => lastName(call)));
  if (names.size > 1 || (names.size === 1 && /\b(?:optimizer_class|optimizer_cls)\b/.test(program.text))) {
    // a choice by an option
    for (const name of ['optimizer', 'opt', 'optim', 'optimizer_name']) {
      const chosen = evaluate.option(name);
      if (chosen?.known && typeof chosen.value === 'string') facts.put('optimizer', chosen);
    }
  }
  const site = sites.find(({ at }) => !evaluate.isOff(at)) ?? sites[0];
  if (site) facts.written('optimizer', lastName(site.call), { start: site.call.callee.start, end: site.call.callee.end });
  else addOptimizerClass(input, facts);
}
/** `optimizer_class = torch.optim.AdamW`, made later under that name; of several the one that the options' defaults choose. */
function addOptimizerClass({ program, evaluate }: PythonInput, facts: FactSet): void {
  const pattern =
    /(?:\b\w*optim\w*[ \t]*=[ \t]*(?:\w+\.)*|\boptim\.)((?:Paged)?(?:Adam|AdamW|Lion|SGD|RMSprop|Adafactor|Adagrad|Prodigy)(?:8bit|32bit)?)\b(?![\w.]|\s*\()/gi;
  const found: { name: string; start: number; off: boolean }[] = [];
  for (let match = pattern.exec(program.text); match; match = pattern.exec(program.text)) {
    const start = match.index + match[0].length - match[1]!.length;
    found.push({ name: match[1]!, start, off: evaluate.isOff(start) });
  }
  const chosen = found.findLast((one) => !one.off) ?? found.at(-1);
  if (chosen) facts.written('optimizer', chosen.name, { start: chosen.start, end: chosen.start + chosen.name.length });
}
const lastName = (call: Call): string => (dotted(call.callee) ?? '').split('.').at(-1)!;

/** Adds precision, sharding, compilation, checkpointing and accelerate's settings as a loop of one's own states them. */
export function addLoopSettings(input: PythonInput, facts: FactSet): void {
  const { program, evaluate } = input;
  const on = (name: string | RegExp) => program.callsOf(name).filter(({ at }) => !evaluate.isOff(at));
  for (const { call } of on('Accelerator')) {
    readPrecision(input, facts, evaluate.argument(call, 'mixed_precision'));
    facts.read('grad_accum', evaluate.argument(call, 'gradient_accumulation_steps'), count);
  }
  for (const { call } of on('Fabric')) addFabric(input, facts, call);
  for (const { call } of on('autocast')) {
    const enabled = evaluate.argument(call, 'enabled');
    const isEnabled = enabled && evaluate.value(enabled);
    if (isEnabled?.known && isEnabled.value === false) continue;
    const dtype = evaluate.argument(call, 'dtype', 1);
    if (dtype) readPrecision(input, facts, dtype);
    else if (!facts.has('precision') && !(isEnabled && !isEnabled.known))
      facts.follows('precision', 'fp16', call, { note: 'default of torch.autocast on a GPU' });
  }
  for (const { call } of on(/^(?:MixedPrecision|MixedPrecisionPolicy)$/)) readPrecision(input, facts, evaluate.argument(call, 'param_dtype', 0));
  if (!facts.has('precision')) {
    const scaler = on('GradScaler').find(({ call }) => {
      const enabled = evaluate.argument(call, 'enabled');
      const value = enabled && evaluate.value(enabled);
      // `GradScaler() if dtype == torch.float16 else None` says fp16 only where the test is decided.
      const before = program.text.slice(program.statement(call.start).start, call.start);
      const after = program.text.slice(call.end, call.end + 200).match(/^[ \t]*if\b[^\n]*\belse\b/);
      return (!enabled || (value?.known && value.value === true)) && !(after && /=\s*[\w.]*$/.test(before));
    });
    if (scaler) facts.follows('precision', 'fp16', scaler.call, { note: 'a gradient scaler is for fp16' });
  }
  const cast = facts.has('precision')
    ? undefined
    : on(/^(?:bfloat16|half)$/).find(({ call }) => call.args.length === 0 && /model|net|unet|gpt/i.test(dotted(call.callee)?.split('.')[0] ?? ''));
  if (cast) facts.follows('precision', /bfloat16$/.test(dotted(cast.call.callee) ?? '') ? 'bf16' : 'fp16', cast.call);
  addParallel(input, facts, on);
  addTensorFloat(input, facts);
  const compiled = facts.has('compile') ? undefined : on('compile').find(({ call }) => evaluate.callee(call) === 'torch.compile');
  if (compiled) facts.follows('compile', true, compiled.call);
  const checkpoint = facts.has('grad_ckpt') ? undefined : on('checkpoint').find(({ call }) => /torch\.utils\.checkpoint/.test(evaluate.callee(call)));
  if (checkpoint) facts.follows('grad_ckpt', true, checkpoint.call);
  const spawned = on('spawn').find(({ call }) => /multiprocessing|^mp\.|xmp/.test(evaluate.callee(call)));
  if (spawned) facts.read('gpu_count', evaluate.argument(spawned.call, 'nprocs', 2), count);
}

/** Products in TF32 where nothing narrower is said: `torch.set_float32_matmul_precision("high")`. */
function addTensorFloat({ program, evaluate }: PythonInput, facts: FactSet): void {
  const said = facts.get('precision');
  if (said !== undefined && said.value !== 'fp32') return;
  const site = program.callsOf('set_float32_matmul_precision').find(({ at }) => !evaluate.isOff(at));
  const given = site && evaluate.argument(site.call, 'precision', 0);
  const value = given && evaluate.value(given);
  if (!site || !value?.known || !/^(high|medium)$/.test(String(value.value))) return;
  facts.forget('precision');
  facts.follows('precision', 'tf32', site.call, { note: 'matrix products of 32-bit numbers in TF32' });
}

function addParallel(input: PythonInput, facts: FactSet, on: (name: string | RegExp) => { call: Call; at: number }[]): void {
  const { evaluate, document } = input;
  if (facts.has('strategy')) return;
  const first = on(/^(?:initialize|FullyShardedDataParallel|FSDP|fully_shard|DistributedDataParallel|DDP)$/).find(
    ({ call }) => !/initialize$/.test(dotted(call.callee) ?? '') || evaluate.callee(call) === 'deepspeed.initialize',
  );
  if (!first) return;
  const { call } = first;
  const name = evaluate.callee(call);
  if (name !== 'deepspeed.initialize') {
    facts.written('strategy', /fully_shard|FSDP|FullySharded/.test(name) ? 'fsdp' : 'ddp', { start: call.callee.start, end: call.callee.end });
    const offload = evaluate.argument(call, 'cpu_offload') ?? evaluate.argument(call, 'offload_policy');
    const policy = offload && evaluate.expression(offload);
    // CPUOffload() keeps the parameters where they are, unless it is told otherwise.
    const params = policy?.kind === 'call' && /(?:^|\.)CPUOffload$/.test(evaluate.callee(policy)) ? evaluate.argument(policy, 'offload_params', 0) : undefined;
    const value = params && evaluate.value(params);
    const isOn = policy?.kind === 'call' && (/(?:^|\.)CPUOffload$/.test(evaluate.callee(policy)) ? value?.known === true && value.value === true : true);
    if (offload && isOn) facts.follows('offload', 'cpu', offload);
    return;
  }
  const config = evaluate.argument(call, 'config') ?? evaluate.argument(call, 'config_params');
  const written = config && evaluate.expression(config);
  if (written?.kind === 'dict') {
    addDeepSpeed(evaluate.entry.bind(evaluate), facts, written);
    return;
  }
  const value = config ? evaluate.value(config) : undefined;
  if (value?.known && typeof value.value === 'string') {
    facts.put('strategy', value, stageOfName);
    facts.refs.push({ role: 'config', target: value.value, span: { uri: document.uri, start: value.start, end: value.end } });
  } else facts.written('strategy', 'deepspeed', { start: call.callee.start, end: call.callee.end });
}

/** Adds the arguments that Lightning's Trainer and Fabric share. */
export function addFabric(input: PythonInput, facts: FactSet, call: Call): void {
  const { evaluate } = input;
  const accelerator = evaluate.argument(call, 'accelerator', undefined);
  const kind = accelerator && evaluate.value(accelerator);
  const isCpu = kind?.known && kind.value === 'cpu';
  const devices = evaluate.argument(call, 'devices') ?? evaluate.argument(call, 'gpus');
  if (devices && !isCpu) {
    const list = evaluate.expression(devices);
    if (list.kind === 'list' || list.kind === 'tuple')
      facts.put('gpu_count', { known: true, value: list.items.length, origin: 'literal', start: list.start, end: list.end });
    else
      facts.read('gpu_count', devices, (value) => {
        if (value === -1 || value === '-1') return 'all';
        if (typeof value === 'string' && /^\d+(\s*,\s*\d+)+$/.test(value)) return value.split(',').length;
        return count(value);
      });
  }
  facts.read('num_nodes', evaluate.argument(call, 'num_nodes'), count);
  readPrecision(input, facts, evaluate.argument(call, 'precision'));
  const strategy = evaluate.argument(call, 'strategy');
  if (!strategy) return;
  const made = evaluate.expression(strategy);
  if (made.kind === 'call') {
    facts.written('strategy', strategyName(evaluate.callee(made).split('.').at(-1)!), { start: made.start, end: made.callee.end });
    facts.read('offload', evaluate.argument(made, 'cpu_offload'), flag);
    facts.read('strategy', evaluate.argument(made, 'stage'), (value) => `zero${value}`);
    for (const [fact, name] of parallel) facts.read(fact, evaluate.argument(made, name), count);
  } else facts.read('strategy', strategy, (value) => (typeof value === 'string' && value !== 'auto' ? strategyName(value) : undefined));
}
const parallel = [
  ['tensor_parallel', 'tensor_model_parallel_size'],
  ['pipeline_parallel', 'pipeline_model_parallel_size'],
  ['context_parallel', 'context_parallel_size'],
  ['expert_parallel', 'expert_model_parallel_size'],
] as const;
/** `FSDPStrategy` → fsdp, `deepspeed_stage_2` → zero2, `ddp_find_unused_parameters_true` → ddp. */
function strategyName(written: string): string {
  const stage = written.match(/deepspeed_stage_(\d)/)?.[1];
  if (stage !== undefined) return `zero${stage}`;
  const name = written.toLowerCase().replace(/strategy$/, '');
  if (/fsdp|fullyshard/.test(name)) return 'fsdp';
  if (/deepspeed/.test(name)) return 'deepspeed';
  if (/megatron/.test(name)) return 'megatron';
  return /ddp|distributeddataparallel/.test(name) ? 'ddp' : name;
}
