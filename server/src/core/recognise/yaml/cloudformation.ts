import { at, entriesOf, hasKey, textOf, type Value } from '../../syntax/value.js';
import { ConfigFacts, integer, text } from '../shared/config-facts.js';
import { machineOfName } from '../shared/machine-types.js';
import type { SeenWorkload, YamlRecogniser } from '../types.js';

/** Resources of a CloudFormation template that rent machines with accelerators. */
export const cloudformation: YamlRecogniser = {
  id: 'cloudformation',
  language: 'yaml',
  marker: /(?:^|[\s{,])Type[ \t]*:\s*["']?AWS::(?:EC2|SageMaker|EKS|ECS|Batch|AutoScaling)::/m,
  doc: {
    format: 'CloudFormation, SAM',
    reads: 'instance type, number and bounds of instances, launch templates, node groups, notebooks, endpoints and HyperPod groups with accelerators',
    example: 'Resources: {Notebook: {Type: AWS::SageMaker::NotebookInstance, Properties: {InstanceType: ml.g5.xlarge}}}',
  },
  recognise: ({ document, roots }) => roots.flatMap((root) => (hasKey(root, 'Resources') ? resources(document.uri, root) : [])),
};

function resources(uri: string, root: Value): SeenWorkload[] {
  // `!Ref Name` is read as the name: its parameter's default holds unless the stack is given another.
  const referred = (value: Value | undefined): Value | undefined => {
    const name = value?.kind === 'scalar' ? textOf(value) : textOf(at(value, 'Ref'));
    return (name === undefined ? undefined : at(root, 'Parameters', name, 'Default')) ?? value;
  };
  return entriesOf(at(root, 'Resources')).flatMap((entry): SeenWorkload[] => {
    const type = textOf(at(entry.value, 'Type')) ?? '';
    const properties = at(entry.value, 'Properties');
    const serves = type === 'AWS::SageMaker::EndpointConfig';
    return placesOf(type, properties).flatMap((place): SeenWorkload[] => {
      const machine = machinesOf(place)
        .map(referred)
        .find((value) => machineOfName(textOf(value) ?? '') !== undefined);
      if (!machine) return [];
      const facts = new ConfigFacts(uri, root);
      facts.take('instance_type', machine, text);
      facts.take('instance_count', referred(at(place, 'InstanceCount') ?? at(place, 'InitialInstanceCount')), integer);
      facts.take('min_replicas', referred(at(place, 'ScalingConfig', 'MinSize')), integer);
      facts.take('max_replicas', referred(at(place, 'ScalingConfig', 'MaxSize')), integer);
      facts.take('replicas', referred(at(place, 'ScalingConfig', 'DesiredSize')), integer);
      const market = at(place, 'CapacityType') ?? at(place, 'InstanceMarketOptions', 'MarketType') ?? at(place, 'ComputeResources', 'Type');
      if (market && /^spot$/i.test(textOf(market) ?? '')) facts.put('spot', true, market);
      const whole = place === properties || at(properties, 'LaunchTemplateData') === place;
      return [facts.workload(serves ? 'serving' : 'resource', 'cloudformation', entry.key, whole ? { start: entry.keyStart, end: entry.value.end } : place)];
    });
  });
}

/** The parts of a resource's properties that each rent machines of one kind. */
function placesOf(type: string, properties: Value | undefined): readonly Value[] {
  const listed = (value: Value | undefined): readonly Value[] => (value?.kind === 'seq' ? value.items : []);
  switch (type) {
    case 'AWS::EC2::LaunchTemplate':
      return [at(properties, 'LaunchTemplateData') ?? []].flat();
    case 'AWS::SageMaker::EndpointConfig':
      return listed(at(properties, 'ProductionVariants'));
    case 'AWS::SageMaker::Cluster':
      return listed(at(properties, 'InstanceGroups'));
    case 'AWS::EC2::Instance':
    case 'AWS::EC2::SpotFleet':
    case 'AWS::SageMaker::NotebookInstance':
    case 'AWS::EKS::Nodegroup':
    case 'AWS::Batch::ComputeEnvironment':
    case 'AWS::AutoScaling::LaunchConfiguration':
      return [properties ?? []].flat();
    default:
      return [];
  }
}
function machinesOf(place: Value): readonly Value[] {
  const written = [at(place, 'InstanceType'), at(place, 'InstanceTypes'), at(place, 'ComputeResources', 'InstanceTypes')];
  return written.flatMap((value) => (value?.kind === 'seq' ? value.items : (value ?? [])));
}
