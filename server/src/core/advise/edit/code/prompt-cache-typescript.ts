import type { FactValue } from '../../../model/fact.js';
import type { Workload } from '../../../model/workload.js';
import type { Change } from './recipe.js';

/** A system prompt that is one name or one text, to the end of its property. */
const system = /\bsystem\s*:\s*([A-Za-z_$][\w$.]*|`[^`]*`|'[^'\n]*'|"[^"\n]*")(?=\s*(?:,|\}|\n))/g;

/** Marks the system prompt of an Anthropic request in TypeScript as cached, as the Python one is.
 * @source Anthropic documentation, prompt caching */
export function promptCacheTypescript(text: string, workload: Workload, fact: string, value: FactValue | undefined): Change[] | undefined {
  if (fact !== 'prompt_cache' || value !== true || !/^anthropic/.test(workload.framework)) return undefined;
  const { start, end } = workload.span;
  const [found, ...others] = [...text.slice(start, end).matchAll(system)];
  const given = found?.[1];
  if (!found || given === undefined || others.length > 0) return undefined;
  const at = start + found.index + found[0].length - given.length;
  return [{ start: at, end: at + given.length, text: `[{ type: 'text', text: ${given}, cache_control: { type: 'ephemeral' } }]` }];
}
