import type { StoragePrice } from '../catalog/types.js';
import type { Interval, Term } from '../model/estimate.js';
import { unknown } from '../model/maybe.js';
import type { Draft } from './draft.js';
import { exact, product, scale } from './interval.js';
import { hoursPerMonth, offerQuery } from './money.js';
import { type EstimateContext, FactReader, type Spec } from './spec.js';
import { storagePerMonth } from './storage.js';

/** Requests that arrive at a deployment, where a file or a person states them. @unit requests/s */
export function arrivalsOf(facts: FactReader): number | undefined {
  const second = facts.number('requests_per_s') || facts.number('request_rate');
  if (second) return second;
  const month = facts.number('calls_per_month') || facts.number('requests_per_month');
  return month ? month / secondsPerMonth : undefined;
}

const secondsPerMonth = hoursPerMonth * 3600;

/** A deployment that serves, in the terms of its money. */
export interface Served {
  /** Price of one group: a replica, or all devices where their number is stated as one. @unit usd/hour */
  readonly hour: Interval;
  /** What one group answers at full load. @unit requests/s */
  readonly capacity: Interval;
  readonly groups: Interval;
  /** Share of the time that a group is kept busy. */
  readonly busy: number;
}

/** What a stated traffic costs by the month: busy and idle apart, the replicas that it needs, and what stopping between requests saves.
 * @unknown without a stated traffic nothing is added; without an idle time, what scaling to zero costs */
export function addTraffic(draft: Draft, spec: Spec, context: EstimateContext, { hour, capacity, groups, busy }: Served): void {
  const facts = new FactReader(spec);
  const rate = arrivalsOf(facts);
  const start = coldStart(draft, facts);
  if (start) draft.add('cold_start_s', start.seconds, 's', start.basis, start.term);
  addStorage(draft, spec, context);
  if (rate === undefined || capacity.likely <= 0) return;
  const perRequest = { low: hour.low / capacity.high / 3600, likely: hour.likely / capacity.likely / 3600, high: hour.high / capacity.low / 3600 };
  const month = draft.estimates['usd_per_month'];
  const requests = rate * secondsPerMonth;
  const text = `${Math.round(requests).toLocaleString('en')} requests a month`;
  const working = scale(perRequest, requests);
  if (month && month.likely > 0) {
    const used = { low: Math.min(working.low, month.likely), likely: Math.min(working.likely, month.likely), high: Math.min(working.high, month.high) };
    draft.add('usd_per_month_busy', used, 'usd/month', `${text} at full load`, {
      id: 'busy',
      label: 'Busy',
      value: used.likely,
      unit: 'usd/month',
      formula: 'requests × price an hour ÷ requests an hour at full load',
      facts: ['requests_per_s', 'calls_per_month'],
    });
    const idle = { low: Math.max(0, month.low - used.high), likely: Math.max(0, month.likely - used.likely), high: Math.max(0, month.high - used.low) };
    draft.add('usd_per_month_idle', idle, 'usd/month', 'always on, less what the requests need');
  }
  const needed = replicasFor(rate, capacity, busy);
  draft.add('replicas_needed', needed, 'count', `arrivals ÷ (requests/s at full load × ${Math.round(busy * 100)} % busy), whole replicas`);
  const full = replicasFor(rate, capacity, 1).low;
  if (full > groups.high) draft.note(`the stated traffic needs at least ${full} replicas: ${groups.high} would queue without end`);
  const least = facts.number('min_replicas') ?? groups.low;
  const most = Math.max(facts.number('max_replicas') ?? groups.high, 1);
  const clamped = (count: number) => Math.min(most, Math.max(least, count));
  if (most > least && needed.likely > 1) {
    const held = { low: clamped(needed.low), likely: clamped(needed.likely), high: clamped(needed.high) };
    draft.add(
      'usd_per_month_scaled',
      scale(product(hour, held), hoursPerMonth),
      'usd/month',
      `${held.likely} of ${least} to ${most} replicas, an even traffic; peaks need more`,
    );
  }
  if (least === 0 && needed.likely <= 1) addScaleToZero(draft, facts, rate, hour, start?.seconds);
}

/** Whole replicas that keep up, each busy for a share of the time. */
function replicasFor(rate: number, capacity: Interval, busy: number): Interval {
  const count = (each: number) => Math.max(1, Math.ceil(rate / (each * busy)));
  return { low: count(capacity.high), likely: count(capacity.likely), high: count(Math.max(capacity.low, 1e-9)) };
}

/** One replica that stops after some idle seconds: requests come at random (Poisson), so that it is up for (e^(λW) − 1) ÷ λ after each start, and down for 1 ÷ λ.
 * @source renewal argument: waiting time for a gap longer than W among exponential gaps (Ross, Introduction to Probability Models, §3.4)
 * @limits the time of a request itself is not counted; traffic that comes in bursts starts it less often */
function addScaleToZero(draft: Draft, facts: FactReader, rate: number, hour: Interval, start: Interval | undefined): void {
  const wait = facts.number('idle_timeout');
  if (wait === undefined) {
    draft.miss(unknown(['idle_timeout'], 'say after how many idle seconds it is taken down'), 'usd_per_month_to_zero');
    return;
  }
  const at = (cold: number) => {
    const up = cold + Math.expm1(Math.min(50, rate * wait)) / rate;
    return { share: up / (up + 1 / rate), starts: secondsPerMonth / (up + 1 / rate) };
  };
  const cold = start ?? exact(0);
  const [low, likely, high] = [at(cold.low), at(cold.likely), at(cold.high)];
  const share = { low: low.share, likely: likely.share, high: high.share };
  draft.add('cold_starts_per_month', { low: high.starts, likely: likely.starts, high: low.starts }, 'count', 'requests at random times');
  draft.add(
    'usd_per_month_to_zero',
    scale(product(hour, share), hoursPerMonth),
    'usd/month',
    `down after ${wait} s without requests, up for ${Math.round(likely.share * 100)} % of the time`,
    {
      id: 'to-zero',
      label: 'Scaled to zero',
      value: hour.likely * likely.share * hoursPerMonth,
      unit: 'usd/month',
      formula: '(start + (e^(λW) − 1) ÷ λ) ÷ (that + 1 ÷ λ) of the month, for arrivals λ and an idle time W',
      facts: ['idle_timeout', 'min_replicas', 'requests_per_s', 'calls_per_month'],
    },
  );
}

/** Rate at which weights reach the device. @unit GB/s
 * @assumes 0.2 from a far object store, 1 from a near one or a network disk, 4 from local NVMe (arXiv:2401.14351 §2.3 and figure 6 measure this range) */
const loadRate = { low: 4, likely: 1, high: 0.2 };
/** Process, imports, compilation and graph capture of a server of language models.
 * @source github:vllm-project/production-stack perf-test/server-startup (13 + 30 + 18 s beside 14 s of loading); @assumes a third and three times of it */
const languageStart = { low: 20, likely: 61, high: 180 };

/** Seconds from nothing to the first answer; undefined where the weights are unknown. */
function coldStart(draft: Draft, facts: FactReader): { readonly seconds: Interval; readonly basis: string; readonly term: Term } | undefined {
  const stated = facts.number('cold_start_s');
  if (stated !== undefined && stated > 0)
    return {
      seconds: exact(stated),
      basis: 'as stated',
      term: { id: 'cold-start', label: 'Cold start', value: stated, unit: 's', facts: ['cold_start_s'] },
    };
  const weights = draft.estimates['weights_gib'];
  if (!weights || draft.estimates['kv_capacity_tokens'] === undefined) return undefined;
  const gigabytes = scale(weights, 2 ** 30 / 1e9);
  const loading = { low: gigabytes.low / loadRate.low, likely: gigabytes.likely / loadRate.likely, high: gigabytes.high / loadRate.high };
  const seconds = { low: loading.low + languageStart.low, likely: loading.likely + languageStart.likely, high: loading.high + languageStart.high };
  return {
    seconds,
    basis: 'weights at 0.2 to 4 GB/s, and 20 to 180 s for process, compilation and graphs; no image is pulled',
    term: {
      id: 'cold-start',
      label: 'Cold start',
      value: seconds.likely,
      unit: 's',
      formula: 'weights of a device ÷ rate of loading + start of the engine',
      facts: ['model', 'weights', 'tensor_parallel'],
      children: [
        { id: 'loading', label: 'load the weights', value: loading.likely, unit: 's' },
        { id: 'engine', label: 'process, compilation, graphs', value: languageStart.likely, unit: 's' },
      ],
    },
  };
}

/** What leaves a provider, at its first tier. */
const firstTier = /^Internet egress( first| premium tier 0|,|$)/;

/** Text of an answer in bytes a token, with its envelope. @assumes 4.5 characters a token (Latin text) and 1 kB of headers and JSON; a streamed answer is several times that */
const answer = { token: 4.5, envelope: 1000 };

/** Keeping the weights, and answers that leave the provider, where the provider is known and lists a price. */
function addStorage(draft: Draft, spec: Spec, context: EstimateContext): void {
  const facts = new FactReader(spec);
  const { provider, region } = offerQuery(spec, context);
  if (provider === undefined) return;
  const rows = context.catalog.storage.filter((row) => row.provider === provider);
  const weights = draft.estimates['weights_gib'];
  const devices = (facts.number('tensor_parallel') || 1) * (facts.number('pipeline_parallel') || 1);
  const kept = weights && storagePerMonth(scale(weights, devices), context.catalog, provider);
  if (kept) draft.add('usd_per_month_storage', kept, 'usd/month', 'the weights once in an object store, list prices of the regions');
  const leaving = priceOf(
    rows.filter(({ service, unit }) => unit === 'usd_per_gb_egress' && firstTier.test(service)),
    region,
  );
  const rate = arrivalsOf(facts);
  const output = facts.number('output_tokens');
  if (leaving === undefined || rate === undefined || output === undefined) return;
  const gigabytes = (rate * secondsPerMonth * (output * answer.token + answer.envelope)) / 1e9;
  const free = Number(/(\d+) Gi?B free/.exec(leaving.row.service)?.[1] ?? Number.NaN);
  const paid = (amount: number) => (Number.isFinite(free) ? Math.max(0, amount - free) : amount);
  if (paid(gigabytes) === 0) {
    draft.note(`answers of ${gigabytes.toPrecision(2)} GB a month are within the ${free} GB that ${provider} lets out free of charge`);
    return;
  }
  draft.add(
    'usd_per_month_egress',
    { low: paid(gigabytes * 0.5) * leaving.usd.low, likely: paid(gigabytes) * leaving.usd.likely, high: paid(gigabytes * 10) * leaving.usd.high },
    'usd/month',
    `${gigabytes.toPrecision(2)} GB of answers; ${leaving.row.service}; ${leaving.row.source}, ${leaving.row.asOf}`,
  );
}

/** The price of the region, or the span over the regions that are listed. */
function priceOf(rows: readonly StoragePrice[], region: string | undefined): { readonly usd: Interval; readonly row: StoragePrice } | undefined {
  const own = rows.find((row) => row.region === region);
  if (own) return { usd: exact(own.usd), row: own };
  const sorted = [...rows].sort((a, b) => a.usd - b.usd);
  const [lowest, highest] = [sorted[0], sorted.at(-1)];
  const middle = sorted[Math.floor((sorted.length - 1) / 2)];
  if (!lowest || !highest || !middle) return undefined;
  return { usd: { low: lowest.usd, likely: middle.usd, high: highest.usd }, row: middle };
}
