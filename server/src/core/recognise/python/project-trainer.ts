import { type Call, dotted } from '../../syntax/python/ast.js';
import type { PythonInput, PythonRecogniser, SeenWorkload } from '../types.js';
import { addAdapters } from './training/adapters.js';
import { addDataset, addLength } from './training/data-source.js';
import { visibleDevices } from './training/devices.js';
import { count, FactSet } from './training/fact-set.js';
import { addHyperparameters } from './training/hyperparameters.js';
import { addLoopSettings, addOptimizer, trainLoader } from './training/loop-facts.js';
import { addModel } from './training/model-source.js';
import { isRayDriven } from './training/ray.js';
import { isTest } from './training/tests.js';

/** Trainers of libraries that other recognisers read, and trainers that train no network. */
const others =
  /^(transformers|trl|sentence_transformers|setfit|unsloth|optimum|peft|lightning|pytorch_lightning|ray|tokenizers|sentencepiece|spacy|nltk|gensim|sklearn)\b|(Bpe|WordPiece|WordLevel|Unigram|Tokenizer)Trainer$/;

/** Programs that construct a trainer of their own project and run it. */
export const projectTrainer: PythonRecogniser = {
  id: 'project-trainer',
  language: 'python',
  marker: /[tT]rainer\.(?:train|fit|run|learn)\s*\(/,
  doc: {
    format: 'a project’s own Trainer',
    reads: 'an imported trainer class that the program constructs and runs; settings by their names',
    example: 'trainer = Trainer(config, model, train_dataset); trainer.run()',
  },
  recognise: (input) => {
    const { document, program } = input;
    if (isTest(document.uri) || isRayDriven(input) || /\.backward\s*\(/.test(program.text) || !/\b(torch|jax|tensorflow|paddle)\b/.test(program.text))
      return [];
    return program
      .callsOf(/Trainer$|^build$/)
      .flatMap(({ call }) => used(input, call) ?? [])
      .slice(0, 1)
      .map((use) => workload(input, use));
  },
};
interface Use {
  readonly call: Call;
  readonly end: number;
}
function used(input: PythonInput, call: Call): Use | undefined {
  const { program, evaluate } = input;
  const name = evaluate.callee(call);
  // TrainerConfig(…).build(module, loader)
  const isBuilt = call.callee.kind === 'attribute' && call.callee.name === 'build';
  if (isBuilt && !/Trainer(Config|Builder)\(\)\.build$/.test(dotted(call.callee) ?? '')) return undefined;
  const imported = program.imports.get((dotted(call.callee) ?? '').split('.')[0] ?? '');
  if (!imported || others.test(name)) return undefined;
  // What the Hugging Face recogniser knows by its arguments.
  if (evaluate.argument(call, 'args') && /transformers|trl/.test(program.text)) return undefined;
  if (!isBuilt && !call.args.some((arg) => /model|net|conf|cfg|args|opt|agent|policy/i.test(program.text.slice(arg.start, arg.end)))) return undefined;
  const target = program.text.slice(program.statement(call.start).start, call.start).match(/^\s*([\w.]+)\s*(?::[^=]+)?=\s*$/)?.[1];
  if (target === undefined) return undefined;
  const run = program
    .calls(new RegExp(`(?<=\\b${target.replaceAll('.', '\\.')}\\.)(?:train|fit|run|learn)\\b(?=\\s*\\()`, 'g'))
    .find(({ at }) => at > call.end);
  if (!run) return undefined;
  const isDriven = program.scopeOf(call.start) === -1 || input.document.cells !== undefined || /__main__|@hydra\.main|app\.run\(/.test(program.text);
  const isInClass = program.blocks(call.start).some((block) => block.kind === 'class');
  return isDriven && !isInClass
    ? { call, end: program.scopeOf(run.at) === program.scopeOf(call.start) && !input.document.cells ? run.call.end : call.end }
    : undefined;
}

function workload(input: PythonInput, { call, end }: Use): SeenWorkload {
  const { document, evaluate, program } = input;
  const facts = new FactSet(input);
  const loader = trainLoader(input);
  if (loader) facts.read('batch_size', evaluate.argument(loader, 'batch_size', 1), count);
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
    framework: /\bimport torch\b|\bfrom torch\b/.test(program.text) ? 'pytorch' : /\bjax\b/.test(program.text) ? 'jax' : 'tensorflow',
    title: 'Train',
    span: { uri: document.uri, start: program.statement(call.start).start, end },
    ...facts.result,
  };
}
