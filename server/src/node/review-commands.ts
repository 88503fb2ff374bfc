import { readFile, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { admissionYaml } from '../cli/admission.js';
import { budgetFindings, type CheckReport, checkJson, checkMarkdown, checkText, fails, placed, settingsFindings } from '../cli/check.js';
import { choicesOf } from '../cli/choices.js';
import { budgetEffects, type Comparison, diffJson, diffMarkdown, diffTable, type FilePlace } from '../cli/diff.js';
import { type Parsed, UsageError } from '../cli/options.js';
import type { Paint } from '../cli/report-table.js';
import {
  admissionOf,
  type BudgetState,
  budgetsFor,
  checkPolicy,
  type MlcostSettings,
  type Policy,
  placeOf,
  type Span,
  type Surroundings,
  settingsFileName,
} from '../core/index.js';
import { Engine } from '../host/engine.js';
import { type Host, today } from '../host/host.js';
import { checkedNow } from '../host/policy.js';
import { standingBudgets } from '../host/spend-ledger.js';
import { settingsUri } from '../host/workspace-settings.js';
import { keepsAudit, noteGate, noteSettings } from './audit-notes.js';
import { GitRepository, type State as GitState } from './git.js';
import { GitProject, type ProjectState } from './git-project.js';
import { settingsFolder } from './project-folder.js';
import type { Scanned } from './scanned.js';
import { settingsIn, usable } from './spend-arguments.js';

declare const VERSION: string;

/** `mlcost diff BASE [HEAD]`: what became of each workload, and what the policy says of those that changed.
 * @returns exit status: 1 where a rule that blocks is broken */
export async function diffCommand(parsed: Parsed, host: Host, paint: Paint, write: (text: string) => void): Promise<number> {
  const { comparison, report } = await comparisonOf(parsed, host, parsed.args);
  const format = parsed.values['format'];
  if (format === 'json') write(`${JSON.stringify({ ...diffJson(comparison), ...(report.rules > 0 ? { policy: checkJson(report) } : {}) }, null, 1)}\n`);
  else if (format === 'markdown') write(`${diffMarkdown(comparison)}${report.findings.length > 0 ? `\n${checkMarkdown(report)}\n` : ''}`);
  else if (format === 'sarif' || format === 'junit') write(checkText(report, format, VERSION, paint));
  else write(`${diffTable(comparison, paint)}${report.rules > 0 ? checkText(report, 'table', VERSION, paint) : ''}`);
  return fails(report) ? 1 : 0;
}

/** `mlcost check [PATH…]`: all workloads against the policy, with `--base` what changed too.
 * @returns exit status: 1 where a rule that blocks is broken, 2 where there is no policy to hold them against */
export async function checkCommand(parsed: Parsed, host: Host, paint: Paint, write: (text: string) => void, scanned: Scanned): Promise<number> {
  const base = parsed.values['base'];
  const report = typeof base === 'string' ? (await comparisonOf(parsed, host, [base], true)).report : checked(await scanned(parsed, host), host);
  const done = await report;
  if (done.rules === 0) throw new UsageError('no policy: `.mlcost.yaml` has neither rules under `policy` nor budgets');
  const format = parsed.values['format'];
  write(checkText(done, typeof format === 'string' ? format : 'table', VERSION, paint));
  await noted(await projectFolder(parsed.values['project'] ?? parsed.args[0]), host, done, parsed.values['audit'] === true);
  return fails(done) ? 1 : 0;
}
/** A gate goes into the audit log where there is one, or where one is asked for. */
async function noted(place: string, host: Host, report: CheckReport, asked: boolean): Promise<void> {
  const folder = (await stat(place)).isDirectory() ? place : path.dirname(place);
  if (!asked && !keepsAudit(folder)) return;
  const settings = await settingsIn(pathToFileURL(folder).href, host);
  await noteSettings(folder, settings);
  const findings = report.findings.map(({ rule, level, workload, waived }) => ({
    rule,
    level,
    ...(workload === undefined ? {} : { workload }),
    ...(waived === undefined ? {} : { waived }),
  }));
  await noteGate(folder, settings, { failed: fails(report), rules: report.rules, workloads: report.workloads, findings });
}

async function checked({ engine, reports, relative }: Awaited<ReturnType<Scanned>>, host: Host): Promise<CheckReport> {
  const root = engine.roots[0] ?? '';
  const { findings, kept, ...counts } = await checkedNow(
    engine,
    host,
    root,
    reports.flatMap(({ workloads }) => workloads),
  );
  const place = (span: Span): FilePlace => {
    const document = engine.document(span.uri);
    return { file: relative(span.uri), line: document ? placeOf(document, span).line : 1 };
  };
  const file = { uri: settingsUri(root), text: await host.readText(settingsUri(root)) };
  const settings = await engine.settingsOf(root);
  const budgets = budgetFindings(await budgetsOf(root, settings, host), file);
  return {
    ...counts,
    rules: counts.rules + settings.budgets.length,
    findings: placed([...settingsFindings(file.uri, file.text), ...budgets, ...findings], place, file),
    kept: placed(kept, place, file),
  };
}
/** `mlcost policy admission`: what a cluster can hold of the policy. */
export async function admissionCommand({ values }: Parsed, host: Host): Promise<string> {
  const name = values['name'] ?? 'ml-cost';
  if (typeof name !== 'string' || !/^[a-z0-9](?:[a-z0-9-]{0,60}[a-z0-9])?$/.test(name))
    throw new UsageError(`--name takes small letters, digits and hyphens, not '${String(name)}'`);
  const root = pathToFileURL(await projectFolder(values['workspace'])).href;
  const text = await host.readText(settingsUri(root));
  const [wrong] = settingsFindings(settingsUri(root), text);
  if (wrong) throw new UsageError(`${settingsFileName}: ${wrong.message}`);
  const engine = new Engine(host);
  engine.roots = [root];
  const { policy, waivers } = await engine.settingsOf(root);
  if (policy.length === 0) throw new UsageError('no policy: `.mlcost.yaml` has no rules under `policy`');
  return admissionYaml(admissionOf({ rules: policy, waivers }, (await engine.context(root)).catalog, today(host)), name);
}

/** Reads both states of a repository, and holds the later one against its policy.
 * @param all every workload of the later state, not only those that changed */
async function comparisonOf(parsed: Parsed, host: Host, args: readonly string[], all = false): Promise<{ comparison: Comparison; report: CheckReport }> {
  const folder = await projectFolder(parsed.values['project'] ?? (all ? parsed.args[0] : undefined));
  const repository = await GitRepository.at(folder);
  try {
    const [before, after] = await statesOf({ ...parsed, args }, repository);
    const { preferences } = await choicesOf(parsed, (file) => readFile(file, 'utf8'));
    const project = new GitProject(repository, folder, host, preferences);
    const one = await project.at(before);
    const other = await project.at(after);
    const deltas = await project.deltas(one, other, await repository.renames(before, after));
    const { policy, waivers, tags } = other.settings;
    const around = await project.surroundings(other.settings, await metricsOf(policy, one, other));
    const subjects = deltas.flatMap((delta) => {
      const state = delta.after;
      if (!state || !delta.afterAt || (!all && delta.state === 'same')) return [];
      return [{ state, file: delta.afterAt.file, ...(delta.state === 'same' ? {} : { delta }) }];
    });
    const { findings, kept, asked, open } = checkPolicy({ rules: policy, waivers }, subjects, around);
    const file = { uri: project.settingsUri, text: await other.text(settingsFileName) };
    const states = await budgetsOf(pathToFileURL(folder).href, other.settings, host);
    const paying = budgetsFor(states, tags);
    const team = { before: one.settings.tags['team'], after: tags['team'] };
    return {
      comparison: {
        before: named(before),
        after: named(after),
        deltas,
        states: { before: one.workloads, after: other.workloads },
        team: { ...(team.before === undefined ? {} : { before: team.before }), ...(team.after === undefined ? {} : { after: team.after }) },
        budgets: budgetEffects(paying, one.workloads, other.workloads),
        problems: other.problems,
      },
      report: {
        findings: placed(
          [...(all || policy.length + other.settings.budgets.length > 0 ? settingsFindings(file.uri, file.text) : []), ...findings],
          (span) => project.place(span.uri, span),
          file,
        ),
        kept: placed(kept, (span) => project.place(span.uri, span), file),
        asked,
        open,
        rules: policy.length + other.settings.budgets.length,
        workloads: subjects.length,
      },
    };
  } finally {
    repository.close();
  }
}

/** How the budgets stand by the ledger of the workspace; none where there is no ledger. */
async function budgetsOf(root: string, settings: MlcostSettings, host: Host): Promise<readonly BudgetState[]> {
  return settings.budgets.length === 0 ? [] : await usable(() => standingBudgets(host, root, settings, host.now()));
}

/** The metrics that rules ask for, of both states. A file that is not there, or no JSON, has none. */
async function metricsOf(policy: Policy['rules'], before: ProjectState, after: ProjectState): Promise<NonNullable<Surroundings['metric']>> {
  const read = async (state: ProjectState, file: string): Promise<unknown> => {
    try {
      return JSON.parse((await state.text(file)) ?? '') as unknown;
    } catch {
      return undefined;
    }
  };
  const files = new Map<string, { before: unknown; after: unknown }>();
  for (const { cost_needs_gain: rule } of policy)
    if (rule && !files.has(rule.file)) files.set(rule.file, { before: await read(before, rule.file), after: await read(after, rule.file) });
  const inside = (root: unknown, path: string): number | undefined => {
    let value: unknown = root;
    for (const key of path.split('.'))
      value = typeof value === 'object' && value !== null && Object.hasOwn(value, key) ? (value as Record<string, unknown>)[key] : undefined;
    return typeof value === 'number' ? value : undefined;
  };
  return (file, path) => {
    const [x, y] = [inside(files.get(file)?.before, path), inside(files.get(file)?.after, path)];
    return { ...(x === undefined ? {} : { before: x }), ...(y === undefined ? {} : { after: y }) };
  };
}

/** The two states that a command line means: `A B`, `A...B` (from where they parted), `A` against the tracked files as they stand, or against what is staged. */
async function statesOf({ args, values }: Pick<Parsed, 'args' | 'values'>, repository: GitRepository): Promise<[GitState & { kind: 'commit' }, GitState]> {
  const [written = '', head] = args;
  const range = /^(.*?)(\.\.\.?)(.*)$/.exec(written);
  if (range && head !== undefined) throw new UsageError(`'${written}' already names both sides`);
  const [, from = written, dots, to = head] = range ?? [];
  if (values['staged'] === true && to !== undefined) throw new UsageError('--staged takes one commit: the other side is what is staged');
  const before = dots === '...' ? await repository.mergeBase(from || 'HEAD', to || 'HEAD') : await repository.commit(from || 'HEAD');
  if (to !== undefined) return [before, await repository.commit(to || 'HEAD')];
  return [before, values['staged'] === true ? { kind: 'staged' } : { kind: 'worktree' }];
}
const named = (state: GitState): Comparison['before'] =>
  state.kind === 'commit' ? { name: state.name, commit: state.oid } : { name: state.kind === 'staged' ? 'staged' : 'work tree' };

/** The project's folder without links, as git names it: what was named, else the one whose settings hold for the working folder. */
export async function projectFolder(written: Parsed['values'][string] | undefined): Promise<string> {
  const place = typeof written === 'string' ? written : '.';
  const folder = await realpath(place).catch(() => {
    throw new UsageError(`${place}: no such folder`);
  });
  return typeof written === 'string' ? folder : (settingsFolder(folder) ?? folder);
}
