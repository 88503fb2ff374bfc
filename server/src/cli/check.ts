import type { Location, Log, Result } from 'sarif';
import {
  type BudgetState,
  code,
  createDocument,
  type Decimal,
  escapeMarkdown,
  exact,
  type Finding,
  fnv1a,
  hasMoneyLeft,
  type Kept,
  type PolicyResult,
  placeOf,
  readMlcostFile,
  type Span,
  settingsFileName,
  table,
} from '../core/index.js';
import { commentMark, type FilePlace } from './diff.js';
import type { Paint } from './report-table.js';
import { html } from './sections.js';

/** A finding with the place that a person reads. */
export type PlacedFinding = At<Finding>;
/** What stands at a place that a person reads. */
type At<T> = T & { readonly at: FilePlace };
export interface CheckReport extends Omit<PolicyResult, 'findings' | 'kept'> {
  readonly findings: readonly PlacedFinding[];
  readonly kept: readonly At<Kept>[];
  readonly rules: number;
  readonly workloads: number;
}
/** What the settings file itself gets wrong: a rule that is misspelt guards nothing, so it fails the check. */
export function settingsFindings(uri: string, text: string | null): Finding[] {
  if (text === null) return [];
  return readMlcostFile(uri, text).problems.map(({ severity, message, span }) => ({
    rule: 'settings',
    level: severity === 'error' || severity === 'warning' ? 'block' : 'warn',
    message,
    span: span ?? { uri, start: 0, end: 0 },
  }));
}
/** What the budgets say: nothing left blocks, at equality too; a forecast beyond what is allowed warns. */
export function budgetFindings(states: readonly BudgetState[], settings: { readonly uri: string; readonly text: string | null }): Finding[] {
  const start = Math.max(0, settings.text?.search(/^budgets:/m) ?? 0);
  const span = { uri: settings.uri, start, end: start };
  return states.flatMap((state): Finding[] => {
    const { budget, allowed, spent, forecast, exhaustion, period } = state;
    if (!spent) return [];
    const money = (value: Decimal): string => `${exact.toText(exact.round(value, 2))} ${budget.currency}`;
    const of = `of ${money(allowed)} until ${period.to}`;
    if (!hasMoneyLeft(state)) return [{ rule: 'budget', level: 'block', message: `${budget.name}: nothing is left, ${money(spent)} ${of} spent`, span }];
    if (!forecast || exact.compare(forecast.likely, allowed) < 0) return [];
    const end = exhaustion === null ? '' : `, exhausted on ${exhaustion}`;
    return [{ rule: 'budget', level: 'warn', message: `${budget.name}: ${money(forecast.likely)} ${of} forecast${end}`, span }];
  });
}
/** Where findings stand: in a document that was read, or in the settings file. */
export function placed<T extends { readonly span: Span }>(
  found: readonly T[],
  place: (span: Span) => FilePlace,
  settings: { readonly uri: string; readonly text: string | null },
): At<T>[] {
  const document = settings.text === null ? undefined : createDocument(settings.uri, settings.text);
  return found.map((one) => ({
    ...one,
    at: document && one.span.uri === settings.uri ? { file: settingsFileName, line: placeOf(document, one.span).line } : place(one.span),
  }));
}

export const fails = ({ findings }: CheckReport): boolean => findings.some(({ level }) => level === 'block');

const order = ['block', 'warn', 'note'] as const;
const sorted = ({ findings }: CheckReport): PlacedFinding[] =>
  [...findings].sort(
    (a, b) => order.indexOf(a.level) - order.indexOf(b.level) || (a.at.file < b.at.file ? -1 : a.at.file > b.at.file ? 1 : a.at.line - b.at.line),
  );
function headline(report: CheckReport): string {
  const of = (level: Finding['level']): number => report.findings.filter((one) => one.level === level).length;
  const parts = [
    ...(of('block') > 0 ? [`${of('block')} blocking`] : []),
    ...(of('warn') > 0 ? [`${of('warn')} ${of('warn') === 1 ? 'warning' : 'warnings'}`] : []),
    ...(of('note') > 0 ? [`${of('note')} waived`] : []),
    ...(report.open > 0 ? [`${report.open} of ${report.asked} undecided`] : []),
  ];
  const what = `${report.workloads} ${report.workloads === 1 ? 'workload' : 'workloads'} against ${report.rules} ${report.rules === 1 ? 'rule' : 'rules'}`;
  return parts.length === 0 ? `${what}: all kept` : `${what}: ${parts.join(', ')}`;
}

/** The report in a format; the same text for the same input. */
export function checkText(report: CheckReport, format: string, version: string, paint: Paint): string {
  if (format === 'json') return `${JSON.stringify(checkJson(report), null, 1)}\n`;
  if (format === 'sarif') return `${JSON.stringify(checkSarif(report, version), null, 1)}\n`;
  if (format === 'junit') return checkJunit(report);
  if (format === 'markdown') return `${commentMark}\n\n${checkMarkdown(report)}\n`;
  if (format === 'github') return sorted(report).map(githubLine).join('');
  if (format === 'gitlab') return `${JSON.stringify(sorted(report).map(gitlabIssue), null, 1)}\n`;
  const mark = { block: paint.red('blocks'), warn: paint.yellow('warns '), note: paint.dim('waived') };
  const lines = sorted(report).map(
    ({ level, at, message, rule }) => `  ${mark[level]}  ${paint.dim(`${at.file}:${at.line}`)}  ${message} ${paint.dim(`[${rule}]`)}`,
  );
  const kept = report.kept.map(({ at, message, rule }) => `  ✓       ${paint.dim(`${at.file}:${at.line}`)}  ${message} ${paint.dim(`[${rule}]`)}`);
  return `${paint.bold(headline(report))}\n${[...lines, ...kept].map((line) => `${line}\n`).join('')}`;
}

export function checkJson(report: CheckReport): object {
  return {
    version: 1,
    pass: !fails(report),
    workloads: report.workloads,
    rules: report.rules,
    asked: report.asked,
    undecided: report.open,
    ...(report.kept.length > 0
      ? { kept: report.kept.map(({ rule, message, at, workload }) => ({ rule, message, ...at, ...(workload === undefined ? {} : { workload }) })) }
      : {}),
    findings: sorted(report).map(({ rule, level, message, at, workload, waived }) => ({
      rule,
      level,
      message,
      ...at,
      ...(workload === undefined ? {} : { workload }),
      ...(waived ? { waived } : {}),
    })),
  };
}

/** @source OASIS SARIF 2.1.0: §3.13 sarifLog, §3.27 result, §3.35 suppression */
function checkSarif(report: CheckReport, version: string): Log {
  const rules = [...new Set([...report.findings, ...report.kept].map(({ rule }) => rule))].sort();
  const locations = (at: FilePlace): Location[] => [
    { physicalLocation: { artifactLocation: { uri: at.file.split('/').map(encodeURIComponent).join('/') }, region: { startLine: at.line } } },
  ];
  const level = { block: 'error', warn: 'warning', note: 'note' } as const;
  return {
    $schema: 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'ML Cost Lens', version, rules: rules.map((id) => ({ id })) } },
        results: [
          ...sorted(report).map(
            ({ rule, level: weight, message, at, workload, waived }): Result => ({
              ruleId: rule,
              ruleIndex: rules.indexOf(rule),
              level: level[weight],
              message: { text: message },
              locations: locations(at),
              // The line moves with every edit; the rule and the workload do not.
              partialFingerprints: { 'rule/v1': `${rule}:${workload ?? at.file}` },
              ...(waived
                ? { suppressions: [{ kind: 'external', status: 'accepted', justification: `${waived.reason} (${waived.owner}, until ${waived.expires})` }] }
                : {}),
            }),
          ),
          ...report.kept.map(
            ({ rule, message, at }): Result => ({
              ruleId: rule,
              ruleIndex: rules.indexOf(rule),
              kind: 'pass',
              level: 'none',
              message: { text: message },
              locations: locations(at),
            }),
          ),
        ],
      },
    ],
  };
}

/** A suite for each file, since a case has no attribute for its place.
 * @source jenkinsci/xunit-plugin, junit-10.xsd */
function checkJunit(report: CheckReport): string {
  const cases = [
    ...sorted(report).map(({ rule, level, message, at }) => {
      const place = `${at.file}:${at.line}`;
      const inner = {
        block: `<failure message="${xml(message)}" type="${xml(rule)}">${xml(`${place}: ${message}`)}</failure>`,
        warn: `<system-out>${xml(`${place}: ${message}`)}</system-out>`,
        note: `<skipped message="${xml(message)}"/>`,
      }[level];
      return { file: at.file, name: `${rule} ${place}`, level, inner };
    }),
    ...report.kept.map(({ rule, at }) => ({ file: at.file, name: `${rule} ${at.file}:${at.line}`, level: 'kept', inner: '' })),
  ];
  if (cases.length === 0) cases.push({ file: settingsFileName, name: headline(report), level: 'kept', inner: '' });
  const counts = (own: typeof cases): string => `tests="${own.length}" failures="${own.filter(({ level }) => level === 'block').length}" errors="0" time="0"`;
  const suites = [...new Set(cases.map(({ file }) => file))].map((file) => {
    const own = cases.filter((one) => one.file === file);
    const rows = own.map(
      ({ name, inner }) => `    <testcase classname="${xml(file)}" name="${xml(name)}" time="0"${inner === '' ? '/>' : `>${inner}</testcase>`}\n`,
    );
    const skipped = own.filter(({ level }) => level === 'note').length;
    return `  <testsuite name="${xml(file)}" file="${xml(file)}" ${counts(own)} skipped="${skipped}">\n${rows.join('')}  </testsuite>\n`;
  });
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="ML Cost Lens" ${counts(cases)}>\n${suites.join('')}</testsuites>\n`;
}
/** XML holds no control characters, however they are written. */
const xml = (text: string): string => html(text.replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd]/g, ' '));

/** Short first; what is waived is folded. */
export function checkMarkdown(report: CheckReport): string {
  // names in a message stand between backquotes
  const said = (message: string): string =>
    message
      .split(/`([^`]+)`/)
      .map((piece, at) => (at % 2 === 1 ? code(piece) : escapeMarkdown(piece)))
      .join('');
  const row = ({ rule, message, at }: PlacedFinding): string[] => [code(`${at.file}:${at.line}`), said(message), code(rule)];
  const [shown, waived] = [sorted(report).filter(({ level }) => level !== 'note'), sorted(report).filter(({ level }) => level === 'note')];
  const mark = { block: '**blocks**', warn: 'warns', note: 'waived' };
  return [
    `### ML cost policy: ${headline(report)}`,
    ...(shown.length > 0
      ? [
          table(
            ['', 'where', 'what', 'rule'],
            shown.map((one) => [mark[one.level], ...row(one)]),
          ),
        ]
      : []),
    ...(report.kept.length > 0
      ? [
          `<details><summary>${report.kept.length} kept</summary>\n\n${table(
            ['', 'where', 'what', 'rule'],
            report.kept.map(({ rule, message, at }) => ['✓', code(`${at.file}:${at.line}`), said(message), code(rule)]),
          )}\n\n</details>`,
        ]
      : []),
    ...(waived.length > 0 ? [`<details><summary>${waived.length} waived</summary>\n\n${table(['where', 'what', 'rule'], waived.map(row))}\n\n</details>`] : []),
  ].join('\n\n');
}

/** @source GitHub Actions workflow commands: percent, line ends, and in properties colon and comma are escaped */
function githubLine({ level, message, at, rule }: PlacedFinding): string {
  const data = (text: string): string => text.replace(/%/g, '%25').replace(/\r/g, '%0D').replace(/\n/g, '%0A');
  const property = (text: string): string => data(text).replace(/:/g, '%3A').replace(/,/g, '%2C');
  const command = { block: 'error', warn: 'warning', note: 'notice' }[level];
  return `::${command} file=${property(at.file)},line=${at.line},title=${property(`ML cost: ${rule}`)}::${data(message)}\n`;
}
/** @source GitLab Code Quality report: description, check_name, fingerprint, severity, location */
const gitlabIssue = ({ level, message, at, rule, workload }: PlacedFinding): object => ({
  description: message,
  check_name: rule,
  // two hashes: one of 32 bits could meet another of a long report
  fingerprint: [undefined, 0x9747b28c].map((start) => fnv1a(`${rule}:${workload ?? at.file}:${message}`, start)).join(''),
  severity: { block: 'blocker', warn: 'minor', note: 'info' }[level],
  location: { path: at.file, lines: { begin: at.line } },
});
