import { at, entriesOf, itemsOf, textOf, type Value } from '../../syntax/value.js';
import { takePod } from '../config/pods.js';
import { ConfigFacts, integer, text } from '../shared/config-facts.js';
import type { SeenWorkload, YamlRecogniser } from '../types.js';

/** Seldon's deployments, and models of its second version.
 * @source docs.seldon.ai: SeldonDeployment v1 (predictors, graph, componentSpecs), Core 2 Model (storageUri, replicas) */
export const seldon: YamlRecogniser = {
  id: 'seldon',
  language: 'yaml',
  marker: /^apiVersion[ \t]*:\s*["']?(?:machinelearning|mlops)\.seldon\.io\//m,
  doc: { format: 'Seldon', reads: 'the model of each predictor, its pods’ accelerators, replicas', example: 'kind: SeldonDeployment' },
  recognise: ({ document, roots }) => roots.flatMap((root) => read(document.uri, root)),
};

function read(uri: string, root: Value): SeenWorkload[] {
  const api = textOf(at(root, 'apiVersion')) ?? '';
  const kind = textOf(at(root, 'kind'));
  const spec = at(root, 'spec');
  if (kind === 'SeldonDeployment') return itemsOf(at(spec, 'predictors')).flatMap((predictor) => predictorOf(uri, root, spec, predictor) ?? []);
  if (kind !== 'Model' || !api.startsWith('mlops.')) return [];
  const facts = new ConfigFacts(uri, root);
  facts.take('model', at(spec, 'storageUri'), text);
  takeReplicas(facts, spec);
  facts.take('memory', at(spec, 'memory'), text);
  return facts.has('model') ? [facts.workload('serving', 'seldon', 'Seldon')] : [];
}
function predictorOf(uri: string, root: Value, spec: Value | undefined, predictor: Value): SeenWorkload | undefined {
  const facts = new ConfigFacts(uri, root);
  const graph = at(predictor, 'graph');
  facts.take('model', at(graph, 'modelUri') ?? parameter(graph, 'model_uri') ?? parameter(graph, 'pretrained_model'), text);
  facts.take('replicas', at(predictor, 'replicas') ?? at(spec, 'replicas'), integer);
  for (const component of itemsOf(at(predictor, 'componentSpecs'))) {
    takePod(facts, at(component, 'spec'));
    facts.take('min_replicas', at(component, 'hpaSpec', 'minReplicas'), integer);
    facts.take('max_replicas', at(component, 'hpaSpec', 'maxReplicas'), integer);
  }
  return facts.has('model') || facts.has('gpu_count') ? facts.workload('serving', 'seldon', 'Seldon', predictor) : undefined;
}
const parameter = (graph: Value | undefined, name: string): Value | undefined =>
  itemsOf(at(graph, 'parameters')).flatMap((one) => (textOf(at(one, 'name')) === name ? (at(one, 'value') ?? []) : []))[0];
function takeReplicas(facts: ConfigFacts, spec: Value | undefined): void {
  for (const [name, key] of [
    ['replicas', 'replicas'],
    ['min_replicas', 'minReplicas'],
    ['max_replicas', 'maxReplicas'],
  ] as const)
    facts.take(name, entriesOf(spec).find((entry) => entry.key === key)?.value, integer);
}
