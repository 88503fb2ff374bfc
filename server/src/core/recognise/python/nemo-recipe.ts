import { type Call, dotted, type Expr } from '../../syntax/python/ast.js';
import { precisionOf } from '../shared/precision.js';
import { asDevices } from '../shared/training-flags.js';
import type { PythonInput, PythonRecogniser, SeenWorkload } from '../types.js';
import { isTest } from './requests.js';
import { count, FactSet, text } from './training/fact-set.js';

/** What a recipe is given, by keyword or later as an attribute: `recipe.trainer.max_steps = 100`. */
const settings: readonly (readonly [fact: string, keywords: string, attributes: string])[] = [
  ['num_nodes', 'num_nodes', 'trainer.num_nodes'],
  ['gpu_count', 'num_gpus_per_node', 'trainer.devices'],
  ['max_steps', 'max_steps', 'trainer.max_steps'],
  ['grad_accum', '', 'trainer.accumulate_grad_batches'],
  ['batch_size', 'mbs micro_batch_size', 'data.micro_batch_size'],
  ['global_batch_size', 'gbs global_batch_size', 'data.global_batch_size'],
  ['seq_len', 'seq_length', 'data.seq_length'],
  ['tensor_parallel', 'tensor_parallelism tp_size', 'trainer.strategy.tensor_model_parallel_size'],
  ['pipeline_parallel', 'pipeline_parallelism pp_size', 'trainer.strategy.pipeline_model_parallel_size'],
  ['context_parallel', 'context_parallelism cp_size', 'trainer.strategy.context_parallel_size'],
  ['expert_parallel', 'ep_size', 'trainer.strategy.expert_model_parallel_size'],
];

/** Recipes of NeMo 2 that a program takes and changes. */
export const nemoRecipe: PythonRecogniser = {
  id: 'nemo-recipe',
  language: 'python',
  marker: /\b(pretrain|finetune)_recipe\s*\(/,
  doc: {
    format: 'NeMo 2 recipes',
    reads: 'pretrain_recipe() and finetune_recipe() of a model, with nodes, devices, batches, parallel sizes and what is set on the recipe later',
    example: 'llm.llama3_8b.pretrain_recipe(num_nodes=2, num_gpus_per_node=8)',
  },
  recognise: (input) => {
    const { program, evaluate } = input;
    if (isTest(input)) return [];
    return program.callsOf(/^(?:pretrain|finetune)_recipe$/).flatMap(({ call }) => (/^nemo\b/.test(evaluate.callee(call)) ? [workload(input, call)] : []));
  },
};

function workload(input: PythonInput, call: Call): SeenWorkload {
  const { program, evaluate, document } = input;
  const facts = new FactSet(input);
  const statement = program.statement(call.start);
  const name = program.text.slice(statement.start, call.start).match(/^\s*(\w+)\s*=\s*$/)?.[1];
  const changed =
    name === undefined
      ? []
      : program
          .uses(name)
          .flatMap((at) => (at > call.end ? (program.callAround(at) ?? []) : []))
          .filter((one) => takes(one, name));
  for (const [fact, keywords, attributes] of settings) {
    const change = fact === 'gpu_count' ? asDevices : count;
    if (name !== undefined) facts.read(fact, setLater(input, name, attributes), change);
    for (const source of [...changed.toReversed(), call]) {
      for (const keyword of keywords === '' ? [] : keywords.split(' ')) facts.read(fact, evaluate.argument(source, keyword), change);
    }
  }
  for (const source of changed) facts.read('precision', evaluate.argument(source, 'compute_dtype'), precisionOf);
  const model = dotted(call.callee)?.split('.').at(-2);
  if (model !== undefined && model !== 'llm' && call.callee.kind === 'attribute') facts.written('model', model, call.callee.object);
  const scheme = evaluate.argument(call, 'peft_scheme');
  facts.read('finetune_method', scheme, text);
  const tuned = /finetune_recipe$/.test(dotted(call.callee) ?? '');
  return {
    kind: 'training',
    framework: 'nemo',
    title: tuned ? 'Fine-tune' : 'Pretrain',
    span: { uri: document.uri, start: statement.start, end: call.end },
    ...facts.result,
  };
}
const takes = (call: Call, name: string): boolean => call.args.some((arg) => arg.value.kind === 'name' && arg.value.name === name);
/** The last value given to an attribute of the recipe. */
function setLater({ program }: PythonInput, recipe: string, path: string): Expr | undefined {
  const last = path.slice(path.lastIndexOf('.') + 1);
  const object = `${recipe}.${path.slice(0, path.lastIndexOf('.'))}`;
  return program.bindings(last).findLast((binding) => binding.object === object && binding.value)?.value;
}
