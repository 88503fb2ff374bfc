/** Tags that tell whose AI spend is: the product's own, in any export that carries them. */
export const tagNames = ['team', 'project', 'env', 'model_id', 'model_version', 'experiment_run', 'feature', 'agent', 'task', 'workflow'] as const;
export type TagName = (typeof tagNames)[number];

/** What a charge is grouped by. Names of FOCUS columns stand in `docs/spend.md`. */
export const dimensionNames = [
  'provider',
  'account',
  'sub_account',
  'invoice',
  'region',
  'service',
  'category',
  'charge',
  'class',
  'currency',
  'unit',
  ...tagNames,
  // later ones stand at the end: a ledger numbers them by their place
  'traffic',
  'source',
] as const;
export type DimensionName = (typeof dimensionNames)[number];
/** Values in the order of `dimensionNames`; empty: not said. */
export type Tuple = readonly string[];
export const dimensionAt = Object.fromEntries(dimensionNames.map((name, at) => [name, at])) as Readonly<Record<DimensionName, number>>;

/** Other spellings of the tags, without case, spaces, dashes and underscores. */
const spellings: Readonly<Record<TagName, readonly string[]>> = {
  team: ['team', 'teamname', 'owningteam', 'squad'],
  project: ['project', 'projectname'],
  env: ['env', 'environment', 'stage'],
  model_id: ['modelid', 'model', 'modelname'],
  model_version: ['modelversion', 'modelrevision'],
  experiment_run: ['experimentrun', 'runid', 'experimentid', 'experiment'],
  feature: ['feature'],
  agent: ['agent', 'agentname'],
  task: ['task', 'taskname'],
  workflow: ['workflow', 'workflowname', 'pipeline'],
};
const bySpelling = new Map(tagNames.flatMap((name) => spellings[name].map((one) => [one, name] as const)));
const plainKey = (key: string): string =>
  key
    .replace(/^((user|aws|goog|x|resource_?tags)[:/_]+)+/i, '')
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '');
/** The tag that a key or column means. */
export const tagOf = (key: string): TagName | undefined => bySpelling.get(plainKey(key));
/** A tag that states the category itself. */
export const isCategoryKey = (key: string): boolean => ['costcategory', 'spendcategory'].includes(plainKey(key));
/** The dimension that an owner's key names: `model` is `model_id`. */
export const ownerKey = (key: string): DimensionName | undefined => (key === 'model' ? 'model_id' : dimensionNames.find((name) => name === key));
