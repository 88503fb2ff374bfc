import { argument } from '../../../syntax/python/ast.js';
import { modelLoads, type Recipe, withKeyword } from './recipe.js';

/** FlashAttention-2 where the model is loaded.
 * @source transformers documentation, attention backends: `attn_implementation` */
export const attention: Recipe = {
  facts: ['flash_attention'],
  write(code, to) {
    const [load, ...others] = modelLoads(code);
    if (to('flash_attention') !== true || !load || others.length > 0 || argument(load, 'use_flash_attention_2')) return undefined;
    const given = argument(load, 'attn_implementation')?.value;
    if (given?.kind === 'string')
      return [{ start: given.start, end: given.end, text: code.program.text.slice(given.start, given.end).replace(given.value, 'flash_attention_2') }];
    return given ? undefined : [withKeyword(code, load, 'attn_implementation="flash_attention_2"')];
  },
};
