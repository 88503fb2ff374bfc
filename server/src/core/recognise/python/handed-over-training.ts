import { type Call, dotted } from '../../syntax/python/ast.js';
import type { PythonInput, PythonRecogniser, SeenWorkload } from '../types.js';
import { callLoop } from './training/loop.js';
import { loopWorkload } from './training/loop-workload.js';
import { isRayDriven } from './training/ray.js';
import { isTest } from './training/tests.js';

/** Names of functions that train: `train_one_epoch`, `fit_model`, `run_epoch`, `training_loop`. */
const trains =
  /^(?:(?:run|do|start|launch|main|model|my|perform|distributed|deep)_)?(?:pre_?|fine_?)?(?:train|fit|tune|training)(?:er)?(?:_\w+|\d+)?$|^run_(?:one_|an_)?epoch$/;
/** The like that prepare, divide or look at data. */
const noTraining = /split|data|load|sampler|config|arg|schedul|optimi[sz]er|param|log|transform|token|bpe|vocab|plot|metric|sets?$|step$|mode$|kmeans|svm|tree/;
/** Libraries that other recognisers read, or whose trainings are no network's. */
const others =
  /^(transformers|trl|sklearn|xgboost|lightgbm|catboost|keras|tensorflow|lightning|pytorch_lightning|ray|spacy|gensim|tokenizers|sentencepiece|fasttext|optuna|scipy|numpy|statsmodels|azureml|sagemaker|torchtune|nemo|unsloth|setfit|mlx_lm|megatron|self|cls|super)\b/;

/** Trainings whose gradients another module computes: this file makes the model, the optimiser and the data, and hands them to its function. */
export const handedOverTraining: PythonRecogniser = {
  id: 'handed-over-training',
  language: 'python',
  marker: /\b(?:\w+_)?(?:pre_?|fine_?)?(?:train|fit|tune)(?:er|ing)?(?:_\w+|\d+)?\s*\(|\brun_(?:one_|an_)?epoch\s*\(/,
  doc: {
    format: 'trainings that a function of another module runs',
    reads: 'an imported train function that is given an optimiser, or a model and its data, or the options of a run; the loop over epochs around it',
    example: 'for epoch in range(10): train_one_epoch(model, loader, optimizer, epoch)',
  },
  recognise: (input) => {
    const { document, program } = input;
    if (
      isTest(document.path ?? document.uri) ||
      isRayDriven(input) ||
      /\bbackward\s*\(|scaler\(\s*\w*loss|\.apply_gradients\s*\(|\bvalue_and_grad\b/.test(program.text)
    )
      return [];
    const sites = program.callsOf(trains).filter(({ call }) => isImported(input, call));
    const isInEpochs = (at: number): boolean =>
      program.blocks(at).some((block) => block.kind === 'for' && /epoch/i.test(program.text.slice(block.start, block.bodyStart)));
    const given = sites.filter(({ call, at }) => takesTraining(input, call) || isInEpochs(at));
    const first = given[0] ?? sites.find(({ call }) => takesOptions(input, call));
    if (!first) return [];
    const loop = callLoop(input, first.at);
    if (!loop) return [];
    const found = loopWorkload(input, loop);
    if (given.length > 0) return [found];
    // Options alone are a run only where they are declared here, or this file says how long and in which batches.
    const has = (...names: string[]): boolean => found.facts.some(({ name }) => names.includes(name));
    return declaresOptions(input) || (has('epochs', 'max_steps') && has('batch_size', 'global_batch_size')) ? [found] : ([] satisfies SeenWorkload[]);
  },
};

/** A function of another module of the project: by its own name, or as an attribute of a module. */
function isImported({ program, evaluate }: PythonInput, call: Call): boolean {
  const written = dotted(call.callee) ?? '';
  const last = written.match(/\w+$/)?.[0] ?? '';
  if (noTraining.test(last) || /[()[\]]/.test(written) || program.function(last)) return false;
  const head = written.split('.')[0]!;
  if (program.imports.has(head)) return !others.test(evaluate.callee(call));
  return call.callee.kind === 'name' && program.starImports.length > 0 && program.lookup(head, call.start) === undefined;
}
const textOf = ({ program }: PythonInput, { start, end }: { start: number; end: number }): string => program.text.slice(start, Math.min(end, start + 60));
function takesTraining(input: PythonInput, call: Call): boolean {
  const given = call.args.map((arg) => textOf(input, arg));
  const some = (pattern: RegExp): boolean => given.some((one) => pattern.test(one));
  const data = /loader|dataset|data_?iter|train_?(iter|data|ds|set|dl|gen)|batches|^(data|dl|trainset|ds)\b/i;
  return some(/optim|\bopt(s|_?[a-z])?$|\bsolver\b|^opts?\b(?!\.)/i) && some(/model|net|loader|data|criterion|loss|generator|encoder|agent|policy/i)
    ? true
    : some(/^(model|net)\b|(^|[_.=])(model|net|network)(_\w+)?$/i) && some(data);
}
/** `train(args)`: the options of a run, handed over as a whole. */
const takesOptions = (input: PythonInput, call: Call): boolean =>
  /(^|\.)(?:run_|start_|main_)?(?:pre_?|fine_?)?(?:train|training|tune)(?:er|_model|_loop|_net\w*|_and_\w+)?$/.test(dotted(call.callee) ?? '') &&
  call.args.some(
    ({ keyword, value }) =>
      /^(config|cfg|args)$/.test(keyword ?? '') ||
      /^(\w*args?|\w*opts?|options|\w*config|cfg|conf|c|kwargs|hparams|hps|hp|params|flags)$/i.test(textOf(input, value).replace(/^\*\*|^vars\(|\)$/g, '')),
  );
/** True where this file declares the options of a run of a network. */
const declaresOptions = ({ program }: PythonInput): boolean =>
  /\b(?:import|from) (?:torch|jax|tensorflow|paddle)\b/.test(program.text) &&
  /\badd_argument\(|@click\.option|\bDEFINE_\w+\(|@hydra\.main|\bOmegaConf\.|\btyro\.cli\(|\bfire\.Fire\(|HfArgumentParser\(/.test(program.text);
