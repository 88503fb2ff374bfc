import { onLikelyAccelerators } from '../estimate/alternatives.js';
import { assumedUtilisation } from '../estimate/compose.js';
import { estimate } from '../estimate/estimate.js';
import { fitsOf } from '../estimate/fits.js';
import { inverse, product, scale } from '../estimate/interval.js';
import { hoursPerMonth } from '../estimate/money.js';
import { type EstimateContext, FactReader, type Spec } from '../estimate/spec.js';
import type { Estimation, Interval } from '../model/estimate.js';

/** One way to serve a model's traffic, with what it costs and how long a request waits; a figure that is not known is absent, and `lacks` says why. */
export interface ServeWay {
  readonly way: 'dedicated' | 'serverless' | 'batch' | 'hosted' | 'edge';
  readonly title: string;
  readonly usdPerMonth?: Interval;
  readonly usdPer1kRequests?: Interval;
  /** Of one request, once it is at a warm server. */
  readonly latencyMs?: Interval;
  readonly notes: readonly string[];
  readonly lacks?: string;
}
export interface ServeWays {
  readonly requestsPerMonth: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Cheapest first; what has no price is last. */
  readonly ways: readonly ServeWay[];
  /** Requests a month from which a machine of one's own is cheaper than the hosted model, if one replica can take them. */
  readonly breakEven?: { readonly requestsPerMonth: number; readonly hosted: string; readonly own: string };
}
export type WaysOrLack = ServeWays | { readonly lacks: readonly string[] };

const secondsPerMonth = hoursPerMonth * 3600;
/** How long a replica that scales to zero stays warm after a request. @assumes platforms' defaults of some seconds to five minutes */
const warmSeconds: Interval = { low: 5, likely: 60, high: 300 };

/** Which way to serve a model: a dedicated machine, one that is billed by the second, the batch interface, a hosted model, the user's own device; all from
 * the traffic that the workload states.
 * @unknown without traffic and the length of requests there is nothing to compare */
export function serveWays(spec: Spec, context: EstimateContext): WaysOrLack {
  const facts = new FactReader(spec);
  const rate = facts.number('requests_per_s');
  const requests = facts.number('calls_per_month') ?? (rate === undefined ? undefined : rate * secondsPerMonth);
  const input = facts.number('input_tokens');
  const output = facts.number('output_tokens');
  const model = facts.text('model');
  const lacks = [
    ...(model === undefined ? ['model'] : []),
    ...(requests === undefined || requests <= 0 ? ['calls_per_month or requests_per_s'] : []),
    ...(input === undefined ? ['input_tokens'] : []),
    ...(output === undefined || output <= 0 ? ['output_tokens'] : []),
  ];
  if (lacks.length > 0 || model === undefined || requests === undefined || input === undefined || output === undefined) return { lacks };
  const traffic: Traffic = { model, requests, input, output };
  const own = ownMachine(spec, context, traffic);
  const hosted = hostedModel(spec, context, traffic, false);
  const batch = hostedModel(spec, context, traffic, true);
  const dedicated = dedicatedWay(own, traffic);
  const ways = [dedicated, serverlessWay(own, context, traffic), batchWay(own, batch, traffic), hostedWay(hosted, traffic), edgeWay(own, context)];
  const breakEven = breakEvenOf(own, hosted, traffic);
  return {
    requestsPerMonth: requests,
    inputTokens: input,
    outputTokens: output,
    ways: ways.sort((a, b) => (a.usdPerMonth?.likely ?? Number.POSITIVE_INFINITY) - (b.usdPerMonth?.likely ?? Number.POSITIVE_INFINITY)),
    ...(breakEven ? { breakEven } : {}),
  };
}

interface Traffic {
  readonly model: string;
  /** A month. */
  readonly requests: number;
  readonly input: number;
  readonly output: number;
}
/** The model on a machine of one's own: the service as stated, else the cheapest usual machine that holds it. */
interface Own {
  readonly spec: Spec;
  readonly estimation: Estimation;
  readonly title: string;
  /** Dollars an hour of one replica, and the requests a second that fill it. */
  readonly hourly: Interval;
  readonly capacity: number;
  /** Relative interval of the time that a request takes of a full replica. */
  readonly spread: Interval;
}
type Found<T> = { readonly found: T } | { readonly lacks: string };

function ownMachine(spec: Spec, context: EstimateContext, { model, input, output }: Traffic): Found<Own> {
  const served: Spec = { kind: 'serving', facts: { ...servedFacts(spec), model, input_tokens: input, output_tokens: output } };
  const stated = new FactReader(spec);
  const isPlaced = spec.kind === 'serving' && (stated.has('gpu_type') || stated.has('instance_type'));
  const chosen = isPlaced
    ? { spec: served, estimation: estimate(served, context) }
    : onLikelyAccelerators(served, context)
        .filter(({ estimation }) => fitsOf(estimation) === 'fits')
        .map(({ accelerator, count, estimation }) => ({
          spec: {
            ...served,
            facts: { ...served.facts, gpu_type: accelerator, ...(count === undefined ? {} : { gpu_count: count, tensor_parallel: count }) },
          } as Spec,
          estimation,
        }))
        .sort((a, b) => perRequest(a.estimation) - perRequest(b.estimation))[0];
  if (!chosen) return { lacks: `the weights of ${model} are not known, or fit no usual machine` };
  const { estimates, unknown } = chosen.estimation;
  const replicas = Math.max(1, stated.number('replicas') ?? 1);
  const hourly = estimates['usd_per_hour'];
  const rate = estimates['saturation_output_tokens_per_s'] ?? estimates['output_tokens_per_s'];
  if (!hourly || !rate || rate.likely <= 0) return { lacks: unknown[0]?.need ?? 'its rate or its price is not known' };
  const { gpu_type: chip, gpu_count: count, gpus } = chosen.spec.facts;
  return {
    found: {
      ...chosen,
      title: `${gpus ?? count ?? 1} × ${String(chip ?? chosen.spec.facts['instance_type'])}`,
      hourly: scale(hourly, 1 / replicas),
      capacity: rate.likely / output,
      spread: scale(inverse(rate), rate.likely),
    },
  };
}
const perRequest = ({ estimates }: Estimation): number => estimates['usd_per_month']?.likely ?? Number.POSITIVE_INFINITY;
/** A hosted call's facts say nothing of a machine. */
function servedFacts(spec: Spec): Spec['facts'] {
  if (spec.kind === 'serving') return spec.facts;
  return { framework: 'vllm', max_model_len: 8192 };
}

function dedicatedWay(own: Found<Own>, traffic: Traffic): ServeWay {
  const way = { way: 'dedicated' as const, title: 'a machine that is always on', notes: [] };
  if ('lacks' in own) return { ...way, lacks: own.lacks };
  const { hourly, capacity, title, estimation } = own.found;
  const replicas = Math.max(1, Math.ceil(traffic.requests / secondsPerMonth / (capacity * assumedUtilisation)));
  const busy = traffic.requests / secondsPerMonth / (capacity * replicas);
  return {
    ...way,
    title: `${title}, always on`,
    ...priced(scale(hourly, hoursPerMonth * replicas), traffic),
    ...latency(estimation),
    notes: [`${replicas} replica${replicas === 1 ? '' : 's'}, busy ${(busy * 100).toFixed(busy < 0.01 ? 1 : 0)} % of the time`],
  };
}

/** Billed while a replica is warm. Arrivals are taken as independent: a replica is warm unless no request came for its service time and the time that it lingers.
 * @source M/G/∞ queue: it is empty with probability exp(−arrivals × holding time) */
function serverlessWay(own: Found<Own>, context: EstimateContext, traffic: Traffic): ServeWay {
  const way = { way: 'serverless' as const, title: 'a machine that scales to zero', notes: [] };
  if ('lacks' in own) return { ...way, lacks: own.lacks };
  const { spec, capacity, estimation } = own.found;
  const chip = spec.facts['gpu_type'];
  const count = Number(spec.facts['gpus'] ?? spec.facts['gpu_count'] ?? 1);
  const id = typeof chip === 'string' ? context.catalog.accelerator(chip)?.id : undefined;
  const offers = (id === undefined ? [] : context.catalog.offersOf(id))
    .filter((offer) => offer.scaleToZero === true && offer.market === 'on-demand')
    .sort((a, b) => a.usdPerHour / a.acceleratorCount - b.usdPerHour / b.acceleratorCount);
  const [offer] = offers;
  if (!offer) return { ...way, lacks: `nobody is listed who bills ${id ?? 'this machine'} by the second` };
  const rate = traffic.requests / secondsPerMonth;
  const service = (estimation.estimates['latency_ms']?.likely ?? 1000 / capacity) / 1000;
  const warm = (seconds: number): number => Math.max(1 - Math.exp(-rate * (service + seconds)), rate / (capacity * assumedUtilisation));
  const month = (offer.usdPerHour / offer.acceleratorCount) * count * hoursPerMonth;
  return {
    ...way,
    title: `${count} × ${id}, billed by the second (${offer.provider})`,
    ...priced({ low: month * warm(warmSeconds.low), likely: month * warm(warmSeconds.likely), high: month * warm(warmSeconds.high) }, traffic),
    ...latency(estimation),
    notes: [
      `warm ${(Math.min(1, warm(warmSeconds.likely)) * 100).toFixed(0)} % of the time, if a replica lingers ${warmSeconds.likely} s (${warmSeconds.low} to ${warmSeconds.high})`,
      'the first request after a pause waits for a start, and its seconds are billed: not in the figure',
      ...(count > 1 ? ['whether several GPUs are offered together there is not known here'] : []),
    ],
  };
}

interface Hosted {
  readonly provider: string;
  readonly perCall: Interval;
}
/** The same model where somebody sells it by the token: the provider that is written, else the cheapest that lists it under exactly this name. */
function hostedModel(spec: Spec, context: EstimateContext, { model, input, output }: Traffic, batch: boolean): Found<Hosted> {
  const facts = new FactReader(spec);
  const written = spec.kind === 'api-call' ? (facts.text('api_provider') ?? facts.text('provider') ?? facts.text('framework')) : undefined;
  const match = context.catalog.hostedBook.find(model);
  const providers = written !== undefined ? [written] : match.found ? [match.provider] : match.providers;
  const found = providers
    .flatMap((provider): Hosted[] => {
      const call = estimate(
        { kind: 'api-call', facts: { model, api_provider: provider, input_tokens: input, output_tokens: output, ...(batch ? { batch_api: true } : {}) } },
        context,
      ).estimates['usd_per_call'];
      return call ? [{ provider, perCall: call }] : [];
    })
    .sort((a, b) => a.perCall.likely - b.perCall.likely)[0];
  return found ? { found } : { lacks: `no ${batch ? 'batch ' : ''}price per token is listed for ${model}` };
}

function hostedWay(hosted: Found<Hosted>, traffic: Traffic): ServeWay {
  const way = { way: 'hosted' as const, title: 'a hosted model', notes: [] };
  if ('lacks' in hosted) return { ...way, lacks: hosted.lacks };
  const { provider, perCall } = hosted.found;
  return {
    ...way,
    title: `hosted by ${provider}`,
    ...priced(scale(perCall, traffic.requests), traffic),
    notes: ['no idle time is paid; limits and latency are the provider’s'],
  };
}

/** What can wait: a provider's batch interface, or a machine that is full while it runs. */
function batchWay(own: Found<Own>, hosted: Found<Hosted>, traffic: Traffic): ServeWay {
  const way = { way: 'batch' as const, title: 'in batches', notes: ['only for requests that can wait for hours'] };
  const choices: ServeWay[] = [];
  if ('found' in hosted)
    choices.push({ ...way, title: `batch interface of ${hosted.found.provider}`, ...priced(scale(hosted.found.perCall, traffic.requests), traffic) });
  if ('found' in own) {
    const hours = traffic.requests / own.found.capacity / 3600;
    choices.push({
      ...way,
      title: `${own.found.title}, only while it runs`,
      ...priced(scale(product(own.found.hourly, own.found.spread), hours), traffic),
      notes: [...way.notes, `${hours < 10 ? hours.toFixed(1) : Math.round(hours)} hours a month at full load, starts not counted`],
    });
  }
  const [best] = choices.sort((a, b) => (a.usdPerMonth?.likely ?? 0) - (b.usdPerMonth?.likely ?? 0));
  return best ?? { ...way, lacks: 'lacks' in own ? own.lacks : 'no price' };
}

/** On the user's own device nothing is rented: what has to fit there is what can be said. */
function edgeWay(own: Found<Own>, context: EstimateContext): ServeWay {
  const way = { way: 'edge' as const, title: 'on the user’s device' };
  if ('lacks' in own) return { ...way, notes: [], lacks: own.lacks };
  const { gpu_count: _count, gpus: _gpus, tensor_parallel: _tensor, ...facts } = own.found.spec.facts;
  const four = estimate({ kind: 'serving', facts: { ...facts, framework: 'llama.cpp', quantization: 'q4_k_m', concurrency: 1, gpu_count: 1 } }, context)
    .estimates['weights_gib'];
  return {
    ...way,
    notes: [
      ...(four ? [`its weights take about ${Number(four.likely.toPrecision(2))} GiB in 4 bits`] : []),
      'nothing is rented; quality in 4 bits and speed depend on the device: measure both',
    ],
    lacks: 'the device is not yours to price',
  };
}

function breakEvenOf(own: Found<Own>, hosted: Found<Hosted>, traffic: Traffic): ServeWays['breakEven'] {
  if ('lacks' in own || 'lacks' in hosted) return undefined;
  const month = own.found.hourly.likely * hoursPerMonth;
  const requests = month / hosted.found.perCall.likely;
  // Beyond what one replica takes, a second one moves the point along: then no traffic makes it cheaper.
  if (requests > own.found.capacity * assumedUtilisation * secondsPerMonth || traffic.requests <= 0) return undefined;
  return { requestsPerMonth: Math.ceil(requests), hosted: hosted.found.provider, own: own.found.title };
}

const priced = (month: Interval, { requests }: Traffic) => ({ usdPerMonth: scale(month, 1), usdPer1kRequests: scale(month, 1000 / requests) });
function latency({ estimates }: Estimation): { latencyMs?: Interval } {
  const one = estimates['latency_ms'];
  return one ? { latencyMs: { low: one.low, likely: one.likely, high: one.high } } : {};
}
