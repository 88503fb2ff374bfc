import {
  bestOffers,
  compare,
  compareText,
  estimate,
  factLabel,
  factNames,
  fitsOf,
  isMarketplace,
  lineEndText,
  listProviders,
  onLikelyAccelerators,
  shortAccelerator,
  showValue,
  subject,
  withUnit,
} from '../core/index.js';
import { contextFor, specOf } from '../host/engine.js';
import { type Choice, type ChoicesParams, type ChoicesResult, choicesRequest } from '../protocol/protocol.js';
import { guarded, type Session } from './context.js';
import type { ShownWorkload } from './reports.js';
import { findWorkload } from './view.js';

/** Answers that a person may give for a fact, each with what it would cost. */
export function onChoices(session: Session): void {
  session.connection.onRequest(choicesRequest, ({ ref, what }: ChoicesParams) =>
    guarded<ChoicesResult | null>(
      session,
      'choices',
      () => null,
      async () => {
        const found = ref && (await findWorkload(session, ref));
        const title = found ? subject(found.workload) : 'This workspace';
        if (what === 'gpu_type')
          return { title, placeholder: 'Which accelerator does this workspace run on?', choices: await accelerators(session, found), open: true };
        if (what === 'provider') {
          const { provider } = await session.engine.context(found?.workload.span.uri ?? session.active ?? session.engine.roots[0]);
          const answered = provider !== undefined || found?.workload.facts.some(({ name }) => name === 'provider' || name === 'instance_type') === true;
          return {
            title,
            placeholder: 'Who rents out the machines? Prices differ several times',
            choices: await providers(session, found),
            open: true,
            answered,
          };
        }
        if (what === 'region') return { title, placeholder: 'In which region?', choices: await regions(session), open: true };
        if (what === 'traffic')
          return {
            title,
            placeholder: 'How long are its requests, in tokens? 800, 200',
            choices: found ? await requestShapes(session, found) : [],
            open: true,
          };
        if (what === 'assumption') return { title, placeholder: 'Which value?', choices: pinnable(found), open: false };
        if (what === 'pin') return { title, placeholder: 'Which value that nobody wrote should be kept as it is?', choices: taken(found), open: false };
        const fact = factNames[what];
        const now = found?.workload.facts.find(({ name }) => name === what);
        const need = found?.estimation.unknown.find(({ fact: name }) => name === what)?.need;
        const values = fact?.type === 'boolean' ? [true, false] : (fact?.values ?? []);
        return {
          title: `${title}: ${factLabel(what)}`,
          placeholder: [fact?.meaning, need, now && `now ${showValue(now.value)}`].filter(Boolean).join(' · '),
          choices: values.map((value) => ({ value, label: String(value), description: now?.value === value ? 'now' : '' })),
          open: fact?.type !== 'boolean',
        };
      },
    ),
  );
}

async function accelerators(session: Session, found: ShownWorkload | undefined): Promise<Choice[]> {
  const { catalog, ...rest } = await session.engine.context(found?.workload.span.uri);
  const rented = [...new Set(catalog.offers.filter((offer) => !isMarketplace(offer)).map(({ acceleratorId }) => acceleratorId))];
  const memory = (id: string) => catalog.accelerators.find((chip) => chip.id === id)?.memoryGib;
  const size = (id: string) => (memory(id) === undefined ? '' : `${memory(id)} GiB`);
  const label = (id: string) => {
    const chip = catalog.accelerators.find((one) => one.id === id);
    return chip ? shortAccelerator(chip, catalog) : id;
  };
  if (!found || found.workload.kind === 'api-call') return rented.map((id) => ({ value: id, label: label(id), description: id, detail: size(id) }));
  const fits = { fits: '✓ fits', tight: 'memory is tight', 'does-not-fit': '✗ does not fit', unknown: '' } as const;
  return onLikelyAccelerators(specOf(found.workload), contextFor(found, { catalog, ...rest }), rented).map(({ accelerator, estimation }) => ({
    value: accelerator,
    label: label(accelerator),
    description: lineEndText({ workload: found.workload, estimation, catalog, style: { locale: session.locale } }),
    detail: [size(accelerator), fits[fitsOf(estimation)], accelerator].filter(Boolean).join(' · '),
  }));
}

async function providers(session: Session, found: ShownWorkload | undefined): Promise<Choice[]> {
  const context = await session.engine.context(found?.workload.span.uri);
  const chip = found?.workload.facts.find(({ name }) => name === 'gpu_type')?.value;
  const id = typeof chip === 'string' ? context.catalog.accelerator(chip)?.id : undefined;
  if (!found || id === undefined) return listProviders.map((value) => ({ value, label: value, description: '' }));
  const { provider: _provider, region: _region, ...anywhere } = context;
  const rows = bestOffers(compare(specOf(found.workload), contextFor(found, anywhere), { accelerators: [id], markets: ['on-demand'] }));
  return rows.map((row) => {
    const text = compareText(row, context.catalog, { locale: session.locale });
    return { value: row.provider, label: row.provider, description: text.cost, detail: text.offer };
  });
}

/** Lengths of requests to start from: shapes, not measures of this service. */
const shapes: readonly (readonly [input: number, output: number, like: string])[] = [
  [1024, 256, 'a chat; what services are compared at'],
  [4096, 512, 'questions over documents'],
  [8192, 256, 'summaries of long texts'],
  [512, 1024, 'long answers to short questions'],
  [200, 20, 'labels and short facts'],
];
async function requestShapes(session: Session, found: ShownWorkload): Promise<Choice[]> {
  const context = contextFor(found, await session.engine.context(found.workload.span.uri));
  const spec = specOf(found.workload);
  const style = { locale: session.locale };
  return shapes.map(([input, output, like]) => {
    const { estimates } = estimate({ ...spec, facts: { ...spec.facts, input_tokens: input, output_tokens: output } }, context);
    const [requests, tokens] = [estimates['usd_per_1k_requests'], estimates['usd_per_1m_tokens']];
    return {
      value: `${input}, ${output}`,
      label: `${showValue(input)} tokens in, ${showValue(output)} out`,
      description: requests ? withUnit(requests.likely, requests.unit, style) : '',
      detail: [like, tokens && withUnit(tokens.likely, tokens.unit, style)].filter(Boolean).join(' · '),
    };
  });
}

async function regions(session: Session): Promise<Choice[]> {
  const { catalog, provider } = await session.engine.context(session.active ?? session.engine.roots[0]);
  const found = new Map<string, Choice>();
  for (const offer of catalog.offers)
    if (offer.region !== 'any' && !isMarketplace(offer) && (provider === undefined || offer.provider === provider))
      found.set(offer.region, { value: offer.region, label: offer.region, description: offer.provider });
  return [...found.values()].sort((a, b) => a.label.localeCompare(b.label));
}

/** Values that nobody wrote and that are in force: `fact=value`, so that a click keeps them. */
function taken(found: ShownWorkload | undefined): Choice[] {
  const assumed = found?.estimation.assumed.map(({ fact, value, why }) => ({ fact, value, why })) ?? [];
  const defaults =
    found?.workload.facts.filter(({ origin }) => origin === 'default').map((one) => ({ fact: one.name, value: one.value, why: one.note ?? 'default' })) ?? [];
  return [...assumed, ...defaults].map(({ fact, value, why }) => ({
    value: `${fact}=${value}`,
    label: `${factLabel(fact)}: ${showValue(value)}`,
    description: why,
  }));
}

/** Facts that a person may pin: what is missing first, then what was taken for granted, then what the code says. */
function pinnable(found: ShownWorkload | undefined): Choice[] {
  const choices = new Map<string, Choice>();
  const add = (name: string, description: string): void => {
    if (!choices.has(name)) choices.set(name, { value: name, label: factLabel(name), description, detail: factNames[name]?.meaning ?? '' });
  };
  for (const { fact, need } of found?.estimation.unknown ?? []) add(fact, `unknown: ${need}`);
  for (const { name, need } of found?.workload.unknown ?? []) add(name, `unknown: ${need}`);
  for (const { fact, value } of found?.estimation.assumed ?? []) add(fact, `taken as ${showValue(value)}`);
  for (const fact of found?.workload.facts ?? []) add(fact.name, `${showValue(fact.value)} (${fact.origin})`);
  for (const name of Object.keys(factNames)) add(name, '');
  return [...choices.values()];
}
