import { type Call, dotted, type Expr } from '../../syntax/python/ast.js';
import type { PythonProgram } from '../../syntax/python/program.js';
import { type Destination, destinationOf } from '../shared/destination.js';
import type { Evaluator } from './evaluate.js';
import { keyed } from './keyed.js';

/** What the object is that a request method is called on. */
export interface Client {
  /** Full name of its class or module: `openai.AzureOpenAI`, `anthropic.Anthropic`; absent where this file does not show it. */
  readonly type?: string;
  /** The call that makes it, if this file shows it. */
  readonly made?: Call;
}

const wrappers =
  /(^|\.)(from_(openai|anthropic|litellm|groq|mistral|gemini|genai)|wrap_(openai|anthropic|genai)|patch|apatch|observe\w*|trace\w*|weave_client_context)$/;
const maxSteps = 12;

/** The object that a method chain starts from: `client` of `client.with_options(timeout=5).chat.completions.create`. */
export function receiver(method: Expr, path: RegExp): Expr {
  let here = method.kind === 'attribute' ? method.object : method;
  for (let step = 0; step < maxSteps; step++) {
    if (here.kind === 'attribute' && path.test(here.name)) here = here.object;
    else if (here.kind === 'call' && here.callee.kind === 'attribute' && /^(with_options|copy)$/.test(here.callee.name)) here = here.callee.object;
    else break;
  }
  return here;
}

/** Finds out what an object is: through names, attributes set in a constructor, annotations, `with … as`, wrappers, and functions of this file that return a client. */
export function clientOf(evaluate: Evaluator, expr: Expr, wanted: RegExp, steps = 0): Client {
  const { program } = evaluate;
  if (steps > maxSteps) return {};
  const meant = evaluate.expression(expr);
  if (meant.kind === 'binary' && (meant.op === 'or' || meant.op === 'and')) {
    const right = clientOf(evaluate, meant.right, wanted, steps + 1);
    return right.type === undefined ? clientOf(evaluate, meant.left, wanted, steps + 1) : right;
  }
  if (meant.kind === 'conditional') {
    const first = clientOf(evaluate, meant.value, wanted, steps + 1);
    return first.type === undefined ? clientOf(evaluate, meant.otherwise, wanted, steps + 1) : first;
  }
  if (meant.kind === 'call') return made(evaluate, meant, wanted, steps);
  if (meant.kind === 'name') {
    const binding = program.lookup(meant.name, meant.start);
    if (binding?.annotation) {
      const annotated = (binding.annotation.match(/[\w.]+/g) ?? []).map((name) => program.qualified(name)).find((name) => wanted.test(name));
      if (annotated) return { type: annotated };
    }
    if (binding?.kind === 'with' && binding.value) return clientOf(evaluate, binding.value, wanted, steps + 1);
    if (!binding || binding.kind === 'import') return program.imports.has(meant.name) ? { type: program.qualified(meant.name) } : {};
    return {};
  }
  if (meant.kind === 'attribute') {
    const set = program
      .bindings(meant.name)
      .filter((binding) => binding.object === dotted(meant.object) && binding.kind === 'assign' && binding.value?.kind !== 'none');
    // client = OpenAI() in the body of the class
    const value = (
      set.at(-1) ??
      (dotted(meant.object) === 'self' ? program.bindings(meant.name).find(({ inClass, object }) => inClass !== undefined && object === undefined) : undefined)
    )?.value;
    if (value && value !== meant) return clientOf(evaluate, value, wanted, steps + 1);
    // A property or cached method that makes the client: `def client(self): return OpenAI()`.
    if (dotted(meant.object) === 'self') return fromFunction(evaluate, meant.name, wanted, steps);
    const name = dotted(meant);
    const qualified = name === undefined ? undefined : program.qualified(name);
    return qualified !== undefined && (qualified !== name || wanted.test(qualified)) ? { type: qualified } : {};
  }
  return {};
}

function made(evaluate: Evaluator, call: Call, wanted: RegExp, steps: number): Client {
  const type = evaluate.callee(call);
  if (wanted.test(type)) return { type, made: call };
  const first = call.args[0]?.value;
  if (wrappers.test(type) && first) return clientOf(evaluate, first, wanted, steps + 1);
  const name =
    call.callee.kind === 'name' ? call.callee.name : call.callee.kind === 'attribute' && dotted(call.callee.object) === 'self' ? call.callee.name : undefined;
  const returned = name === undefined ? undefined : fromFunction(evaluate, name, wanted, steps);
  return returned?.type === undefined ? { type, made: call } : returned;
}

function fromFunction(evaluate: Evaluator, name: string, wanted: RegExp, steps: number): Client {
  const { program } = evaluate;
  const owner = /^\w+$/.test(name) ? program.function(name) : undefined;
  if (!owner || steps > 4) return {};
  for (const { call } of program.callsOf(/^(?:\w*(?:OpenAI|Anthropic\w*|Client|Groq|Together|client|Session))$/, {
    start: owner.bodyStart,
    end: owner.end,
  })) {
    const type = evaluate.callee(call);
    if (wanted.test(type)) return { type, made: call };
  }
  return {};
}

/** Where a client sends its requests, by `base_url` and its other names. */
export function destination(evaluate: Evaluator, program: PythonProgram, client: Client): Destination {
  const given = keyed(evaluate, client.made);
  const url = given.get('base_url', 'api_base', 'openai_api_base', 'azure_endpoint', 'endpoint');
  const base = url ?? moduleSetting(program, client);
  const value = base && evaluate.value(base);
  const text = value?.known && typeof value.value === 'string' ? value.value : base && writtenPart(evaluate, base);
  const key = given.get('api_key');
  const place = base && { start: base.start, end: base.end, text, written: program.text.slice(base.start, base.end) };
  return destinationOf(evaluate.uri, place, key && evaluate.value(key));
}

function moduleSetting(program: PythonProgram, client: Client): Expr | undefined {
  if (client.made || client.type === undefined) return undefined;
  const set = ['api_base', 'base_url'].flatMap((name) =>
    program.bindings(name).filter((binding) => binding.object !== undefined && program.qualified(binding.object) === 'openai'),
  );
  return set.at(-1)?.value;
}

/** What is written of an address that is put together at run time. */
function writtenPart(evaluate: Evaluator, expr: Expr, steps = 0): string | undefined {
  if (expr.kind === 'string') return expr.value;
  if (expr.kind === 'template') return expr.parts.map((part) => (typeof part === 'string' ? part : 'some.host')).join('');
  if (expr.kind === 'binary') return writtenPart(evaluate, expr.left, steps + 1);
  if (expr.kind === 'call' && expr.callee.kind === 'attribute' && /^(format|rstrip|strip)$/.test(expr.callee.name))
    return writtenPart(evaluate, expr.callee.object, steps + 1);
  const meant = evaluate.expression(expr);
  return meant === expr || steps > 5 ? undefined : writtenPart(evaluate, meant, steps + 1);
}
