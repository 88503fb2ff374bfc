import type { Catalog } from '../catalog/catalog.js';
import { isMarketplace, listProviders, providerName } from '../catalog/price-book.js';
import { shortAccelerator } from '../catalog/short-name.js';
import { siblingsOf } from '../catalog/siblings.js';
import type { Market } from '../catalog/types.js';
import { commonAccelerators } from '../estimate/alternatives.js';
import { deviceCount, hardwareOf } from '../estimate/devices.js';
import { type Fits, fitsOf } from '../estimate/fits.js';
import { mainCost } from '../estimate/main-cost.js';
import { offerQuery } from '../estimate/money.js';
import { FactReader } from '../estimate/spec.js';
import type { Estimate } from '../model/estimate.js';
import type { FactValue } from '../model/fact.js';
import { factNames } from '../model/fact-names.js';
import { type Now, sideOf } from './outcome.js';

/** How far facts may move, as a team declares it: both ends, in the words of a scenario (`0.5x`, `20000`). */
export type Ranges = Readonly<Record<string, readonly [FactValue, FactValue]>>;

/** On what a range rests, said beside every bar. */
export type RangeOrigin = 'declared' | 'estimate' | 'catalog' | 'convention';
/** One end of a range, with the quantity there. */
export interface End {
  /** The value, or the name of the choice. */
  readonly to: FactValue;
  readonly value: number;
  readonly fits: Fits;
}
/** What one fact does to the quantity over its range, everything else as it is. */
export interface Swing {
  /** A word or a fact; `estimate` is what the estimator itself cannot tell. */
  readonly word: string;
  readonly now?: FactValue;
  /** The end with the smaller figure, and the one with the larger. */
  readonly low: End;
  readonly high: End;
  readonly origin: RangeOrigin;
}
export interface Sensitivity {
  readonly quantity: string;
  readonly now: Estimate;
  /** The widest first. */
  readonly swings: readonly Swing[];
  /** Declared ranges that could not be tried, and why. */
  readonly untold: readonly { readonly word: string; readonly why: string }[];
}

/** Less than this share of the figure moves nothing. */
const leastShare = 0.005;

/** Which fact moves a quantity most: each over its plausible range, one at a time. Ranges are those that a team declares, the estimate's own
 * interval, what the catalog offers, and for other numbers half to double, which is a convention and is said to be one.
 * @unknown undefined while the quantity itself is unknown
 * @limits facts that go up and down together move it further than any bar says; a bar says nothing on how likely its ends are */
export function sensitivityOf(now: Now, declared: Ranges = {}, quantity?: string): Sensitivity | undefined {
  const name = quantity ?? mainCost(now.spec.kind, now.estimation)?.name;
  const figure = name === undefined ? undefined : now.estimation.estimates[name];
  if (name === undefined || !figure || !(figure.likely > 0)) return undefined;
  const at = (word: string, to: FactValue): End | undefined => {
    const side = sideOf(now, { name: word, set: { [word]: to } });
    const estimate = side.unused.length > 0 ? undefined : side.estimation.estimates[name];
    return estimate && { to, value: estimate.likely, fits: side.fits };
  };
  const swings: Swing[] = [];
  const untold: { word: string; why: string }[] = [];
  const add = (word: string, ends: readonly (End | undefined)[], origin: RangeOrigin): void => {
    const value = valueNow(now, word);
    const found = [...ends.filter((end) => end !== undefined), { to: value ?? 'as it is', value: figure.likely, fits: fitsOf(now.estimation) }];
    const sorted = found.toSorted((a, b) => a.value - b.value);
    const [low, high] = [sorted[0], sorted.at(-1)];
    if (!low || !high || high.value - low.value < leastShare * figure.likely) return;
    swings.push({ word, ...(value === undefined ? {} : { now: value }), low, high, origin });
  };
  for (const [word, ends] of Object.entries(declared)) {
    const tried = ends.map((end) => at(word, end));
    if (tried.every((end) => end === undefined)) {
      const why = sideOf(now, { name: word, set: { [word]: ends[0] } }).unused[0]?.why ?? `${name} is unknown at both ends`;
      untold.push({ word, why });
    } else add(word, tried, 'declared');
  }
  const taken = new Set(Object.keys(declared));
  for (const [word, choices] of Object.entries(choicesOf(now))) {
    if (taken.has(word) || aliases(word).some((other) => taken.has(other))) continue;
    // What does not fit is no choice.
    const ends = choices.map((choice) => at(word, choice)).filter((end) => end !== undefined && end.fits !== 'does-not-fit');
    add(
      word,
      ends.map((end) => end && { ...end, to: named(word, end.to, now.context.catalog) }),
      'catalog',
    );
  }
  for (const [fact, value] of numbersOf(now)) {
    if (taken.has(fact) || aliases(fact).some((other) => taken.has(other))) continue;
    const ends = halfAndDouble(fact, value);
    add(
      fact,
      ends.map((end) => at(fact, end)),
      'convention',
    );
  }
  if (figure.high > figure.low) {
    const end = (value: number, to: string): End => ({ to, value, fits: fitsOf(now.estimation) });
    swings.push({ word: 'estimate', low: end(figure.low, 'low end'), high: end(figure.high, 'high end'), origin: 'estimate' });
  }
  const width = ({ low, high }: Swing): number => high.value - low.value;
  return { quantity: name, now: figure, swings: swings.sort((a, b) => width(b) - width(a) || a.word.localeCompare(b.word)), untold };
}

/** A word and the facts that it may stand for: one range is enough. */
const aliases = (word: string): readonly string[] => synonyms.find((group) => group.includes(word))?.filter((one) => one !== word) ?? [];
const synonyms: readonly (readonly string[])[] = [
  ['traffic', 'requests_per_s', 'calls_per_month'],
  ['context', 'max_model_len', 'seq_len'],
  ['batch', 'batch_size', 'max_num_seqs'],
  ['accelerator', 'gpu_type'],
];

/** What holds now for a word or a fact: written, or taken for it. */
export function valueNow({ spec, estimation, context }: Now, word: string): FactValue | undefined {
  if (word === 'commitment') return context.market ?? (spec.facts['spot'] === true ? 'spot' : 'on-demand');
  if (word === 'accelerator') {
    const found = hardwareOf(spec, context.catalog);
    return found.known ? named(word, found.value.accelerator.id, context.catalog) : undefined;
  }
  if (word === 'provider' || word === 'region') return offerQuery(spec, context)[word];
  const names = [word, ...aliases(word)];
  for (const name of names) if (spec.facts[name] !== undefined) return spec.facts[name];
  return estimation.assumed.find(({ fact }) => names.includes(fact))?.value;
}
function named(word: string, to: FactValue, catalog: Catalog): FactValue {
  if (word === 'model') return String(to).slice(String(to).lastIndexOf('/') + 1);
  const chip = word === 'accelerator' ? catalog.accelerators.find(({ id }) => id === to) : undefined;
  return chip ? shortAccelerator(chip, catalog) : to;
}

/** Choices that a catalog has for what is no number. */
function choicesOf({ spec, context }: Now): Readonly<Record<string, readonly FactValue[]>> {
  const { catalog } = context;
  const facts = new FactReader(spec);
  if (spec.kind === 'api-call') return {};
  const model = facts.text('model');
  const models = model === undefined || spec.kind === 'resource' ? [] : siblingsOf(model, catalog.models).map(({ id }) => id);
  const hardware = hardwareOf(spec, catalog);
  if (!hardware.known) return { model: models };
  const { id } = hardware.value.accelerator;
  const market: Market = offerQuery(spec, context).market ?? 'on-demand';
  const offers = catalog.offersOf(id).filter((offer) => offer.market === market && !isMarketplace(offer));
  const provider = offerQuery(spec, context).provider;
  const sold = new Set(offers.map((offer) => offer.provider));
  return {
    model: models,
    accelerator:
      spec.kind === 'resource' ? [] : commonAccelerators.filter((one) => one !== id && (spec.facts['precision'] !== 'bf16' || computesBf16(one, catalog))),
    commitment: ['on-demand', 'spot', 'reserved-1y', 'reserved-3y'] satisfies Market[],
    provider: listProviders.filter((one) => sold.has(one)),
    region:
      provider === undefined
        ? []
        : [...new Set(offers.filter((offer) => offer.provider === providerName(provider) && offer.region !== 'any').map(({ region }) => region))],
  };
}
const computesBf16 = (id: string, catalog: Catalog): boolean => catalog.accelerators.some((chip) => chip.id === id && chip.bf16Tflops !== undefined);

/** Numbers whose halves and doubles mean something: how much is done, how it is batched, how many do it. */
const varied =
  /^(?:batch_size|grad_accum|global_batch_size|seq_len|epochs|max_steps|train_tokens|dataset_size|lora_rank|num_nodes|instance_count|replicas|utilisation|max_model_len|max_num_seqs|max_tokens|input_tokens|cached_input_tokens|output_tokens|prompt_chars|calls_per_month|requests_per_s|num_requests|prefix_hit_rate|acceptance_rate|num_generations|trials|concurrency|image_size|inference_steps|n)$/;
function numbersOf({ spec, estimation, context }: Now): [string, number][] {
  const found = new Map<string, number>();
  const take = (fact: string, value: FactValue): void => {
    if (typeof value === 'number' && value > 0 && varied.test(fact) && factNames[fact]?.type === 'number' && !found.has(fact)) found.set(fact, value);
  };
  for (const [fact, value] of Object.entries(spec.facts)) take(fact, value);
  // A number of nodes that nobody writes is a convention, no choice that somebody made.
  for (const { fact, value } of estimation.assumed) if (fact !== 'num_nodes') take(fact, value);
  // Machines are rented whole: without a machine type the number of accelerators itself can change.
  const count = deviceCount(spec, context.catalog);
  if (spec.kind === 'training' && count.known && spec.facts['instance_type'] === undefined && spec.facts['gpus'] !== undefined)
    found.set('gpus', count.value.total.likely);
  return [...found];
}
const isShare = (fact: string): boolean => /^utilisation$|_rate$/.test(fact);
/** Half and double; of a share, half of it and half of what is left. */
function halfAndDouble(fact: string, value: number): number[] {
  if (isShare(fact)) return value < 1 ? [value / 2, (1 + value) / 2] : [value / 2];
  const whole = Number.isInteger(value);
  return [whole ? Math.max(1, Math.round(value / 2)) : value / 2, value * 2];
}
