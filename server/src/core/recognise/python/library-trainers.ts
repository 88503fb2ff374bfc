import { type Call, dotted, type Expr } from '../../syntax/python/ast.js';
import type { PythonInput, PythonRecogniser, SeenWorkload } from '../types.js';
import { addDataset } from './training/data-source.js';
import { amount, count, FactSet, text } from './training/fact-set.js';
import { addHyperparameters } from './training/hyperparameters.js';
import { addOptimizer, trainLoader } from './training/loop-facts.js';
import { isTest } from './training/tests.js';

type Read = readonly [fact: string, change: Parameters<FactSet['read']>[2], names: string];
interface Library {
  readonly framework: string;
  /** What makes the object that trains, its name through the imports. */
  readonly made: RegExp;
  /** Its methods that train. */
  readonly method: RegExp;
  /** Where the model's name stands among the arguments of what makes it. */
  readonly model?: number;
  /** Arguments of the method and of what makes the object, by their names; a digit is a place among those of the method. */
  readonly reads: readonly Read[];
  /** Places of a configuration object: `cfg.SOLVER.MAX_ITER`. */
  readonly config?: readonly Read[];
}
const batch = (names: string): Read => ['batch_size', count, names];
const epochs = (names: string): Read => ['epochs', amount, names];

/** Libraries whose own object trains, with the names of their arguments. */
const libraries: readonly Library[] = [
  {
    framework: 'ultralytics',
    made: /^ultralytics(\.\w+)*\.(YOLO\w*|RTDETR|FastSAM|NAS)$/,
    method: /^train$/,
    model: 0,
    reads: [batch('batch'), epochs('epochs'), ['image_size', count, 'imgsz'], ['dataset', text, 'data'], ['optimizer', text, 'optimizer']],
  },
  {
    framework: 'fastai',
    made: /^(fastai(\.\w+)*\.)?(Learner|\w+_learner|create_cnn|\w*Learner(\.\w+)?)$/,
    method: /^(fit_one_cycle|fit|fine_tune|fit_flat_cos|fit_sgdr)$/,
    reads: [epochs('n_epoch epochs cyc_len 0'), batch('bs batch_size')],
  },
  {
    framework: 'stable-baselines3',
    made: /^(stable_baselines3|sb3_contrib)(\.\w+)*\.[A-Z]\w+$/,
    method: /^learn$/,
    reads: [batch('batch_size')],
  },
  {
    framework: 'detectron2',
    made: /(^|\.)(\w*DefaultTrainer|SimpleTrainer|AMPTrainer|launch)$|^detectron2\..*Trainer$/,
    method: /^train$/,
    reads: [],
    config: [
      ['global_batch_size', count, 'IMS_PER_BATCH'],
      ['max_steps', count, 'MAX_ITER'],
      ['model', text, 'WEIGHTS'],
      ['dataset', text, 'TRAIN'],
    ],
  },
  {
    framework: 'mmengine',
    made: /^(mmengine|mmcv)(\.\w+)*\.(Flexible|Epoch|Iter)?\w*Runner(\.from_cfg)?$/,
    method: /^(train|run)$/,
    reads: [epochs('max_epochs'), ['max_steps', count, 'max_iters']],
  },
  {
    framework: 'simpletransformers',
    made: /^simpletransformers(\.\w+)*\.\w+Model$/,
    method: /^train_model$/,
    model: 1,
    reads: [],
  },
  {
    framework: 'flair',
    made: /^flair\.trainers(\.\w+)*\.ModelTrainer$/,
    method: /^(train|fine_tune)$/,
    reads: [batch('mini_batch_size'), epochs('max_epochs')],
  },
  {
    framework: 'composer',
    made: /^composer(\.\w+)*\.Trainer$/,
    method: /^fit$/,
    reads: [
      epochs('max_duration duration'),
      ['max_steps', (value) => count(String(value).match(/^(\d+)ba$/)?.[1] ?? ''), 'max_duration duration'],
      ['precision', (value) => ({ amp_bf16: 'bf16', amp_fp16: 'fp16', fp32: 'fp32', amp_fp8: 'fp8' })[String(value)], 'precision'],
    ],
  },
  { framework: 'ignite', made: /^ignite(\.\w+)*\.(create_supervised_trainer|Engine)$/, method: /^run$/, reads: [epochs('max_epochs 1')] },
  { framework: 'catalyst', made: /^catalyst(\.\w+)*\.\w*Runner$/, method: /^train$/, reads: [epochs('num_epochs')] },
  { framework: 'skorch', made: /^skorch(\.\w+)*\.(NeuralNet\w*)$/, method: /^(fit|partial_fit)$/, reads: [batch('batch_size'), epochs('max_epochs')] },
  { framework: 'paddle', made: /^paddle\.Model$/, method: /^fit$/, reads: [batch('batch_size'), epochs('epochs')] },
];

/** Trainings through the object of a library that has its own words for a run's settings. */
export const libraryTrainers: PythonRecogniser = {
  id: 'library-trainers',
  language: 'python',
  marker: /\b(?:ultralytics|fastai|stable_baselines3|sb3_contrib|detectron2|mmengine|mmcv|simpletransformers|flair|composer|ignite|catalyst|skorch|paddle)\b/,
  doc: {
    format: 'Ultralytics, fastai, stable-baselines3, detectron2, mmengine, simpletransformers, flair, Composer, ignite, catalyst, skorch, Paddle',
    reads: 'the object that trains, its method, and the settings in either’s arguments or in the configuration it is made of',
    example: 'from ultralytics import YOLO\\nYOLO("yolov8n.pt").train(data="coco8.yaml", epochs=100, imgsz=640)',
  },
  recognise: (input) => {
    const { program, document } = input;
    if (isTest(document.path ?? document.uri)) return [];
    const seen = new Set<number>();
    return program.callsOf(/^(?:train|fit\w*|fine_tune|learn|train_model|run|partial_fit)$/).flatMap(({ call }): SeenWorkload[] => {
      const found = libraryOf(input, call);
      if (!found || (seen.has(found.made.start) && !input.document.cells)) return [];
      seen.add(found.made.start);
      return [workload(input, call, found)];
    });
  },
};

function libraryOf(input: PythonInput, call: Call): { library: Library; made: Call } | undefined {
  const { evaluate, program } = input;
  if (call.callee.kind !== 'attribute') return undefined;
  const { name, object } = call.callee;
  const made = evaluate.expression(object);
  if (made.kind !== 'call') return undefined;
  const written = dotted(made.callee) ?? '';
  // A subclass of the file stands for its base, a starred import for the library.
  const base = program.class(written)?.bases.map((one) => program.qualified(dotted(one) ?? '')) ?? [];
  const names = [evaluate.callee(made), ...base];
  const library = libraries.find(
    (one) => one.method.test(name) && names.some((candidate) => one.made.test(candidate) && (candidate.includes('.') || isStarred(program, one.framework))),
  );
  return library && { library, made };
}
const isStarred = (program: PythonInput['program'], framework: string): boolean => program.starImports.some((module) => module.startsWith(framework));

function workload(input: PythonInput, call: Call, { library, made }: { library: Library; made: Call }): SeenWorkload {
  const { document, evaluate, program } = input;
  const facts = new FactSet(input);
  for (const [fact, change, names] of library.reads) {
    for (const name of names.split(' ')) {
      const given = /^\d$/.test(name) ? evaluate.argument(call, '', Number(name)) : (evaluate.argument(call, name) ?? evaluate.argument(made, name));
      facts.read(fact, given, fact === 'epochs' ? (value) => amount(String(value).match(/^([\d.]+)(ep)?$/)?.[1] ?? '') : change);
    }
  }
  for (const [fact, change, name] of library.config ?? []) {
    const set = program.bindings(name).findLast((one) => one.object !== undefined && /cfg|config/i.test(one.object) && one.value);
    const value: Expr | undefined = set?.value;
    facts.read(fact, value?.kind === 'tuple' || value?.kind === 'list' ? value.items[0] : value, change);
  }
  const model = library.model === undefined ? undefined : (evaluate.argument(made, 'model', library.model) ?? evaluate.argument(made, 'model_name'));
  facts.read('model', model, text);
  const devices = evaluate.argument(call, 'device') ?? evaluate.argument(call, 'devices');
  const list = devices && evaluate.expression(devices);
  if (list?.kind === 'list') facts.put('gpu_count', { known: true, value: list.items.length, origin: 'literal', start: list.start, end: list.end });
  if (library.framework === 'fastai') addFastai(input, facts);
  if (/composer|ignite|catalyst|paddle/.test(library.framework)) {
    const loader = trainLoader(input);
    if (loader) facts.read('batch_size', evaluate.argument(loader, 'batch_size', 1), count);
    addOptimizer(input, facts);
    addDataset(input, facts, loader && evaluate.argument(loader, 'dataset', 0), call.start);
  }
  if (!/detectron2|stable-baselines3/.test(library.framework))
    addHyperparameters(input, facts, undefined, /^(batch_size|epochs|image_size|seq_len|grad_accum|precision)$/);
  return {
    kind: 'training',
    framework: library.framework,
    title: 'Train',
    span: { uri: document.uri, start: program.statement(call.start).start, end: call.end },
    ...facts.result,
  };
}
/** The batch stands where the data is made, the architecture where the learner is. */
function addFastai({ program, evaluate }: PythonInput, facts: FactSet): void {
  for (const { call } of program.callsOf(/^(?:dataloaders|databunch|from_\w+)$/)) facts.read('batch_size', evaluate.argument(call, 'bs'), count);
  for (const { call } of program.callsOf(/^(?:\w+_learner|create_cnn)$/)) {
    const arch = evaluate.argument(call, 'arch', 1) ?? evaluate.argument(call, 'base_arch');
    const name = arch && dotted(arch)?.split('.').at(-1);
    if (arch && name !== undefined) facts.written('model', name, arch);
  }
}
