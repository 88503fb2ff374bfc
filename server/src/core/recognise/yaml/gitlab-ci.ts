import { at, type Entry, entriesOf, hasKey, itemsOf, textOf, type Value } from '../../syntax/value.js';
import { ConfigFacts } from '../shared/config-facts.js';
import type { SeenWorkload, YamlRecogniser } from '../types.js';

/** Jobs of a GitLab pipeline whose tags ask for a runner with a GPU. */
export const gitlabCi: YamlRecogniser = {
  id: 'gitlab-ci',
  language: 'yaml',
  marker: /^[ \t]+tags[ \t]*:[\s\S]{0,200}?(?:gpu|nvidia|cuda|[abh]\d00|l40s?|\bt4\b|\bl4\b)/im,
  doc: { format: 'GitLab CI', reads: 'GPU of a runner’s tag, time limit', example: 'tags: [saas-linux-medium-amd64-gpu-standard]' },
  recognise: ({ document, roots }) =>
    /gitlab-ci[^/]*\.ya?ml$/.test(document.uri) ? roots.flatMap((root) => entriesOf(root).flatMap((job) => read(document.uri, root, job) ?? [])) : [],
};

const chip = /(?:^|[^a-z0-9]|\dx)(a10g?|a100|a40|a6000|h100|h200|b200|gb200|l4|l40s?|t4|v100)(?![a-z0-9])/i;

function read(uri: string, root: Value, { key, keyStart, value }: Entry): SeenWorkload | undefined {
  // A name with a dot in front is a template that runs nothing.
  if (key.startsWith('.') || !(hasKey(value, 'script') || hasKey(value, 'extends'))) return undefined;
  const tag = itemsOf(inherited(root, value, 'tags', 0)).find((one) => /gpu|nvidia|cuda/i.test(textOf(one) ?? '') || chip.test(textOf(one) ?? ''));
  if (!tag) return undefined;
  const name = textOf(tag) ?? '';
  const facts = new ConfigFacts(uri, root);
  const type = chip.exec(name)?.[1];
  if (type) facts.put('gpu_type', type, tag);
  const count = /(?:^|[^a-z0-9])(\d{1,2})x?[-_]?(?:gpus?|[abhlt]\d+)(?![a-z0-9])/i.exec(name)?.[1];
  if (count) facts.put('gpu_count', Number(count), tag);
  const limit = inherited(root, value, 'timeout', 0);
  const time = limit && seconds(textOf(limit) ?? '');
  if (limit && time !== undefined) facts.put('max_time', time, limit);
  return facts.workload('resource', 'gitlab-ci', 'GPU runner', { start: keyStart, end: value.end });
}
/** A key of a job, or of the templates that it extends, the last named first. */
function inherited(root: Value, job: Value | undefined, key: string, depth: number): Value | undefined {
  const own = at(job, key);
  if (own || depth > 5) return own;
  const parents = at(job, 'extends');
  const names = parents?.kind === 'seq' ? parents.items.toReversed() : parents ? [parents] : [];
  for (const name of names.slice(0, 10)) {
    const found = inherited(root, at(root, textOf(name) ?? ''), key, depth + 1);
    if (found) return found;
  }
  return undefined;
}
/** `2h 30m`, `3 hours 30 minutes`, `90 minutes`. */
function seconds(written: string): number | undefined {
  const parts = [...written.matchAll(/(\d+)\s*(h|m|s)/gi)];
  return parts.length === 0
    ? undefined
    : parts.reduce((sum, [, amount, unit]) => sum + Number(amount) * ({ h: 3600, m: 60, s: 1 }[(unit ?? 's').toLowerCase()] ?? 1), 0);
}
