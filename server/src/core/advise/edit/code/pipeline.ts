import { argument, dotted } from '../../../syntax/python/ast.js';
import { type Recipe, withKeyword } from './recipe.js';

/** The batch size of a pipeline, or of an encoder's call.
 * @source transformers documentation, pipeline batching; sentence-transformers documentation, `encode` */
export const pipeline: Recipe = {
  facts: ['batch_size'],
  write(code, to) {
    const { program, workload } = code;
    const size = to('batch_size');
    if (typeof size !== 'number' || !/^(transformers|sentence-transformers)$/.test(workload.framework)) return undefined;
    const wanted = workload.framework === 'transformers' ? 'pipeline' : 'encode';
    const [call, ...others] = program
      .callsOf(wanted)
      .map((site) => site.call)
      .filter((one) => wanted === 'encode' || /^transformers\.(\w+\.)?pipeline$/.test(program.qualified(dotted(one.callee) ?? '')));
    if (!call || others.length > 0 || argument(call, 'batch_size')) return undefined;
    return [withKeyword(code, call, `batch_size=${size}`)];
  },
};
