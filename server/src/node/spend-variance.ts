import { fileURLToPath } from 'node:url';
import {
  againstEstimate,
  type BilledWork,
  billedWork,
  type ChargesOfWork,
  type CodeEstimate,
  type EstimateVariance,
  type LedgerMonth,
  type MlcostSettings,
  mainCost,
  matchesGlob,
  namesOf,
  relativeTo,
  togetherOf,
  type WastedRun,
} from '../core/index.js';
import { Engine, type Estimated } from '../host/engine.js';
import { type Host, never } from '../host/host.js';
import { hasOwnMoney } from '../host/policy.js';
import { meteredRuns } from '../host/spend-usage.js';
import { GitRepository } from './git.js';
import { GitProject } from './git-project.js';

/** Workloads of a state of the project. */
interface Code {
  readonly commit: string | null;
  readonly workloads: readonly { readonly one: Pick<Estimated, 'workload' | 'estimation'>; readonly file: string }[];
}
/** Charges and the workloads that they are for. */
interface Claim {
  readonly files: string;
  readonly workload?: string;
  readonly billed: readonly BilledWork[];
}

/** What code said that it costs, of the commit that ran, against what was billed: by the rules of `spend.workloads`, and for metered runs that charges name. */
export async function estimateVariances(
  root: string,
  host: Host,
  settings: MlcostSettings,
  months: readonly LedgerMonth[],
  query: ChargesOfWork,
): Promise<{ readonly estimates: EstimateVariance[]; readonly notes: string[] }> {
  const runs = await meteredRuns(host, root);
  const claims: Claim[] = settings.spend.workloads.map(({ owner, ...rule }) => ({ ...rule, billed: billedWork(months, owner, query) }));
  const claimed = new Set(claims.flatMap(({ billed }) => billed.flatMap(({ run }) => run ?? [])));
  const named = runs.filter((run) => namesOf(run).every((name) => !claimed.has(name)));
  const unnamed: WastedRun[] = [];
  for (const run of named) {
    const billed = namesOf(run).flatMap((name) => billedWork(months, { experiment_run: name }, query));
    const program = run.command.find((word) => /\.(py|ipynb|sh)$/.test(word));
    if (billed.length > 0 && program !== undefined) claims.push({ files: program.replace(/^\.\//, ''), billed });
    else if (run.metered.gpuHours !== undefined) unnamed.push(run);
  }
  const notes =
    unnamed.length > 0
      ? [
          `${unnamed.length} metered ${unnamed.length === 1 ? 'run has' : 'runs have'} no charge in these days that names them: tag what a run uses with experiment_run.`,
        ]
      : [];
  if (claims.every(({ billed }) => billed.length === 0)) return { estimates: [], notes };
  const states = new States(root, host);
  try {
    const estimates: EstimateVariance[] = [];
    for (const claim of claims) for (const billed of claim.billed) estimates.push(await compared(claim, billed, runs, states));
    return { estimates, notes };
  } finally {
    states.close();
  }
}
async function compared(claim: Claim, billed: BilledWork, runs: readonly WastedRun[], states: States): Promise<EstimateVariance> {
  const commit = billed.run === null ? undefined : runs.find((run) => namesOf(run).includes(billed.run ?? ''))?.commit;
  const code = await states.of(commit);
  const found = code.workloads.filter(
    ({ one, file }) => matchesGlob(claim.files, file) && (claim.workload === undefined || one.workload.id === claim.workload) && hasOwnMoney(one as Estimated),
  );
  const place = {
    file: found.length === 1 ? (found[0]?.file ?? claim.files) : claim.files,
    title: found.map(({ one }) => one.workload.title).join(' + ') || 'no workload',
    commit: code.commit,
  };
  if (found.length === 0) return againstEstimate(place, billed, undefined, `a workload in ${claim.files}: none is found there`);
  const costs = found.map(({ one }) => estimateOf(one));
  const all = togetherOf(costs);
  const mixed = all === undefined && costs.every((one) => one !== undefined);
  return againstEstimate(place, billed, all, mixed ? 'which charges are for what runs once and which for what stays on: a rule for each' : undefined);
}
function estimateOf({ workload, estimation }: Pick<Estimated, 'workload' | 'estimation'>): CodeEstimate | undefined {
  const cost = mainCost(workload.kind, estimation);
  if (!cost || cost.name.endsWith('_max')) return undefined;
  return cost.unit === 'usd' ? { per: 'run', cost } : cost.unit === 'usd/month' ? { per: 'month', cost } : undefined;
}

/** The project's code at the commits that ran, each read once; as it stands where no commit is known or it is not there. */
class States {
  private readonly root: string;
  private readonly host: Host;
  private readonly known = new Map<string, Promise<Code>>();
  private repository: GitRepository | undefined;
  private project: GitProject | undefined;
  constructor(root: string, host: Host) {
    this.root = root;
    this.host = host;
  }
  async of(commit: string | undefined): Promise<Code> {
    const key = commit ?? '';
    let found = this.known.get(key);
    if (!found) {
      found = commit === undefined ? this.now() : this.at(commit).catch(() => this.of(undefined));
      this.known.set(key, found);
    }
    return found;
  }
  close(): void {
    this.repository?.close();
  }
  private async at(commit: string): Promise<Code> {
    this.repository ??= await GitRepository.at(fileURLToPath(this.root));
    this.project ??= new GitProject(this.repository, fileURLToPath(this.root), this.host, { assumptions: [] });
    const { workloads } = await this.project.at(await this.repository.commit(commit));
    return { commit, workloads: workloads.map(({ one, at: { file } }) => ({ one, file })) };
  }
  private async now(): Promise<Code> {
    const engine = new Engine(this.host);
    engine.roots = [this.root];
    await engine.loadRuns(this.root);
    const reports = await engine.scan(await this.host.listFiles(this.root, never));
    const workloads = reports.flatMap((report) => report.workloads).map((one) => ({ one, file: relativeTo(one.workload.span.uri, engine.roots) }));
    return { commit: null, workloads };
  }
}
