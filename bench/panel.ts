import { firstQuery, panelSteps, spendUpdate, spendView } from '../server/src/core/index.js';
import { readMlcostFile } from '../server/src/core/settings/mlcost-file.js';
import { inSteps } from '../server/src/host/in-steps.js';
import type { FromSpendPage, ToSpendPage } from '../server/src/protocol/spend-panel.js';
import { ledger } from '../test/support/months.js';
import { PanelPage } from '../test/support/panel-page.js';
import { dataOf, madeUp, viewAt } from '../test/support/spend-views.js';
import { median, type Row, row } from './measure.js';

const now = '2026-11-16T12:00:00Z';
const runs = 7;

/** The spend panel with a year of days for some budgets: working it out, its first drawing, and a new day in one of them. Budgets × 365 points. */
export async function panel(): Promise<Row[]> {
  const rows: Row[] = [];
  for (const [budgets, name, bound] of [
    [3, '1k', { first: 300, update: 100 }],
    [28, '10k', { first: 300, update: 100 }],
    [137, '50k', { first: 300, update: 100 }],
  ] as const) {
    const { yaml, charges } = madeUp(budgets - 1, '2026-11-15', 319);
    const yearly = yaml.replaceAll(' }', ', period: year }');
    const last = [...charges, { day: '2026-11-15', cost: '9999', tags: { team: 'vision', category: 'training' } }];
    const at = performance.now();
    const view = viewAt(yearly, charges, now, { period: '12m' });
    const made = performance.now() - at;
    const blocked = await longestTurn(yearly, charges);
    const first = dataOf(view);
    const next = viewAt(yearly, last, now, { period: '12m' });
    const [first_, update]: [number[], number[]] = [[], []];
    for (let n = 0; n < runs; n++) {
      const page = await PanelPage.open<ToSpendPage, FromSpendPage>('spend', { state: { view: { all: true } } });
      await page.theme('dark');
      first_.push(await drawn(page, first));
      const known = first.type === 'data' ? first.update.stamps : {};
      update.push(await drawn(page, dataOf(next, known)));
      await page.close();
    }
    rows.push(
      row(`spend panel, ${name} points: worked out`, made, ' ms', Number.POSITIVE_INFINITY),
      row(`spend panel, ${name} points: longest that nothing else is answered`, blocked, ' ms', 200),
      row(`spend panel, ${name} points: first drawing`, median(first_), ' ms', bound.first),
      row(`spend panel, ${name} points: a new charge`, median(update), ' ms', bound.update),
    );
  }
  return rows;
}

/** Longest time between two moments at which the server answers others, while it works the panel out. @unit ms */
async function longestTurn(yaml: string, charges: Parameters<typeof ledger>[0]): Promise<number> {
  const { budgets, spend } = readMlcostFile('file:///w/.mlcost.yaml', yaml).settings;
  const input = { months: ledger(charges), budgets, units: spend.units, rates: [], now: Date.parse(now) };
  let [longest, since] = [0, performance.now()];
  const turn = (): void => {
    longest = Math.max(longest, performance.now() - since);
    since = performance.now();
  };
  const pause = async (): Promise<void> => {
    turn();
    await new Promise((resolve) => setImmediate(resolve));
    since = performance.now();
  };
  const found = await inSteps({ now: () => Date.now(), pause }, panelSteps(input, { ...firstQuery, period: '12m' }));
  turn();
  spendUpdate(spendView(found, { style: { locale: 'en-US' }, title: '', sources: [], notes: [], noSpend: false, placeOf: () => undefined }), {});
  turn();
  return longest;
}

/** From a message until the frame after it is painted. @unit ms */
const drawn = (page: PanelPage<ToSpendPage, FromSpendPage>, message: object): Promise<number> =>
  page.page.evaluate(
    (sent: object) =>
      new Promise<number>((resolve) => {
        const begin = performance.now();
        window.postMessage(sent, '*');
        // the message is taken, then a frame draws it; the next frame begins after the paint
        setTimeout(() => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - begin)))));
      }),
    message,
  );
