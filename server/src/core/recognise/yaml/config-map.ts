import { at, entriesOf, textOf, type Value } from '../../syntax/value.js';
import { align } from '../config/nested.js';
import { movedTo } from '../shared/moved.js';
import type { ConfigInput, SeenWorkload, YamlRecogniser } from '../types.js';

/** Python programs that a ConfigMap holds. What mounts and starts them has the hardware: they are no money of their own. */
export const configMap: YamlRecogniser = {
  id: 'config-map',
  language: 'yaml',
  marker: /^[ \t]+["']?[\w.-]+\.py["']?[ \t]*:[ \t]*[|>]/m,
  doc: {
    format: 'ConfigMaps with programs',
    reads: 'what a Python program in a ConfigMap trains, serves or calls, as in a file of its own',
    example: 'apiVersion: v1\nkind: ConfigMap\ndata:\n  train.py: |\n    import torch',
  },
  recognise: (input) => input.roots.flatMap((root) => (textOf(at(root, 'kind')) === 'ConfigMap' ? programs(input, root) : [])),
};

function programs({ document, program }: ConfigInput, root: Value): SeenWorkload[] {
  return entriesOf(at(root, 'data')).flatMap(({ key, value }): SeenWorkload[] => {
    const text = /\.py$/.test(key) && value.kind === 'scalar' ? textOf(value) : undefined;
    const found = text === undefined || text.length > longest ? [] : (program?.(text) ?? []);
    if (found.length === 0 || text === undefined || value.kind !== 'scalar') return [];
    const places = align(text, document.text, value.textStart ?? value.start, value.end);
    const place = (offset: number): number => places[Math.min(offset, places.length - 1)] ?? value.start;
    return found.map((one) => ({
      ...movedTo(one, place),
      title: one.title ?? key,
      ...(one.kind === 'api-call' ? {} : { fragment: true as const }),
    }));
  });
}
const longest = 200_000;
