import { settingsOf } from './settings.js';
import type { Sighting } from './types.js';

/** True for a file whose samples can be counted: a record a line, an array, a table. */
export const isDataFile = (name: string): boolean => /\.(?:jsonl|ndjson|json|csv|tsv)$/i.test(name);

/** How many samples a data file holds; only counted, never kept.
 * @unknown no `items` for JSON that is no array */
export function readDataSet(uri: string, text: string): Sighting {
  const registered = /\/dataset_info\.json$/.test(uri) ? registry(text) : undefined;
  const settings = /\.json$/i.test(uri) ? settingsOf({ uri, text, language: 'json' }) : {};
  if (registered) return { uri, workloads: [], problems: [], registered };
  const items = /\.(?:csv|tsv)$/i.test(uri) ? Math.max(0, rows(text) - 1) : /\.json$/i.test(uri) ? elements(text) : rows(text);
  return { uri, workloads: [], problems: [], ...settings, ...(items === undefined || items === 0 ? {} : { items }) };
}

/** Lines with something in them; a line break inside quotes (CSV) ends no row. */
function rows(text: string): number {
  let count = 0;
  let filled = false;
  let quoted = false;
  const quotes = !text.trimStart().startsWith('{');
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (quotes && code === 34) quoted = !quoted;
    if (code === 10 && !quoted) {
      if (filled) count++;
      filled = false;
    } else if (code > 32) filled = true;
  }
  return filled ? count + 1 : count;
}

/** Elements of a JSON array, or of the `data` array of an object; some tools write a record a line into `.json` as well. */
function elements(text: string): number | undefined {
  const start = text.search(/\S/);
  if (start < 0) return undefined;
  if (text[start] === '{') {
    const inside = /^\s*\{\s*"(?:data|train|examples|instances)"\s*:\s*\[/.exec(text.slice(start, start + 200));
    if (inside) return countFrom(text, start + inside[0].length);
    return /^\s*\{.*\}\s*\n\s*\{/.test(text.slice(start, start + 100_000)) ? rows(text) : undefined;
  }
  return text[start] === '[' ? countFrom(text, start + 1) : undefined;
}
function countFrom(text: string, from: number): number | undefined {
  let depth = 0;
  let count = 0;
  let filled = false;
  for (let at = from; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code <= 32) continue;
    if (code === 34) {
      filled = true;
      for (at++; at < text.length && text.charCodeAt(at) !== 34; at++) if (text.charCodeAt(at) === 92) at++;
    } else if (code === 91 || code === 123) {
      filled = true;
      depth++;
    } else if (code === 93 || code === 125) {
      if (depth === 0) return filled ? count + 1 : count;
      depth--;
    } else if (code === 44 && depth === 0) {
      count++;
      filled = false;
    } else filled = true;
  }
  return undefined;
}

/** LLaMA-Factory's list of data sets: by name, the file beside the list or the id on the hub.
 * @source hiyouga/LLaMA-Factory data/README.md */
function registry(text: string): Record<string, string> | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return undefined;
    return Object.fromEntries(
      Object.entries(parsed).flatMap(([name, entry]: [string, Partial<Record<string, unknown>> | null]) => {
        const at = entry?.['file_name'] ?? entry?.['hf_hub_url'];
        return typeof at === 'string' ? [[name, at]] : [];
      }),
    );
  } catch {
    return undefined;
  }
}
