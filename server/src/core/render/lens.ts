import type { Catalog } from '../catalog/catalog.js';
import { shortAccelerator } from '../catalog/short-name.js';
import { type OnAccelerator, roomOf } from '../estimate/alternatives.js';
import { fitsOf } from '../estimate/fits.js';
import { mainCost } from '../estimate/main-cost.js';
import type { Estimation } from '../model/estimate.js';
import { factLabel } from '../model/fact-names.js';
import type { Workload } from '../model/workload.js';
import type { TeamRuns } from '../runs/learn.js';
import { count, interval, money, type NumberStyle, plain, shortNumber, withUnit } from './number.js';
import { acceleratorOf, subject } from './words.js';

/** All that a text about one workload needs. */
export interface View {
  readonly workload: Workload;
  readonly estimation: Estimation;
  /** The workload on a few likely accelerators, where its own is unknown. */
  readonly alternatives?: readonly OnAccelerator[];
  /** What the team's measured runs say, where some do. */
  readonly team?: TeamRuns;
  readonly catalog: Catalog;
  readonly style?: NumberStyle;
  readonly showIntervals?: boolean;
}
export interface LensText {
  readonly title: string;
  /** A fact whose answer the lens asks for: a click leads to the choice. */
  readonly asks?: string;
  readonly state: 'ok' | 'warn' | 'unknown';
}

/** The lens above a workload: what it is, on what, how much; the decision first, units always, what is missing by name. */
export function lensText(view: View): LensText {
  const { workload, estimation } = view;
  const style = view.style ?? plain;
  const ranges = view.showIntervals ?? true;
  const parts = [subject(workload)];
  if (workload.fragment) {
    // settings of another run: the money is there
    return { title: [...parts, countedText(workload) ?? 'cost shows at the run that uses it'].join(' · '), state: 'ok' };
  }
  const estimates = estimation.estimates;
  const on = hardware(view);
  const counted = workload.countedIn;
  if (counted !== undefined && mainCost(workload.kind, estimation) === undefined) {
    // A configuration of another workload has no money of its own: it points to where it counts.
    return { title: [...parts, countedText(workload)].join(' · '), state: 'ok' };
  }
  const asksGpu = workload.kind !== 'api-call' && on === undefined && estimation.unknown.some(({ fact }) => fact === 'gpu_type');
  const show = (name: string, withEnds = ranges): string | undefined => {
    const one = estimates[name];
    return one && interval(one, style, withEnds);
  };
  const add = (...texts: readonly (string | undefined)[]): void => {
    for (const text of texts) if (text !== undefined && text !== '') parts.push(text);
  };
  let missing: string | undefined;
  switch (workload.kind) {
    case 'training':
    case 'batch-inference': {
      add(on);
      if (asksGpu) break;
      add(show('gpu_hours'), show('usd'));
      if (!estimates['usd']) {
        if (workload.kind === 'batch-inference' && estimates['usd_per_1m_tokens_full']) add(`${show('usd_per_1m_tokens_full', false)} at full load`);
        else add('$?');
        missing = missingFor(estimation, ['usd', 'gpu_hours']);
        add(missing && `${missing} unknown`);
        if (estimates['usd_max']) add(`at most ${show('usd_max', false)}`);
        else if (estimates['usd_per_hour']) add(show('usd_per_hour', false));
      }
      break;
    }
    case 'serving': {
      add(on);
      if (asksGpu) break;
      const month = estimates['usd_per_month'];
      if (month) add(`${interval(month, style, ranges && month.high > month.low * 1.02)} always on`);
      else if (estimates['usd_max']) add(`at most ${show('usd_max', false)}`);
      else {
        missing = missingFor(estimation, ['usd_per_month', 'usd_per_hour']);
        add('$?', missing && `${missing} unknown`);
      }
      const busy = estimation.assumed.find(({ fact }) => fact === 'utilisation')?.value ?? workload.facts.find(({ name }) => name === 'utilisation')?.value;
      if (estimates['usd_per_1m_tokens'])
        add(`${show('usd_per_1m_tokens', false)}${typeof busy === 'number' ? ` at ${shortNumber(busy * 100, style)} % busy` : ''}`);
      break;
    }
    case 'api-call':
      missing = hosted(view, add, show);
      break;
    case 'resource': {
      add(on);
      if (asksGpu) break;
      const price = estimates['usd_max']
        ? `at most ${show('usd_max', false)}`
        : (show('usd_per_month') ?? (estimates['usd_per_hour'] && `${show('usd_per_hour')} while it runs`));
      if (price) add(price);
      else {
        missing = missingFor(estimation, ['usd_per_month', 'usd_per_hour']);
        add('$?', missing && `${missing} unknown`);
      }
      break;
    }
    default:
      never(workload.kind);
  }
  if (asksGpu) {
    const first = view.alternatives?.[0]?.estimation;
    const runs = workload.kind === 'training' || workload.kind === 'batch-inference';
    const work = first && runs && !first.estimates['usd'] ? missingFor(first, ['usd', 'gpu_hours']) : undefined;
    // Without the model nobody knows what it takes: prices of arbitrary chips would say nothing.
    const blind = first !== undefined && workload.kind !== 'resource' && !first.estimates['peak_memory_gib'] && isModel(first);
    const open = blind ? undefined : work;
    add(
      blind && !parts[0]?.includes('unknown') ? 'model unknown' : undefined,
      'GPU unknown',
      open && `${open} unknown`,
      ...(blind ? [] : likely(view, style)),
      'which?',
    );
  } else add(memory(view, style));
  const state = fitsOf(estimation) === 'does-not-fit' ? 'warn' : asksGpu || missing !== undefined || parts.includes('$?') ? 'unknown' : 'ok';
  const asks = asksGpu ? 'gpu_type' : missing !== undefined ? firstMissing(estimation) : undefined;
  return { title: parts.join(' · '), state, ...(asks === undefined ? {} : { asks }) };
}

/** `8×H100`, `3 × (1×A100-80)`, `1×L4`, or undefined while the accelerator is unknown. */
export function hardware(view: View): string | undefined {
  const { workload, estimation, catalog } = view;
  const written = workload.facts.find(({ name }) => name === 'gpu_type')?.value ?? estimation.assumed.find(({ fact }) => fact === 'gpu_type')?.value;
  return typeof written === 'string' ? numbered(acceleratorOf(written, catalog), view) : undefined;
}
/** A chip with how many of it, as far as that is known: `48×8×H100` where it is written by machine.
 * @param taken how many a machine, where nobody wrote it */
function numbered(chip: string, { workload, estimation, style = plain }: View, taken?: number): string {
  const value = (name: string) => workload.facts.find((fact) => fact.name === name)?.value ?? estimation.assumed.find(({ fact }) => fact === name)?.value;
  const per = taken ?? value('gpu_count') ?? value('nproc_per_node');
  const replicas = value('replicas') ?? value('min_replicas');
  const nodes = value('num_nodes') ?? value('instance_count');
  const total = value('gpus') ?? estimation.estimates['gpus']?.likely;
  const known = (one: unknown): one is number => typeof one === 'number' && one > 0 && Number.isFinite(one);
  if (known(replicas) && replicas > 1) {
    const each = known(total) ? total / replicas : known(per) ? per : undefined;
    return each !== undefined && Number.isInteger(each) ? `${count(replicas, style)} × (${count(each, style)}×${chip})` : `${count(replicas, style)} × ${chip}`;
  }
  const rented = paidFor(estimation);
  if (known(total) && rented !== undefined && rented > total) return `${count(total, style)} of ${count(rented, style)}×${chip}`;
  if (known(total)) return `${count(total, style)}×${chip}`;
  if (known(per)) return known(nodes) && nodes > 1 ? `${count(nodes, style)}×${count(per, style)}×${chip}` : `${count(per, style)}×${chip}`;
  return chip;
}

/** Costs on a few likely accelerators, cheapest first; those that do not fit are left out. */
function likely(view: View, style: NumberStyle): string[] {
  const { alternatives = [], catalog, workload } = view;
  const name = (one: OnAccelerator): string | undefined => {
    const listed = catalog.accelerators.find(({ id }) => id === one.accelerator);
    const chip = listed && shortAccelerator(listed, catalog);
    if (chip === undefined) return undefined;
    const devices = one.count ?? one.estimation.estimates['gpus']?.likely;
    const paid = paidFor(one.estimation);
    if (devices !== undefined && paid !== undefined && paid > devices) return `${count(devices, style)} of ${count(paid, style)}×${chip}`;
    return numbered(chip, { ...view, estimation: one.estimation, style }, one.count);
  };
  // where it fits somewhere, the chips on which it fits less surely are no answer
  const best = Math.min(...alternatives.map(roomOf));
  const shown = alternatives.flatMap((one) => {
    const cost = mainCost(workload.kind, one.estimation);
    const chip = name(one);
    if (!chip || !cost || roomOf(one) > Math.min(best, 3)) return [];
    return [`${chip} ${cost.name.endsWith('max') ? 'at most ' : ''}${withUnit(cost.likely, cost.unit, style)}`];
  });
  if (shown.length > 0) return shown.slice(0, 3);
  const least = [...alternatives].sort((a, b) => shareOf(a) - shareOf(b))[0];
  return least && fitsOf(least.estimation) === 'does-not-fit' ? [`does not fit on ${name(least) ?? 'one machine'}`] : [];
}
/** Devices that are paid for: those of whole machines. */
const paidFor = ({ estimates }: Estimation): number | undefined => estimates['usd_per_hour']?.term?.children?.find(({ id }) => id === 'paid')?.value;
const shareOf = ({ estimation }: OnAccelerator): number => estimation.estimates['memory_share']?.likely ?? Number.POSITIVE_INFINITY;
const isModel = ({ unknown }: Estimation): boolean => unknown.some(({ fact }) => fact === 'model' || fact === 'params');

/** `counted in train/run.sh`, `counted in each of 6 commands`. */
export function countedText({ countedIn, runs }: Workload): string | undefined {
  if (countedIn === undefined) return undefined;
  return runs !== undefined && runs > 1 ? `counted in each of ${runs} commands that run it` : `counted in ${countedIn.replace(/#[^#]*$/, '')}`;
}

function hosted(
  { estimation, workload, style = plain }: View,
  add: (...texts: readonly (string | undefined)[]) => void,
  show: (name: string, withEnds?: boolean) => string | undefined,
): string | undefined {
  const { estimates } = estimation;
  const month = estimates['usd_per_month'] ? 'usd_per_month' : 'usd_per_month_max';
  const calls = workload.facts.find(({ name }) => name === 'calls_per_month')?.value;
  const volume = typeof calls === 'number' ? ` at ${count(calls, style)} calls` : '';
  if (estimates['usd_per_call']) add(show('usd_per_call'));
  else if (estimates['usd_per_call_max']) add(`at most ${show('usd_per_call_max', false)}`);
  else {
    const [input, output] = [estimates['usd_per_1m_input_tokens'], estimates['usd_per_1m_output_tokens']];
    if (!input) {
      add('$?');
      const gap = missingFor(estimation, ['usd_per_call']);
      add(gap && `${gap === 'model' ? 'model decided at run time or not priced' : `${gap} unknown`}`);
      return gap ?? 'model';
    }
    add(`${money(input.likely, style)} in${output ? ` / ${money(output.likely, style)} out` : ''} per 1M tok`);
    if (estimates['usd_per_call_output_max']) add(`answer at most ${show('usd_per_call_output_max', false)}`);
    const gap = missingFor(estimation, ['usd_per_call']);
    add(gap && `${gap} unknown`);
    return gap;
  }
  if (estimates[month]) add(`${month.endsWith('max') ? 'at most ' : ''}${show(month, false)}${volume}`);
  return undefined;
}

/** `61/80 GiB ✓`; `✗` only when even the low end does not fit, `?` between. */
export function memory({ workload, estimation, catalog }: View, style: NumberStyle = plain): string | undefined {
  const peak = estimation.estimates['peak_memory_gib'];
  if (!peak) return undefined;
  const written = workload.facts.find(({ name }) => name === 'gpu_type')?.value ?? estimation.assumed.find(({ fact }) => fact === 'gpu_type')?.value;
  const size = typeof written === 'string' ? catalog.accelerator(written)?.memoryGib : undefined;
  if (size === undefined) return withUnit(peak.likely, 'GiB', style);
  const fits = fitsOf(estimation);
  const mark = fits === 'fits' ? ' ✓' : fits === 'does-not-fit' ? ' ✗ does not fit' : fits === 'tight' ? ' tight' : '';
  return `${shortNumber(Math.round(peak.likely * (peak.likely < 10 ? 10 : 1)) / (peak.likely < 10 ? 10 : 1), style)}/${shortNumber(size, style)} GiB${mark}`;
}

function firstMissing(estimation: Estimation): string | undefined {
  return estimation.unknown.find(({ blocks }) => blocks.length > 0)?.fact ?? estimation.unknown[0]?.fact;
}
function missingFor(estimation: Estimation, quantities: readonly string[]): string | undefined {
  const found = estimation.unknown.find(({ blocks }) => blocks.some((name) => quantities.includes(name))) ?? estimation.unknown[0];
  return found && factLabel(found.fact);
}
function never(kind: never): never {
  throw new Error(`no such kind: ${String(kind)}`);
}
