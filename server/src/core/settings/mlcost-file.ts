import type { core, ZodType } from 'zod';
import type { OwnPrices } from '../catalog/catalog.js';
import type { HostedPrice, Market, Offer } from '../catalog/types.js';
import type { FactValue } from '../model/fact.js';
import { factNames } from '../model/fact-names.js';
import { once } from '../model/once.js';
import type { Problem } from '../model/problem.js';
import { canSuppose, readChange, type Scenario, scenarioWords } from '../model/scenario.js';
import type { Span } from '../model/span.js';
import type { Assumption } from '../resolve/types.js';
import type { AlertTarget } from '../spend/alerts.js';
import type { Budget } from '../spend/budget.js';
import type { Rate } from '../spend/currency.js';
import { type Decimal, ofNumber, zero } from '../spend/decimal.js';
import { ownerKey } from '../spend/dimensions.js';
import type { Period } from '../spend/period.js';
import type { ShareRule } from '../spend/shares.js';
import { sourceSettings } from '../spend/sources/registry.js';
import type { CommonSettings } from '../spend/sources/settings.js';
import { measureOf, type UnitRule } from '../spend/units.js';
import type { WorkloadCharges } from '../spend/variance.js';
import type { Value } from '../syntax/value.js';
import { at, type Entry, entriesOf, entryOf, itemsOf } from '../syntax/value.js';
import { readYaml } from '../syntax/yaml.js';
import { nearest } from './nearest.js';
import { type PolicyRow, policySchemas, type WaiverRow } from './policy-schema.js';
import { scenarioSchemas } from './scenario-schema.js';
import { type BudgetRow, type PriceRow, type SilenceRow, type SpendRow, schemas } from './schema.js';

/** What a workspace's `.mlcost.yaml` says, in the terms of the core. */
export interface MlcostSettings {
  readonly assumptions: readonly Assumption[];
  readonly provider?: string;
  readonly region?: string;
  readonly market?: Market;
  /** Rows of `prices` as written; `ownPrices` turns them into offers, which needs the catalog. */
  readonly prices: readonly PriceRow[];
  readonly budgets: readonly Budget[];
  readonly silence: readonly Exclude<SilenceRow, string>[];
  readonly tags: Readonly<Record<string, string>>;
  readonly runs: RunSettings;
  readonly policy: readonly Placed<PolicyRow>[];
  readonly waivers: readonly Placed<WaiverRow>[];
  readonly spend: SpendSettings;
  readonly scenarios: readonly Scenario[];
  /** How far facts may move, in the words of a scenario. */
  readonly ranges: Readonly<Record<string, readonly [FactValue, FactValue]>>;
}
/** How real spend is read. */
export interface SpendSettings {
  /** CSV exports, as paths below the workspace root: read where nothing was imported. */
  readonly files: readonly string[];
  readonly rates: readonly Rate[];
  readonly shares: readonly SharedCharges[];
  readonly units: readonly UnitRule[];
  /** Which charges are those of which workload. */
  readonly workloads: readonly WorkloadCharges[];
  /** Tables of use, as paths below the workspace root. */
  readonly usage: readonly string[];
  readonly alerts: readonly AlertTarget[];
  readonly sources: readonly Placed<CommonSettings>[];
}
/** A rule of sharing as written: its file of use is still to be read. */
export interface SharedCharges extends Omit<ShareRule, 'usage'> {
  readonly usageFile?: string;
}
/** A row with its place. */
type Placed<T> = T & { readonly span: Span };
/** Which measured runs correct the estimates. */
export interface RunSettings {
  readonly use?: boolean | undefined;
  readonly since?: string | undefined;
  readonly ignore?: readonly string[] | undefined;
}
export const settingsFileName = '.mlcost.yaml';
export const noSettings: MlcostSettings = {
  assumptions: [],
  scenarios: [],
  ranges: {},
  prices: [],
  budgets: [],
  silence: [],
  tags: {},
  runs: {},
  policy: [],
  waivers: [],
  spend: { files: [], rates: [], shares: [], units: [], usage: [], workloads: [], alerts: [], sources: [] },
};

/** Reads a `.mlcost.yaml`. Each mistake is a problem at its place; what is right beside it still holds. */
export function readMlcostFile(uri: string, text: string): { settings: MlcostSettings; problems: Problem[] } {
  const { roots, problems } = readYaml(uri, text);
  const root = roots[0];
  if (!root || (root.kind === 'scalar' && root.value === null)) return { settings: noSettings, problems };
  const reader = new Reader(uri, problems);
  const { budget, price, sections, silence } = schemas();
  const policy = policySchemas();
  if (root.kind !== 'map') {
    reader.problem('settings', 'a map of settings is expected: `accelerator: H100`', root);
    return { settings: noSettings, problems };
  }
  reader.unknownKeys(root, Object.keys(sections), '');
  const scalar = <T extends string>(name: 'provider' | 'region' | 'market'): T | undefined => {
    const found = at(root, name);
    return found && (reader.check(sections[name], found) as T | undefined);
  };
  const provider = scalar<string>('provider');
  const region = scalar<string>('region');
  const market = scalar<Market>('market');
  const settings: MlcostSettings = {
    assumptions: narrowFirst([
      ...reader.assumptions(at(root, 'assumptions')),
      ...reader.accelerator(at(root, 'accelerator')),
      ...reader.traffic(at(root, 'traffic')),
    ]),
    prices: reader.list(at(root, 'prices'), price),
    budgets: reader.list(at(root, 'budgets'), budget).flatMap(toBudgets),
    silence: reader.list(at(root, 'silence'), silence).map((row) => (typeof row === 'string' ? { files: row } : row)),
    tags: (at(root, 'tags') && (reader.check(sections.tags, at(root, 'tags') as Value) as Record<string, string> | undefined)) ?? {},
    runs: (at(root, 'runs') && (reader.check(sections.runs, at(root, 'runs') as Value) as RunSettings | undefined)) ?? {},
    policy: reader.placed(at(root, 'policy'), policy.row),
    waivers: reader.placed(at(root, 'waivers'), policy.waiver),
    spend: {
      ...toSpend(withoutEntry(at(root, 'spend'), 'sources', (rest) => reader.check(sections.spend, rest))),
      sources: reader.sources(at(root, 'spend', 'sources')),
    },
    scenarios: reader.scenarios(at(root, 'scenarios')),
    ranges: reader.ranges(at(root, 'ranges')),
    ...(provider === undefined ? {} : { provider }),
    ...(region === undefined ? {} : { region }),
    ...(market === undefined ? {} : { market }),
  };
  return { settings, problems };
}

/** What holds for some files only stands before what holds everywhere: of two answers the first wins. */
const narrowFirst = (list: readonly Assumption[]): Assumption[] => [
  ...list.filter(({ files }) => files !== undefined),
  ...list.filter(({ files }) => files === undefined),
];

/** A map without one of its entries, whose mistakes are not those of the others. */
const withoutEntry = <T>(map: Value | undefined, key: string, use: (rest: Value) => T): T | undefined =>
  map && use(map.kind === 'map' ? { ...map, entries: map.entries.filter((entry) => entry.key !== key) } : map);

const toSpend = (row: SpendRow | undefined): Omit<SpendSettings, 'sources'> => ({
  files: row?.files ?? [],
  rates: (row?.rates ?? []).flatMap(({ from, to, rate }) => {
    const value = ofNumber(rate);
    return value ? [{ from, to, rate: value }] : [];
  }),
  shares: (row?.shares ?? []).map(({ name, match, from, to, weights, usage }) => ({
    name,
    match: ownerOf(match),
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
    ...(weights === undefined ? {} : { weights: amountsOf(weights) }),
    ...(usage === undefined ? {} : { usageFile: usage }),
  })),
  units: (row?.units ?? []).map(({ name, per, owner, by, counts, measure }) => {
    const key = by === undefined ? undefined : ownerKey(by);
    return {
      name,
      per: ofNumber(per ?? 1) ?? zero,
      owner: ownerOf(owner ?? {}),
      counts: amountsOf(counts ?? {}),
      measure: measureOf(measure ?? name),
      ...(key === undefined ? {} : { by: key }),
    };
  }),
  usage: row?.usage ?? [],
  alerts: (row?.alerts ?? []).map(({ kind, url_env, host, budgets, on }) => ({
    kind,
    urlVariable: url_env,
    host,
    budgets: budgets ?? [],
    on: on ?? ['threshold', 'forecast'],
  })),
  workloads: (row?.workloads ?? []).map(({ files, workload, owner }) => ({ files, owner: ownerOf(owner), ...(workload === undefined ? {} : { workload }) })),
});
const amountsOf = (row: Readonly<Record<string, number>>): Record<string, Decimal> =>
  Object.fromEntries(Object.entries(row).map(([key, amount]) => [key, ofNumber(amount) ?? zero]));

/** A budget, and its quotas as budgets that are part of it. */
function toBudgets(row: BudgetRow, index: number): Budget[] {
  const money = (amount: number): Decimal => ofNumber(amount) ?? zero;
  const owner = ownerOf({ ...row.owner, ...(row.team === undefined ? {} : { team: row.team }) });
  const whole: Budget = {
    name: row.name ?? row.team ?? row.owner?.['team'] ?? row.owner?.['project'] ?? `budget ${index + 1}`,
    owner,
    amount: money(row.amount),
    currency: row.currency ?? 'USD',
    period: periodOf(row),
    timeZone: row.time_zone ?? 'UTC',
    thresholds: [...(row.thresholds ?? [70, 90, 100])].sort((a, b) => a - b),
    plan: amountsOf(row.plan ?? {}),
    rollOver: row.roll_over ?? 'none',
    cost: row.cost ?? 'billed',
    contacts: row.contacts ?? [],
    ...(row.part_of === undefined ? {} : { parent: row.part_of }),
  };
  const quotas = (row.quotas ?? []).map(
    (quota): Budget => ({
      ...whole,
      name: `${whole.name}/${quota.name ?? Object.values(quota.owner).join(' ')}`,
      owner: { ...owner, ...ownerOf(quota.owner) },
      amount: money(quota.amount),
      plan: {},
      parent: whole.name,
    }),
  );
  return [whole, ...quotas];
}
const ownerOf = (said: Readonly<Record<string, string>>): Budget['owner'] =>
  Object.fromEntries(
    Object.entries(said).flatMap(([key, value]) => {
      const name = ownerKey(key);
      return name === undefined ? [] : [[name, value]];
    }),
  );
function periodOf({ period = 'month', sprint, from, to }: BudgetRow): Period {
  if (period === 'sprint') return { kind: 'sprint', start: sprint?.start ?? '1970-01-05', days: sprint?.days ?? 14 };
  if (period === 'fixed') return { kind: 'fixed', from: from ?? '', to: to ?? '' };
  return { kind: period };
}

/** A team's own prices for the catalog. An accelerator that the table does not know is left out.
 * @param accelerator the id that a written name means */
export function ownPrices(
  rows: readonly PriceRow[],
  accelerator: (name: string) => string | undefined,
  inInstance: (type: string) => { acceleratorId: string; acceleratorCount: number } | undefined,
): OwnPrices {
  const offers: Offer[] = [];
  const hosted: HostedPrice[] = [];
  const discounts: NonNullable<OwnPrices['discounts']>[number][] = [];
  for (const row of rows) {
    const sourced = { source: row.note ?? '.mlcost.yaml', asOf: row.as_of ?? '' };
    if (row.discount_percent !== undefined && row.provider !== undefined)
      discounts.push({ provider: row.provider, percent: row.discount_percent, ...(row.market ? { market: row.market } : {}) });
    else if (row.model !== undefined && row.input_usd !== undefined)
      hosted.push({
        provider: row.provider ?? 'own',
        model: row.model,
        match: [],
        kind: row.output_usd === undefined ? 'embedding' : 'text',
        inputUsd: row.input_usd,
        ...(row.output_usd === undefined ? {} : { outputUsd: row.output_usd }),
        ...(row.cached_input_usd === undefined ? {} : { cachedInputUsd: row.cached_input_usd }),
        own: true,
        ...sourced,
      });
    else if (row.usd_per_hour !== undefined) {
      const inside = row.instance === undefined ? undefined : inInstance(row.instance);
      const acceleratorId = row.accelerator === undefined ? inside?.acceleratorId : accelerator(row.accelerator);
      if (acceleratorId === undefined) continue;
      offers.push({
        provider: row.provider ?? 'own',
        instance: row.instance ?? `own ${row.accelerator ?? ''}`.trim(),
        region: row.region ?? 'any',
        acceleratorId,
        acceleratorCount: row.count ?? inside?.acceleratorCount ?? 1,
        market: row.market ?? 'on-demand',
        usdPerHour: row.usd_per_hour,
        own: true,
        ...sourced,
      });
    }
  }
  return { offers, hosted, discounts };
}

class Reader {
  private readonly uri: string;
  private readonly problems: Problem[];
  constructor(uri: string, problems: Problem[]) {
    this.uri = uri;
    this.problems = problems;
  }
  problem(code: string, message: string, { start, end }: { readonly start: number; readonly end: number }): void {
    this.problems.push({ severity: 'warning', code, message, uri: this.uri, span: this.span({ start, end }) });
  }
  unknownKeys(map: Value, allowed: readonly string[], inside: string): void {
    for (const { key, keyStart, keyEnd } of entriesOf(map)) {
      if (allowed.includes(key)) continue;
      const close = nearest(key, allowed);
      this.problem('unknown-key', `${inside}no setting is called \`${key}\`${close ? `: did you mean \`${close}\`?` : ''}`, { start: keyStart, end: keyEnd });
    }
  }
  /** The value if it is right; else problems at the places of its mistakes. */
  check<T>(schema: ZodType<T>, value: Value): T | undefined {
    const result = schema.safeParse(plain(value));
    if (result.success) return result.data;
    for (const issue of result.error.issues) this.issue(issue, value);
    return undefined;
  }
  list<T>(value: Value | undefined, schema: ZodType<T>): T[] {
    return this.items(value).flatMap((item) => this.check(schema, item) ?? []);
  }
  /** Rows with their places, for what is said about a row later. */
  placed<T extends object>(value: Value | undefined, schema: ZodType<T>): Placed<T>[] {
    return this.items(value).flatMap((item) => {
      const found = this.check(schema, item);
      return found ? [{ ...found, span: this.span(firstLine(item)) }] : [];
    });
  }
  /** Sources, each with a name of its own: it stands beside its money. */
  sources(value: Value | undefined): Placed<CommonSettings>[] {
    const names = new Set<string>();
    return this.items(value).flatMap((item) => {
      const found = this.check(sourceSettings(), item);
      if (!found) return [];
      const name = found.name.toLowerCase();
      if (names.has(name)) {
        this.problem('settings', `another source is called ${found.name}`, at(item, 'name') ?? item);
        return [];
      }
      names.add(name);
      return [{ ...found, span: this.span(firstLine(item)) }];
    });
  }
  private items(value: Value | undefined): readonly Value[] {
    if (value && value.kind !== 'seq' && !(value.kind === 'scalar' && value.value === null)) this.problem('settings', 'a list is expected', value);
    return itemsOf(value);
  }
  assumptions(value: Value | undefined): Assumption[] {
    if (value?.kind === 'map')
      return value.entries.flatMap((entry) => {
        this.factName(entry.key, { start: entry.keyStart, end: entry.keyEnd });
        const found = entry.value.kind === 'scalar' ? entry.value.value : undefined;
        if (found === null || found === undefined) {
          this.problem(
            'settings',
            `a value is expected: \`${entry.key}: 2048\``,
            entry.value.end > entry.value.start ? entry.value : { start: entry.keyStart, end: entry.keyEnd },
          );
          return [];
        }
        return [this.assumption(entry.key, found, entry.value)];
      });
    return itemsOf(value).flatMap((item) => {
      const found = this.check(schemas().assumption, item);
      if (!found) return [];
      const name = at(item, 'fact');
      if (name) this.factName(found.fact, name);
      return [
        {
          ...this.assumption(found.fact, found.value, at(item, 'value') ?? item),
          ...(found.files === undefined ? {} : { files: found.files }),
          ...(found.override === undefined ? {} : { override: found.override }),
          ...(found.note === undefined ? {} : { note: found.note }),
        },
      ];
    });
  }
  accelerator(value: Value | undefined): Assumption[] {
    const found = value && this.check(schemas().sections.accelerator, value);
    if (!value || found === undefined) return [];
    if (typeof found === 'string') return [this.assumption('gpu_type', found, value)];
    const count = at(value, 'count');
    return [
      this.assumption('gpu_type', found.type, at(value, 'type') ?? value),
      ...(found.count !== undefined && count ? [this.assumption('gpu_count', found.count, count)] : []),
    ];
  }
  traffic(value: Value | undefined): Assumption[] {
    if (!value) return [];
    const found = this.check(schemas().sections.traffic, value);
    return Object.entries(found ?? {}).flatMap(([fact, one]) => (one === undefined ? [] : [this.assumption(fact, one, at(value, fact) ?? value)]));
  }
  scenarios(value: Value | undefined): Scenario[] {
    const names = new Set<string>();
    return this.items(value).flatMap((item) => {
      const set = at(item, 'set');
      const known = entriesOf(set).filter((entry) => this.supposable(entry));
      const found = this.check(scenarioSchemas().scenario, item);
      if (!found) return [];
      if (names.has(found.name)) {
        this.problem('settings', `there is another scenario called \`${found.name}\`: this one is left out`, at(item, 'name') ?? item);
        return [];
      }
      names.add(found.name);
      const { name, note, files } = found;
      const said = Object.fromEntries(known.flatMap(({ key }) => (found.set[key] === undefined ? [] : [[key, found.set[key]]])));
      return [{ name, ...(note === undefined ? {} : { note }), ...(files === undefined ? {} : { files }), set: said }];
    });
  }
  ranges(value: Value | undefined): Record<string, readonly [FactValue, FactValue]> {
    const found = (value && this.check(schemas().sections.ranges, value)) ?? {};
    return Object.fromEntries(
      entriesOf(value).flatMap((entry) => {
        const [low, high] = found[entry.key] ?? [];
        if (low === undefined || high === undefined || !this.supposable(entry)) return [];
        const wrong = [low, high].map((end) => readChange(entry.key, end)).find((read) => typeof read === 'string');
        if (typeof wrong === 'string') this.problem('settings', wrong, entry.value);
        return wrong === undefined ? [[entry.key, [low, high]] as const] : [];
      }),
    );
  }
  /** True for a word or fact that may be supposed, with a value that is understood; a fact's mistake is said here, a word's by its schema. */
  private supposable({ key, value, keyStart, keyEnd }: Entry): boolean {
    if (!canSuppose(key)) {
      const close = nearest(key, [...Object.keys(scenarioWords), ...Object.keys(factNames)]);
      this.problem('unknown-fact', `neither a word nor a fact is called \`${key}\`${close ? `: did you mean \`${close}\`?` : ''}`, {
        start: keyStart,
        end: keyEnd,
      });
      return false;
    }
    const said = value.kind === 'scalar' && value.value !== null && !Object.hasOwn(scenarioWords, key) ? readChange(key, value.value) : undefined;
    if (typeof said === 'string') this.problem('settings', said, value);
    return typeof said !== 'string';
  }
  private assumption(fact: string, value: FactValue, place: { readonly start: number; readonly end: number }): Assumption {
    return { fact, value, span: this.span(place) };
  }
  private factName(name: string, place: { readonly start: number; readonly end: number }): void {
    if (factNames[name]) return;
    const close = nearest(name, Object.keys(factNames));
    this.problem('unknown-fact', `no fact is called \`${name}\`${close ? `: did you mean \`${close}\`?` : ''}`, place);
  }
  private span({ start, end }: { readonly start: number; readonly end: number }): Span {
    return { uri: this.uri, start, end };
  }
  private issue(issue: core.$ZodIssue, value: Value): void {
    const path = issue.path.filter((step): step is string | number => typeof step !== 'symbol');
    const place = at(value, ...path);
    if (issue.code === 'unrecognized_keys') {
      for (const key of issue.keys) {
        const entry = entryOf(place, key);
        const close = nearest(key, allKeys());
        this.problem('unknown-key', `no setting is called \`${key}\` here${close ? `: did you mean \`${close}\`?` : ''}`, {
          start: entry?.keyStart ?? value.start,
          end: entry?.keyEnd ?? value.end,
        });
      }
      return;
    }
    const missing = place === undefined;
    const last = path.at(-1);
    const said = issue.code === 'invalid_union' ? 'this is none of the forms that are allowed here' : issue.message.replace(/^Invalid (input|option): /, '');
    const message = missing && last !== undefined ? `\`${String(last)}\` is missing` : said;
    this.problem('settings', message, place?.kind === 'scalar' ? place : firstLine(place ?? value));
  }
}

/** Keys of the objects inside: what a mistyped one may mean. */
const allKeys = once(() => {
  const { assumption, price, budget, sections, silence } = schemas();
  const { limits, row, waiver } = policySchemas();
  const objects = [
    assumption,
    price,
    budget,
    row,
    limits.cost_needs_gain,
    waiver,
    scenarioSchemas().scenario,
    sections.traffic,
    sections.runs,
    silence.options[1],
    sections.accelerator.options[1],
  ];
  return [...new Set(objects.flatMap(({ shape }) => Object.keys(shape)))];
});

/** The first entry of a map: a place to say that something is missing. */
function firstLine(value: Value): { start: number; end: number } {
  const first = value.kind === 'map' ? value.entries[0] : undefined;
  return first ? { start: first.keyStart, end: first.keyEnd } : value;
}

function plain(value: Value): unknown {
  if (value.kind === 'scalar') return value.value;
  if (value.kind === 'seq') return value.items.map(plain);
  return Object.fromEntries(value.entries.map(({ key, value: one }) => [key, plain(one)]));
}
