import { type Call, dotted, type Expr } from '../../syntax/python/ast.js';
import { precisionOf } from '../shared/precision.js';
import type { PythonInput, PythonRecogniser, SeenWorkload } from '../types.js';
import { addTrials } from './study.js';
import { addDataset, addLength } from './training/data-source.js';
import { amount, count, FactSet, text } from './training/fact-set.js';
import { addHabits } from './training/habits.js';
import { addHyperparameters } from './training/hyperparameters.js';
import { addModel } from './training/model-source.js';
import { isTest } from './training/tests.js';

/** Trainings through Keras' `fit` and TensorFlow's estimators. */
export const keras: PythonRecogniser = {
  id: 'keras',
  language: 'python',
  marker: /\b(keras|tensorflow)\b[\s\S]*\.(fit|fit_generator|train)\s*\(/,
  doc: {
    format: 'Keras, TensorFlow estimators',
    reads: 'fit() with compile(), tf.data batches, distribution strategies and dtype policies; estimators with their flags',
    example: 'model.fit(x, y, batch_size=128, epochs=3)',
  },
  recognise: (input) => {
    const { document, program } = input;
    if (isTest(document.path ?? document.uri)) return [];
    const seen = new Set<string>();
    return program.callsOf(/^(?:fit|fit_generator|train)$/).flatMap(({ call, at }): SeenWorkload[] => {
      const object = call.callee.kind === 'attribute' ? dotted(call.callee.object) : undefined;
      if (
        object === undefined ||
        program.blocks(at).some((block) => block.kind === 'class' && /keras/i.test(String(block.items?.map((item) => dotted(item)))) && object === 'super()')
      )
        return [];
      if (call.callee.kind === 'attribute' && call.callee.name === 'train') return estimator(input, call, object);
      if (!isModel(input, call, object)) return [];
      const key = `${object} ${program.scopeOf(at)} ${document.cells ? at : ''}`;
      if (seen.has(key) && /initial_epoch/.test(program.text.slice(call.start, call.end))) return [];
      seen.add(key);
      return [fitted(input, call, object)];
    });
  },
};

function isModel({ program, evaluate }: PythonInput, call: Call, object: string): boolean {
  if (/tuner|search|scaler|tokenizer|clf|regressor|encoder$|vectorizer|pca|trainer/i.test(object) || object.includes('super')) return false;
  if (new RegExp(`\\b${object.replace(/[^\w.]/g, '').replaceAll('.', '\\.')}\\.compile\\s*\\(`).test(program.text)) return true;
  const says = ['epochs', 'validation_data', 'steps_per_epoch', 'callbacks', 'validation_split', 'initial_epoch'].some(
    (name) => evaluate.argument(call, name) !== undefined,
  );
  return says && /\.compile\s*\(|keras/.test(program.text);
}

function fitted(input: PythonInput, call: Call, object: string): SeenWorkload {
  const { document, evaluate, program } = input;
  const facts = new FactSet(input);
  const data = evaluate.argument(call, 'x', 0) ?? evaluate.argument(call, 'generator', 0);
  facts.read('batch_size', evaluate.argument(call, 'batch_size', 2), count);
  facts.read('epochs', evaluate.argument(call, 'epochs', 3), amount);
  if (!facts.has('batch_size')) addBatched(input, facts, data);
  addCompiled(input, facts, object);
  addSize(input, facts, data);
  addDataset(input, facts, data, call.start);
  if (/keras\.applications|applications\./.test(program.text)) addApplication(input, facts);
  if (/from_pretrained|keras_hub|keras_nlp/.test(program.text)) addModel(input, facts, undefined, call.start);
  addStrategy(input, facts);
  addHabits(input, facts, {});
  addLength(input, facts);
  addHyperparameters(input, facts, undefined, /^(batch_size|epochs|image_size|seq_len)$/);
  addTrials(input, facts, call.start);
  return {
    kind: 'training',
    framework: 'keras',
    title: 'Train',
    span: { uri: document.uri, start: program.statement(call.start).start, end: call.end },
    ...facts.result,
  };
}
/** The batch of a `tf.data` pipeline: `.batch(64)`, or the loader's own argument. */
function addBatched({ evaluate, program }: PythonInput, facts: FactSet, data: Expr | undefined): void {
  let here = data;
  for (let depth = 0; here && depth < 12; depth++) {
    const meant: Expr = evaluate.expression(here);
    if (meant.kind !== 'call') break;
    const size = /\.(batch|padded_batch)$/.test(dotted(meant.callee) ?? '')
      ? evaluate.argument(meant, 'batch_size', 0)
      : evaluate.argument(meant, 'batch_size');
    facts.read('batch_size', size, count);
    if (facts.has('batch_size')) return;
    here = meant.callee.kind === 'attribute' ? meant.callee.object : meant.args[0]?.value;
  }
  for (const { call } of program.callsOf(/^(?:batch|padded_batch|image_dataset_from_directory|flow_from_directory|flow|text_dataset_from_directory)$/)) {
    if (call.callee.kind === 'attribute' && /val|test/i.test(dotted(call.callee.object) ?? '')) continue;
    facts.read('batch_size', evaluate.argument(call, 'batch_size', /batch$/.test(dotted(call.callee) ?? '') ? 0 : undefined), count);
    if (facts.has('batch_size')) return;
  }
}
function addCompiled(input: PythonInput, facts: FactSet, object: string): void {
  const { program, evaluate } = input;
  const sites = program.callsOf('compile').filter(({ call }) => call.callee.kind === 'attribute' && !/^(re|torch)$/.test(dotted(call.callee.object) ?? ''));
  const site = sites.find(({ call }) => call.callee.kind === 'attribute' && dotted(call.callee.object) === object) ?? sites[0];
  if (!site) return;
  const given =
    evaluate.argument(site.call, 'optimizer') ?? site.call.args.find((arg) => /optimizer$/.test(arg.keyword ?? ''))?.value ?? site.call.args[0]?.value;
  const made = given && evaluate.expression(given);
  if (made?.kind === 'call') facts.written('optimizer', (dotted(made.callee) ?? '').split('.').at(-1)!, { start: made.callee.start, end: made.callee.end });
  else if (given) facts.read('optimizer', given, text);
  facts.read('compile', evaluate.argument(site.call, 'jit_compile'), (value) => (typeof value === 'boolean' ? value : undefined));
}
/** The number of samples that an array is cut to: `x_train[:3000]`. */
function addSize({ evaluate, program }: PythonInput, facts: FactSet, data: Expr | undefined): void {
  let here: Expr | undefined = data;
  for (let depth = 0; here && depth < 12; depth++) {
    const meant: Expr = here.kind === 'name' ? evaluate.expression(here) : here;
    if (meant.kind === 'subscript') {
      const match = program.text.slice(meant.index.start, meant.index.end).match(/^:\s*([A-Za-z_]\w*|[\d_]+)$/);
      const at = match ? meant.index.end - match[1]!.length : 0;
      if (match) {
        const limit: Expr = /^\d/.test(match[1]!)
          ? { kind: 'number', value: Number(match[1]!.replaceAll('_', '')), start: at, end: meant.index.end }
          : { kind: 'name', name: match[1]!, start: at, end: meant.index.end };
        facts.read('dataset_size', limit, count);
        return;
      }
      here = meant.object;
    } else if (meant.kind === 'binary') here = meant.left;
    else if (meant.kind === 'call') here = meant.callee.kind === 'attribute' ? meant.callee.object : meant.args[0]?.value;
    else if (meant.kind === 'tuple' || meant.kind === 'list') here = meant.items[0];
    else return;
  }
}
function addApplication({ program, evaluate }: PythonInput, facts: FactSet): void {
  const site = program
    .callsOf(/^[A-Z]\w+$/)
    .find(
      ({ call }) =>
        /keras\.applications(\.\w+)*\.[A-Z]\w+$/.test(evaluate.callee(call)) || /^(tf\.keras|keras)?\.?applications\./.test(dotted(call.callee) ?? ''),
    );
  if (site) facts.written('model', (dotted(site.call.callee) ?? '').split('.').at(-1)!, { start: site.call.callee.start, end: site.call.callee.end });
}
function addStrategy({ program, evaluate }: PythonInput, facts: FactSet): void {
  const site = program
    .callsOf(/^(?:\w+Strategy|DataParallel|ModelParallel)$/)
    .find(({ call, at }) => /distribut/.test(evaluate.callee(call)) && !evaluate.isOff(at));
  if (site) {
    facts.written('strategy', (dotted(site.call.callee) ?? '').split('.').at(-1)!, { start: site.call.callee.start, end: site.call.callee.end });
    const batch = facts.get('batch_size');
    if (batch) {
      facts.forget('batch_size');
      facts.add({ ...batch, name: 'global_batch_size', note: 'the strategy splits the batch over its devices' });
    }
  }
  for (const { call } of program.callsOf(/^(?:set_global_policy|set_dtype_policy|set_policy|set_floatx)$/))
    facts.read('precision', call.args[0]?.value, precisionOf);
}

/** `TPUEstimator(train_batch_size=…)` and `Estimator` with their `train(max_steps=…)`. */
function estimator(input: PythonInput, call: Call, object: string): SeenWorkload[] {
  const { document, evaluate, program } = input;
  if (call.callee.kind !== 'attribute') return [];
  const made = evaluate.expression(call.callee.object);
  const name = made.kind === 'call' ? evaluate.callee(made) : '';
  if (made.kind !== 'call' || !/Estimator$/.test(name) || /sagemaker/i.test(name)) return [];
  const facts = new FactSet(input);
  facts.read(/TPU/.test(name) ? 'global_batch_size' : 'batch_size', evaluate.argument(made, 'train_batch_size'), count);
  facts.read('max_steps', evaluate.argument(call, 'max_steps') ?? evaluate.argument(call, 'steps'), count);
  const cores = program.callsOf('TPUConfig')[0];
  if (cores) facts.read('gpu_count', evaluate.argument(cores.call, 'num_shards'), count);
  addHyperparameters(input, facts, undefined, facts.has('global_batch_size') ? /^(epochs|seq_len)$/ : /^(epochs|seq_len|batch_size)$/);
  const flags = program.callsOf(/^DEFINE_\w+$/);
  // The flags are where a person changes the run: the lens stands above them.
  const span = flags.length > 3 ? { start: flags[0]!.call.start, end: flags.at(-1)!.call.end } : { start: program.statement(call.start).start, end: call.end };
  return object === 'super()' ? [] : [{ kind: 'training', framework: 'tensorflow', title: 'Train', span: { uri: document.uri, ...span }, ...facts.result }];
}
