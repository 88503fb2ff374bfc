import type { Configured } from '../../model/fact.js';
import { argument, type Call, type Expr } from '../../syntax/python/ast.js';
import type { UnknownValue } from '../shared/evaluated.js';
import type { ReadsValues } from './evaluated.js';

const maxDepth = 20;
/** Without one of these a program loads no settings. */
const signs = /\bhydra\b|\bOmegaConf\b|\byaml\b|\bjson\.load|\.fromfile\(/;
const loads = /(?:^|\.)(?:yaml\.(?:safe_|full_|unsafe_)?load|YAML\(\)\.load|json\.loads?|OmegaConf\.load|Config\.fromfile)$/;
/** What hands on the values that it is given. */
const wraps =
  /(?:^|\.)(?:OmegaConf\.(?:create|to_container|to_object|structured|merge)|EasyDict|edict|Munch|munchify|Box|DotMap|DictConfig|ConfigDict|AttrDict|SimpleNamespace|Namespace|dict|deepcopy|DotDict|dotdict)$/;

/** An element of a configuration that the program loads: `cfg.train.batch_size` under Hydra, `config["epochs"]` of a YAML file. */
export function configuredValue(evaluator: ReadsValues, expr: Expr, steps: number): (UnknownValue & { readonly configured: Configured }) | undefined {
  if (!evaluator.program.mentions(signs)) return undefined;
  const configured = elementOf(evaluator, expr, steps);
  if (!configured) return undefined;
  const name = configured.path.join('.');
  return {
    known: false,
    reason: `${name} comes from ${configured.file ?? `the file that --${configured.option} names`}`,
    start: expr.start,
    end: expr.end,
    // Hydra's overrides are whole paths.
    param: configured.composed ? name : configured.path.at(-1)!,
    configured,
  };
}

function elementOf(evaluator: ReadsValues, expr: Expr, steps: number): Configured | undefined {
  if (steps > maxDepth || (expr.kind !== 'attribute' && expr.kind !== 'subscript')) return undefined;
  const key = expr.kind === 'attribute' ? expr.name : keyOf(evaluator, expr.index, steps);
  const owner = key === undefined ? undefined : sourceOf(evaluator, expr.object, steps + 1);
  return owner && { ...owner, path: [...owner.path, key!] };
}
function keyOf(evaluator: ReadsValues, index: Expr, steps: number): string | undefined {
  const value = evaluator.value(index, steps + 1);
  return value.known && (typeof value.value === 'string' || typeof value.value === 'number') ? String(value.value) : undefined;
}

/** The file that an object was loaded from, or the place in one. */
function sourceOf(evaluator: ReadsValues, object: Expr, steps: number): Configured | undefined {
  if (steps > maxDepth) return undefined;
  const meant = evaluator.expression(object, steps);
  const { sources } = evaluator.memory;
  if (sources.has(meant)) return sources.get(meant);
  sources.set(meant, undefined); // what is made of itself comes from no file
  const found = loadedFrom(evaluator, meant, steps);
  sources.set(meant, found);
  return found;
}
function loadedFrom(evaluator: ReadsValues, meant: Expr, steps: number): Configured | undefined {
  switch (meant.kind) {
    case 'call':
      return ofCall(evaluator, meant, steps);
    case 'name':
      return hydraMain(evaluator, meant, steps);
    default:
      return elementOf(evaluator, meant, steps);
  }
}

function ofCall(evaluator: ReadsValues, call: Call, steps: number): Configured | undefined {
  const name = evaluator.callee(call);
  if (loads.test(name)) {
    const file = fileOf(evaluator, call.args[0]?.value, steps + 1);
    return file && { ...file, path: [] };
  }
  if (/^hydra\.compose$/.test(name)) return composedBy(evaluator, argument(call, 'config_name', 0)?.value, initialised(evaluator), steps);
  if (wraps.test(name)) {
    for (const { value } of call.args) {
      const source = sourceOf(evaluator, value.kind === 'spread' ? value.value : value, steps + 1);
      if (source) return source;
    }
    return undefined;
  }
  // cfg.get("train")
  const key = call.callee.kind === 'attribute' && call.callee.name === 'get' && call.args[0] ? keyOf(evaluator, call.args[0].value, steps) : undefined;
  const owner = key !== undefined && call.callee.kind === 'attribute' ? sourceOf(evaluator, call.callee.object, steps + 1) : undefined;
  return owner && { ...owner, path: [...owner.path, key!] };
}

/** The file behind what is loaded: a path, an open file, the text that was read out of one. */
function fileOf(evaluator: ReadsValues, given: Expr | undefined, steps: number): Pick<Configured, 'file' | 'option'> | undefined {
  if (!given || steps > maxDepth) return undefined;
  if (given.kind === 'name') {
    const binding = evaluator.program.lookup(given.name, given.start);
    if (binding?.kind === 'with') return fileOf(evaluator, binding.value, steps + 1);
  }
  const meant = evaluator.expression(given, steps);
  if (meant.kind === 'call') {
    const name = evaluator.callee(meant);
    if (/^(?:io\.|codecs\.)?open$/.test(name)) return fileOf(evaluator, meant.args[0]?.value, steps + 1);
    const method = meant.callee.kind === 'attribute' ? meant.callee.name : '';
    if (meant.callee.kind === 'attribute' && /^(?:open|read|read_text)$/.test(method)) return fileOf(evaluator, meant.callee.object, steps + 1);
    if (/^(?:pathlib\.)?Path$/.test(name)) return fileOf(evaluator, meant.args[0]?.value, steps + 1);
    // What stands in front is the folder of the program, or one that is decided when it runs.
    if (/(?:^|\.)join$/.test(name)) {
      const parts = meant.args.flatMap(({ value }) => {
        const part = evaluator.value(value, steps + 1);
        return part.known && typeof part.value === 'string' ? [part.value] : [];
      });
      return parts.length > 0 && /\.\w+$/.test(parts.at(-1)!) ? { file: parts.join('/') } : undefined;
    }
  }
  const value = evaluator.value(given, steps + 1);
  const option = value.param === undefined ? {} : { option: value.param };
  if (value.known) return typeof value.value === 'string' && /\.(?:ya?ml|json|py)$/.test(value.value) ? { file: value.value, ...option } : undefined;
  if (meant.kind === 'binary' && meant.op === '/') return fileOf(evaluator, meant.right, steps + 1);
  return value.param === undefined ? undefined : { option: value.param };
}

/** The parameter of a function under `@hydra.main`. */
function hydraMain(evaluator: ReadsValues, name: Extract<Expr, { kind: 'name' }>, steps: number): Configured | undefined {
  const { program } = evaluator;
  const binding = program.lookup(name.name, name.start);
  const owner = binding?.kind === 'parameter' ? program.functionAt(binding.scope) : undefined;
  const decorator = owner?.decorators.find((one) => one.kind === 'call' && /(?:^|\.)(?:hydra(?:\.\w+)*\.main|hydra_runner)$/.test(evaluator.callee(one)));
  if (decorator?.kind !== 'call' || owner?.parameters[0]?.name !== binding?.name) return undefined;
  return composedBy(evaluator, argument(decorator, 'config_name', 1)?.value, argument(decorator, 'config_path', 0)?.value, steps);
}
const initialised = (evaluator: ReadsValues): Expr | undefined =>
  evaluator.program.callsOf(/^initialize(?:_config_dir)?$/).flatMap(({ call }) => argument(call, 'config_path', 0)?.value ?? [])[0];

function composedBy(evaluator: ReadsValues, name: Expr | undefined, folder: Expr | undefined, steps: number): Configured | undefined {
  const text = (expr: Expr | undefined): string | undefined => {
    const value = expr && evaluator.value(expr, steps + 1);
    return value?.known && typeof value.value === 'string' ? value.value : undefined;
  };
  const written = text(name);
  const path = text(folder) ?? (folder ? undefined : '.');
  const file =
    written !== undefined && path !== undefined ? `${path === '.' ? '' : `${path.replace(/\/$/, '')}/`}${written.replace(/\.ya?ml$/, '')}.yaml` : undefined;
  return { ...(file === undefined ? {} : { file }), option: 'config_name', path: [], composed: true };
}
