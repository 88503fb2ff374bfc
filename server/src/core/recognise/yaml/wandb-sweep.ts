import { at, entriesOf, hasKey, itemsOf, textOf, type Value } from '../../syntax/value.js';
import { valueAs } from '../config/training-settings.js';
import { ConfigFacts, countKeys, type Field, integer } from '../shared/config-facts.js';
import type { FlagMeaning } from '../shared/flag-facts.js';
import { trainingFlags } from '../shared/training-flags.js';
import type { YamlRecogniser } from '../types.js';

/** A W&B sweep: trials of a program described elsewhere. */
export const wandbSweep: YamlRecogniser = {
  id: 'wandb-sweep',
  language: 'yaml',
  marker: /^(?:method[ \t]*:\s*["']?(?:grid|random|bayes|custom)\b|run_cap[ \t]*:|scheduler[ \t]*:)/m,
  doc: { format: 'W&B sweep', reads: 'trials, parallel runs, fixed parameters', example: 'method: bayes' },
  recognise({ document, roots }) {
    return roots.filter(isSweep).map((root) => {
      const facts = new ConfigFacts(document.uri, root).fields(fields);
      takeParameters(facts, root);
      takeTrials(facts, root);
      const local = localModel(root);
      if (!local) return facts.workload('training', 'wandb-sweep', 'Sweep');
      const quantization = /\.(i?q\d\w*)\.gguf$/i.exec(textOf(local) ?? '')?.[1];
      if (quantization) facts.put('quantization', quantization, local);
      return facts.workload('batch-inference', 'wandb-sweep', 'Sweep');
    });
  },
};

const isSweep = (root: Value): boolean =>
  at(root, 'parameters')?.kind === 'map' &&
  (/^(?:grid|random|bayes|custom)$/.test(textOf(at(root, 'method')) ?? '') || hasKey(root, 'run_cap') || hasKey(root, 'scheduler')) &&
  countKeys(root, ['program', 'metric', 'method', 'run_cap', 'command', 'job', 'early_terminate']) >= 2 &&
  entriesOf(at(root, 'parameters')).some(
    (entry) => entry.value.kind === 'map' && countKeys(entry.value, ['value', 'values', 'min', 'max', 'distribution', 'parameters']) > 0,
  );

const fields: readonly Field[] = [
  ['trials', 'run_cap', integer],
  ['concurrency', 'scheduler.num_workers', integer],
];

/** Parameters with one value are options of the program, under their usual names. */
function takeParameters(facts: ConfigFacts, root: Value): void {
  const parameters = entriesOf(at(root, 'parameters'));
  for (const [name, meanings] of Object.entries(trainingFlags)) {
    const entry = parameters.find(({ key }) => key.replaceAll('-', '_') === name);
    const listed = itemsOf(at(entry?.value, 'values'));
    const value = at(entry?.value, 'value') ?? (listed.length === 1 ? listed[0] : undefined);
    if (!value) continue;
    for (const { fact, change } of [meanings].flat() as readonly FlagMeaning[]) facts.take(fact, value, (one) => valueAs(one, change), name);
  }
}

/** A grid runs each combination once; the other methods run until someone stops them. */
function takeTrials(facts: ConfigFacts, root: Value): void {
  if (facts.has('trials')) return;
  const method = at(root, 'method');
  if (!method) return;
  const parameters = entriesOf(at(root, 'parameters'));
  const sizes = parameters.map(({ value }) =>
    hasKey(value, 'value') ? 1 : at(value, 'values')?.kind === 'seq' ? itemsOf(at(value, 'values')).length : undefined,
  );
  if (textOf(method) === 'grid' && sizes.every((size) => size !== undefined && size > 0))
    facts.put(
      'trials',
      sizes.reduce<number>((all, size) => all * (size ?? 1), 1),
      method,
      'default',
      'a grid runs every combination once',
    );
  else facts.unknown.push({ name: 'trials', reason: 'the sweep has no run_cap: it goes on until it is stopped', need: 'run_cap', span: facts.span(method) });
}

/** A model file among the parameters: the trials run a model and train none. */
const localModel = (root: Value): Value | undefined =>
  entriesOf(at(root, 'parameters'))
    .flatMap((entry) => itemsOf(at(entry.value, 'values')).concat(at(entry.value, 'value') ?? []))
    .find((value) => /\.gguf$/i.test(textOf(value) ?? ''));
