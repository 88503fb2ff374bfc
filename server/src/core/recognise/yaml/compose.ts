import { at, type Entry, entriesOf, hasKey, itemsOf, scalarOf, textOf, type Value } from '../../syntax/value.js';
import { kindOfCommands, runningBy } from '../config/command-kind.js';
import { commandsOf, environmentOf } from '../config/command-words.js';
import { takeAll } from '../config/engine-keys.js';
import { ConfigFacts, flagOf, integer, numberOf, text } from '../shared/config-facts.js';
import { nimOfImage, titleOfEngine } from '../shared/engine-flags.js';
import type { SeenWorkload, YamlRecogniser } from '../types.js';

/** Services of a compose file that have GPUs, serve or train a model, or call a hosted one. */
export const compose: YamlRecogniser = {
  id: 'compose',
  language: 'yaml',
  marker: /^services[ \t]*:/m,
  doc: {
    format: 'Docker Compose',
    reads: 'GPUs of a service, flags of its engine, hosted models in its environment',
    example: 'devices: [{driver: nvidia, count: 1, capabilities: [gpu]}]',
  },
  recognise({ document, roots }) {
    if (!signs.test(document.text)) return [];
    return roots.flatMap((root) => entriesOf(at(root, 'services')).flatMap((service) => read(document.uri, document.text, service) ?? []));
  },
};
const signs = /\bgpus?\b|nvidia|\/dev\/kfd|vllm|sglang|llama|text-generation|_MODEL|MODEL_?NAME|\btrain/i;

function read(uri: string, source: string, service: Entry): SeenWorkload | undefined {
  const { value } = service;
  if (
    value.kind !== 'map' ||
    !(hasKey(value, 'image') || hasKey(value, 'build') || hasKey(value, 'command') || hasKey(value, 'extends') || hasKey(value, 'deploy'))
  )
    return undefined;
  const span = { start: service.keyStart, end: value.end };
  const facts = new ConfigFacts(uri, value);
  const devices = takeDevices(facts, value);
  const environment = environmentOf(at(value, 'environment'));
  const commands = commandsOf(source, [at(value, 'entrypoint'), at(value, 'command')], environment);
  const found = kindOfCommands(uri, commands, textOf(at(value, 'image')), environment);
  const known = found?.facts.some((fact) => fact.name === 'model');
  if (found && (devices || known || found.kind === 'training')) {
    takeAll(facts, found.facts);
    const seen = facts.workload(found.kind, found.framework, found.kind === 'serving' ? titleOfEngine(found.framework) : 'Train', span);
    return runningBy(seen, found);
  }
  const nim = nimOfImage(textOf(at(value, 'image')) ?? '');
  if (devices && nim) {
    facts.put('model', nim, at(value, 'image') ?? value);
    return facts.workload('serving', 'nim', 'NIM', span);
  }
  if (devices) {
    const ollama = /(?:^|\/)ollama(?:\/|:|$)/.test(textOf(at(value, 'image')) ?? '');
    return ollama ? facts.workload('serving', 'ollama', 'Ollama', span) : facts.workload('resource', 'compose', service.key, span);
  }
  return hostedModel(facts, environment) ? facts.workload('api-call', hostedProvider(environment) ?? 'hosted', service.key, span) : undefined;
}

/** GPUs in any of the ways that compose has; true where the service has some. */
function takeDevices(facts: ConfigFacts, service: Value): boolean {
  const reserved = itemsOf(at(service, 'deploy', 'resources', 'reservations', 'devices'));
  for (const device of reserved) {
    const capabilities = itemsOf(at(device, 'capabilities')).flatMap((item) => (item.kind === 'seq' ? item.items : [item]));
    const isGpu = capabilities.some((item) => /^gpu$/i.test(textOf(item) ?? '')) || textOf(at(device, 'driver')) === 'nvidia';
    if (!isGpu) continue;
    takeCount(facts, device);
    return true;
  }
  const gpus = at(service, 'gpus');
  if (gpus?.kind === 'seq') {
    const [device] = gpus.items;
    if (device) takeCount(facts, device);
    return device !== undefined;
  }
  if (gpus && scalarOf(gpus) !== null) {
    facts.take('gpu_count', gpus, (value) => (textOf(value) === 'all' ? 'all' : integer(value)));
    return true;
  }
  // AMD's driver is handed to a container as a device file.
  const driver = itemsOf(at(service, 'devices')).find((item) => /^\/dev\/kfd\b/.test(textOf(item) ?? ''));
  if (driver) {
    facts.put('gpu_vendor', 'AMD', driver);
    return true;
  }
  const runtime = at(service, 'runtime');
  if (textOf(runtime) !== 'nvidia' || !runtime) return false;
  const visible = environmentOf(at(service, 'environment')).get('NVIDIA_VISIBLE_DEVICES');
  if (/^(?:none|void|)$/.test(textOf(visible) ?? 'all')) return false;
  const listed = (textOf(visible) ?? 'all').split(',').filter((part) => part !== '');
  facts.put('gpu_count', /^\d+$/.test(listed[0] ?? '') ? listed.length : 'all', visible ?? runtime, visible ? 'literal' : 'default');
  return true;
}
/** `count` or `device_ids`; all devices where neither is written. */
function takeCount(facts: ConfigFacts, device: Value): void {
  const ids = at(device, 'device_ids');
  const count = at(device, 'count');
  if (count && scalarOf(count) !== null) facts.take('gpu_count', count, (value) => (/^(?:all|-1)$/.test(textOf(value) ?? '') ? 'all' : integer(value)));
  else if (ids?.kind === 'seq') facts.put('gpu_count', ids.items.length, ids, 'default', 'number of device_ids');
  else facts.put('gpu_count', 'all', at(device, 'capabilities') ?? device, 'default', 'no count is written');
}

const modelVariable = /(?:^|_)(?:LLM|CHAT|COMPLETION|OPENAI|ANTHROPIC|GEMINI|MISTRAL|COHERE|BEDROCK)_?(?:\w+_)?MODEL(?:_?(?:NAME|ID))?$/;
const embeddingVariable = /(?:^|_)EMBED\w*_?MODEL(?:_?(?:NAME|ID))?$/;
const providers: readonly (readonly [RegExp, string])[] = [
  [/^OPENAI_API_KEY$/, 'openai'],
  [/^AZURE_OPENAI_(?:API_)?KEY$/, 'azure-openai'],
  [/^ANTHROPIC_API_KEY$/, 'anthropic'],
  [/^(?:GOOGLE|GEMINI)_API_KEY$/, 'gemini'],
  [/^NVIDIA_API_KEY$/, 'nvidia-ai-endpoints'],
  [/^(?:MISTRAL|COHERE|GROQ|TOGETHER|OPENROUTER|FIREWORKS|DEEPSEEK)_API_KEY$/, 'hosted'],
];
const hostedProvider = (environment: ReadonlyMap<string, Value>): string | undefined =>
  providers.find(([pattern]) => [...environment.keys()].some((key) => pattern.test(key)))?.[1];

/** A service that is given a hosted model's name and the key to call it. */
function hostedModel(facts: ConfigFacts, environment: ReadonlyMap<string, Value>): boolean {
  if (hostedProvider(environment) === undefined) return false;
  // A server of the workspace itself is no hosted API.
  const local = [...environment].some(
    ([key, value]) => /(?:LLM|OPENAI)_?(?:API_)?(?:BASE|BASE_URL|SERVERURL|URL)$/.test(key) && /^https?:\/\/(?!api\.)/.test(textOf(value) ?? ''),
  );
  if (local) return false;
  for (const [key, value] of environment) {
    if (embeddingVariable.test(key)) facts.take('embedding_dims', value, modelName);
    else if (modelVariable.test(key)) facts.take('model', value, modelName);
  }
  return facts.has('model');
}
const modelName = (value: Value): string | undefined => {
  const name = text(value);
  return typeof name === 'string' && numberOf(name) === undefined && flagOf(value) === undefined ? name.replace(/^(["'])(.*)\1$/, '$2') : undefined;
};
