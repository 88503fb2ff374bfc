import {
  type ChangeNoise,
  countedText,
  factLabel,
  factNames,
  isMarketplace,
  listProviders,
  mainRow,
  type Now,
  outcomeText,
  quantityLabel,
  type RowText,
  readChange,
  type Scenario,
  type Supposed,
  scenarioWords,
  sensitivityOf,
  sensitivityText,
  shortAccelerator,
  showValue,
  siblingsOf,
  subject,
  valueNow,
  withUnit,
  wordsOf,
  workspaceRows,
  workspaceSides,
} from '../core/index.js';
import { changeNoise } from '../host/blame.js';
import type { Estimated } from '../host/engine.js';
import { hasOwnMoney } from '../host/policy.js';
import { columnOf, nowOf, supposed } from '../host/what-if.js';
import { progressNotification } from '../protocol/protocol.js';
import {
  type Control,
  type FigureResult,
  type SwingsParams,
  type SwingsResult,
  swingsRequest,
  type WhatIfParams,
  type WhatIfResult,
  whatIfRequest,
} from '../protocol/what-if.js';
import { guarded, type Session } from './context.js';
import { findWorkload } from './view.js';
import { workloadsByFile } from './workloads.js';

/** Workloads between which others get their turn, and after which progress is told. */
const slice = 20;
const draftName = 'what if';

/** Workloads as they would be, and which fact moves a figure most. */
export function onWhatIf(session: Session): void {
  const { connection } = session;
  let noise: Promise<ChangeNoise> | undefined;
  connection.onRequest(whatIfRequest, (params: WhatIfParams, token) =>
    guarded<WhatIfResult | null>(
      session,
      'what if',
      () => null,
      async () => {
        noise ??= changeNoise(session.host);
        noise.catch(() => {
          noise = undefined;
        });
        if (params.ref === null) return ofWorkspace(session, params, await noise, () => token.isCancellationRequested);
        const found = await findWorkload(session, params.ref);
        return found ? ofWorkload(session, found, params, await noise) : null;
      },
    ),
  );
  connection.onRequest(swingsRequest, ({ ref, quantity }: SwingsParams) =>
    guarded<SwingsResult | null>(
      session,
      'what moves it',
      () => null,
      async () => {
        const found = await findWorkload(session, ref);
        return found ? swingsOf(session, found, quantity) : null;
      },
    ),
  );
}

/** The columns that are asked for: shown scenarios, then the draft without what is not understood. */
function columnsOf({ draft, shown }: WhatIfParams, scenarios: readonly Scenario[]) {
  const mistakes: { word: string; text: string }[] = [];
  const set: Record<string, Supposed[string]> = {};
  for (const [word, value] of Object.entries(draft)) {
    const read = readChange(word, value);
    if (typeof read === 'string') mistakes.push({ word, text: read });
    else set[word] = value;
  }
  const columns = [...scenarios.filter(({ name }) => shown.includes(name)).map(columnOf), ...(Object.keys(set).length > 0 ? [{ name: draftName, set }] : [])];
  return { columns, mistakes };
}
const shownScenarios = (scenarios: readonly Scenario[]): WhatIfResult['scenarios'] => scenarios.map(({ name, note, set }) => ({ name, note: note ?? '', set }));

async function ofWorkload(session: Session, found: Estimated, params: WhatIfParams, noise: ChangeNoise): Promise<WhatIfResult> {
  const { engine, locale } = session;
  const { workload } = found;
  const { scenarios } = await engine.settingsOf(workload.span.uri);
  const { columns, mistakes } = columnsOf(params, scenarios);
  const now = await nowOf(found, engine);
  const outcome = await supposed(found, columns, engine, noise);
  const main = mainRow(outcome);
  const { sides, rows } = outcomeText({ ...outcome, rows: [...outcome.rows].sort((a, b) => Number(b === main) - Number(a === main)) }, now.context.catalog, {
    locale,
  });
  const counted = countedText(workload);
  return {
    title: subject(workload),
    locale,
    kind: workload.kind,
    workloads: 1,
    controls: wordsOf[workload.kind].map((word) => controlOf(word, now)),
    facts: factsOf(found, now),
    scenarios: shownScenarios(scenarios),
    mistakes,
    sides: sides.map((side, at) => (at === 0 && counted !== undefined ? { ...side, notes: [counted] } : side)),
    rows: rows.map((row) => figureResult(row, outcome.rows.find(({ name }) => name === row.name)?.unit ?? '')),
  };
}
const figureResult = ({ name, label, figures }: RowText, unit: string): FigureResult => ({
  key: name,
  label,
  unit,
  figures: figures.map(({ figure, short, value, change, need }) => ({ ...(value ? { value } : {}), text: figure, short, change, need })),
});

/** Every workload with money of its own. Long lists leave the server to others between slices. */
async function ofWorkspace(session: Session, params: WhatIfParams, noise: ChangeNoise, cancelled: () => boolean): Promise<WhatIfResult> {
  const { engine, locale, host } = session;
  const all = [...workloadsByFile(session).values()].flat().filter(hasOwnMoney);
  const root = engine.roots[0];
  const { scenarios } = root === undefined ? { scenarios: [] } : await engine.settingsOf(root);
  const { columns, mistakes } = columnsOf(params, scenarios);
  const style = { locale };
  const rows: FigureResult[] = [];
  const sides: Parameters<typeof workspaceSides>[0][number][] = [];
  for (const [at, one] of all.entries()) {
    if (cancelled()) break;
    if (at > 0 && at % slice === 0) {
      session.notify(progressNotification, { token: params.token, done: at, total: all.length });
      await host.pause();
    }
    const outcome = await supposed(one, columns, engine, noise);
    const { catalog } = await engine.context(one.workload.span.uri);
    const main = mainRow(outcome);
    const text = main && outcomeText({ ...outcome, rows: [main] }, catalog, style).rows[0];
    const { workload } = one;
    const unknown = { text: 'unknown', short: 'unknown', change: '', need: '' };
    const row = text ? figureResult(text, main.unit) : { figures: outcome.sides.map(() => unknown), unit: '' };
    rows.push({ ...row, key: workload.id, label: subject(workload), ref: { uri: workload.span.uri, id: workload.id } });
    sides.push({ workload, sides: outcome.sides });
  }
  const columnsSummed = workspaceSides(sides);
  const totals = workspaceRows(columnsSummed, style).map((row) => figureResult(row, row.name.includes('usd') ? 'usd' : ''));
  return {
    title: 'this workspace',
    locale,
    kind: 'workspace',
    workloads: all.length,
    controls: Object.keys(scenarioWords).map((word) => ({
      ...named(word),
      now: '',
      closed: word === 'commitment',
      choices: word === 'commitment' ? markets : [],
    })),
    facts: [],
    scenarios: shownScenarios(scenarios),
    mistakes,
    sides: columnsSummed.map(({ name, changed }, at) => ({
      name,
      changes: at === 0 ? [] : [`changes ${changed} of ${all.length} workloads`],
      unused: [],
      notes: [],
    })),
    rows: [...totals, ...rows],
  };
}

const markets: Control['choices'] = ['on-demand', 'spot', 'reserved-1y', 'reserved-3y'].map((value) => ({ value, label: value }));
const named = (word: string): Pick<Control, 'word' | 'label' | 'meaning' | 'example'> => ({ word, ...scenarioWords[word as keyof typeof scenarioWords] });

/** A word as a form asks for it: what holds now, and what can be chosen. */
function controlOf(word: string, now: Now): Control {
  const value = word === 'traffic' ? trafficNow(now) : valueNow(now, word);
  return { ...named(word), now: value === undefined ? '' : showValue(value), closed: word === 'commitment', choices: choicesOf(word, now) };
}
function trafficNow({ spec: { facts } }: Now): string | undefined {
  const [second, month] = [facts['requests_per_s'] ?? facts['request_rate'], facts['calls_per_month']];
  return second !== undefined ? `${showValue(second)}/s` : month !== undefined ? `${showValue(month)}/month` : undefined;
}
function choicesOf(word: string, { spec, context }: Now): Control['choices'] {
  const { catalog } = context;
  if (word === 'commitment') return markets;
  if (word === 'provider') return listProviders.map((value) => ({ value, label: value }));
  if (word === 'region') {
    const provider = spec.facts['provider'] ?? context.provider;
    const offers = catalog.offers.filter((offer) => offer.region !== 'any' && !isMarketplace(offer) && (provider === undefined || offer.provider === provider));
    return [...new Set(offers.map(({ region }) => region))].sort().map((value) => ({ value, label: value }));
  }
  if (word === 'accelerator') {
    const rented = [...new Set(catalog.offers.filter((offer) => !isMarketplace(offer)).map(({ acceleratorId }) => acceleratorId))];
    return rented.flatMap((id) => {
      const chip = catalog.accelerators.find((one) => one.id === id);
      return chip ? [{ value: id, label: `${shortAccelerator(chip, catalog)}${chip.memoryGib === undefined ? '' : `, ${chip.memoryGib} GiB`}` }] : [];
    });
  }
  if (word !== 'model' || typeof spec.facts['model'] !== 'string') return [];
  const model = spec.facts['model'];
  if (spec.kind !== 'api-call') return siblingsOf(model, catalog.models).map(({ id }) => ({ value: id, label: id }));
  const own = catalog.hostedBook.find(model, typeof spec.facts['api_provider'] === 'string' ? spec.facts['api_provider'] : undefined);
  if (!own.found) return [];
  return [...new Set(catalog.hosted.filter(({ provider, kind }) => provider === own.provider && kind === 'text').map((row) => row.model))].map((value) => ({
    value,
    label: value,
  }));
}

/** Facts that may be supposed by name: those that are missing first, then those that hold. */
function factsOf({ workload, estimation }: Estimated, { spec }: Now): WhatIfResult['facts'] {
  const names = [
    ...estimation.unknown.map(({ fact }) => fact),
    ...workload.unknown.map(({ name }) => name),
    ...Object.keys(spec.facts),
    ...estimation.assumed.map(({ fact }) => fact),
  ];
  return [...new Set(names)]
    .filter((name) => Object.hasOwn(factNames, name))
    .map((name) => {
      const value = spec.facts[name] ?? estimation.assumed.find(({ fact }) => fact === name)?.value;
      return { name, label: factLabel(name), now: value === undefined ? '' : showValue(value) };
    });
}

const asked = [
  'usd',
  'usd_per_month',
  'usd_per_call',
  'usd_per_1m_tokens',
  'gpu_hours',
  'peak_memory_gib',
  'latency_ms',
  'ttft_ms',
  'energy_kwh',
  'energy_kwh_per_month',
  'carbon_kg',
  'carbon_kg_per_month',
];
async function swingsOf(session: Session, found: Estimated, quantity: string | undefined): Promise<SwingsResult | null> {
  const { ranges } = await session.engine.settingsOf(found.workload.span.uri);
  const { estimates } = found.estimation;
  const name = quantity !== undefined && estimates[quantity] ? quantity : undefined;
  const sensitivity = sensitivityOf(await nowOf(found, session.engine), ranges, name);
  if (!sensitivity) return null;
  const style = { locale: session.locale };
  const text = sensitivityText(sensitivity, style);
  const names = [...new Set([sensitivity.quantity, ...asked.filter((one) => estimates[one])])];
  return {
    title: text.title,
    quantity: sensitivity.quantity,
    quantities: names.map((one) => ({ name: one, label: quantityLabel(one) })),
    now: sensitivity.now.likely,
    nowText: withUnit(sensitivity.now.likely, sensitivity.now.unit, style),
    swings: sensitivity.swings.map(({ word, low, high }, at) => ({
      word,
      label: text.swings[at]?.label ?? word,
      low: low.value,
      high: high.value,
      lowText: text.swings[at]?.low ?? '',
      highText: text.swings[at]?.high ?? '',
      origin: text.swings[at]?.origin ?? '',
    })),
    untold: text.untold,
  };
}
