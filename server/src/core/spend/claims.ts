import { mainCost } from '../estimate/main-cost.js';
import type { Estimation } from '../model/estimate.js';
import { factLabel } from '../model/fact-names.js';
import type { Workload, WorkloadKind } from '../model/workload.js';
import { baseName, matchesGlob } from '../text/uri.js';
import { workloadTags } from './attribution.js';
import type { Category } from './category.js';
import { type DimensionName, dimensionAt } from './dimensions.js';
import { type LedgerMonth, linesOf } from './report.js';
import { eachOf, type Steps, whole } from './steps.js';
import {
  againstEstimate,
  Bill,
  type BilledWork,
  billedWorkSteps,
  type ChargesOfWork,
  type CodeEstimate,
  type EstimateVariance,
  togetherOf,
  type WorkloadCharges,
} from './variance.js';
import { namesOf, type WastedRun } from './waste/runs.js';

/** A workload that has money of its own, and its file. */
export interface CodeWorkload {
  readonly workload: Workload;
  readonly estimation: Estimation;
  /** Path below the workspace root. */
  readonly file: string;
}
/** Workloads of one state of a project. */
export interface CodeState {
  /** Null: the files as they stand. */
  readonly commit: string | null;
  readonly workloads: readonly CodeWorkload[];
}
/** Charges and the workloads that they are for. */
export interface Claim {
  /** A glob of the files, or one path if `workload` is named. */
  readonly files: string;
  readonly workload?: string;
  readonly billed: readonly BilledWork[];
  /** Workloads that it may be just as well: charges do not tell which. */
  readonly others?: readonly string[];
}

interface Claims {
  readonly claims: readonly Claim[];
  /** Metered runs that no charge names. */
  readonly unnamed: readonly WastedRun[];
}

/** What a charge of a category can be for: storage and transfer are in no estimate. */
const kindsFor: Readonly<Partial<Record<Category, readonly WorkloadKind[]>>> = {
  training: ['training'],
  inference: ['serving', 'batch-inference'],
  hosting: ['serving'],
  'api-tokens': ['api-call'],
};

/** Whose charges are which workload's: first by the rules of `spend.workloads`, then by metered runs that charges name, then by what charges and code call the same: the workload's file, the model.
 * @param code the workspace's workloads as they stand
 * @errors UnknownRate */
export const claimsOf = (...all: Parameters<typeof claimSteps>): Claims => whole(claimSteps(...all));
export function* claimSteps(
  months: readonly LedgerMonth[],
  query: ChargesOfWork,
  rules: readonly WorkloadCharges[],
  runs: readonly WastedRun[],
  code: readonly CodeWorkload[],
): Steps<Claims> {
  const claims: Claim[] = [];
  for (const { owner, ...rule } of rules) claims.push({ ...rule, billed: yield* billedWorkSteps(months, owner, query) });
  const claimed = new Set(claims.flatMap(({ billed }) => billed.flatMap(({ run }) => run ?? [])));
  const open = runs.filter((run) => namesOf(run).every((name) => !claimed.has(name)));
  const unnamed: WastedRun[] = [];
  const byRun = new Map(open.flatMap(namesOf).map((name) => [name, new Bill(query)]));
  const lines = (): ReturnType<typeof linesOf> => linesOf(months, { ...query, where: query.where ?? {} });
  if (byRun.size > 0) yield* eachOf(lines(), ({ day, tuple, row }) => byRun.get(tuple[dimensionAt.experiment_run] ?? '')?.add(day, tuple, row));
  for (const run of open) {
    const billed = namesOf(run).flatMap((name) => byRun.get(name)?.works() ?? []);
    const program = run.command.find((word) => /\.(py|ipynb|sh)$/.test(word));
    if (billed.length > 0 && program !== undefined) {
      claims.push({ files: program.replace(/^\.\//, ''), billed });
      for (const name of namesOf(run)) claimed.add(name);
    } else if (billed.length === 0 && run.metered.gpuHours !== undefined) unnamed.push(run);
  }
  const owners = rules.map(({ owner }) => Object.entries(owner) as [DimensionName, string][]);
  const bills = new Map<string, { readonly found: readonly CodeWorkload[]; readonly bill: Bill }>();
  const near = new Map<readonly string[], Bill | undefined>();
  yield* eachOf(lines(), ({ day, tuple, row }) => {
    if (!near.has(tuple)) {
      const taken =
        claimed.has(tuple[dimensionAt.experiment_run] ?? '') ||
        owners.some((owner) => owner.every(([key, value]) => (tuple[dimensionAt[key]] ?? '') === value));
      const found = taken ? [] : sameNamed(tuple, code);
      const key = found.map(({ workload }) => workload.id).join('\n');
      if (found.length > 0 && !bills.has(key)) bills.set(key, { found, bill: new Bill(query) });
      near.set(tuple, bills.get(key)?.bill);
    }
    near.get(tuple)?.add(day, tuple, row);
  });
  for (const { found, bill } of bills.values()) {
    const [first, ...others] = found;
    if (first)
      claims.push({
        files: first.file,
        workload: first.workload.id,
        billed: bill.works(),
        ...(others.length === 0 ? {} : { others: found.map(({ file, workload }) => `${file} · ${workload.title}`) }),
      });
  }
  return { claims, unnamed };
}
/** Workloads that a charge's tags name, of a kind that its category is for: by the name of the file, and by the model where that leaves several, or none. */
function sameNamed(tuple: readonly string[], code: readonly CodeWorkload[]): readonly CodeWorkload[] {
  const kinds = kindsFor[(tuple[dimensionAt.category] ?? '') as Category];
  if (!kinds) return [];
  const those = code.filter(({ workload }) => kinds.includes(workload.kind));
  const tags = new Set(workloadTags.map((name) => plain(tuple[dimensionAt[name]] ?? '')).filter(Boolean));
  const model = plain(tuple[dimensionAt.model_id] ?? '');
  const byFile = those.filter(({ workload, file }) =>
    [file, workload.program].some((name) => name !== undefined && tags.has(plain(baseName(name).replace(/\.\w+$/, '')))),
  );
  const byModel = (all: readonly CodeWorkload[]): readonly CodeWorkload[] => (model === '' ? [] : all.filter((one) => modelNames(one).includes(model)));
  if (byFile.length === 1) return byFile;
  const both = byModel(byFile.length === 0 ? those : byFile);
  return both.length > 0 ? both : byFile;
}
const modelNames = ({ workload }: CodeWorkload): string[] => {
  const model = workload.facts.find(({ name }) => name === 'model')?.value;
  return typeof model === 'string' ? [plain(model), plain(model.slice(model.lastIndexOf('/') + 1))] : [];
};
/** A name without case and punctuation: bills and code write the same one differently. */
export const plain = (name: string): string => name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');

/** The run that charges are for, if it was metered. */
export const runOf = (runs: readonly WastedRun[], { run }: Pick<BilledWork, 'run'>): WastedRun | undefined =>
  run === null ? undefined : runs.find((one) => namesOf(one).includes(run));

/** One bill of a claim against a state of the code.
 * @param run absent: nobody metered it
 * @param code `reading`: it will be known */
export function comparedWith(
  { files, workload, others }: Claim,
  billed: BilledWork,
  run: WastedRun | undefined,
  code: CodeState | 'reading',
): EstimateVariance {
  if (code === 'reading')
    return againstEstimate({ file: files, title: 'workload', commit: run?.commit ?? null }, billed, undefined, {
      lack: 'the code of its commit, which is being read',
    });
  const found = code.workloads.filter(
    (one) => (one.file === files || matchesGlob(files, one.file)) && (workload === undefined || one.workload.id === workload),
  );
  const place = {
    file: found.length === 1 ? (found[0]?.file ?? files) : files,
    title: found.map((one) => one.workload.title).join(' + ') || 'no workload',
    commit: code.commit,
  };
  if (others) return againstEstimate(place, billed, undefined, { lack: `which of ${others.join(' and ')} it is for: a rule for each under spend.workloads` });
  if (found.length === 0) return againstEstimate(place, billed, undefined, { lack: `a workload in ${files}: none is found there` });
  const costs = found.map(estimateOf);
  const all = togetherOf(costs);
  const missing = found.flatMap(({ estimation }) => estimation.unknown.slice(0, 1).map(({ need }) => need));
  return againstEstimate(place, billed, all, {
    ...(run?.metered.gpuHours === undefined ? {} : { gpuHours: run.metered.gpuHours }),
    otherCode: [...modelNote(billed, found), ...codeNote(billed, run, code)],
    ...(all !== undefined
      ? {}
      : costs.every((one) => one !== undefined)
        ? { lack: 'which charges are for what runs once and which for what stays on: a rule for each' }
        : missing.length > 0
          ? { lack: `what the code costs, which takes ${[...new Set(missing)].join('; ')}` }
          : {}),
  });
}
/** Whether the code that is held against a run may be another one than ran. */
function codeNote({ run: name }: BilledWork, run: WastedRun | undefined, { commit }: CodeState): string[] {
  if (name === null) return [];
  if (commit === null) {
    const why = run?.commit === undefined ? 'which commit ran is not recorded' : `commit ${run.commit.slice(0, 8)} could not be read`;
    return [`held against the code as it stands: ${why}`];
  }
  return run?.dirty === true ? ['files differed from the commit when it ran'] : [];
}
/** Whether bill and code name another model: what was billed is then not what the code runs now. */
function modelNote({ models }: BilledWork, found: readonly CodeWorkload[]): string[] {
  const inCode = found.flatMap(modelNames);
  const others = inCode.length === 0 ? [] : models.filter((one) => !inCode.includes(plain(one)));
  const names = found.flatMap(({ workload }) => workload.facts.flatMap(({ name, value }) => (name === 'model' ? [String(value)] : [])));
  return others.length > 0 ? [`the bill names ${others.join(', ')}, the code ${[...new Set(names)].join(', ')}`] : [];
}
function estimateOf({ workload, estimation }: CodeWorkload): CodeEstimate | undefined {
  const cost = mainCost(workload.kind, estimation);
  if (!cost || cost.name.endsWith('_max') || (cost.unit !== 'usd' && cost.unit !== 'usd/month')) return undefined;
  const gpuHours = estimation.estimates['gpu_hours']?.likely;
  return {
    per: cost.unit === 'usd' ? 'run' : 'month',
    cost: { low: cost.low, likely: cost.likely, high: cost.high },
    ...(gpuHours === undefined ? {} : { gpuHours }),
    supposed: estimation.assumed.map(({ fact, value }) => `${factLabel(fact)} ${value}`),
  };
}
