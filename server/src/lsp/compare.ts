import {
  bestOffers,
  type CompareRow,
  commitmentsFor,
  commitmentText,
  compare,
  compareText,
  factLabel,
  hardware,
  mainCost,
  offerKey,
  showValue,
  subject,
  withUnit,
} from '../core/index.js';
import { contextFor, specOf } from '../host/engine.js';
import type { CompareParams, CompareResult, OfferRow } from '../protocol/panel.js';
import { compareRequest } from '../protocol/protocol.js';
import { guarded, type Session } from './context.js';
import type { ShownWorkload } from './reports.js';
import { findWorkload, viewOf } from './view.js';

const maxRows = 200;
const maxCommitments = 12;

/** One workload over the offers that can run it, cheapest first. */
export function onCompare(session: Session): void {
  session.connection.onRequest(compareRequest, (params: CompareParams) =>
    guarded<CompareResult | null>(
      session,
      'compare',
      () => null,
      async () => {
        const found = await findWorkload(session, params);
        return found ? compared(session, found, params) : null;
      },
    ),
  );
}

async function compared(session: Session, found: ShownWorkload, { uri, count, region }: CompareParams): Promise<CompareResult> {
  const { workload, estimation } = found;
  const { region: _region, provider: _provider, ...anywhere } = contextFor(found, await session.engine.context(uri));
  const spec = specOf(workload);
  // The provider of now is one of the answers, not a limit of the question.
  const { provider: _stated, region: _place, ...facts } = spec.facts;
  const style = { locale: session.locale };
  const options = isCount(count) ? { count } : {};
  const all = compare({ ...spec, facts }, anywhere, options);
  const rows = bestOffers(region ? all.filter((row) => row.region === region) : all).slice(0, maxRows);
  const duration = estimation.estimates['wall_hours']?.likely;
  const days = rows
    .map(({ asOf }) => asOf)
    .filter((day) => day !== '')
    .sort();
  const per = workload.kind === 'serving' || workload.kind === 'resource' ? 'month' : 'run';
  const cost = mainCost(workload.kind, estimation);
  const on = hardware(await viewOf(session, found));
  // As many as without a question about the number.
  const stated =
    'count' in options ? compare({ ...spec, facts }, anywhere, { accelerators: rows.slice(0, 1).map((row) => row.accelerator) })[0]?.count : rows[0]?.count;
  return {
    title: subject(workload),
    locale: session.locale,
    kind: workload.kind,
    per,
    assumptions: estimation.assumed.map(({ fact, value, why }) => ({ label: factLabel(fact), value: showValue(value), why })),
    missing: estimation.unknown.map(({ fact, need }) => ({ label: factLabel(fact), need })),
    ...(stated === undefined ? {} : { statedCount: stated }),
    ...(cost && on !== undefined && cost.unit === (per === 'month' ? 'usd/month' : 'usd') && !cost.name.endsWith('max')
      ? { now: { usd: cost.likely, text: withUnit(cost.likely, cost.unit, style), on } }
      : {}),
    pricesFrom: days[0] ?? '',
    pricesTo: days.at(-1) ?? '',
    regions: [...new Set(all.map((row) => row.region))].filter((name) => name !== 'any').sort(),
    commitments: commitmentsFor({ ...spec, facts }, { ...anywhere, ...(region ? { region } : {}) }, rows[0]?.accelerator)
      .slice(0, maxCommitments)
      .map((one) => ({ key: `${one.provider}/${one.term}`, ...commitmentText(one, per === 'run' ? duration : undefined, style) })),
    rows: rows.map((row) => offerRow(row, compareText(row, anywhere.catalog, style))),
  };
}

function offerRow(row: CompareRow, text: ReturnType<typeof compareText>): OfferRow {
  const {
    accelerator,
    count,
    provider,
    region,
    instance,
    instances,
    market,
    own,
    paid,
    link,
    stops,
    usd,
    hours,
    latency,
    memory,
    memorySize,
    fits,
    carbon,
    asOf,
  } = row;
  return {
    key: offerKey(row),
    accelerator,
    acceleratorName: text.name,
    count,
    provider,
    region,
    instance,
    instances,
    market,
    own,
    paid,
    overNetwork: link === 'network',
    stops: stops === true,
    ...(usd ? { usd } : {}),
    usdText: usd ? text.cost : '',
    usdShort: usd ? text.shortCost : '',
    ...(hours ? { hours } : {}),
    hoursText: text.hours,
    ...(latency ? { latency } : {}),
    latencyText: text.latency,
    ...(memory ? { memory } : {}),
    ...(memorySize === undefined ? {} : { memorySize }),
    memoryText: text.memory,
    fits,
    fitsText: text.fits,
    ...(carbon ? { carbon } : {}),
    carbonText: text.carbon,
    asOf,
  };
}

const isCount = (count: unknown): count is number => typeof count === 'number' && Number.isInteger(count) && count > 0 && count <= 65_536;
