import { argument, type Call, dotted } from '../../syntax/python/ast.js';
import type { PythonInput, PythonRecogniser, SeenWorkload } from '../types.js';
import { addAdapters } from './training/adapters.js';
import { addDataset, addLength } from './training/data-source.js';
import { visibleDevices } from './training/devices.js';
import { amount, count, FactSet } from './training/fact-set.js';
import { addHyperparameters } from './training/hyperparameters.js';
import { addLoopSettings, addOptimizer, trainLoader } from './training/loop-facts.js';
import { addModel } from './training/model-source.js';
import { isRayDriven } from './training/ray.js';
import { isTest } from './training/tests.js';

/** Trainers of libraries that other recognisers read, and trainers that train no network. */
const others =
  /^(transformers|trl|sentence_transformers|setfit|unsloth|optimum|peft|lightning|pytorch_lightning|ray|tokenizers|sentencepiece|spacy|nltk|gensim|sklearn|sagemaker|azure|google|kfp|composer|nemo|torchtune|stable_baselines3|flair|autogluon)\b|(Bpe|WordPiece|WordLevel|Unigram|Tokenizer)Trainer$/;

/** Programs that construct a trainer of their own project and run it. */
export const projectTrainer: PythonRecogniser = {
  id: 'project-trainer',
  language: 'python',
  marker:
    /(?:[tT]rain\w*|[dD]istiller|[fF]ine_?[tT]uner|[lL]earner|[eE]ngine|[sS]olver|[rR]unner|[eE]xp\w*|[aA]gent|\))\.(?:train|fit|learn|run\w*)\w*\s*\(|\b(?:Trainer|Brain|Learner|Engine|Solver|Runner|Experiment)\)\s*:/,
  doc: {
    format: 'a project’s own Trainer',
    reads: 'an imported trainer class that the program constructs and runs; settings by their names',
    example: 'trainer = Trainer(config, model, train_dataset); trainer.run()',
  },
  recognise: (input) => {
    const { document, program } = input;
    if (isTest(document.path ?? document.uri) || isRayDriven(input) || program.mentions(/\.backward\s*\(/)) return [];
    const isNetwork = program.mentions(/\b(torch|jax|tensorflow|paddle|mindspore|cuda)\b/i);
    return [...program.callsOf(trainers), ...derived(input).flatMap((name) => program.callsOf(name))]
      .flatMap(({ call }) => used(input, call) ?? [])
      .slice(0, 1)
      .map((use) => workload(input, use))
      .filter(({ facts }) => isNetwork || facts.some(({ name }) => /^(batch_size|epochs|max_steps)$/.test(name)));
  },
};
const trainers = /(?:Trainer|Distiller|Fine[tT]uner|Learner|Loop|Engine|Solver|Runner|Experiment|^Exp(?:_\w+)?|[tT]rainer_?(?:[cC]lass|[cC]ls))$|^build$/;
/** Classes of this file that fill in a trainer class of another module: `class ASR(sb.Brain)`. */
const derived = ({ program }: PythonInput): string[] =>
  program.places('class').flatMap((at) => {
    withTrainer.lastIndex = at;
    const name = withTrainer.exec(program.text)?.[1];
    return name !== undefined && program.class(name)?.bases.some((base) => isForeignTrainer(program, dotted(base) ?? '')) ? [name] : [];
  });
const withTrainer = /class\s+(\w+)\s*\([^)]*?(?:Trainer|Brain|Learner|Engine|Solver|Runner|Experiment)\b/y;
const isForeignTrainer = (program: PythonInput['program'], base: string): boolean =>
  /(?:Trainer|Brain|Learner|Engine|Solver|Runner|Experiment)$/.test(base) && program.imports.has(base.split('.')[0]!) && !others.test(program.qualified(base));
/** Keywords of a trainer, or of its run, that say the same everywhere. */
const keywords = [
  ...['max_epochs', 'max_epoch', 'num_epochs', 'n_epochs', 'epochs'].map((one) => ['epochs', one, amount] as const),
  ...['max_steps', 'num_steps', 'total_steps', 'max_iters', 'num_train_steps'].map((one) => ['max_steps', one, count] as const),
  ...['batch_size', 'train_batch_size'].map((one) => ['batch_size', one, count] as const),
];
interface Use {
  readonly call: Call;
  readonly run: Call;
  readonly end: number;
}
function used(input: PythonInput, call: Call): Use | undefined {
  const { program, evaluate } = input;
  const name = evaluate.callee(call);
  // TrainerConfig(…).build(module, loader)
  const isBuilt = call.callee.kind === 'attribute' && call.callee.name === 'build';
  if (isBuilt && !/Trainer(Config|Builder)\(\)\.build$/.test(dotted(call.callee) ?? '')) return undefined;
  const first = (dotted(call.callee) ?? '').split('.')[0] ?? '';
  // TrainerClass = getattr(trainers, config.trainer)
  const chosen = program
    .bindings(first)
    .flatMap(({ value }) => (value?.kind === 'call' && dotted(value.callee) === 'getattr' ? (dotted(value.args[0]!.value) ?? []) : []));
  const imported = program.imports.get(chosen[0] ?? first);
  const isOwn = program.class(name) !== undefined && derived(input).includes(name);
  if (!(imported || isOwn) || others.test(name)) return undefined;
  // What the Hugging Face recogniser knows by its arguments.
  if (evaluate.argument(call, 'args') && /transformers|trl/.test(program.text)) return undefined;
  if (!isBuilt && !call.args.some((arg) => /model|net|conf|cfg|args|opt|hparam|agent|policy/i.test(program.text.slice(arg.start, arg.end)))) return undefined;
  const before = program.text.slice(program.statement(call.start).start, call.start);
  const target =
    before.match(/^\s*([\w.]+)\s*(?::[^=]+)?=\s*$/)?.[1] ??
    // with Trainer(…) as trainer:
    (/^\s*with\s+$/.test(before) ? program.text.slice(call.end, call.end + 60).match(/^\s+as\s+(\w+)/)?.[1] : undefined);
  // What only trains is run by any name; what may do other things is not.
  const isTrainer = isBuilt || isOwn || /(Trainer|Distiller|Fine[tT]uner|Learner|Train\w*Loop|[tT]rainer_?(?:[cC]lass|[cC]ls))$/.test(name);
  const run = program
    .callsOf(isTrainer ? /^(?:train|fit|run|learn|optimize)(?:_\w+)?$/ : /^(?:train|fit|learn)(?:_(?:model|loop|all|and_\w+))?$/)
    .find((site) =>
      site.call.start === call.start && site.call.end > call.end
        ? dotted(site.call.callee)?.startsWith(`${dotted(call.callee)}().`)
        : target !== undefined && site.at > call.end && dotted(site.call.callee)?.startsWith(`${target}.`),
    );
  if (!run) return undefined;
  const isDriven = program.scopeOf(call.start) === -1 || input.document.cells !== undefined || /__main__|@hydra\.main|app\.run\(/.test(program.text);
  const isInClass = program.blocks(call.start).some((block) => block.kind === 'class');
  return isDriven && !isInClass
    ? { call, run: run.call, end: program.scopeOf(run.at) === program.scopeOf(call.start) && !input.document.cells ? run.call.end : call.end }
    : undefined;
}

function workload(input: PythonInput, { call, run, end }: Use): SeenWorkload {
  const { document, evaluate, program } = input;
  const facts = new FactSet(input);
  const loader = trainLoader(input);
  if (loader) facts.read('batch_size', evaluate.argument(loader, 'batch_size', 1), count);
  for (const one of run === call ? [call] : [run, call])
    for (const [name, keyword, change] of keywords) facts.read(name, argument(one, keyword)?.value, change);
  addLoopSettings(input, facts);
  addOptimizer(input, facts);
  addModel(input, facts, evaluate.argument(call, 'model'), call.start);
  addAdapters(input, facts, call.start);
  addDataset(input, facts, evaluate.argument(call, 'train_dataset'), call.start);
  addLength(input, facts);
  addHyperparameters(input, facts);
  visibleDevices(input, facts);
  return {
    kind: 'training',
    framework: /\b(?:import|from) torch\b/.test(program.text) ? 'pytorch' : (program.text.match(/\b(?:import|from) (jax|tensorflow)\b/)?.[1] ?? 'pytorch'),
    title: 'Train',
    span: { uri: document.uri, start: program.statement(call.start).start, end },
    ...facts.result,
  };
}
