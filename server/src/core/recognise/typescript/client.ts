import { type Call, dotted, type Expr } from '../../syntax/python/ast.js';
import { type Destination, destinationOf } from '../shared/destination.js';
import type { TypescriptEvaluator } from './evaluate.js';
import { optionsOf } from './options.js';

/** What the object is that a request method is called on. */
export interface Client {
  /** Full name of its class or module: `openai#default`; absent where this file does not show it. */
  readonly type?: string;
  /** The call that makes it, if this file shows it. */
  readonly made?: Call;
  /** True for an instance of a class of this file: it is what the class is. */
  readonly own?: true;
}
const maxSteps = 14;

/** The object that a method chain starts from: `client` of `client.chat.completions.create`. */
export function receiver(method: Expr, path: RegExp): Expr {
  let here = method.kind === 'attribute' ? method.object : method;
  for (let step = 0; step < maxSteps; step++) {
    if (here.kind === 'attribute' && path.test(here.name)) here = here.object;
    else if (here.kind === 'call' && here.callee.kind === 'attribute' && here.callee.name === 'withOptions') here = here.callee.object;
    else break;
  }
  return here;
}

/** Finds out what an object is: through names, fields, types that are written, wrappers, and functions of this file that make a client. */
export function clientOf(evaluate: TypescriptEvaluator, expr: Expr, wanted: RegExp, steps = 0): Client {
  const { program } = evaluate;
  if (steps > maxSteps) return {};
  const next = (one: Expr | undefined): Client => (one ? clientOf(evaluate, one, wanted, steps + 1) : {});
  const first = (all: readonly (Expr | undefined)[]): Client => {
    let found: Client = {};
    for (const one of all) {
      const client = next(one);
      if (client.type !== undefined && wanted.test(client.type)) return client;
      if (found.type === undefined) found = client;
    }
    return found;
  };
  const meant = evaluate.expression(expr);
  switch (meant.kind) {
    case 'binary':
      return first([meant.right, meant.left]);
    case 'conditional':
      return first([meant.value, meant.otherwise]);
    case 'call': {
      const type = evaluate.callee(meant);
      if (wanted.test(type)) return { type, made: meant };
      const returned = evaluate.allReturned(meant.callee);
      const local = first(returned);
      if (local.type !== undefined) return local;
      if (program.hasClass(type)) return { type, own: true };
      // A wrapper gives the client back with more around it.
      const inner = first(meant.args.map((arg) => arg.value).filter((value) => /^(?:call|name|attribute)$/.test(value.kind)));
      return inner.type !== undefined && wanted.test(inner.type) ? inner : { type, made: meant };
    }
    case 'name': {
      const declared = program.lookup(meant.name, meant.start);
      const typed = declared?.annotation === undefined ? undefined : named(evaluate, declared.annotation, wanted);
      const given = declared
        ? first([...(declared.value && declared.kind === 'const' ? [declared.value] : []), ...program.assigned(declared).map((one) => one.value)])
        : {};
      if (given.type !== undefined && wanted.test(given.type)) return given;
      if (typed) return { type: typed };
      if (declared?.kind === 'class') return { type: meant.name, own: true };
      return program.imports.has(meant.name) ? { type: program.qualified(meant.name) } : given;
    }
    case 'attribute': {
      const object = dotted(meant.object);
      const members = object === undefined ? [] : program.members(object, meant.name);
      const made = first(members.map((one) => one.value));
      if (made.type !== undefined && wanted.test(made.type)) return made;
      const typed = members.flatMap((one) => (one.annotation === undefined ? [] : (named(evaluate, one.annotation, wanted) ?? [])))[0];
      if (typed !== undefined) return { type: typed };
      const getter = members.find((one) => one.kind === 'function' && one.owner !== undefined);
      const returned = getter?.owner === undefined ? [] : (program.functionAt(getter.owner)?.returned ?? []);
      const gotten = first(returned);
      if (gotten.type !== undefined) return gotten;
      const name = dotted(meant);
      const qualified = name === undefined ? undefined : program.qualified(name);
      return qualified !== undefined && qualified !== name ? { type: qualified } : made;
    }
    default:
      return {};
  }
}
/** The client's class in a type: `OpenAI | null`, `Promise<OpenAI>`. */
function named({ program }: TypescriptEvaluator, annotation: string, wanted: RegExp): string | undefined {
  return (annotation.match(/[\w$.]+/g) ?? []).map((name) => program.qualified(name)).find((name) => wanted.test(name));
}

/** Where a client sends its requests, by the options that it is made with. */
export function destination(evaluate: TypescriptEvaluator, made: Call | undefined): Destination {
  const given = optionsOf(evaluate, made?.args[0]?.value);
  const configuration = optionsOf(evaluate, given.get('configuration', 'clientOptions', 'httpOptions'));
  const base = given.get('baseURL', 'baseUrl', 'endpoint', 'serverURL', 'host', 'endpointUrl') ?? configuration.get('baseURL', 'basePath', 'baseUrl');
  const key = given.get('apiKey');
  const place = base && { start: base.start, end: base.end, text: written(evaluate, base), written: evaluate.program.text.slice(base.start, base.end) };
  return destinationOf(evaluate.uri, place, key && evaluate.value(key));
}

/** What is written of an address; what is put in at run time stands as some host. */
export function written(evaluate: TypescriptEvaluator, expr: Expr, steps = 0): string | undefined {
  if (steps > 6) return undefined;
  const value = evaluate.value(expr);
  if (value.known) return typeof value.value === 'string' ? value.value : undefined;
  const next = (one: Expr): string | undefined => written(evaluate, one, steps + 1);
  if (expr.kind === 'template') return expr.parts.map((part, at) => (typeof part === 'string' ? part : (next(part) ?? (at === 0 ? '' : 'some.host')))).join('');
  if (expr.kind === 'binary' && expr.op === '+') return (next(expr.left) ?? '') + (next(expr.right) ?? '');
  if (expr.kind === 'call' && /^(?:URL|encodeURI|String|Request)$/.test(dotted(expr.callee) ?? '') && expr.args[0])
    return expr.args[1] ? (next(expr.args[1].value) ?? '') + (next(expr.args[0].value) ?? '') : next(expr.args[0].value);
  const meant = evaluate.expression(expr);
  return meant === expr ? undefined : next(meant);
}
