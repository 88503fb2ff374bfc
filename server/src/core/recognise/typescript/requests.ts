import type { Fact, UnknownFact } from '../../model/fact.js';
import { type Call, dotted } from '../../syntax/python/ast.js';
import type { CallSite } from '../../syntax/typescript/program.js';
import type { TypescriptInput } from '../types.js';
import { lengthOf } from './options.js';

type Found = Fact | UnknownFact | undefined;

/** True for what a project does not run for its users: tests, stories, type declarations, and files that a build wrote. */
export const isTest = ({ document }: TypescriptInput): boolean => {
  const path = `/${document.path ?? document.uri}`;
  return (
    /\/(?:__tests__|__mocks__|tests?|e2e|spec|cypress|node_modules|\.next|\.nuxt|\.output|dist)\//.test(path) ||
    /\.(?:test|spec|stories|story|e2e|bench|mock|min)\.[cm]?[jt]sx?$|[_-]tests?\.[cm]?[jt]s$|\.d\.[cm]?ts$/.test(path) ||
    isPacked(document.text)
  );
};

/** Few, long lines: what a bundler wrote. */
const isPacked = (text: string): boolean => text.length > 5000 && text.length / text.split('\n').length > 500;

/** Calls of what a pattern of full names says, by whatever name the program imports it. */
export function importedCalls({ program, evaluate }: TypescriptInput, modules: RegExp, wanted: RegExp): CallSite[] {
  const sites = new Map<number, CallSite>();
  for (const [local, { module, name }] of program.imports) {
    if (!modules.test(module)) continue;
    // Of a module as a whole and of a class, the members are called.
    const members =
      name !== undefined && name !== 'default' && !/^[A-Z]/.test(name)
        ? []
        : [...program.text.matchAll(new RegExp(`(?<![\\w$.])${local.replaceAll('$', '\\$')}\\s*\\.\\s*([\\w$]+)(?=\\s*[(<])`, 'g'))];
    for (const site of [...program.callsOf(local), ...members.flatMap(([, name]) => program.callsOf(name!))]) {
      if (wanted.test(evaluate.callee(site.call))) sites.set(site.at, site);
    }
  }
  return [...sites.values()].sort((a, b) => a.at - b.at);
}

/** A method's dotted name with what is only a way to it left out: `client.withOptions({…}).chat` is `client.chat`. */
export const methodName = ({ program }: TypescriptInput, call: Call): string =>
  program.qualified((dotted(call.callee) ?? '').replace(/\.(?:withOptions|withResponse|asResponse)\(\)/g, '')).replace(/\(\)|\[\]/g, '');

/** What stands around a call and multiplies it: a loop without end, or several calls started together. */
export function circumstances({ program, evaluate, document }: TypescriptInput, { call, at }: CallSite): Found[] {
  const span = (from: { start: number; end: number }) => ({ uri: document.uri, start: from.start, end: from.end });
  const facts: Found[] = [];
  const blocks = program.blocks(at);
  for (const [depth, block] of blocks.entries()) {
    if (block.kind === 'function' || block.kind === 'class') break;
    if (!block.endless) continue;
    const inner = blocks.slice(0, depth).find((one) => one.kind === 'try');
    const rest = program.text.slice(call.end, inner?.end ?? call.end);
    // while (true) { try { return await … } catch { … } } ends with the first success.
    const isRetry =
      /^\s*return\b/.test(program.text.slice(program.statementStart(at), at)) ||
      (inner !== undefined && /^\s*(?:return|break)\b/m.test(rest.slice(0, Math.max(0, rest.search(/\}\s*catch\b/)))));
    if (!isRetry)
      facts.push({
        name: 'call_in_loop',
        value: true,
        origin: 'default',
        span: span({ start: block.start, end: block.bodyStart }),
        note: 'inside a loop without bound',
      });
    break;
  }
  const around = program.callsAround(call.start);
  const gathered = around.find((one) => /^Promise\.(?:all|allSettled|race|any)$/.test(dotted(one.callee) ?? ''));
  const count = gathered ? lengthOf(evaluate, gathered.args[0]?.value) : undefined;
  const mapped = around.find((one) => one.callee.kind === 'attribute' && one.callee.name === 'map' && one.start >= (gathered?.start ?? 0));
  if (gathered && mapped && count !== undefined && count > 1)
    facts.push({ name: 'num_requests', value: count, origin: 'default', span: span(gathered), note: 'calls started together' });
  return facts;
}

/** A fact that the construct itself states. */
export const flagFact = ({ document }: TypescriptInput, name: string, at: { start: number; end: number }, note?: string): Fact => ({
  name,
  value: true,
  origin: 'default',
  span: { uri: document.uri, start: at.start, end: at.end },
  ...(note === undefined ? {} : { note }),
});

/** Prompt caching, where a part of the request asks for it. */
export function cacheFact(input: TypescriptInput, call: Call, mark: RegExp): Fact | undefined {
  const at = input.document.text.slice(call.start, call.end).search(mark);
  return at < 0 ? undefined : flagFact(input, 'prompt_cache', { start: call.start + at, end: call.start + at + 10 });
}
