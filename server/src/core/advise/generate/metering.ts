import type { Workload } from '../../model/workload.js';
import { argument, type Call, dotted } from '../../syntax/python/ast.js';
import type { PythonProgram } from '../../syntax/python/program.js';
import type { TextEdit } from '../edit/edits.js';

/** Libraries that can count what calls take. */
export type MeteringLibrary = 'opentelemetry' | 'prometheus_client';

/** Libraries that a text speaks of: an import, a pinned requirement. */
export const librariesIn = (text: string): MeteringLibrary[] => [
  ...(/\bopentelemetry\b/.test(text) ? (['opentelemetry'] as const) : []),
  ...(/\bprometheus[_-]client\b/.test(text) ? (['prometheus_client'] as const) : []),
];

const marker = '# Cost metering, by the tags of .mlcost.yaml';
const ownNames = /\b(?:COST_TAGS|COST_SECONDS|COST_TOKENS|cost_start|cost_labels|cost_answer)\b/;

/** Edits that make a program count the time of a workload's statement, and the tokens where its answer tells them, with the team's tags.
 * The statement stays as it is, only a value that is returned at once gets a name.
 * @returns undefined where the statement is no plain one, is counted already, or a name of ours means something else
 * @source OpenTelemetry semantic conventions for generative AI: gen_ai.client.operation.duration, gen_ai.client.token.usage; the client of Prometheus */
export function meteringEdits(
  program: PythonProgram,
  workload: Workload,
  library: MeteringLibrary,
  tags: Readonly<Record<string, string>>,
): TextEdit[] | undefined {
  const { text } = program;
  const { uri } = workload.span;
  const at = workAt(program, workload);
  const place = at === undefined ? undefined : placeOf(program, at);
  if (!place) return undefined;
  const { statement, indent, lineStart, lineEnd } = place;
  const isMarked = text.includes(marker);
  if (!isMarked && ownNames.test(text)) return undefined;
  // the line before is ours: it is counted already
  if (/cost_start = perf_counter\(\)\s*$/.test(text.slice(0, lineStart))) return undefined;
  if (isMarked && librariesOf(text) !== library) return undefined;
  const end = text.includes('\r\n') ? '\r\n' : '\n';
  const returned = /^return\s+/.exec(text.slice(statement.start, statement.end))?.[0].length;
  const answer = answerOf(program, statement, returned);
  const labels = labelsOf(program, workload, library, answer?.call, statement.start);
  const counted = [
    `cost_labels = ${labels}`,
    library === 'opentelemetry'
      ? 'COST_SECONDS.record(perf_counter() - cost_start, cost_labels)'
      : 'COST_SECONDS.labels(**cost_labels).observe(perf_counter() - cost_start)',
    ...(answer ? tokenLines(answer, library) : []),
    ...(returned === undefined ? [] : ['return cost_answer']),
  ];
  const edits: TextEdit[] = [{ uri, start: lineStart, end: lineStart, text: `${indent}cost_start = perf_counter()${end}` }];
  if (returned !== undefined) edits.push({ uri, start: statement.start, end: statement.start + returned, text: 'cost_answer = ' });
  const atEnd = lineEnd === text.length && !text.endsWith('\n') ? end : '';
  edits.push({ uri, start: lineEnd, end: lineEnd, text: `${atEnd}${counted.map((line) => `${indent}${line}${end}`).join('')}` });
  const head = isMarked ? undefined : headEdit(program, uri, library, tags, end);
  if (!isMarked && !head) return undefined;
  return head ? [head, ...edits] : edits;
}

/** Calls that do the work of what was made before. */
const works = /^(?:train|fit|generate|chat|predict|encode|transcribe)$/;
/** Where a workload does its work: a call of a hosted model itself; of what is made here and run elsewhere, the first call that runs it. */
function workAt(program: PythonProgram, { kind, span }: Workload): number | undefined {
  if (kind === 'api-call') return span.start;
  const statement = program.statement(span.start);
  const name = /^([A-Za-z_]\w*)\s*(?::[^=\n]+)?=[^=]/.exec(program.text.slice(statement.start, statement.end))?.[1];
  const runs = program.callsOf(works);
  const own = runs.find(({ call }) => call.start >= statement.start && call.end <= statement.end);
  const later = runs.find(
    ({ call }) => call.start >= statement.end && name !== undefined && call.callee.kind === 'attribute' && dotted(call.callee.object) === name,
  );
  return (own ?? later)?.call.start;
}

interface Place {
  readonly statement: { readonly start: number; readonly end: number };
  readonly indent: string;
  readonly lineStart: number;
  /** Behind the line end. */
  readonly lineEnd: number;
}
/** The plain statement that has its lines for itself. */
function placeOf(program: PythonProgram, at: number): Place | undefined {
  const { text } = program;
  const statement = program.statement(at);
  const written = text.slice(statement.start, statement.end);
  if (program.brokenAt(at) || /^(?:async\s|for\b|while\b|if\b|with\b|try\b|def\b|class\b|match\b|@|yield\b|raise\b|assert\b|del\b|return\s*$)/.test(written))
    return undefined;
  if (program.blocks(at).some(({ kind, start }) => start >= statement.start && (kind === 'lambda' || kind === 'comprehension'))) return undefined;
  const lineStart = text.lastIndexOf('\n', statement.start - 1) + 1;
  const indent = text.slice(lineStart, statement.start);
  const next = text.indexOf('\n', statement.end);
  const lineEnd = next < 0 ? text.length : next + 1;
  if (!/^[ \t]*$/.test(indent) || !/^[ \t]*(?:#[^\n]*)?\r?\n?$/.test(text.slice(statement.end, lineEnd))) return undefined;
  return { statement, indent, lineStart, lineEnd };
}

interface Answer {
  readonly name: string;
  readonly call: Call;
  readonly input: string;
  readonly output?: string;
}
/** The name that a call's whole answer gets in a statement, and where the answer tells its tokens.
 * @source OpenAI, Anthropic and litellm: `usage` of an answer. A stream has none. */
function answerOf(program: PythonProgram, { start, end }: Place['statement'], returned: number | undefined): Answer | undefined {
  const written = program.text.slice(start, end);
  const assigned = /^([A-Za-z_]\w*)\s*(?::[^=\n]+)?=\s*(?:await\s+)?/.exec(written);
  const head = returned === undefined ? assigned?.[0].length : /^return\s+(?:await\s+)?/.exec(written)?.[0].length;
  if (head === undefined) return undefined;
  const name = returned === undefined ? (assigned?.[1] ?? '') : 'cost_answer';
  const call = program
    .callsOf(/^(?:create|parse|a?completion)$/, { start, end })
    .find((site) => site.call.start === start + head && site.call.end === end)?.call;
  const callee = call && (dotted(call.callee) ?? '');
  const streams = call && argument(call, 'stream');
  if (!call || callee === undefined || (streams && !(streams.value.kind === 'boolean' && !streams.value.value))) return undefined;
  if (/messages\.create$|responses\.(?:create|parse)$/.test(callee)) return { name, call, input: 'input_tokens', output: 'output_tokens' };
  if (/embeddings\.create$/.test(callee)) return { name, call, input: 'prompt_tokens' };
  if (/completions\.(?:create|parse)$|^(?:litellm\.)?a?completion$/.test(callee)) return { name, call, input: 'prompt_tokens', output: 'completion_tokens' };
  return undefined;
}

function labelsOf(program: PythonProgram, { kind, facts }: Workload, library: MeteringLibrary, call: Call | undefined, at: number): string {
  const written = call && argument(call, 'model')?.value;
  const stated = facts.find(({ name }) => name === 'model')?.value;
  const model =
    written && /^(?:string|name|attribute)$/.test(written.kind) ? program.text.slice(written.start, written.end) : JSON.stringify(String(stated ?? 'unknown'));
  const operation = JSON.stringify(program.blocks(at).find((block) => block.kind === 'def')?.name ?? kind);
  return library === 'opentelemetry'
    ? `{**COST_TAGS, "gen_ai.operation.name": ${operation}, "gen_ai.request.model": ${model}}`
    : `{**COST_TAGS, "operation": ${operation}, "model": ${model}}`;
}
function tokenLines({ name, input, output }: Answer, library: MeteringLibrary): string[] {
  const line = (direction: string, field: string): string =>
    library === 'opentelemetry'
      ? `    COST_TOKENS.record(${name}.usage.${field}, {**cost_labels, "gen_ai.token.type": "${direction}"})`
      : `    COST_TOKENS.labels(direction="${direction}", **cost_labels).inc(${name}.usage.${field})`;
  return [`if ${name}.usage:`, line('input', input), ...(output === undefined ? [] : [line('output', output)])];
}

/** The imports and what counts, behind the last import that stands at the margin. */
function headEdit(program: PythonProgram, uri: string, library: MeteringLibrary, tags: Readonly<Record<string, string>>, end: string): TextEdit | undefined {
  const { text } = program;
  const last = Math.max(
    -1,
    ...[...program.imports.values()]
      .map(({ start }) => program.statement(start))
      .filter(({ start }) => start === 0 || text[start - 1] === '\n')
      .map((one) => one.end),
  );
  if (last < 0) return undefined;
  const next = text.indexOf('\n', last);
  const at = next < 0 ? text.length : next + 1;
  const written = Object.entries(tags).map(
    ([name, value]) => `${JSON.stringify(library === 'opentelemetry' ? name : name.replace(/\W/g, '_'))}: ${JSON.stringify(value)}`,
  );
  const names = program.imports.get('perf_counter')?.module === 'time' ? [] : ['from time import perf_counter'];
  const lines =
    library === 'opentelemetry'
      ? [
          ...names,
          'from opentelemetry import metrics as cost_metrics',
          '',
          marker,
          `COST_TAGS = {${written.join(', ')}}`,
          'COST_SECONDS = cost_metrics.get_meter("ml-cost-lens").create_histogram("gen_ai.client.operation.duration", unit="s")',
          'COST_TOKENS = cost_metrics.get_meter("ml-cost-lens").create_histogram("gen_ai.client.token.usage", unit="{token}")',
        ]
      : [
          ...names,
          'import prometheus_client',
          '',
          marker,
          `COST_TAGS = {${written.join(', ')}}`,
          'COST_SECONDS = prometheus_client.Histogram("ml_operation_seconds", "Time of what costs money", ["operation", "model", *COST_TAGS])',
          'COST_TOKENS = prometheus_client.Counter("ml_tokens", "Tokens of hosted models", ["direction", "operation", "model", *COST_TAGS])',
        ];
  return { uri, start: at, end: at, text: `${next < 0 ? end : ''}${lines.map((line) => `${line}${end}`).join('')}` };
}
/** The library that the program counts with already. */
const librariesOf = (text: string): MeteringLibrary => (/^COST_SECONDS = prometheus_client\./m.test(text) ? 'prometheus_client' : 'opentelemetry');
