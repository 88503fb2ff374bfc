import { at, entriesOf, itemsOf, textOf, type Value } from '../../syntax/value.js';
import { podHasDevice, takePod } from '../config/pods.js';
import { ConfigFacts, numberOf } from '../shared/config-facts.js';
import type { SeenWorkload, YamlRecogniser } from '../types.js';

/** Steps of a Buildkite pipeline whose pods ask for accelerators. */
export const buildkite: YamlRecogniser = {
  id: 'buildkite',
  language: 'yaml',
  marker: /(?:^|[\s{,])podSpec[ \t]*:/m,
  doc: {
    format: 'Buildkite',
    reads: 'accelerators, CPU and memory of the pod of a step, its time limit',
    example: 'steps: [{plugins: [{kubernetes: {podSpec: {containers: [{resources: {limits: {nvidia.com/gpu: 1}}}]}}}]}]',
  },
  recognise: ({ document, roots }) => roots.flatMap((root) => itemsOf(at(root, 'steps')).flatMap((step) => steps(document.uri, step))),
};

/** A step, or those of a group.
 * @source github.com/buildkite/agent-stack-k8s: the `kubernetes` plugin's podSpec */
function steps(uri: string, step: Value): SeenWorkload[] {
  const inner = itemsOf(at(step, 'steps'));
  if (inner.length > 0) return inner.flatMap((one) => steps(uri, one));
  const pod = itemsOf(at(step, 'plugins'))
    .flatMap((plugin) => entriesOf(plugin))
    .filter(({ key }) => /kubernetes/.test(key))
    .map(({ value }) => at(value, 'podSpec'))
    .find(podHasDevice);
  if (!pod) return [];
  const facts = new ConfigFacts(uri, step);
  takePod(facts, pod);
  facts.take('max_time', at(step, 'timeout_in_minutes'), (value) => (numberOf(textOf(value)) ?? Number.NaN) * 60 || undefined);
  return [facts.workload('resource', 'buildkite', 'CI')];
}
