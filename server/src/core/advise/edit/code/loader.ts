import { argument, type Call, dotted } from '../../../syntax/python/ast.js';
import { type Recipe, withKeyword } from './recipe.js';

/** Workers of the loader that the training takes its samples from.
 * @source PyTorch documentation, torch.utils.data.DataLoader: `num_workers` */
export const loader: Recipe = {
  facts: ['loader_workers'],
  write(code, to) {
    const workers = to('loader_workers');
    const stands = code.workload.facts.find(({ name }) => name === 'loader_workers')?.span;
    if (typeof workers !== 'number' || !stands) return undefined;
    const call = code.program.callsOf('DataLoader').find((site) => site.call.start <= stands.start && stands.end <= site.call.end)?.call;
    return call && isOpen(call, 'num_workers') ? [withKeyword(code, call, `num_workers=${workers}`)] : undefined;
  },
};

/** One kernel for the update of all weights.
 * @source PyTorch documentation, torch.optim.AdamW: `fused` */
export const fused: Recipe = {
  facts: ['fused_optimizer'],
  write(code, to) {
    const { program } = code;
    if (to('fused_optimizer') !== true) return undefined;
    const [site, ...others] = program.callsOf(/^AdamW?$/).filter(({ call }) => /^torch\.optim\b/.test(program.qualified(dotted(call.callee) ?? '')));
    const isPlain = site && ['fused', 'capturable', 'differentiable'].every((name) => isOpen(site.call, name));
    if (!isPlain || others.length > 0) return undefined;
    // Of the two forms one can be asked for.
    const other = site.call.args.find((arg) => arg.keyword === 'foreach');
    return [other ? { start: other.start, end: other.end, text: 'fused=True' } : withKeyword(code, site.call, 'fused=True')];
  },
};
const isOpen = (call: Call, name: string): boolean => !argument(call, name) && !call.args.some((arg) => arg.spread !== undefined);
