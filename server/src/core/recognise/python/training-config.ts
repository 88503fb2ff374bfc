import { dotted } from '../../syntax/python/ast.js';
import type { PythonInput, PythonRecogniser, SeenWorkload } from '../types.js';
import { FactSet } from './training/fact-set.js';
import { addHyperparameters } from './training/hyperparameters.js';
import { isTest } from './training/tests.js';

/** Files that only hold a run's settings: a class of plain fields, or a function that fills an `ml_collections.ConfigDict`. */
export const trainingConfig: PythonRecogniser = {
  id: 'training-config',
  language: 'python',
  marker: /ConfigDict\s*\(|\bdef get_config\b|\bclass\s+\w*(?:[Tt]rain|[Cc]onfig|[Hh]yper|[Aa]rg|[Pp]aram)/,
  doc: {
    format: 'Python configuration files',
    reads: 'classes of plain training settings; get_config() of ml_collections',
    example: 'class train_config:\\n    batch_size_training: int = 4\\n    num_epochs: int = 3',
  },
  recognise: (input) => (isTest(input.document.path ?? input.document.uri) ? [] : [...functions(input), ...classes(input)]),
};

function functions(input: PythonInput): SeenWorkload[] {
  const { document, program } = input;
  const made = program
    .callsOf('ConfigDict')
    .filter(({ call }) => /^(ml_collections\.)?(config_dict\.)?ConfigDict$/.test(dotted(call.callee) ?? ''))
    .map(({ at }) => program.blocks(at).findLast((block) => block.kind === 'def' && /get_config/.test(block.name ?? '')))
    .find((owner) => owner !== undefined);
  // A project's own configuration object, filled in by a function of that name.
  const owner = made ?? program.functions().find(({ name }) => name === 'get_config');
  if (!owner || (!made && /\b__main__\b|argparse/.test(program.text))) return [];
  const facts = new FactSet(input);
  addHyperparameters(input, facts, { start: owner.bodyStart, end: owner.end });
  half(input, facts, owner);
  if (!facts.has('batch_size') && !facts.has('global_batch_size')) return [];
  if (!made && !facts.has('epochs') && !facts.has('max_steps')) return [];
  const framework = /\b(flax|jax)\b/.test(program.text) || /flax/.test(document.uri) ? 'flax' : 'ml-collections';
  return [{ kind: 'training', framework, title: 'Train', span: { uri: document.uri, start: owner.start, end: owner.end }, ...facts.result }];
}
/** `config.half_precision = False` is full precision. */
function half({ program, evaluate }: PythonInput, facts: FactSet, within: { start: number; end: number }): void {
  const set = program.bindings('half_precision').find((binding) => binding.start >= within.start && binding.start < within.end && binding.value);
  const value = set?.value && evaluate.value(set.value);
  if (!value?.known || typeof value.value !== 'boolean') return;
  if (value.value) facts.follows('precision', 'auto', set!, { note: 'bf16 on TPUs, fp16 on GPUs' });
  else facts.follows('precision', 'fp32', set!);
}

function classes(input: PythonInput): SeenWorkload[] {
  const { document, program, evaluate } = input;
  // A file that trains says so itself.
  if (/\.(backward|fit|train)\s*\(|Trainer\s*\(|__main__/.test(program.text)) return [];
  return program.classes().flatMap((owner): SeenWorkload[] => {
    if (owner.bases.length > 0 || owner.fields.length < 6 || !/train|config|hyper|param|arg/i.test(owner.name)) return [];
    const plain = owner.fields.filter((field) => /^(number|string|boolean|none|unary|binary)$/.test(field.value()?.kind ?? ''));
    if (plain.length < owner.fields.length * 0.7) return [];
    const facts = new FactSet(input);
    addHyperparameters(input, facts, owner);
    const isRun =
      (facts.has('batch_size') || facts.has('global_batch_size')) &&
      (facts.has('epochs') || facts.has('max_steps')) &&
      (facts.has('model') || facts.has('dataset'));
    if (!isRun) return [];
    const peft = owner.fields.find((field) => /^(use_)?(peft|lora)$/.test(field.name));
    const given = peft?.value();
    const isOn = given && evaluate.value(given);
    if (isOn?.known && isOn.value === false) facts.follows('finetune_method', 'full', peft!, { param: peft!.name });
    else if (isOn?.known && isOn.value === true) facts.follows('finetune_method', 'lora', peft!, { param: peft!.name });
    return [{ kind: 'training', framework: 'pytorch', title: 'Train', span: { uri: document.uri, start: owner.start, end: owner.end }, ...facts.result }];
  });
}
