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
export const dayText = (day: string, { locale }: NumberStyle): string =>
  new Intl.DateTimeFormat(locale, { timeZone: 'UTC', day: 'numeric', month: 'short', year: 'numeric' }).format(date(day));
export const monthText = (month: string, { locale }: NumberStyle): string =>
  new Intl.DateTimeFormat(locale, { timeZone: 'UTC', month: 'long', year: 'numeric' }).format(date(`${month}-01`));
