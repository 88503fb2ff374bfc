import type { Fact, UnknownFact } from '../../model/fact.js';
import { argument, type Call, dotted, type Expr } from '../../syntax/python/ast.js';
import type { PythonProgram } from '../../syntax/python/program.js';
import type { PythonInput } from '../types.js';
import type { Evaluator } from './evaluate.js';
import { type Keyed, lengthOf } from './keyed.js';

/** A place where a request method is called. */
export interface Site {
  readonly call: Call;
  /** The method as written: `client.messages.create`. */
  readonly method: Expr;
  /** Offset of the method's name. */
  readonly at: number;
}
type Found = Fact | UnknownFact | undefined;

const runners = /(^|\.)(to_thread|run_sync|run_in_threadpool|run_in_executor|submit|partial|retry|call_with_retry|with_retry)$/;

/** Calls by the method's last name; a method that is handed to a runner (`asyncio.to_thread(client.models.generate_content, model=…)`) counts as its call.
 * The pattern needs `g` and begins within the name; `before` is what must stand before it: the text is asked first, the tree only then. */
export function sitesOf(program: PythonProgram, pattern: RegExp, before?: RegExp): Site[] {
  const sites: Site[] = [];
  pattern.lastIndex = 0;
  for (let match = pattern.exec(program.text); match; match = pattern.exec(program.text)) {
    if (match[0] === '') pattern.lastIndex++;
    const head = program.text.slice(Math.max(0, match.index - 80), match.index);
    if (before && !before.test(head)) continue;
    const at = match.index - (head.match(/\w*$/)?.[0].length ?? 0);
    const call = program.callAt(at);
    if (call) sites.push({ call, method: call.callee, at });
    else if (!/^\s*\(/.test(program.text.slice(match.index + match[0].length, match.index + match[0].length + 20))) sites.push(...handedOver(program, at));
  }
  return sites;
}
function handedOver(program: PythonProgram, at: number): Site[] {
  const around = program.callAround(at);
  if (!around || !runners.test(dotted(around.callee) ?? '')) return [];
  const index = around.args.findIndex((arg) => arg.keyword === undefined && arg.start <= at && at < arg.end);
  const method = around.args[index]?.value;
  if (method?.kind !== 'attribute' && method?.kind !== 'name') return [];
  return [{ call: { ...around, args: around.args.slice(index + 1) }, method, at }];
}

/** The method's dotted name with its head resolved through the imports. */
export const methodName = (program: PythonProgram, site: Site): string => {
  const name = dotted(site.method);
  return name === undefined ? '' : program.qualified(name);
};

/** True for files of a test suite: what they call is replaced, recorded or tiny, and no workload of the project. */
export const isTest = ({ document }: PythonInput): boolean =>
  /\/(\w+_)?tests?\//.test(`/${document.path ?? document.uri}`) ||
  (/\/(test_[^/]*|[^/]*_test|conftest)\.py$/.test(document.uri) &&
    /\b(pytest|unittest|respx|MagicMock)\b|^[ \t]+(?:async )?def test_\w+\(self\b/m.test(document.text));

/** A setting's fact: the expression's value, an unknown with the reason, or an unknown because `**kwargs` hides it and it must be given. */
export function setting(evaluate: Evaluator, name: string, given: Keyed, spellings: readonly string[], required?: Expr): Found {
  const expr = given.get(...spellings);
  if (expr) return evaluate.fact(name, expr, (value) => (value === '' ? undefined : value));
  if (!required || !given.open) return undefined;
  return {
    name,
    reason: `${name.replaceAll('_', ' ')} comes in through **, which this place does not show`,
    need: `write ${name.replaceAll('_', ' ')} at the call`,
    span: spanOf(evaluate, required),
  };
}
const spanOf = (evaluate: Evaluator, at: { start: number; end: number }) => ({ uri: evaluate.uri, start: at.start, end: at.end });

/** What stands around a call and multiplies it: an unbounded loop, `gather` of several calls, a semaphore or a pool. */
export function circumstances({ program, evaluate, document }: PythonInput, site: Site): Found[] {
  const at = (start: number, end: number) => ({ uri: document.uri, start, end });
  const facts: Found[] = [];
  const blocks = program.blocks(site.at);
  for (const [depth, block] of blocks.entries()) {
    if (block.kind === 'def' || block.kind === 'lambda' || block.kind === 'class') break;
    if (block.kind === 'while' && block.subject && alwaysTrue(block.subject) && !isRetry(program, site, blocks[depth - 1])) {
      facts.push({ name: 'call_in_loop', value: true, origin: 'default', span: at(block.start, block.bodyStart), note: 'inside a loop without bound' });
      break;
    }
  }
  for (const block of blocks) {
    if (block.kind === 'with') {
      for (const item of block.items ?? []) {
        const made = evaluate.expression(item);
        const limit = made.kind === 'call' && /(^|\.)(Bounded)?Semaphore$|(^|\.)CapacityLimiter$/.test(evaluate.callee(made)) ? made.args[0]?.value : undefined;
        if (limit) facts.push(evaluate.fact('concurrency', limit));
      }
    }
    if (block.kind === 'def' && block.name && facts.every((fact) => fact?.name !== 'concurrency')) facts.push(poolOf(program, evaluate, block.name));
  }
  return facts;
}
const alwaysTrue = (expr: Expr): boolean => (expr.kind === 'boolean' && expr.value) || (expr.kind === 'number' && expr.value !== 0);

/** `while True: try: … return` ends with the first success: a retry, not a loop of calls. */
function isRetry(program: PythonProgram, site: Site, inner: { kind: string; start: number; end: number } | undefined): boolean {
  const statement = program.statement(site.at);
  if (/^return\b/.test(program.text.slice(statement.start, statement.start + 7))) return true;
  if (inner?.kind !== 'try') return false;
  const rest = program.text.slice(site.call.end, inner.end);
  return /^[ \t]+(return|break)\b/m.test(rest.slice(0, Math.max(0, rest.search(/^\s*except\b/m))));
}
/** `max_workers` of the pool that a function is mapped over or submitted to. */
function poolOf(program: PythonProgram, evaluate: Evaluator, name: string): Found {
  if (!/\b(ThreadPoolExecutor|ProcessPoolExecutor|ThreadPool|Pool)\b/.test(program.text)) return undefined;
  for (const at of program.matches(new RegExp(`(?<=\\b(?:map|submit|imap|imap_unordered|starmap)\\(\\s*)${name}\\b`, 'g'))) {
    for (const block of program.blocks(at)) {
      const pool = block.kind === 'with' ? block.items?.[0] : undefined;
      const made = pool && evaluate.expression(pool);
      const workers =
        made?.kind === 'call' && /Pool(Executor)?$/.test(evaluate.callee(made))
          ? (argument(made, 'max_workers') ?? argument(made, 'processes', 0))?.value
          : undefined;
      if (workers) return evaluate.fact('concurrency', workers);
    }
  }
  return undefined;
}

/** Sites that one `gather` starts together become one with their number; sites of one unbounded loop become its first. */
export function together(input: PythonInput, sites: readonly Site[]): { site: Site; span: { start: number; end: number }; count?: Fact }[] {
  const { program, evaluate, document } = input;
  const groups: { key: number; site: Site; span: { start: number; end: number }; number: number; listed: boolean }[] = [];
  for (const site of sites) {
    const around = program.callAround(site.call.start);
    const gathered = around && /(^|\.)(gather|as_completed|wait)$/.test(dotted(around.callee) ?? '') ? around : undefined;
    const comprehended = gathered?.args
      .map((arg) => arg.value)
      .find((value) => value.start <= site.call.start && site.call.end <= value.end && value.kind === 'comprehension');
    const known = gathered && groups.find((group) => group.key === gathered.start);
    if (known) known.number++;
    else {
      const length = comprehended ? lengthOf(evaluate, comprehended) : 1;
      groups.push({
        key: gathered?.start ?? -1,
        site,
        span: gathered ?? site.call,
        number: length ?? 0,
        listed: gathered !== undefined && length !== undefined,
      });
    }
  }
  return groups.map(({ site, span, number, listed }) => ({
    site,
    span: { start: span.start, end: span.end },
    ...(listed && number > 1
      ? {
          count: {
            name: 'num_requests',
            value: number,
            origin: 'default' as const,
            span: { uri: document.uri, start: span.start, end: span.end },
            note: 'calls started together',
          },
        }
      : {}),
  }));
}
