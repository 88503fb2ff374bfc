import { hostedProvider } from './hosted-providers.js';
import type { HostedPrice } from './types.js';

type Row = Readonly<Record<string, string>>;
const number = (cell: string | undefined): number | undefined => (cell === undefined ? undefined : Number(cell));

/** A row of `hosted_prices.csv`; a row without a positive input price is no price. */
export function hostedPrice(row: Row): HostedPrice[] {
  const inputUsd = number(row['input_usd']);
  if (inputUsd === undefined || !(inputUsd > 0)) return [];
  const record = {
    provider: row['provider'] ?? '',
    model: row['model'] ?? '',
    match: (row['match'] ?? '').split(';').filter(Boolean),
    kind: row['kind'] === 'embedding' ? 'embedding' : 'text',
    inputUsd,
    outputUsd: number(row['output_usd']),
    cachedInputUsd: number(row['cached_input_usd']),
    cacheWriteUsd: number(row['cache_write_usd']),
    batchInputUsd: number(row['batch_input_usd']),
    batchOutputUsd: number(row['batch_output_usd']),
    fromInputTokens: number(row['from_input_tokens']),
    otherInputUsd: number(row['other_input_usd']),
    otherOutputUsd: number(row['other_output_usd']),
    requestUsd: number(row['request_usd']),
    note: row['note'],
    source: row['source'] ?? 'not stated',
    asOf: row['as_of'] ?? '',
  };
  return [Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined)) as unknown as HostedPrice];
}

/** What a written model name means: the rows of one model at one provider (short requests first, then longer tiers), or why none. */
export type HostedMatch =
  | { readonly found: true; readonly provider: string; readonly model: string; readonly prices: readonly HostedPrice[]; readonly note?: string }
  | {
      readonly found: false;
      readonly reason: 'unknown-model' | 'which-provider';
      readonly nearest: readonly string[];
      readonly providers: readonly string[];
    };

/** Look-up of hosted models by exact name; likeness only ever makes suggestions. */
export interface HostedBook {
  find(name: string, provider?: string): HostedMatch;
}

// Providers that make the models they sell: a bare name means them, and a reseller only when nobody of these has the name.
const makers = ['openai', 'anthropic', 'google', 'mistral', 'deepseek', 'cohere', 'x-ai', 'perplexity', 'moonshotai', 'voyageai', 'zai', 'minimax'];
// Azure's list for OpenAI models is OpenAI's (genai-prices gives Azure the same fallback).
const fallback: Readonly<Record<string, string>> = { azure: 'openai' };
/** The book of hosted prices. A team's own rows win over the list. */
export function hostedBook(rows: readonly HostedPrice[]): HostedBook {
  const exact = new Map<string, Map<string, HostedPrice[]>>();
  const stems = new Map<string, Map<string, HostedPrice[]>>();
  const put = (into: typeof exact, provider: string, name: string, row: HostedPrice): void => {
    const names = into.get(provider) ?? new Map<string, HostedPrice[]>();
    into.set(provider, names);
    const list = names.get(name);
    if (!list) names.set(name, [row]);
    else if (!list.includes(row) && list[0]?.model === row.model && (list[0].own ?? false) === (row.own ?? false)) list.push(row);
  };
  for (const row of [...rows].sort((a, b) => Number(b.own ?? false) - Number(a.own ?? false))) {
    put(exact, row.provider, row.model.toLowerCase(), row);
    for (const name of row.match) {
      if (!name.endsWith('+')) put(exact, row.provider, name.toLowerCase(), row);
      else {
        put(exact, row.provider, name.slice(0, -1).toLowerCase(), row);
        put(stems, row.provider, name.slice(0, -1).toLowerCase(), row);
      }
    }
  }
  const byTier = (list: readonly HostedPrice[]) => [...list].sort((a, b) => (a.fromInputTokens ?? -1) - (b.fromInputTokens ?? -1));
  const at = (provider: string, name: string): readonly HostedPrice[] | undefined => {
    for (const form of provider === 'bedrock' ? [name, name.replace(/^(us|eu|apac|jp|au|in|ca|sa|us-gov)\./, '')] : [name]) {
      const rows = exact.get(provider)?.get(form) ?? stems.get(provider)?.get(withoutVersion(form));
      if (rows) return byTier(rows);
    }
    return undefined;
  };
  const answer = (provider: string, list: readonly HostedPrice[], note?: string): HostedMatch => ({
    found: true,
    provider,
    model: list[0]?.model ?? '',
    prices: list,
    ...(note ? { note } : {}),
  });
  const lookUp = (provider: string, name: string): HostedMatch | undefined => {
    const list = at(provider, name);
    if (list) return answer(provider, list);
    const other = fallback[provider];
    const borrowed = other === undefined ? undefined : at(other, name);
    return borrowed ? answer(provider, borrowed, `${provider} lists this model at the price of ${other}`) : undefined;
  };
  const nearest = (name: string, providers: readonly string[]) => {
    const names = new Set(providers.flatMap((provider) => [...(exact.get(provider)?.keys() ?? [])]));
    return nearestNames(name, names);
  };
  const providers = [...exact.keys()];
  return {
    find(written, providerWritten) {
      const provider = providerWritten === undefined ? undefined : (hostedProvider(providerWritten) ?? providerWritten.toLowerCase());
      const parsed = parseName(written);
      const none = (among: readonly string[]): HostedMatch => ({
        found: false,
        reason: 'unknown-model',
        nearest: nearest(parsed.bare, among),
        providers: among,
      });
      if (provider !== undefined) {
        for (const name of parsed.forms) {
          const found = lookUp(provider, name);
          if (found) return found;
        }
        // `litellm` and gateways name the provider in the model: that one is more exact than the client's.
        if (parsed.provider === undefined || parsed.provider === provider) return none([provider]);
      }
      if (parsed.provider !== undefined) return firstOf(parsed.forms, (name) => lookUp(parsed.provider ?? '', name)) ?? none([parsed.provider]);
      for (const maker of makers) {
        const found = firstOf(parsed.forms, (name) => lookUp(maker, name));
        if (found) return found;
      }
      const sellers = providers.filter((seller) => seller !== 'openrouter' && parsed.forms.some((name) => at(seller, name)));
      if (sellers.length === 1) return firstOf(parsed.forms, (name) => lookUp(sellers[0] ?? '', name)) ?? none(providers);
      if (sellers.length > 1) return { found: false, reason: 'which-provider', nearest: [], providers: sellers };
      return none(providers);
    },
  };
}

function firstOf<A, B>(list: readonly A[], find: (item: A) => B | undefined): B | undefined {
  for (const item of list) {
    const found = find(item);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** A written name in the forms it may be listed under, most exact first, and the provider that it names itself. */
function parseName(written: string): { forms: string[]; provider?: string; bare: string } {
  const name = written.trim().toLowerCase();
  const forms = [name];
  const arn = /^arn:aws[a-z-]*:bedrock:[^/]*:(?:foundation-model|inference-profile)\/(.+)$/.exec(name);
  if (arn?.[1]) return { forms: [arn[1]], provider: 'bedrock', bare: arn[1] };
  let bare = name.replace(/^(publishers\/[a-z]+\/)?models\//, '').replace(/^projects\/.*\/models\//, '');
  if (bare !== name) forms.push(bare);
  let provider: string | undefined;
  for (let depth = 0; depth < 2; depth++) {
    const prefix = /^([a-z0-9_.-]+)[/:](.+)$/.exec(bare);
    const named = prefix?.[1] === undefined ? undefined : hostedProvider(prefix[1]);
    if (prefix?.[2] === undefined || named === undefined) break;
    bare = prefix[2].replace(/^(converse|models)\//, '');
    forms.push(bare);
    provider ??= named;
    if (named !== 'google' && named !== 'bedrock' && named !== 'azure' && depth === 0 && provider !== 'openai') break;
  }
  return provider === undefined ? { forms, bare } : { forms, provider, bare };
}

/** Without what a provider appends to a released name: a date, `latest`, a revision number. */
function withoutVersion(name: string): string {
  let rest = name;
  for (let before = ''; before !== rest; ) {
    before = rest;
    rest = rest.replace(/(-latest|@latest|@default|[-@]20\d{6}|[-@]20\d\d-\d\d-\d\d|-0\d{2}|:\d+(:\d+k)?|-preview(-\d\d-\d\d(-\d{4})?)?|-\d\d-\d\d)$/, '');
  }
  return rest;
}

/** Up to three listed names that share most letter pairs with the written one: to be offered, never to be priced. */
function nearestNames(written: string, names: Iterable<string>): string[] {
  const pairs = (text: string) => new Set(Array.from({ length: Math.max(0, text.length - 1) }, (_, at) => text.slice(at, at + 2)));
  const wanted = pairs(written);
  const scored: [string, number][] = [];
  for (const name of names) {
    const have = pairs(name);
    let shared = 0;
    for (const pair of have) if (wanted.has(pair)) shared++;
    const score = (2 * shared) / (wanted.size + have.size || 1);
    if (score >= 0.5) scored.push([name, score]);
  }
  return scored
    .sort((a, b) => b[1] - a[1] || a[0].localeCompare(b[0]))
    .slice(0, 3)
    .map(([name]) => name);
}
