import { at, entriesOf, entryOf, hasKey, itemsOf, textOf, type Value } from '../../syntax/value.js';
import { ConfigFacts, numberOf } from '../shared/config-facts.js';
import type { SeenWorkload, YamlRecogniser } from '../types.js';

/** Jobs of a workflow that run on a GPU runner, as the runner's label tells. */
export const githubActions: YamlRecogniser = {
  id: 'github-actions',
  language: 'yaml',
  marker:
    /^[ \t]+runs-on[ \t]*:[\s\S]*?(?:gpu|gaudi|nvidia|cuda|a100|h100|h200|b200|a10g|\bl4\b|\bt4\b|v100|\b[2345]0[6-9]0\b|\bg[3-6]\w*[.-]\d*x?large|\bp[2-6]\w*[.-]\d*x?large)/im,
  doc: { format: 'GitHub Actions', reads: 'GPU of a runner label, time limit', example: 'runs-on: linux-amd64-gpu-h100-latest-2' },
  recognise: ({ document, roots }) =>
    roots.flatMap((root) => entriesOf(at(root, 'jobs')).flatMap((job) => (hasKey(job.value, 'runs-on') ? (read(document.uri, job.value) ?? []) : []))),
};

function read(uri: string, job: Value): SeenWorkload | undefined {
  const runsOn = entryOf(job, 'runs-on');
  const labels = runsOn ? labelsOf(job, runsOn.value).filter((value) => gpuLabel.test(textOf(value) ?? '')) : [];
  if (!runsOn || labels.length === 0) return undefined;
  const facts = new ConfigFacts(uri, job);
  // Of the labels of a runner each may say a part; the values of a matrix are runners of their own.
  for (const label of runsOn.value.kind === 'seq' ? labels : labels.slice(0, 1)) takeLabel(facts, label);
  const limit = entryOf(job, 'timeout-minutes');
  const minutes = limit && numberOf(textOf(limit.value));
  if (limit && minutes !== undefined) facts.put('max_time', minutes * 60, limit.value);
  const near = limit && limit.keyStart > runsOn.keyStart && limit.keyStart - runsOn.value.end < 200 ? limit.value.end : runsOn.value.end;
  return facts.workload('resource', 'github-actions', 'GPU runner', { start: runsOn.keyStart, end: near });
}

/** The labels a job asks for: a text, a list, a group; a matrix value is looked up. */
function labelsOf(job: Value, value: Value): Value[] {
  if (value.kind === 'seq') return value.items.flatMap((item) => labelsOf(job, item));
  if (value.kind === 'map') return [at(value, 'labels'), at(value, 'group')].flatMap((part) => (part ? labelsOf(job, part) : []));
  const key = /matrix\.([\w-]+?)_*\u00a7/.exec(textOf(value) ?? '')?.[1];
  if (key === undefined || !(textOf(value) ?? '').includes('\u00a7')) return [value];
  const matrix = at(job, 'strategy', 'matrix');
  const listed = itemsOf(at(matrix, key)).concat(itemsOf(at(matrix, 'include')).flatMap((item) => at(item, key) ?? []));
  return listed.flatMap((item) => (item.kind === 'seq' ? item.items : [item]));
}

const gpuType =
  /(?:^|[^a-z0-9])(a10g?|a100|a40|a6000|h100|h200|h20|b200|gb200|l4|l40s?|t4|v100|p100|k80|rtx\w*|[2345]0[6-9]0(?:ti)?|gaudi\d?|mi\d{3}x?)(?![a-z0-9])/i;
const instance = /(?:^|[.-])((?:g[3-6][a-z]*|p[2-6][a-z]*)[.-](?:\d*x?large|metal))(?![a-z0-9])/i;
const gpuLabel = new RegExp(`gpu|nvidia|cuda|${gpuType.source}|${instance.source}`, 'i');

/** `linux-x86-g2-16-l4-1gpu`, `linux-amd64-gpu-h100-latest-2`, `linux.g5.12xlarge.nvidia.gpu`. */
function takeLabel(facts: ConfigFacts, label: Value): void {
  const name = textOf(label) ?? '';
  const machine = instance.exec(name)?.[1];
  const type = gpuType.exec(name)?.[1];
  if (machine) facts.put('instance_type', machine.replace('-', '.'), label);
  if (type) facts.put('gpu_type', type, label);
  const count =
    /(?:^|[^a-z0-9])(\d+)[-_]?x?[-_]?(?:gpus?|gaudi)(?![a-z0-9])/i.exec(name)?.[1] ??
    /gpu[\w-]*-(?:latest-)?(\d)$/i.exec(name)?.[1] ??
    /gpu[-_.](\d)(?!\d)/i.exec(name)?.[1];
  if (count && Number(count) > 0 && Number(count) <= 16) facts.put('gpu_count', Number(count), label);
}
