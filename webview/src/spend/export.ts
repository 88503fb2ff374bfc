import type { BarsView, BudgetView, TreeLine, VarianceView } from '../../../server/src/protocol/spend-panel.js';
import { csvText } from '../shared/csv.js';
import { dayAfter, daysBetween } from './figures.js';

/** The days of one budget, as they are drawn. */
export function budgetDaysCsv({ from, to, days, planned, ahead }: BudgetView): string {
  return csvText<number>(
    [
      ['day', (at) => dayAfter(from, at)],
      ['spent', (at) => days[at]],
      ['planned', (at) => planned[at]],
      ...(['low', 'likely', 'high'] as const).map((end) => [`forecast_${end}`, (at: number) => ahead[end][at - days.length]] as const),
    ],
    Array.from({ length: daysBetween(from, to) + 1 }, (_, at) => at),
  );
}
export const budgetsCsv = (budgets: readonly BudgetView[]): string =>
  csvText(
    [
      ['budget', ({ name }) => name],
      ['part_of', ({ parent }) => parent],
      ['owner', ({ owner }) => owner],
      ['from', ({ from }) => from],
      ['to', ({ to }) => to],
      ['currency', ({ currency }) => currency],
      ['allowed', ({ allowed }) => allowed],
      ['spent', ({ spent }) => spent],
      ['percent', ({ percent }) => percent],
      ['forecast_low', ({ forecast }) => forecast?.low],
      ['forecast_likely', ({ forecast }) => forecast?.likely],
      ['forecast_high', ({ forecast }) => forecast?.high],
      ['used_up', ({ exhaustion }) => exhaustion ?? undefined],
      ['state', ({ state }) => state],
    ],
    budgets,
  );
export const barsCsv = ({ starts, unit, parts }: BarsView): string =>
  csvText<number>([[unit, (at) => starts[at]], ...parts.map(({ label, costs }) => [label, (at: number) => costs[at]] as const)], [...starts.keys()]);
export const treeCsv = (lines: readonly TreeLine[]): string =>
  csvText(
    [
      ['depth', ({ depth }) => depth],
      ['level', ({ level }) => level],
      ['value', ({ label, named }) => (named ? label : undefined)],
      ['label', ({ label }) => label],
      ['cost', ({ cost }) => cost],
      ['share_percent', ({ share }) => share],
      ['code', ({ place }) => place?.label],
    ],
    lines,
  );
export const varianceCsv = ({ lines }: VarianceView): string =>
  csvText(
    [
      ['workload', ({ title }) => title],
      ['of', ({ detail }) => detail],
      ['billed', ({ billedText }) => billedText],
      ['estimate', ({ estimateText }) => estimateText],
      ['billed_percent_of_estimate', ({ drawn }) => drawn && Math.round(1000 * drawn.billed) / 10],
      ['low_percent_of_estimate', ({ drawn }) => drawn && Math.round(1000 * drawn.low) / 10],
      ['high_percent_of_estimate', ({ drawn }) => drawn && Math.round(1000 * drawn.high) / 10],
      ['state', ({ state }) => state],
      ['because', ({ why }) => why.join('; ')],
      ['code', ({ place }) => place?.label],
    ],
    lines,
  );
