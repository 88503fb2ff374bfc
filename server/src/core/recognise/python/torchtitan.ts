import type { Call } from '../../syntax/python/ast.js';
import { dotted, type Expr } from '../../syntax/python/ast.js';
import { precisionOf } from '../shared/precision.js';
import type { PythonInput, PythonRecogniser, SeenWorkload } from '../types.js';
import { count, FactSet, flag, text } from './training/fact-set.js';
import { isTest } from './training/tests.js';

/** Configurations of torchtitan that are Python functions: one workload for each that builds a whole `Trainer.Config`. */
export const torchtitan: PythonRecogniser = {
  id: 'torchtitan',
  language: 'python',
  marker: /\btorchtitan\b[\s\S]*\b(Trainer\.Config|JobConfig)\s*\(/,
  doc: {
    format: 'torchtitan (Python)',
    reads: 'functions that return Trainer.Config: training, parallelism, activation checkpointing, compilation, optimiser',
    example: 'Trainer.Config(training=TrainingConfig(steps=1000, max_context_length=8192), parallelism=ParallelismConfig(tensor_parallel_degree=8))',
  },
  recognise: (input) => {
    const { program, evaluate, document } = input;
    if (isTest(document.path ?? document.uri)) return [];
    return program.callsOf(/^(?:Config|JobConfig)$/).flatMap(({ call, at }): SeenWorkload[] => {
      if (!/^torchtitan\b.*\b(Trainer\.Config|JobConfig)$/.test(evaluate.callee(call)) || !evaluate.argument(call, 'training')) return [];
      const owner = program.blocks(at).find((block) => block.kind === 'def');
      return [workload(input, call, owner ?? call)];
    });
  },
};

function workload(input: PythonInput, call: Call, place: { start: number; end: number }): SeenWorkload {
  const { evaluate, document } = input;
  const facts = new FactSet(input);
  const given = (section: string, ...names: readonly string[]): Expr | undefined => {
    const part = evaluate.argument(call, section);
    return part && names.map((name) => evaluate.entry(part, name)).find((one) => one !== undefined);
  };
  facts.read('batch_size', given('training', 'local_batch_size', 'batch_size'), count);
  facts.read('global_batch_size', given('training', 'global_batch_size'), count);
  facts.read('seq_len', given('training', 'max_context_length', 'seq_len'), count);
  facts.read('max_steps', given('training', 'steps'), count);
  facts.read('precision', given('training', 'mixed_precision_param'), precisionOf);
  addTokens(input, facts, given('training', 'num_tokens_per_microbatch_per_dp_rank'));
  for (const [fact, name] of [
    ['tensor_parallel', 'tensor_parallel_degree'],
    ['pipeline_parallel', 'pipeline_parallel_degree'],
    ['context_parallel', 'context_parallel_degree'],
    ['expert_parallel', 'expert_parallel_degree'],
    ['data_parallel', 'data_parallel_shard_degree'],
  ] as const)
    facts.read(fact, given('parallelism', name), count);
  addOptimizer(input, facts, evaluate.argument(call, 'optimizer'));
  const checkpointing = evaluate.argument(call, 'activation_checkpoint');
  const mode = checkpointing && evaluate.expression(checkpointing);
  if (mode?.kind === 'call') {
    const written = evaluate.argument(mode, 'mode');
    if (written) facts.read('grad_ckpt', written, (value) => value !== 'none');
    else if (/\b(Full|Selective|MemoryBudget)AC/.test(evaluate.callee(mode))) facts.follows('grad_ckpt', true, mode);
  }
  facts.read('compile', given('compile', 'enable'), flag);
  facts.read('model', given('model', 'flavor'), text);
  const spec = evaluate.argument(call, 'model_spec');
  const registered = spec && evaluate.expression(spec);
  if (registered?.kind === 'call' && /registry$/.test(dotted(registered.callee) ?? '')) facts.read('model', registered.args[0]?.value, text);
  return { kind: 'training', framework: 'torchtitan', title: 'Pretrain', span: { uri: document.uri, start: place.start, end: place.end }, ...facts.result };
}
/** A microbatch counted in tokens is that many sequences of full length. */
function addTokens({ evaluate }: PythonInput, facts: FactSet, given: Expr | undefined): void {
  const tokens = given && evaluate.value(given);
  const length = facts.get('seq_len')?.value;
  if (tokens?.known && typeof tokens.value === 'number' && typeof length === 'number' && tokens.value % length === 0)
    facts.follows('batch_size', tokens.value / length, tokens, { note: 'tokens of a microbatch over the length of a sequence' });
}
/** `default_adamw(lr=…)`, `OptimizersContainer.Config(name="AdamW")`. */
function addOptimizer({ evaluate }: PythonInput, facts: FactSet, given: Expr | undefined): void {
  const made = given && evaluate.expression(given);
  if (made?.kind !== 'call') return;
  const name = evaluate.argument(made, 'name');
  if (name) facts.read('optimizer', name, text);
  const known = (dotted(made.callee) ?? '').match(/(adamw|adam|muon|sgd|lion|shampoo)(?=\W|$)/i)?.[1];
  if (!name && known) facts.written('optimizer', known, { start: made.callee.start, end: made.callee.end });
}
