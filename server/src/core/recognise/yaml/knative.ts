import { at, entryOf, textOf, type Value } from '../../syntax/value.js';
import { takeAll } from '../config/engine-keys.js';
import { containersOf, hasDevice, kindOfPod, takePod } from '../config/pods.js';
import { ConfigFacts, integer, text } from '../shared/config-facts.js';
import { titleOfEngine } from '../shared/engine-flags.js';
import type { SeenWorkload, YamlRecogniser } from '../types.js';

/** Services and jobs of Cloud Run and Knative with accelerators. */
export const knative: YamlRecogniser = {
  id: 'knative',
  language: 'yaml',
  marker: /^apiVersion[ \t]*:\s*["']?(?:serving\.knative\.dev|run\.googleapis\.com)\//m,
  doc: {
    format: 'Cloud Run, Knative',
    reads: 'accelerators, scaling bounds, parallel requests, what the container serves',
    example: 'run.googleapis.com/accelerator: nvidia-l4',
  },
  recognise: ({ document, roots }) => roots.flatMap((root) => read(document.uri, document.text, root) ?? []),
};

function read(uri: string, source: string, root: Value): SeenWorkload | undefined {
  if (!/^(?:serving\.knative\.dev|run\.googleapis\.com)\//.test(textOf(at(root, 'apiVersion')) ?? '')) return undefined;
  const job = textOf(at(root, 'kind')) === 'Job';
  const template = job ? at(root, 'spec', 'template', 'spec', 'template') : at(root, 'spec', 'template');
  const pod = at(template, 'spec');
  const chip = at(pod, 'nodeSelector', 'run.googleapis.com/accelerator');
  if (!chip && !containersOf(pod).some(hasDevice)) return undefined;
  const facts = new ConfigFacts(uri, root);
  facts.take('gpu_type', chip, text);
  for (const place of [at(template, 'metadata', 'annotations'), at(root, 'metadata', 'annotations')]) {
    facts.take(
      'min_replicas',
      entryOf(place, 'autoscaling.knative.dev/minScale')?.value ?? entryOf(place, 'autoscaling.knative.dev/min-scale')?.value,
      integer,
    );
    facts.take(
      'max_replicas',
      entryOf(place, 'autoscaling.knative.dev/maxScale')?.value ?? entryOf(place, 'autoscaling.knative.dev/max-scale')?.value,
      integer,
    );
  }
  facts.take('concurrency', at(pod, 'containerConcurrency') ?? at(root, 'spec', 'template', 'spec', 'parallelism'), integer);
  if (job) facts.take('max_time', at(pod, 'timeoutSeconds'), integer);
  takePod(facts, pod);
  if (chip && !facts.has('gpu_count')) facts.put('gpu_count', 1, chip, 'default', 'one, where no number is written');
  const found = kindOfPod(uri, source, pod);
  if (found) takeAll(facts, found.facts);
  if (found) return facts.workload(found.kind, found.framework, found.kind === 'serving' ? titleOfEngine(found.framework) : 'Train');
  return facts.workload(job ? 'resource' : 'serving', 'cloud-run', job ? 'Cloud Run job' : 'Cloud Run');
}
