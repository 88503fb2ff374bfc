import { mainCost } from '../estimate/main-cost.js';
import type { EstimateContext } from '../estimate/spec.js';
import type { Span } from '../model/span.js';
import { subject as titleOf } from '../render/words.js';
import { type PolicyRow, policySchemas, type RuleName, type WaiverRow } from '../settings/policy-schema.js';
import { matchesGlob } from '../text/uri.js';
import { faultOf } from './expression.js';
import { rules } from './rules.js';
import type { Finding, Kept, Placed, Policy, PolicyResult, Subject, Surroundings, Verdict } from './types.js';

/** Days before its end in which a waiver warns. */
const nearEnd = 14;

/** What a policy may know besides the workloads. */
export const surroundingsOf = (
  tags: Surroundings['tags'],
  { catalog, provider, region, market }: EstimateContext,
  today: string,
  metric?: Surroundings['metric'],
): Surroundings => ({
  catalog,
  tags,
  today,
  ...(provider === undefined ? {} : { provider }),
  ...(region === undefined ? {} : { region }),
  ...(market === undefined ? {} : { market }),
  ...(metric ? { metric } : {}),
});

/** Holds workloads against a policy. Waived findings stay in the answer, as notes; a waiver that has ended fails at its own line. */
export function checkPolicy({ rules: rows, waivers }: Policy, subjects: readonly Subject[], around: Surroundings): PolicyResult {
  const findings: Finding[] = [];
  const kept: Kept[] = [];
  let [asked, undecided] = [0, 0];
  for (const row of rows) {
    const fault = row.expression === undefined ? undefined : faultOf(row.expression);
    if (fault !== undefined) {
      findings.push({ rule: idOf(row), level: 'block', message: `this rule cannot be read: ${fault}`, span: row.span });
      continue;
    }
    for (const one of subjects) {
      if (!concerns(row, one, around)) continue;
      const verdict = judge(row, one, around);
      if (!verdict) continue;
      asked++;
      if (verdict.is === 'open') undecided++;
      if (verdict.is === 'kept' && row.always) kept.push(keptOf(row, one));
      const found = findingOf(row, verdict, one);
      if (found) findings.push(waived(found, row, one, waivers, around));
      // Tags are the workspace's: once is enough.
      if (row.required_tags !== undefined) break;
    }
  }
  for (const row of waivers) findings.push(...judgeWaiver(row, rows, around.today));
  return { findings, kept, asked, open: undecided };
}

export const idOf = (row: PolicyRow): string => row.id ?? ruleOf(row);
export const ruleOf = (row: PolicyRow): RuleName => policySchemas().ruleNames.find((name) => row[name] !== undefined) ?? 'expression';

function concerns(row: PolicyRow, { state, file }: Subject, { tags }: Surroundings): boolean {
  if (row.kinds && !row.kinds.includes(state.workload.kind)) return false;
  if (row.files !== undefined && !matchesGlob(row.files, file)) return false;
  if (Object.entries(row.tags ?? {}).some(([name, value]) => tags[name] !== value)) return false;
  const cost = row.below_usd === undefined ? undefined : mainCost(state.workload.kind, state.estimation);
  return cost === undefined || (cost.unit !== 'usd' && cost.unit !== 'usd/month') || cost.likely >= (row.below_usd ?? 0);
}
function judge(row: PolicyRow, one: Subject, around: Surroundings): Verdict | undefined {
  const name = ruleOf(row);
  // The table gives each rule the type of its own limit.
  return (rules[name] as (limit: unknown, subject: Subject, around: Surroundings) => Verdict | undefined)(row[name], one, around);
}
function findingOf(row: Placed<PolicyRow>, verdict: Verdict, { state }: Subject): Finding | undefined {
  const { workload } = state;
  if (verdict.is === 'kept') return undefined;
  const ofWorkspace = row.required_tags !== undefined;
  const about = ofWorkspace ? '' : `${titleOf(workload)}: `;
  const advice = row.message === undefined ? '' : `. ${row.message}`;
  if (verdict.is === 'open') {
    if (row.unknown === undefined || row.unknown === 'pass') return undefined;
    return {
      rule: idOf(row),
      level: row.unknown,
      message: `${about}cannot be decided, ${verdict.missing} is unknown${advice}`,
      span: workload.span,
      workload: workload.id,
    };
  }
  const place = verdict.fact === undefined ? undefined : workload.facts.find(({ name }) => name === verdict.fact)?.span;
  const message = `${about}${verdict.why}${advice}`;
  const level = row.level ?? 'block';
  return ofWorkspace
    ? { rule: idOf(row), level, message, span: row.span }
    : { rule: idOf(row), level, message, span: place ?? workload.span, workload: workload.id };
}
function keptOf(row: Placed<PolicyRow>, { state: { workload } }: Subject): Kept {
  const limit = row[ruleOf(row)];
  const shown = Array.isArray(limit) ? limit.join(', ') : typeof limit === 'object' || limit === true ? '' : String(limit);
  const message = `keeps ${idOf(row)}${shown === '' ? '' : ` ${shown}`}`;
  return row.required_tags === undefined
    ? { rule: idOf(row), message: `${titleOf(workload)}: ${message}`, span: workload.span, workload: workload.id }
    : { rule: idOf(row), message, span: row.span };
}
function waived(found: Finding, row: PolicyRow, { state, file }: Subject, waivers: readonly Placed<WaiverRow>[], { today }: Surroundings): Finding {
  const holds = waivers.find(
    (one) =>
      (one.rule === idOf(row) || one.rule === ruleOf(row)) &&
      one.expires >= today &&
      (one.files === undefined || matchesGlob(one.files, file)) &&
      (one.workload === undefined || one.workload === state.workload.id),
  );
  if (!holds) return found;
  const { reason, owner, expires } = holds;
  return { ...found, level: 'note', message: `${found.message} (waived until ${expires} by ${owner}: ${reason})`, waived: { reason, owner, expires } };
}
function judgeWaiver(row: Placed<WaiverRow>, rows: readonly Placed<PolicyRow>[], today: string): Finding[] {
  const at = (level: Finding['level'], message: string): Finding[] => [{ rule: 'waiver', level, message, span: row.span as Span }];
  if (!rows.some((one) => idOf(one) === row.rule || ruleOf(one) === row.rule)) return at('warn', `no rule is called \`${row.rule}\`: this waiver does nothing`);
  if (row.expires < today) return at('block', `the waiver of \`${row.rule}\` by ${row.owner} ended on ${row.expires}: renew it or remove it`);
  const left = Math.round((Date.parse(row.expires) - Date.parse(today)) / 86_400_000);
  return left <= nearEnd
    ? at('warn', `the waiver of \`${row.rule}\` by ${row.owner} ends ${left === 0 ? 'today' : `in ${left} ${left === 1 ? 'day' : 'days'}`}`)
    : [];
}
