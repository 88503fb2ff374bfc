import type { Market } from '../catalog/types.js';
import type { FactValue } from './fact.js';
import { factNames } from './fact-names.js';

/** What is supposed instead of what is written: words of a person (`traffic`, `accelerator`), or names of facts. */
export type Supposed = Readonly<Record<string, FactValue>>;
/** A named set of suppositions, as a repository keeps it. */
export interface Scenario {
  readonly name: string;
  readonly note?: string;
  /** Glob over paths relative to the workspace root; absent: every workload that the words mean something to. */
  readonly files?: string;
  readonly set: Supposed;
}

/** A supposition that was understood. */
export type Change =
  | { readonly to: FactValue }
  /** A multiple of what is stated now. */
  | { readonly by: number }
  | { readonly perSecond: number }
  | { readonly perMonth: number }
  | { readonly accelerator: string; readonly count?: number }
  | { readonly market: Market };

/** A word with what it means, for help, completion and forms. */
export interface ScenarioWord {
  readonly label: string;
  readonly meaning: string;
  readonly example: string;
}
/** Words that mean other facts for other kinds of work; every fact of the vocabulary may be named besides. */
export const scenarioWords = {
  traffic: { label: 'traffic', meaning: 'Requests at a server, calls of a hosted model.', example: '200/s, 50/min, 100k/month, 2x' },
  context: { label: 'context', meaning: 'Tokens: the longest context of a server, the sequences of a training, the prompt of a call.', example: '32768, 0.5x' },
  model: { label: 'model', meaning: 'Another model; the shape written for the old one no longer holds.', example: 'meta-llama/Llama-3.1-8B' },
  accelerator: {
    label: 'accelerator',
    meaning: 'Another accelerator, in the number that is stated; with a number, that many in all (of a server: a replica).',
    example: 'h100, 4xl40s',
  },
  utilisation: { label: 'utilisation', meaning: 'Share of the time that a server is busy.', example: '0.6, 60%' },
  batch: { label: 'batch', meaning: 'Samples a device of a training, sequences at once of a server.', example: '8, 2x' },
  commitment: { label: 'commitment', meaning: 'How machines are rented.', example: 'on-demand, spot, reserved-1y, reserved-3y' },
  provider: { label: 'provider', meaning: 'Who rents out the machines.', example: 'aws' },
  region: { label: 'region', meaning: 'Region of the provider.', example: 'us-east-1' },
} as const satisfies Readonly<Record<string, ScenarioWord>>;
export type Word = keyof typeof scenarioWords;
export const isWord = (name: string): name is Word => Object.hasOwn(scenarioWords, name);
/** True for a word or a fact that may be supposed. */
export const canSuppose = (name: string): boolean => isWord(name) || Object.hasOwn(factNames, name);

/** A supposition as written.
 * @returns what is wrong with it, in words, where it is not understood */
export function readChange(name: string, value: FactValue): Change | string {
  const reader = isWord(name) ? words[name] : undefined;
  if (reader) return reader(value);
  const fact = factNames[name];
  if (!fact) return `there is neither a word nor a fact ‘${name}’`;
  if (fact.type === 'boolean') {
    const flag =
      typeof value === 'boolean' ? value : /^(?:on|true|yes)$/i.test(String(value)) ? true : /^(?:off|false|no)$/i.test(String(value)) ? false : undefined;
    return flag === undefined ? `${fact.label} is on or off, not ‘${value}’` : { to: flag };
  }
  return fact.type === 'number' ? numberOf(value, fact.label) : textOf(value, fact.label);
}

const words: Readonly<Record<Word, (value: FactValue) => Change | string>> = {
  traffic: readTraffic,
  context: (value) => wholeOf(value, 'a context in tokens'),
  batch: (value) => wholeOf(value, 'a batch'),
  model: (value) => textOf(value, 'a model'),
  provider: (value) => textOf(value, 'a provider'),
  region: (value) => textOf(value, 'a region'),
  accelerator: readAccelerator,
  utilisation: (value) => {
    const written = /^(\d+(?:\.\d+)?)\s*%$/.exec(String(value).trim());
    const share = written ? Number(written[1]) / 100 : Number(value);
    return share > 0 && share <= 1 ? { to: share } : `utilisation is a share from 0 to 1 (0.6, 60%), not ‘${value}’`;
  },
  commitment: (value) => {
    const market = markets[String(value).toLowerCase()];
    return market ? { market } : `a commitment is one of on-demand, spot, reserved-1y, reserved-3y, not ‘${value}’`;
  },
};
const markets: Readonly<Record<string, Market>> = {
  none: 'on-demand',
  'on-demand': 'on-demand',
  spot: 'spot',
  '1y': 'reserved-1y',
  'reserved-1y': 'reserved-1y',
  '3y': 'reserved-3y',
  'reserved-3y': 'reserved-3y',
};

const sizes: Readonly<Record<string, number>> = { k: 1e3, m: 1e6, b: 1e9 };
/** `2000`, `2_000`, `2,000`, `100k`, `1.5M`; NaN for anything else. */
function amount(text: string): number {
  const found = /^(\d[\d_,]*(?:\.\d+)?|\.\d+)\s*([kmb]?)$/i.exec(text.trim());
  return found ? Number(found[1]?.replace(/[_,]/g, '')) * (sizes[found[2]?.toLowerCase() ?? ''] ?? 1) : Number.NaN;
}
/** `2x`, `x0.5`, `0.5×`, `+20%`, `-20%`: a multiple of what is stated. */
function factor(text: string): number | undefined {
  const times = /^[x×]\s*(\d+(?:\.\d+)?)$|^(\d+(?:\.\d+)?)\s*[x×]$/i.exec(text.trim());
  const percent = /^([+−-])\s*(\d+(?:\.\d+)?)\s*%$/.exec(text.trim());
  const by = times ? Number(times[1] ?? times[2]) : percent ? 1 + (percent[1] === '+' ? 1 : -1) * (Number(percent[2]) / 100) : undefined;
  return by !== undefined && by > 0 ? by : undefined;
}
function numberOf(value: FactValue, label: string): Change | string {
  if (typeof value === 'number') return Number.isFinite(value) && value >= 0 ? { to: value } : `${label} is a number from 0, not ‘${value}’`;
  const by = factor(String(value));
  if (by !== undefined) return { by };
  const number = amount(String(value));
  return Number.isFinite(number) ? { to: number } : `${label} is a number (2048, 100k) or a multiple of what is stated (2x), not ‘${value}’`;
}
function wholeOf(value: FactValue, label: string): Change | string {
  const found = numberOf(value, label);
  return typeof found !== 'string' && 'to' in found && !(Number.isInteger(found.to) && Number(found.to) > 0)
    ? `${label} is a whole number from 1, not ‘${value}’`
    : found;
}
function textOf(value: FactValue, label: string): Change | string {
  return typeof value === 'string' && value.trim() !== '' ? { to: value.trim() } : `${label} is a name, not ‘${value}’`;
}

function readTraffic(value: FactValue): Change | string {
  const text = String(value).trim();
  const by = factor(text);
  if (by !== undefined) return { by };
  const found = /^(.+?)\s*(?:\/|\ba\b|\bper\b)\s*(s|sec|second|min|minute|h|hour|day|d|mo|month)$/i.exec(text);
  const number = found ? amount(found[1] ?? '') : Number.NaN;
  if (!found || !(number > 0)) return `traffic is an amount in a time (200/s, 100k/month) or a multiple of what is stated (2x), not ‘${value}’`;
  const unit = (found[2] ?? '').toLowerCase();
  if (unit.startsWith('mo')) return { perMonth: number };
  return { perSecond: number / (unit.startsWith('s') ? 1 : unit.startsWith('mi') ? 60 : unit.startsWith('h') ? 3600 : 86_400) };
}
function readAccelerator(value: FactValue): Change | string {
  const found = /^(?:(\d+)\s*[x×]\s*)?([\p{L}][\p{L}\d .+_-]*)$/iu.exec(String(value).trim());
  const count = found?.[1] === undefined ? undefined : Number(found[1]);
  if (!found?.[2] || count === 0) return `an accelerator is a name, with a number if need be (h100, 4xl40s), not ‘${value}’`;
  return { accelerator: found[2].trim(), ...(count === undefined ? {} : { count }) };
}
