import { maskTemplates } from '../../syntax/template.js';
import { textOf, type Value } from '../../syntax/value.js';
import { readYaml } from '../../syntax/yaml.js';

/** The YAML inside a text of a YAML file, with its places in the file; undefined where it is none. */
export function nestedYaml(uri: string, source: string, value: Value | undefined): Value | undefined {
  const text = textOf(value);
  if (value?.kind !== 'scalar' || text === undefined || text.length > longest) return undefined;
  const [root] = readYaml(uri, maskTemplates(text)).roots;
  const places = align(text, source, value.textStart ?? value.start, value.end);
  return root && moved(root, (offset) => places[Math.min(offset, places.length - 1)] ?? value.start);
}
const longest = 200_000;

function moved(value: Value, place: (offset: number) => number): Value {
  const start = place(value.start);
  const end = Math.max(start, place(Math.max(value.start, value.end - 1)) + 1);
  if (value.kind === 'seq') return { ...value, start, end, items: value.items.map((item) => moved(item, place)) };
  if (value.kind === 'map')
    return {
      ...value,
      start,
      end,
      entries: value.entries.map((entry) => ({
        key: entry.key,
        keyStart: place(entry.keyStart),
        keyEnd: place(entry.keyEnd),
        value: moved(entry.value, place),
      })),
    };
  return { ...value, start, end };
}

/** Where each character of a scalar's text stands in the file: indentation, folding and escapes are skipped. */
export function align(text: string, source: string, start: number, end: number): number[] {
  const places: number[] = new Array(text.length + 1);
  let here = start;
  for (let index = 0; index < text.length; index++) {
    const character = text[index] as string;
    if (!/\s/.test(character)) {
      const found = source.indexOf(character, here);
      if (found >= 0 && found < end) here = found;
    }
    places[index] = Math.min(here, end);
    if (!/\s/.test(character)) here++;
  }
  places[text.length] = Math.min(here, end);
  return places;
}
