import { type Call, dotted, type Expr } from '../../../syntax/python/ast.js';
import type { PythonInput } from '../../types.js';
import { count, type FactSet, text } from './fact-set.js';

const formats = /^(json|csv|parquet|text|arrow|webdataset|imagefolder|audiofolder|generator)$/;
const visionSets =
  /^(torchvision\.)?datasets\.(?:\w+\.)?(MNIST|FashionMNIST|KMNIST|EMNIST|QMNIST|CIFAR10|CIFAR100|SVHN|STL10|ImageNet|ImageFolder|CocoDetection|VOCDetection|VOCSegmentation|CelebA|Food101|Flowers102|OxfordIIITPet|Places365|LSUN|FakeData|Caltech101|Caltech256|StanfordCars|FGVCAircraft|Kinetics|Cityscapes|Omniglot|DTD|EuroSAT|GTSRB|USPS)$/;

/** Adds the data set and its size, starting at what the trainer is given, else by looking around. */
export function addDataset(input: PythonInput, facts: FactSet, expr: Expr | undefined, near: number): void {
  if (expr) walk(input, facts, expr, 0);
  if (facts.has('dataset')) return;
  const { program, evaluate } = input;
  const sites = program
    .callsOf(/^(?:load_dataset|load_from_disk|load_data|DatasetDict|get_dataset)$/)
    .filter(({ call, at }) => isLoader(evaluate.callee(call)) && !evaluate.isOff(at));
  const chosen = sites.findLast(({ call, at }) => at < near && !/eval|test|valid/i.test(splitText(input, call))) ?? sites[0];
  if (chosen) addLoaded(input, facts, chosen.call, !expr);
  if (facts.has('dataset') || !program.mentions(/datasets\./)) return;
  for (const { call } of program.calls(/\b[A-Z]\w+(?=\s*\()(?<=\bdatasets\.\w+)/g)) {
    const name = vision(evaluate.callee(call));
    if (name === undefined) continue;
    facts.written('dataset', name, { start: call.callee.start, end: call.callee.end });
    return;
  }
}
const isLoader = (name: string): boolean =>
  /^(datasets\.)?(load_dataset|load_from_disk)$/.test(name) ||
  /^(tensorflow\.)?(keras\.)?datasets\.\w+\.load_data$/.test(name) ||
  /(^|\.)keras\.datasets\.\w+\.load_data$/.test(name);
const vision = (name: string): string | undefined => name.match(visionSets)?.[2];

function walk(input: PythonInput, facts: FactSet, expr: Expr, depth: number): undefined {
  if (depth > 16) return undefined;
  const { evaluate, program } = input;
  const next = (one: Expr | undefined): undefined => (one ? walk(input, facts, one, depth + 1) : undefined);
  if (expr.kind === 'subscript') {
    const range = slice(program.text.slice(expr.index.start, expr.index.end));
    if (range !== undefined) facts.written('dataset_size', range, expr.index);
    const meant = evaluate.expression(expr);
    return next(meant === expr ? expr.object : meant);
  }
  if (expr.kind === 'name') {
    const binding = program.lookup(expr.name, expr.start);
    if (binding?.kind === 'assign' && binding.index !== undefined && binding.value) {
      const value = evaluate.expression(binding.value);
      return next(value.kind === 'tuple' || value.kind === 'list' ? value.items[binding.index] : value);
    }
  }
  const meant = evaluate.expression(expr);
  if (meant !== expr && meant.kind !== 'call') return next(meant);
  if (meant.kind === 'conditional') return next(meant.value);
  if (meant.kind === 'attribute') return next(meant.object);
  if (meant.kind === 'dict') return next(meant.entries[0]?.value);
  if (meant.kind !== 'call') return undefined;
  const name = evaluate.callee(meant);
  if (isLoader(name)) {
    addLoaded(input, facts, meant, true);
    return undefined;
  }
  const visionName = vision(name);
  if (visionName !== undefined) {
    facts.written('dataset', visionName, { start: meant.callee.start, end: meant.callee.end });
    return undefined;
  }
  if (/(^|\.)random_split$/.test(name)) {
    const sizes = evaluate.argument(meant, 'lengths', 1);
    const list = sizes && evaluate.expression(sizes);
    if (list?.kind === 'list' || list?.kind === 'tuple')
      facts.read('dataset_size', list.items[0], (value) => (typeof value === 'number' && value > 1 ? value : undefined));
    return next(evaluate.argument(meant, 'dataset', 0));
  }
  if (/\.(select|take)$/.test(name) || /(^|\.)Subset$/.test(name)) {
    const chosen = evaluate.argument(meant, 'indices', /Subset$/.test(name) ? 1 : 0);
    const range = chosen && evaluate.expression(chosen);
    if (range?.kind === 'call' && dotted(range.callee) === 'range') facts.read('dataset_size', range.args[range.args.length > 1 ? 1 : 0]?.value, count);
    else if (/\.take$/.test(name)) facts.read('dataset_size', chosen, count);
    if (/Subset$/.test(name)) return next(evaluate.argument(meant, 'dataset', 0));
  }
  if (/\.(filter|shard)$|(^|\.)(concatenate_datasets|interleave_datasets)$/.test(name))
    unsized(input, facts, meant, `${name.split('.').at(-1)}() decides how many samples there are`);
  if (/(^|\.)(DataLoader|concatenate_datasets|interleave_datasets)$/.test(name))
    return next(evaluate.argument(meant, 'dataset', 0) ?? evaluate.argument(meant, 'dsets', 0));
  if (
    meant.callee.kind === 'attribute' &&
    /\.(map|filter|shuffle|select|take|train_test_split|remove_columns|rename_columns?|with_format|set_format|cast_column|select_columns|shard|to_iterable_dataset|get|batch|repeat|prefetch|cache)$/.test(
      name,
    )
  )
    return next(meant.callee.object);
  const first = meant.args.find((arg) => arg.keyword === undefined && !arg.spread)?.value;
  return next(first?.kind === 'name' ? first : undefined);
}

function addLoaded(input: PythonInput, facts: FactSet, call: Call, sized: boolean): void {
  const { evaluate } = input;
  const name = evaluate.callee(call);
  if (name.endsWith('.load_data')) {
    const owner = name.split('.').at(-2);
    if (owner) facts.written('dataset', owner, { start: call.callee.start, end: call.callee.end });
    return;
  }
  const id = evaluate.argument(call, 'path', 0) ?? evaluate.argument(call, 'dataset_path', 0);
  const value = id && evaluate.value(id);
  const files = evaluate.argument(call, 'data_files') ?? evaluate.argument(call, 'data_dir');
  const file = files && evaluate.expression(files);
  const written = file?.kind === 'dict' ? evaluate.entry(file, 'train') : files;
  if (value?.known && formats.test(String(value.value)) && written) facts.read('dataset', written, text);
  if (value) facts.put('dataset', value, text);
  if (!sized) return;
  const split = evaluate.argument(call, 'split');
  const range = split && evaluate.value(split);
  if (range?.known) facts.put('dataset_size', range, (one) => slice(String(one).match(/\[([^\]]*)\]/)?.[1] ?? ''));
  if (split && (!range?.known || /\[/.test(String(range.value)))) unsized(input, facts, split, 'a part of the split is taken');
}
/** The whole's size is not that of what is trained on. */
function unsized({ document }: PythonInput, facts: FactSet, place: Expr, reason: string): void {
  const span = { uri: document.uri, start: place.start, end: place.end };
  facts.add({ name: 'dataset_size', reason, need: 'set the number of samples for this workload', span });
}
const splitText = (input: PythonInput, call: Call): string => {
  const split = input.evaluate.argument(call, 'split');
  return split ? input.program.text.slice(split.start, split.end) : '';
};
/** Number of samples of a slice: `:1000`, `200:1000`; undefined for percents and open ends. */
function slice(written: string): number | undefined {
  const match = written.replaceAll('_', '').match(/^\s*(\d*)\s*:\s*(\d+)\s*$/);
  return match ? Number(match[2]) - Number(match[1] || 0) : undefined;
}

/** Adds the length in tokens that texts are cut to. */
export function addLength(input: PythonInput, facts: FactSet): void {
  if (facts.has('seq_len')) return;
  const { program, evaluate } = input;
  const pattern = /\b(?:max_length|model_max_length|max_len)\s*=(?!=)/g;
  for (let match = pattern.exec(program.text); match; match = pattern.exec(program.text)) {
    const call = program.callAround(match.index);
    if (!call || !/token|encode|processor|feature_extractor/i.test(evaluate.callee(call)) || /decode|generat/i.test(evaluate.callee(call))) continue;
    const given = evaluate.argument(call, 'max_length') ?? evaluate.argument(call, 'model_max_length') ?? evaluate.argument(call, 'max_len');
    facts.read('seq_len', given, count);
    if (facts.has('seq_len')) return;
  }
  // model.max_seq_length = 256
  for (const binding of program.bindings('max_seq_length')) {
    if (binding.kind === 'assign' && binding.value && /(^|\.|_)model$/.test(binding.object ?? '')) facts.read('seq_len', binding.value, count);
    if (facts.has('seq_len')) return;
  }
  for (const name of ['sequence_length', 'seq_len']) {
    const declared = evaluate.option(name);
    if (declared?.known) facts.put('seq_len', declared, count);
    if (facts.has('seq_len')) return;
  }
  for (const name of ['max_seq_length', 'block_size', 'max_source_length', 'cutoff_len', 'max_seq_len', 'model_max_length', 'seq_length', 'context_length']) {
    const declared = evaluate.option(name) ?? field(input, name);
    if (declared?.known) facts.put('seq_len', declared, count);
    if (facts.has('seq_len')) return;
  }
}
/** A dataclass's field or a module's constant of a name. */
function field({ program, evaluate }: PythonInput, name: string): ReturnType<PythonInput['evaluate']['value']> | undefined {
  const binding = program.bindings(name).find((one) => one.kind === 'assign' && one.object === undefined && one.value && one.scope === -1);
  if (!binding?.value) return undefined;
  const value = evaluate.value(binding.value);
  return value.known
    ? {
        ...value,
        origin: binding.inClass === undefined ? 'variable' : 'default',
        ...(binding.inClass !== undefined || evaluate.isReplaceable(binding) ? { param: name } : {}),
      }
    : value;
}
