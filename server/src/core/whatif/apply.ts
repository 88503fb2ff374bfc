import { providerName } from '../catalog/price-book.js';
import { hoursPerMonth } from '../estimate/money.js';
import { onAccelerator, providerOfMachine, withCount } from '../estimate/placed.js';
import { type EstimateContext, FactReader, type Spec } from '../estimate/spec.js';
import { arrivalsOf } from '../estimate/traffic.js';
import type { FactValue } from '../model/fact.js';
import { factLabel } from '../model/fact-names.js';
import { type Change, isWord, readChange, type Supposed, type Word } from '../model/scenario.js';

/** A supposition that changes nothing here, and why. */
export interface Unused {
  readonly word: string;
  readonly why: string;
}
/** A workload as it would be. */
export interface Applied {
  readonly spec: Spec;
  readonly context: EstimateContext;
  readonly unused: readonly Unused[];
}

/** The workload with what is supposed in the place of what is written. What means nothing to its kind, or is a multiple of what nobody states, is named and changes nothing. */
export function suppose(spec: Spec, context: EstimateContext, set: Supposed): Applied {
  let now: Place = { spec, context };
  const unused: Unused[] = [];
  for (const word of inOrder(Object.keys(set))) {
    const change = readChange(word, set[word] as FactValue);
    const next = typeof change === 'string' ? change : isWord(word) ? byWord[word](now, change) : asFact(now, word, change);
    if (typeof next === 'string') unused.push({ word, why: next });
    else now = next;
  }
  return { ...now, unused };
}

/** Words that mean something to a kind of work, in the order of a form. */
export const wordsOf: Readonly<Record<Spec['kind'], readonly Word[]>> = {
  training: ['accelerator', 'commitment', 'provider', 'region', 'model', 'context', 'batch'],
  'batch-inference': ['accelerator', 'commitment', 'provider', 'region', 'model', 'context', 'batch'],
  serving: ['traffic', 'accelerator', 'commitment', 'provider', 'region', 'model', 'context', 'batch', 'utilisation'],
  'api-call': ['traffic', 'model', 'context'],
  resource: ['accelerator', 'commitment', 'provider', 'region'],
};

interface Place {
  readonly spec: Spec;
  readonly context: EstimateContext;
}
type Setter = (at: Place, change: Change) => Place | string;

/** The machine first: what is said of its number, place and price afterwards is said of the new one. */
const first: readonly string[] = ['model', 'accelerator', 'gpu_type', 'provider', 'region', 'commitment'];
const inOrder = (words: readonly string[]): string[] => [...first.filter((word) => words.includes(word)), ...words.filter((word) => !first.includes(word))];

/** Facts of the shape of a model that was written or measured: they are not another model's. */
const shape =
  /^(?:params(?:_active)?|n_\w+|vocab_size|head_dim|kv_lora_rank|q_lora_rank|experts_per_token|tie_embeddings|sliding_(?:window|share)|(?:attention|state|dense|expert)_layers|state_(?:width|dim|bytes)|conv_kernel|moe|forward_gmacs|activations_m|kernels)$/;
const servers: readonly string[] = ['serving', 'batch-inference'];

const byWord: Readonly<Record<Word, Setter>> = {
  traffic: setTraffic,
  context: setContext,
  batch: setBatch,
  accelerator: setAccelerator,
  model: (at, change) => {
    if (!('to' in change)) return 'a model is a name';
    if (at.spec.kind === 'resource') return 'what is only rented runs no model that is known';
    const facts = Object.entries(at.spec.facts).filter(([name]) => !shape.test(name));
    return withFacts(at, { ...Object.fromEntries(facts), model: change.to });
  },
  utilisation: (at, change) => {
    if (at.spec.kind !== 'serving') return 'only a server is idle at times';
    const { utilization: _other, ...facts } = at.spec.facts;
    return 'to' in change ? withFacts(at, { ...facts, utilisation: change.to }) : 'a utilisation is a share';
  },
  provider: (at, change) => {
    if (at.spec.kind === 'api-call') return 'a hosted model runs where its provider has it';
    if (!('to' in change)) return 'a provider is a name';
    const provider = providerName(String(change.to));
    const { catalog } = at.context;
    if (providerOfMachine(at.spec, catalog) === provider) return at;
    // A machine type and a region are one provider's own.
    const type = at.spec.facts['instance_type'];
    const machine = typeof type === 'string' ? catalog.hardware(type) : undefined;
    const moved = machine ? onAccelerator(at.spec, String(at.spec.facts['gpu_type'] ?? machine.acceleratorId), catalog) : at.spec;
    const { region: _place, cloud: _cloud, ...facts } = moved.facts;
    const { region: _region, ...anywhere } = at.context;
    return { spec: { ...moved, facts: { ...facts, provider } }, context: providerName(at.context.provider ?? '') === provider ? at.context : anywhere };
  },
  region: (at, change) =>
    at.spec.kind === 'api-call'
      ? 'a hosted model runs where its provider has it'
      : 'to' in change
        ? withFacts(at, { ...at.spec.facts, region: change.to })
        : 'a region is a name',
  commitment: (at, change) => {
    if (at.spec.kind === 'api-call') return 'a hosted model is paid by the token';
    if (!('market' in change)) return 'a commitment is a way to rent';
    const { spot: _spot, ...facts } = at.spec.facts;
    return { spec: { ...at.spec, facts }, context: { ...at.context, market: change.market } };
  },
};

const withFacts = (at: Place, facts: Spec['facts']): Place => ({ ...at, spec: { ...at.spec, facts } });
function without(facts: Spec['facts'], ...names: readonly string[]): Record<string, FactValue> {
  return Object.fromEntries(Object.entries(facts).filter(([name]) => !names.includes(name)));
}
/** A number, or a multiple of the number that is stated. */
function numberFor(at: Place, name: string, change: Change): number | string {
  if ('to' in change && typeof change.to === 'number') return change.to;
  const now = new FactReader(at.spec).number(name);
  if ('by' in change) return now === undefined ? `${factLabel(name)} is not stated: a multiple of it is unknown; say a number` : tidy(now * change.by, now);
  return `${factLabel(name)} is a number`;
}
/** Half of seven samples are three: what was whole stays whole, and at least one. */
const tidy = (value: number, before: number): number => (Number.isInteger(before) && before > 0 ? Math.max(1, Math.round(value)) : value);

function asFact(at: Place, name: string, change: Change): Place | string {
  if ('to' in change)
    return name === 'gpu_type' ? setAccelerator(at, { accelerator: String(change.to) }) : withFacts(at, { ...at.spec.facts, [name]: change.to });
  const value = numberFor(at, name, change);
  return typeof value === 'string' ? value : withFacts(at, { ...at.spec.facts, [name]: value });
}

const secondsPerMonth = hoursPerMonth * 3600;
function setTraffic(at: Place, change: Change): Place | string {
  const { kind } = at.spec;
  if (kind !== 'serving' && kind !== 'api-call') return 'nobody sends it requests';
  const facts = new FactReader(at.spec);
  const rate = 'perSecond' in change ? change.perSecond : 'perMonth' in change ? change.perMonth / secondsPerMonth : undefined;
  const now = arrivalsOf(facts);
  if ('by' in change && now === undefined) return 'its traffic is not stated: a multiple of it is unknown; say 200/s or 100k/month';
  const to = 'by' in change && now !== undefined ? now * change.by : rate;
  if (to === undefined) return 'traffic is an amount in a time';
  const rest = without(at.spec.facts, 'requests_per_s', 'request_rate', 'requests_per_month', 'calls_per_month');
  return withFacts(at, kind === 'api-call' ? { ...rest, calls_per_month: Math.round(to * secondsPerMonth) } : { ...rest, requests_per_s: to });
}
function setContext(at: Place, change: Change): Place | string {
  const { kind, facts } = at.spec;
  const name = servers.includes(kind) ? 'max_model_len' : kind === 'training' ? 'seq_len' : kind === 'api-call' ? 'input_tokens' : undefined;
  if (name === undefined) return 'what is only rented has no context';
  const value = numberFor(at, name, change);
  if (typeof value === 'string') return value;
  return withFacts(at, {
    ...(kind === 'training' ? without(facts, 'seq_len_max') : kind === 'api-call' ? without(facts, 'prompt_chars', 'prompt_text') : facts),
    [name]: value,
  });
}
function setBatch(at: Place, change: Change): Place | string {
  const { kind, facts } = at.spec;
  const name = kind === 'training' || facts['batch_size'] !== undefined ? 'batch_size' : servers.includes(kind) ? 'max_num_seqs' : undefined;
  if (name === undefined || kind === 'api-call' || kind === 'resource') return 'it has no batch of its own';
  const value = numberFor(at, name, change);
  return typeof value === 'string' ? value : withFacts(at, { ...facts, [name]: value });
}
function setAccelerator(at: Place, change: Change): Place | string {
  if (at.spec.kind === 'api-call') return 'a hosted API has no accelerators to choose';
  if (!('accelerator' in change)) return 'an accelerator is a name';
  const { catalog } = at.context;
  // One that the table does not have stays as it is written: the estimator says what would make it known.
  const id = catalog.accelerator(change.accelerator)?.id ?? change.accelerator;
  const provider = at.context.provider === undefined ? providerOfMachine(at.spec, catalog) : undefined;
  const moved = onAccelerator(change.count === undefined ? at.spec : counted(at.spec, change.count), id, catalog);
  return withFacts(at, { ...moved.facts, ...(provider === undefined ? {} : { provider }) });
}
/** So many accelerators: of a job in all, of a service in each replica, where they share its layers if they did. */
function counted(spec: Spec, count: number): Spec {
  const { instance_type: _machine, ...facts } = spec.facts;
  if (!servers.includes(spec.kind)) return withCount({ ...spec, facts }, count);
  const rest = without(
    facts,
    'gpus',
    'gpu_count',
    'nproc_per_node',
    'num_nodes',
    'instance_count',
    ...['pipeline_parallel', 'data_parallel'].filter((name) => facts[name] !== 1),
  );
  return { ...spec, facts: { ...rest, gpu_count: count, ...(facts['tensor_parallel'] === undefined ? {} : { tensor_parallel: count }) } };
}
