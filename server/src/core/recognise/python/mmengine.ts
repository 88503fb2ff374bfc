import { dotted, type Expr } from '../../syntax/python/ast.js';
import { precisionOf } from '../shared/precision.js';
import type { PythonInput, PythonRecogniser, Reference, SeenWorkload } from '../types.js';
import { amount, count, FactSet, flag, text } from './training/fact-set.js';

/** Configurations of OpenMMLab's runners: a model and its loaders as plain dicts, the rest out of `_base_` files.
 * @source mmengine.readthedocs.io/en/latest/advanced_tutorials/config.html, mmcv.readthedocs.io/en/v1.7.0/understand_mmcv/config.html */
export const mmengine: PythonRecogniser = {
  id: 'mmengine',
  language: 'python',
  marker: /^_base_\s*=|^(?:train_cfg|train_dataloader|runner|optim_wrapper)\s*=\s*dict\(/m,
  doc: {
    format: 'OpenMMLab and XTuner configurations',
    reads: 'batch, epochs or iterations, optimiser, precision and accumulation of MMEngine and MMCV runners, through their `_base_` files',
    example: "_base_ = ['./schedule_1x.py']\\ntrain_dataloader = dict(batch_size=2)",
  },
  recognise: (input) => {
    const { program } = input;
    if (!/\bdict\(/.test(program.text) && variable(input, '_base_') === undefined) return [];
    if (/^(?:def|class)\s/m.test(program.text)) return [];
    // Settings of sampling and evaluation take over those of a training.
    if (/\/(?:infer\w*|eval\w*|test\w*|demo)\//.test(input.document.uri)) return [];
    return [workload(input)].filter(({ facts, refs }) => facts.length > 0 || refs.length > 0);
  },
};

/** Facts by the paths that state them, the newer runner's before the older's. */
const fields: readonly (readonly [fact: string, paths: readonly string[], change: typeof count])[] = [
  ['batch_size', ['train_dataloader.batch_size', 'data.samples_per_gpu', 'data.train_dataloader.samples_per_gpu'], count],
  ['epochs', ['train_cfg.max_epochs', 'runner.max_epochs', 'total_epochs'], amount],
  ['max_steps', ['train_cfg.max_iters', 'runner.max_iters', 'total_iters'], count],
  ['grad_accum', ['optim_wrapper.accumulative_counts', 'optimizer_config.cumulative_iters'], count],
  ['optimizer', ['optim_wrapper.optimizer.type', 'optimizer.type'], text],
  ['precision', ['optim_wrapper.dtype'], precisionOf],
  ['precision', ['optim_wrapper.type'], (value) => (/^Amp/.test(String(value)) ? 'fp16' : undefined)],
  ['dataset', ['train_dataloader.dataset.dataset.path', 'train_dataloader.dataset.type', 'data.train.type'], text],
  ['model', ['model.llm.pretrained_model_name_or_path', 'model.type'], text],
  // XTuner's own
  ['seq_len', ['train_dataset.max_length', 'train_dataloader.dataset.max_length'], count],
  ['packing', ['train_dataset.pack_to_max_length', 'train_dataloader.dataset.pack_to_max_length'], flag],
  ['lora_rank', ['model.lora.r'], count],
  ['quantization', ['model.llm.quantization_config.load_in_4bit'], (value) => (value === true ? '4bit' : undefined)],
];

function workload(input: PythonInput): SeenWorkload {
  const { document, program, evaluate } = input;
  const facts = new FactSet(input);
  for (const [name, paths, change] of fields)
    for (const path of paths) {
      const [first = '', ...keys] = path.split('.');
      const given = keys.reduce((owner, key) => owner && evaluate.entry(owner, key), variable(input, first));
      const meant = given && evaluate.expression(given);
      // A class stands for its name: `type=AdamW`.
      const isClass = meant?.kind === 'name' || meant?.kind === 'attribute';
      const named = isClass && keys.at(-1) === 'type' ? change(dotted(meant)?.split('.').at(-1) ?? '') : undefined;
      if (given && named !== undefined) facts.written(name, named, given);
      else facts.read(name, given, change);
    }
  // A file that others take in has a part only.
  const isWhole = variable(input, 'model') !== undefined && (variable(input, 'train_dataloader') ?? variable(input, 'data')) !== undefined;
  const refs = basesOf(input);
  return {
    kind: 'training',
    framework: 'mmengine',
    title: 'Train',
    span: { uri: document.uri, start: 0, end: program.text.length },
    ...facts.result,
    refs,
    ...((isWhole || refs.length > 0) && !/(?:^|\/)_base_\//.test(document.uri) ? {} : { fragment: true as const }),
  };
}

/** What a module's own variable is set to. */
const variable = ({ program }: PythonInput, name: string): Expr | undefined =>
  program.bindings(name).findLast((one) => one.scope === -1 && one.object === undefined && one.kind === 'assign')?.value;

/** Files whose settings a configuration takes over. */
function basesOf(input: PythonInput): Reference[] {
  const { document, evaluate } = input;
  const given = variable(input, '_base_');
  const list = given && evaluate.expression(given);
  const items = list?.kind === 'list' || list?.kind === 'tuple' ? list.items : list ? [list] : [];
  return items.flatMap((item): Reference[] => {
    const value = evaluate.value(item);
    return value.known && typeof value.value === 'string'
      ? [{ role: 'config', target: value.value, span: { uri: document.uri, start: item.start, end: item.end }, inherited: true }]
      : [];
  });
}
