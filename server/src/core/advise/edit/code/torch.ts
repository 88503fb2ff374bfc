import { dotted } from '../../../syntax/python/ast.js';
import { type Change, type Code, lastImport, lineAfter, type Recipe, withImports } from './recipe.js';

const own = /^(pytorch|timm|accelerate|diffusers|fabric|lightning)$/;

/** `model = torch.compile(model)` behind the statement that makes the model.
 * @source PyTorch documentation, torch.compile */
export const compile: Recipe = {
  facts: ['compile'],
  write(code, to) {
    if (to('compile') !== true || !/^(pytorch|timm)$/.test(code.workload.framework)) return undefined;
    const model = modelOf(code);
    return model && withImports(code, [lineAfter(code, model.at, `${model.name} = torch.compile(${model.name})`)], [['torch']]);
  },
};

/** bf16 around the forward pass, or TF32 for what stays in 32 bits.
 * @source PyTorch documentation, torch.autocast and torch.set_float32_matmul_precision */
export const precision: Recipe = {
  facts: ['precision'],
  write(code, to) {
    const { program, workload } = code;
    const wanted = to('precision');
    if (!own.test(workload.framework)) return undefined;
    if (wanted === 'tf32') {
      const last = lastImport(code, workload.span.start);
      const torch = program.imports.get('torch');
      return last !== undefined && torch && torch.start <= last ? [lineAfter(code, last, 'torch.set_float32_matmul_precision("high")')] : undefined;
    }
    return wanted === 'bf16' && /^(pytorch|timm)$/.test(workload.framework) ? autocast(code) : undefined;
  },
};

/** An optimizer with states of one byte in the place of torch's own.
 * @source bitsandbytes documentation, 8-bit optimizers */
export const eightBit: Recipe = {
  facts: ['optimizer'],
  write(code, to) {
    const { program, workload } = code;
    const paged = /^paged_/.test(String(to('optimizer')));
    if (!own.test(workload.framework) || !/^(paged_)?adamw?_8bit$/.test(String(to('optimizer')))) return undefined;
    const sites = program.callsOf(/^AdamW?$/).filter(({ call }) => /^torch\.optim\.(\w+\.)?AdamW?$/.test(program.qualified(dotted(call.callee) ?? '')));
    const [site, ...others] = sites;
    if (!site || others.length > 0) return undefined;
    // bitsandbytes has no such arguments.
    if (site.call.args.some((arg) => /^(fused|foreach|capturable|differentiable|maximize)$/.test(arg.keyword ?? '') || arg.spread)) return undefined;
    const { start, end } = site.call.callee;
    return withImports(code, [{ start, end, text: `bnb.optim.${paged ? 'Paged' : ''}AdamW8bit` }], [['bitsandbytes', undefined, 'bnb']]);
  },
};

/** The statement that last makes the model by one call, before the loop, at the loop's own depth or above it. */
function modelOf({ program, workload }: Code): { name: string; at: number } | undefined {
  for (const name of ['model', 'net', 'unet', 'transformer']) {
    const scope = program.scopeOf(workload.span.start);
    const made = program
      .bindings(name)
      .filter((one) => one.kind === 'assign' && one.object === undefined && one.start < workload.span.start && (one.scope === scope || one.scope < 0));
    const last = made.at(-1);
    if (last?.value?.kind === 'call' && last.index === undefined) return { name, at: last.start };
  }
  return undefined;
}

/** The lines from the first that the loss needs in the loop's body to the one that makes it, under an autocast; backward stays outside. */
function autocast(code: Code): Change[] | undefined {
  const { program, workload } = code;
  const { text } = program;
  const [site, ...others] = program.callsOf('backward').filter(({ at }) => at >= workload.span.start && at < workload.span.end);
  const loss = site && site.call.callee.kind === 'attribute' ? dotted(site.call.callee.object) : undefined;
  if (!site || others.length > 0 || loss === undefined || !/^\w+$/.test(loss)) return undefined;
  const scope = program.scopeOf(site.at);
  const lineOf = (at: number): number => text.lastIndexOf('\n', at - 1) + 1;
  const column = (at: number): string => text.slice(lineOf(at), at);
  const end = program.statement(site.at);
  const binding = program
    .bindings(loss)
    .filter((one) => one.kind === 'assign' && one.scope === scope && one.start < site.at)
    .at(-1);
  if (!binding?.value) return undefined;
  let first = program.statement(binding.start);
  const indent = column(first.start);
  if (!/^[ \t]+$/.test(indent) || indent !== column(end.start)) return undefined;
  // What the loss is made of, where it stands right above: `output = model(x)`.
  for (const word of text.slice(binding.value.start, binding.value.end).match(/[A-Za-z_]\w*/g) ?? []) {
    const made = program
      .bindings(word)
      .findLast((one) => one.kind === 'assign' && one.scope === scope && one.value?.kind === 'call' && one.start < binding.start);
    if (!made) continue;
    const statement = program.statement(made.start);
    const between = text.slice(statement.start, first.start);
    const isNear = column(statement.start) === indent && between.split('\n').length <= 6 && !/zero_grad|\bfor\b|\bif\b|\bwhile\b|\.to\(/.test(between);
    if (isNear && statement.start < first.start) first = statement;
  }
  const last = program.statement(binding.start);
  const newline = text.includes('\r\n') ? '\r\n' : '\n';
  const body = text.slice(lineOf(first.start), last.end);
  if (/"""|'''/.test(body)) return undefined;
  const step = indent.includes('\t') ? '\t' : '    ';
  const wrapped = `${indent}with torch.autocast("cuda", dtype=torch.bfloat16):${newline}${body.replace(/^(?=[^\r\n])/gm, step)}`;
  return withImports(code, [{ start: lineOf(first.start), end: last.end, text: wrapped }], [['torch']]);
}
