import { argument, type Call, dotted } from '../../../syntax/python/ast.js';
import type { Change, Code } from './recipe.js';
import { withKeyword } from './recipe.js';

const settingsOfTrainers =
  /(?:^|\.)(?:TrainingArguments|Seq2SeqTrainingArguments|SentenceTransformerTrainingArguments|SFTConfig|DPOConfig|ORPOConfig|KTOConfig|GRPOConfig|RewardConfig)$/;

/** The one call that makes the settings of a Hugging Face trainer. */
export function trainerSettingsCall({ program, workload }: Code): Call | undefined {
  if (!/^(transformers|trl|unsloth|sentence-transformers)$/.test(workload.framework)) return undefined;
  const calls = program.callsOf(/(?:Arguments|Config)$/).filter(({ call }) => settingsOfTrainers.test(dotted(call.callee) ?? ''));
  return calls.length === 1 ? calls[0]?.call : undefined;
}

/** The one call of a name within the workload's lines. */
export function callWithin({ program, workload: { span } }: Code, name: string | RegExp, fits: (call: Call) => boolean = () => true): Call | undefined {
  const [found, ...others] = program.callsOf(name, { start: span.start, end: span.end }).filter(({ call }) => fits(call));
  return others.length === 0 ? found?.call : undefined;
}

/** One more item of a list that a call is given, or the list.
 * @returns undefined where the call gives something else */
export function withItem(code: Code, call: Call, keyword: string, item: string): Change | undefined {
  if (call.args.some((arg) => arg.spread !== undefined)) return undefined;
  const given = argument(call, keyword)?.value;
  if (!given) return withKeyword(code, call, `${keyword}=[${item}]`);
  if (given.kind !== 'list') return undefined;
  const last = given.items.at(-1);
  return last ? { start: last.end, end: last.end, text: `, ${item}` } : { start: given.start, end: given.end, text: `[${item}]` };
}
