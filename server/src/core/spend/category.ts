/** What a charge is for. `uncategorised` where the bill does not tell: nothing is guessed. */
export const categories = [
  'training',
  'inference',
  'hosting',
  'storage',
  'transfer',
  'api-tokens',
  'data-preparation',
  'observability',
  'uncategorised',
] as const;
export type Category = (typeof categories)[number];

interface Said {
  /** Of a tag that names the category. */
  readonly tag: string;
  readonly service: string;
  /** ServiceCategory of FOCUS. */
  readonly serviceCategory: string;
  /** Usage type, SKU, meter, description. */
  readonly usage: string;
  readonly task: string;
}

/** First match wins: names of services and meters as the providers' price lists write them, then the service categories of FOCUS. */
const rules: readonly (readonly [Category, keyof Said, RegExp])[] = [
  ['api-tokens', 'usage', /\b(input|output|cached|prompt|completion)[ -]?tokens?\b|\btokens?\b.*\b(input|output|cache)|TokenCount/i],
  ['training', 'usage', /\btrain(ing)?\b|CustomModel.*Train/i],
  ['inference', 'usage', /\b(inference|prediction|online prediction|batch prediction)\b|\bHost:|BatchTransform|Endpoint/i],
  ['data-preparation', 'usage', /\bProcessing:|\b(data ?prep|processing job|labell?ing)\b/i],
  ['transfer', 'usage', /\b(data ?transfer|egress|inter[- ]?(zone|region)|bandwidth)\b|DataTransfer|NatGateway/i],
  ['observability', 'service', /cloudwatch|cloud (logging|monitoring)|azure monitor|log analytics|datadog|grafana|x-ray/i],
  ['api-tokens', 'service', /bedrock|openai|anthropic|generative language|cognitive services|mistral|cohere/i],
  ['data-preparation', 'service', /\bglue\b|\bemr\b|dataflow|dataproc|data factory|databricks/i],
  ['storage', 'service', /storage|\bs3\b|\befs\b|fsx|\bebs\b|blob|filestore/i],
  ['storage', 'usage', /\b(EBS:|VolumeUsage|SnapshotUsage|TimedStorage|storage|persistent disk|PD capacity)/i],
  ['storage', 'serviceCategory', /^storage$/i],
  ['transfer', 'serviceCategory', /^networking$/i],
  ['data-preparation', 'serviceCategory', /^analytics$/i],
  ['observability', 'serviceCategory', /^management and governance$/i],
  // machines, whose hours are neither said to be training nor inference
  ['hosting', 'serviceCategory', /^(compute|containers)$/i],
  ['hosting', 'usage', /BoxUsage|SpotUsage|instance core|instance ram|\bgpu\b/i],
];
const own: Readonly<Record<string, Category>> = Object.fromEntries([
  ...categories.map((one) => [one, one] as const),
  ['hosting/idle', 'hosting'],
  ['idle', 'hosting'],
  ['tokens', 'api-tokens'],
  ['api', 'api-tokens'],
  ['data-prep', 'data-preparation'],
  ['network', 'transfer'],
  ['monitoring', 'observability'],
  ['serving', 'inference'],
  ['fine-tuning', 'training'],
  ['finetuning', 'training'],
]);

/** @source FOCUS 1.2, ServiceCategory; line item types and usage types of the providers' bills */
export function categoryOf(said: Said): Category {
  const stated = own[said.tag.toLowerCase().replace(/[ _]/g, '-')] ?? own[said.task.toLowerCase().replace(/[ _]/g, '-')];
  return stated ?? rules.find(([, where, pattern]) => pattern.test(said[where]))?.[0] ?? 'uncategorised';
}

/** Ways that bytes are charged for, first match wins.
 * @source usage types of the AWS data transfer price list; SKU names of Google Cloud VPC network pricing; meters of Azure bandwidth pricing */
const ways: readonly (readonly [string, RegExp])[] = [
  ['cross-zone', /DataTransfer-Regional-Bytes|\binter[- ]?(availability[- ]?)?zone\b|\b(cross|between)[- ](az|(availability )?zones?)\b/i],
  ['cross-region', /-AWS-(Out|In)-Bytes|\binter[- ]?(region|continent)|\bcross[- ]region\b|\bfrom [\w ]+ to (?!internet)[\w ]*region/i],
  ['gateway', /NatGateway|\bNAT\b|VpcEndpoint|Private ?Link|Load ?Balancer|LCU/i],
  ['internet', /DataTransfer-Out-Bytes|\binternet\b|\begress\b|data transfer out|to the internet/i],
];
/** Which way the bytes of a charge for transfer went; empty where the bill does not tell. */
export const trafficOf = (usage: string): string => ways.find(([, pattern]) => pattern.test(usage))?.[0] ?? '';
