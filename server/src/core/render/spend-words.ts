import type { DimensionName } from '../spend/dimensions.js';
import type { NumberStyle } from './number.js';

/** What a person calls the dimensions that spend is divided by. */
export const dimensionWords: Readonly<Partial<Record<DimensionName, string>>> = {
  provider: 'provider',
  account: 'account',
  sub_account: 'sub-account',
  region: 'region',
  service: 'service',
  category: 'category',
  charge: 'kind of charge',
  team: 'team',
  project: 'project',
  env: 'environment',
  model_id: 'model',
  model_version: 'model version',
  experiment_run: 'experiment run',
  feature: 'feature',
  agent: 'agent',
  task: 'task',
  workflow: 'workflow',
};

/** A day, a month, for a person. */
export const date = (day: string): Date => new Date(`${day}T00:00:00Z`);
const days = new Map<string, Intl.DateTimeFormat>();
/** Making one takes longer than using it a hundred times. */
function formatOf(locale: string | undefined, kind: 'day' | 'month'): Intl.DateTimeFormat {
  const key = `${locale} ${kind}`;
  let format = days.get(key);
  if (!format) {
    const month = kind === 'day' ? 'short' : 'long';
    format = new Intl.DateTimeFormat(locale, { timeZone: 'UTC', ...(kind === 'day' ? { day: 'numeric' } : {}), month, year: 'numeric' });
    days.set(key, format);
  }
  return format;
}
export const dayText = (day: string, { locale }: NumberStyle): string => formatOf(locale, 'day').format(date(day));
export const monthText = (month: string, { locale }: NumberStyle): string => formatOf(locale, 'month').format(date(`${month}-01`));
export const spanText = ({ from, to }: { readonly from: string; readonly to: string }, { locale }: NumberStyle): string =>
  formatOf(locale, 'day').formatRange(date(from), date(to));
