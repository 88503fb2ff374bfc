import { at, entriesOf, hasKey, itemsOf, scalarOf, textOf, type Value } from '../../syntax/value.js';
import { valueAs } from '../config/training-settings.js';
import { parseFlags, plainWord, toFlags } from '../shared/command-line.js';
import { ConfigFacts, countKeys, type Field, integer } from '../shared/config-facts.js';
import type { FlagMeaning } from '../shared/flag-facts.js';
import { trainingFlags } from '../shared/training-flags.js';
import type { Flag, Launch, YamlRecogniser } from '../types.js';

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
      const launch = launchOf(facts, root);
      if (!local) return { ...facts.workload('training', 'wandb-sweep', 'Sweep'), ...(launch && { launch }) };
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

/** The program that each trial runs: it is given one value of every parameter, and what the command adds.
 * @source docs.wandb.ai/guides/sweeps/define-sweep-configuration */
function launchOf(facts: ConfigFacts, root: Value): Launch | undefined {
  const words = itemsOf(at(root, 'command')).flatMap((word) => (word.kind === 'scalar' && word.value !== null ? [{ word, text: String(word.value) }] : []));
  const script = at(root, 'program') ?? words.find(({ text }) => /\.py$/.test(text))?.word;
  const name = textOf(script);
  if (!script || name === undefined || !/\.py$/.test(name)) return undefined;
  const parameters = entriesOf(at(root, 'parameters')).flatMap(({ key, value }): Flag[] => {
    const { fixed, tried } = valuesOf(value);
    const name = key.replaceAll('-', '_');
    const single = fixed && scalarOf(fixed);
    if (fixed && single !== undefined && single !== null) return [{ name, value: single, span: facts.span(fixed) }];
    return tried ? [{ name, value: tried.join(','), span: facts.span(value), swept: tried }] : [];
  });
  const added = parseFlags(words.filter(({ text }) => !/^\$\{\w+\}$/.test(text)).map(({ word, text }) => plainWord(text, word.start, word.end))).flags;
  const { uri } = facts.span(script);
  return { span: facts.span(script), target: { kind: 'script', name }, flags: [...parameters, ...toFlags(uri, added)] };
}
/** The one value of a parameter, or those that the trials take by turns: a list, a range. */
function valuesOf(parameter: Value): { readonly fixed?: Value; readonly tried?: readonly string[] } {
  const listed = itemsOf(at(parameter, 'values'));
  const fixed = at(parameter, 'value') ?? (listed.length === 1 ? listed[0] : undefined);
  if (fixed) return { fixed };
  if (listed.length > 0) return { tried: listed.map((value) => textOf(value) ?? '?') };
  const [from, to] = ['min', 'max'].map((key) => textOf(at(parameter, key)));
  return from === undefined || to === undefined ? {} : { tried: [`${from} to ${to}`] };
}

/** Parameters are options of the program, under their usual names: of several values nobody knows which holds. */
function takeParameters(facts: ConfigFacts, root: Value): void {
  const parameters = entriesOf(at(root, 'parameters'));
  for (const [name, meanings] of Object.entries(trainingFlags)) {
    const entry = parameters.find(({ key }) => key.replaceAll('-', '_') === name);
    if (!entry) continue;
    const { fixed, tried } = valuesOf(entry.value);
    for (const { fact, change } of [meanings].flat() as readonly FlagMeaning[]) {
      if (fixed) facts.take(fact, fixed, (one) => valueAs(one, change), name);
      else if (tried) facts.open(fact, `a sweep tries ${tried.join(', ')}`, 'set it for this workload', entry.value);
    }
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
