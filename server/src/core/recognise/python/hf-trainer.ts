import { type Call, dotted, type Expr } from '../../syntax/python/ast.js';
import { cellAt } from '../../text/document.js';
import type { PythonInput, PythonRecogniser, SeenWorkload } from '../types.js';
import { addTrials } from './study.js';
import { addAdapters, addCheckpointing } from './training/adapters.js';
import { addDataset, addLength } from './training/data-source.js';
import { visibleDevices } from './training/devices.js';
import { amount, count, FactSet, flag } from './training/fact-set.js';
import { addFrozen } from './training/frozen.js';
import { addHabits } from './training/habits.js';
import { addSettings, type Settings, settingsOf } from './training/hf-settings.js';
import { addModel } from './training/model-source.js';
import { isTest } from './training/tests.js';
import { addUsage } from './training/usage.js';

const libraries = /^(transformers|trl|sentence_transformers|setfit|unsloth|optimum|peft|span_marker|pylate|adapters|swift|habana_frameworks)\b/;

/** Trainings through the Hugging Face Trainer and what derives from it: TRL, sentence-transformers, unsloth, subclasses of the file. */
export const hfTrainer: PythonRecogniser = {
  id: 'hf-trainer',
  language: 'python',
  marker: /Trainer\s*\(/,
  doc: {
    format: 'Hugging Face Trainer, TRL, sentence-transformers, unsloth',
    reads: 'trainer constructions with their arguments, model loading, quantisation, PEFT, data set; HfArgumentParser dataclasses',
    example: 'SFTTrainer(model=model, args=SFTConfig(per_device_train_batch_size=4))',
  },
  recognise: (input) => {
    const { document, program } = input;
    if (isTest(document.path ?? document.uri) || !/transformers|trl|setfit|unsloth|optimum/.test(program.text)) return [];
    const found = program.callsOf(/Trainer$/).flatMap(({ call }) => {
      const framework = frameworkOf(input, call);
      return framework === undefined ? [] : [{ call, framework, use: useOf(input, call) }];
    });
    const kept = found.filter(({ use }, index) => use.kind !== 'evaluation' && !found.slice(0, index).some((earlier) => isBranchOf(earlier.use, use)));
    return kept.map(({ call, framework, use }) => workload(input, call, framework, use.end));
  },
};

/** Where a trainer goes: the name that it is bound to and the end of its `train()`. */
interface Use {
  readonly kind: 'training' | 'evaluation';
  readonly start: number;
  readonly target?: string;
  readonly trained?: number;
  readonly end: number;
  readonly scope: number;
}
function useOf({ program, document }: PythonInput, call: Call): Use {
  const statement = program.statement(call.start);
  const target = program.text.slice(statement.start, call.start).match(/^\s*([\w.]+)\s*(?::[^=]+)?=\s*$/)?.[1];
  const scope = program.scopeOf(call.start);
  const plain = { start: call.start, end: call.end, scope };
  if (target === undefined) return { kind: 'training', ...plain };
  const written = target.replaceAll('.', '\\.');
  const isHere = new RegExp(`\\b${written}\\.$`);
  const trains = program
    .callsOf(/^(?:train|hyperparameter_search|fit)$/)
    .filter(({ at }) => at > call.end && isHere.test(program.text.slice(at - target.length - 2, at)));
  const first = trains[0];
  if (first) {
    const isNear = program.scopeOf(first.at) === scope && cellAt(document, first.at)?.index === cellAt(document, call.start)?.index;
    const end = isNear ? first.call.end : call.end;
    return { kind: 'training', ...plain, target, trained: first.at, end };
  }
  const evaluates = new RegExp(`\\b${written}\\.(evaluate|predict)\\s*\\(`).test(program.text);
  return { kind: evaluates && !/\.train\s*\(|_train\s*\(/.test(program.text) ? 'evaluation' : 'training', ...plain, target };
}
/** Two constructions of one name before one `train()` are branches of one training. */
const isBranchOf = (a: Use, b: Use): boolean => a.target !== undefined && a.target === b.target && a.scope === b.scope && a.trained === b.trained;

function frameworkOf(input: PythonInput, call: Call): string | undefined {
  const { evaluate, program } = input;
  const written = dotted(call.callee) ?? '';
  const name = evaluate.callee(call);
  if (written.startsWith('super') || /(^|\.)(Dummy|Mock|Fake)\w*Trainer$/.test(written) || /^(lightning|pytorch_lightning|tokenizers|ray)\b/.test(name))
    return undefined;
  const own = /^\w+$/.test(written) ? program.class(written) : undefined;
  const origin = own ? ancestor(input, own.bases, 0) : name;
  if (origin !== undefined && libraries.test(origin))
    return (/^(trl|sentence_transformers|setfit|unsloth|optimum)\b/.exec(origin)?.[1] ?? 'transformers').replace('_', '-');
  if (own) return undefined;
  const star = /^\w+$/.test(written) && program.imports.get(written) === undefined && program.starImports.some((module) => libraries.test(module));
  if (star) return 'transformers';
  // A trainer of another module of the same project: known by what it is given.
  if (program.imports.get(written.split('.')[0] ?? '') === undefined) return undefined;
  const given = evaluate.argument(call, 'args');
  if (!given || !(evaluate.argument(call, 'model') || call.args.some((arg) => arg.spread))) return undefined;
  const settings = evaluate.instanceOf(given) ?? '';
  const hasData = evaluate.argument(call, 'train_dataset') !== undefined || call.args.some((arg) => arg.spread === 2);
  return /(Arguments|Config|Args)$/.test(settings) || (hasData && /train/i.test(dotted(given) ?? '')) ? 'transformers' : undefined;
}
function ancestor(input: PythonInput, bases: readonly Expr[], depth: number): string | undefined {
  for (const base of bases) {
    const written = dotted(base);
    if (written === undefined) continue;
    const own = depth < 8 ? input.program.class(written) : undefined;
    const found = own ? ancestor(input, own.bases, depth + 1) : input.program.qualified(written);
    if (found !== undefined && libraries.test(found)) return found;
  }
  return undefined;
}

function workload(input: PythonInput, call: Call, framework: string, end: number): SeenWorkload {
  const { document, evaluate, program } = input;
  const facts = new FactSet(input);
  const settings = settingsOf(input, evaluate.argument(call, 'args', /SetFit|setfit/.test(framework) ? undefined : 1) ?? evaluate.argument(call, 'config'));
  // Older TRL takes some settings on the trainer itself.
  facts.read('seq_len', evaluate.argument(call, 'max_seq_length') ?? evaluate.argument(call, 'max_length'), count);
  facts.read('packing', evaluate.argument(call, 'packing'), flag);
  addSettings(input, facts, settings);
  addModel(input, facts, evaluate.argument(call, 'model', 0) ?? evaluate.argument(call, 'model_init'), call.start);
  addAdapters(input, facts, call.end);
  addCheckpointing(input, facts);
  addFrozen(input, facts);
  addDataset(input, facts, evaluate.argument(call, 'train_dataset'), call.start);
  addLength(input, facts);
  addHabits(input, facts, settings);
  if (settings.parsed !== undefined) addUsage(input, facts);
  addLibraryDefaults(input, facts, settings, call);
  visibleDevices(input, facts);
  const search = program.callsOf('hyperparameter_search')[0];
  if (search) facts.read('trials', evaluate.argument(search.call, 'n_trials'), amount);
  addTrials(input, facts, call.start);
  return {
    kind: 'training',
    framework,
    title: titleOf(facts, dotted(call.callee) ?? ''),
    span: { uri: document.uri, start: program.statement(call.start).start, end },
    ...facts.result,
  };
}
const titleOf = (facts: FactSet, trainer: string): string => {
  const method = trainer.match(/(DPO|GRPO|PPO|ORPO|KTO|RLOO|Reward|CPO|XPO|GKD|PRM)/)?.[1];
  const tuned = /lora/.test(String(facts.get('finetune_method')?.value ?? ''))
    ? String(facts.get('finetune_method')!.value).replace('qlora', 'QLoRA').replace('lora', 'LoRA')
    : undefined;
  return [method, tuned].filter(Boolean).join(' ') || 'Fine-tune';
};

/** What the library takes where neither the code nor (for parsed settings) the declared fields say anything: the run's size is never open. */
function addLibraryDefaults(input: PythonInput, facts: FactSet, settings: Settings, call: Call): void {
  const note = { note: 'default of TrainingArguments' };
  if (settings.parsed !== undefined) {
    const own = input.program.class(settings.parsed);
    const origin = own ? ancestor(input, own.bases, 0) : settings.parsed;
    // Where the settings come in from another module, that module knows its defaults.
    if (!/^(transformers|trl|sentence_transformers)\./.test(origin ?? '') || !/\b(Hf|Trl|H4)(Argument)?Parser\b/.test(input.program.text)) return;
    const place = own ?? call;
    const at = { start: place.start, end: own ? own.start + 5 : call.callee.end };
    for (const [name, value, param] of [
      ['epochs', 3, 'num_train_epochs'],
      ['batch_size', 8, 'per_device_train_batch_size'],
      ['grad_accum', 1, 'gradient_accumulation_steps'],
    ] as const)
      if (settings.field(param) === undefined && !(name === 'epochs' && facts.has('max_steps'))) facts.follows(name, value, at, { ...note, param });
    return;
  }
  const { made } = settings;
  if (!made || settings.open || !libraries.test(input.evaluate.callee(made))) return;
  const at = { start: made.start, end: made.callee.end };
  if (!settings.field('num_train_epochs') && !settings.field('max_steps')) facts.follows('epochs', 3, at, note);
}
