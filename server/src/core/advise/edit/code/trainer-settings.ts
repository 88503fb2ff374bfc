import type { FactValue } from '../../../model/fact.js';
import { argument } from '../../../syntax/python/ast.js';
import { trainingVocabularies } from '../words/training.js';
import { type Change, type Recipe, withKeyword } from './recipe.js';
import { trainerSettingsCall } from './trainer.js';

/** A setting of a trainer whose settings stand in one call, where none of them is a fact to stand beside. */
const setting = (fact: string): Recipe => ({
  facts: [fact],
  write(code, to) {
    const value = to(fact);
    const spelled = value === undefined ? undefined : trainingVocabularies['trl']?.spell(fact, value);
    const call = trainerSettingsCall(code);
    if (!call || spelled?.length !== 1 || !spelled[0] || spelled[0].beside) return undefined;
    const { key, value: written } = spelled[0];
    if (argument(call, key) || call.args.some((arg) => arg.spread)) return undefined;
    return [withKeyword(code, call, `${key}=${literal(written)}`)] satisfies Change[];
  },
});
export const trainerSettings: readonly Recipe[] = [
  'precision',
  'grad_ckpt',
  'batch_size',
  'grad_accum',
  'optimizer',
  'compile',
  'packing',
  'loader_workers',
  'eval_steps',
  'save_steps',
].map(setting);

const literal = (value: FactValue): string =>
  typeof value === 'boolean' ? (value ? 'True' : 'False') : typeof value === 'string' ? `"${value}"` : String(value);
