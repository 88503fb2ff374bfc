import { at, type Entry, entriesOf, hasKey, itemsOf, textOf, type Value } from '../../syntax/value.js';
import { kindOfCommands, runningBy } from '../config/command-kind.js';
import { commandsOf, environmentOf } from '../config/command-words.js';
import { isPod } from '../config/container.js';
import { firstOf, takeAll, takeEngineKeys } from '../config/engine-keys.js';
import { hasDevice, kindOfPod, podHasDevice, takeContainer, takeNode, takePod } from '../config/pods.js';
import { ConfigFacts, flagOf, integer, number, precision, text } from '../shared/config-facts.js';
import { type Engine, engineOfImage, nimOfImage, titleOfEngine } from '../shared/engine-flags.js';
import { machineOfName } from '../shared/machine-types.js';
import type { SeenWorkload, YamlRecogniser } from '../types.js';

/** Values of charts that serve models. There is no schema of such files: only what their keys say together is taken. */
export const helmValues: YamlRecogniser = {
  id: 'helm-values',
  language: 'yaml',
  marker:
    /^(?:servingEngineSpec|ollama)[ \t]*:|^[ \t]+gpus[ \t]*:\s*\d|^[ \t]*tensorrt_?llm[ \t]*:|^image[ \t]*:|(?:^|[\s{,])["']?(?:containers|(?:nvidia|amd)\.com\/gpu|nvidia\.com\/mig-[\w.-]+|habana\.ai\/gaudi|google\.com\/tpu|aws\.amazon\.com\/neuron\w*|(?:gpu\.intel|huawei)\.com\/\w+|(?:rebellions|furiosa)\.ai\/\w+)["']?[ \t]*:/im,
  doc: {
    format: 'Helm values',
    reads: 'models, replicas, GPUs and engine options of vLLM, SGLang and their like',
    example: 'servingEngineSpec: {modelSpec: [{modelURL: …, requestGPU: 1}]}',
  },
  recognise: ({ document, roots }) =>
    roots.flatMap((root) => {
      if (hasKey(root, 'apiVersion') || hasKey(root, 'kind')) return [];
      const specs = itemsOf(at(root, 'servingEngineSpec', 'modelSpec'));
      return specs.length > 0
        ? specs.flatMap((spec) => engineSpec(document.uri, document.text, spec) ?? [])
        : (ollama(document.uri, root) ??
            plainValues(document.uri, root) ??
            tritonValues(document.uri, root) ??
            serverValues(document.uri, root) ??
            containers(document.uri, document.text, root));
    }),
};

/** One model of the vLLM production stack. */
function engineSpec(uri: string, source: string, spec: Value): SeenWorkload | undefined {
  if (!firstOf(spec, 'modelURL', 'vllmConfig.model') && !hasKey(spec, 'requestGPU')) return undefined;
  const facts = new ConfigFacts(uri, spec);
  facts.take('model', firstOf(spec, 'modelURL'), text);
  facts.take('replicas', at(spec, 'replicaCount'), integer);
  facts.take('gpu_count', at(spec, 'requestGPU'), integer);
  facts.take('gpu_type', at(spec, 'requestGPUType'), (value) => (/gpu$/.test(textOf(value) ?? '') ? undefined : text(value)));
  facts.take('cpu', at(spec, 'requestCPU'), text);
  facts.take('memory', at(spec, 'requestMemory'), text);
  takeEngineKeys(facts, at(spec, 'vllmConfig'), 'vllm');
  const extra = kindOfCommands(uri, [commandsOf(source, [at(spec, 'vllmConfig', 'extraArgs')]).flat()], 'vllm/vllm-openai');
  takeAll(facts, extra?.facts ?? []);
  facts.take('min_replicas', at(spec, 'keda', 'minReplicaCount'), integer);
  facts.take('max_replicas', at(spec, 'keda', 'maxReplicaCount'), integer);
  return facts.workload('serving', 'vllm', 'vLLM');
}

/** Values of the Ollama chart; without a GPU it runs on what machines there are. */
function ollama(uri: string, root: Value): SeenWorkload | undefined {
  const section = at(root, 'ollama');
  const gpu = at(section, 'gpu');
  if (!section || flagOf(at(gpu, 'enabled')) !== true) return undefined;
  const facts = new ConfigFacts(uri, root);
  facts.take('model', firstOf(section, 'models.run.0', 'models.pull.0', 'models'), text);
  facts.take('gpu_count', at(gpu, 'number'), integer);
  facts.take('replicas', at(root, 'replicaCount'), integer);
  takeContainer(facts, root);
  return facts.workload('serving', 'ollama', 'Ollama');
}

const engineKeys: readonly (readonly [RegExp, Engine])[] = [
  [/^vllm$/i, 'vllm'],
  [/^sglang$/i, 'sglang'],
  [/^(?:tgi|textGenerationInference)$/i, 'tgi'],
  [/^(?:trtllm|tensorrt_?llm)$/i, 'trtllm'],
];

/** Values with a section of the model, a count of GPUs, and an engine's section, image or settings. */
function plainValues(uri: string, root: Value): SeenWorkload | undefined {
  const gpus = firstOf(root, 'job.gpus', 'workload.gpus', 'gpus', 'model.gpus');
  const section = entriesOf(root).find((entry) => entry.value.kind === 'map' && (entry.key === 'model' || hasKey(entry.value, 'model')));
  const engine = engineIn(root);
  const served = hasKey(at(root, 'workload', 'model'), 'name') && hasKey(at(root, 'workload'), 'framework');
  if (!gpus || !section || !(engine || served)) return undefined;
  const facts = new ConfigFacts(uri, root);
  const name = engine?.name ?? 'vllm';
  const model = section.key === 'model' ? section.value : at(section.value, 'model');
  facts.take('model', firstOf(model, 'name', 'id', 'modelId') ?? model, text);
  facts.take('gpu_count', gpus, integer);
  takeEngineKeys(facts, model, name);
  facts.take('replicas', firstOf(engine?.section, 'replicaCount', 'replicas') ?? firstOf(root, 'replicaCount', 'replicas'), integer);
  for (const key of ['serverArgs', 'args', 'engineArgs', 'config']) takeEngineKeys(facts, at(engine?.section, key), name);
  takeContainer(facts, root);
  facts.take('precision', at(model, 'dtype'), precision);
  facts.take('gpu_mem_util', at(model, 'gpuMemoryUtilization'), number);
  return facts.workload('serving', engine?.name ?? 'serving', titleOfEngine(engine?.name ?? 'Serving'), { start: section.keyStart, end: root.end });
}
/** Values of charts that run TensorRT-LLM under Triton: how the engine is spread, on which GPU, between which bounds. */
function tritonValues(uri: string, root: Value): SeenWorkload | undefined {
  const model = at(root, 'model');
  const section = [...entriesOf(model), ...entriesOf(root)].find(({ key, value }) => /^tensorrt_?llm$/i.test(key) && hasKey(value, 'parallelism'))?.value;
  const parallelism = at(section, 'parallelism');
  if (!parallelism || !(hasKey(root, 'gpu') || model || hasKey(root, 'triton'))) return undefined;
  const facts = new ConfigFacts(uri, root);
  facts.take('model', at(model, 'name'), text);
  facts.take('gpu_type', firstOf(root, 'gpu'), text);
  facts.take('gpu_count', at(root, 'gpuPerNode'), integer);
  facts.take('tensor_parallel', at(parallelism, 'tensor'), integer);
  facts.take('pipeline_parallel', at(parallelism, 'pipeline'), integer);
  facts.take('precision', at(section, 'dtype'), precision);
  facts.take('max_num_seqs', at(section, 'max_batch_size'), integer);
  facts.take('min_replicas', at(root, 'autoscaling', 'replicas', 'minimum'), integer);
  facts.take('max_replicas', at(root, 'autoscaling', 'replicas', 'maximum'), integer);
  facts.take('cpu', at(root, 'triton', 'resources', 'cpu'), text);
  facts.take('memory', at(root, 'triton', 'resources', 'memory'), text);
  return facts.workload('serving', 'tensorrt-llm', titleOfEngine('trtllm'));
}

/** Values of a chart that runs one server: its image is an engine's or holds a model, and its resources ask for accelerators. */
function serverValues(uri: string, root: Value): SeenWorkload | undefined {
  const repository = at(root, 'image', 'repository') ?? at(root, 'image', 'name') ?? at(root, 'image');
  const image = textOf(repository) ?? '';
  const nim = nimOfImage(image);
  const engine = engineOfImage(image);
  if (!hasDevice(root) || !(nim || engine)) return undefined;
  const facts = new ConfigFacts(uri, root);
  if (nim && repository) facts.put('model', nim, repository);
  else facts.take('model', firstOf(root, 'model.name', 'model.id', 'modelId', 'model'), text);
  takeContainer(facts, root);
  takeReplicas(facts, root);
  return facts.workload('serving', nim ? 'nim' : (engine ?? 'server'), nim ? 'NIM' : titleOfEngine(engine ?? 'Server'));
}

/** Values with the resources of containers, at the top or in sections: what each runs where its command is there, else the accelerators that it asks for. */
function containers(uri: string, source: string, root: Value): SeenWorkload[] {
  const found: SeenWorkload[] = [];
  const walk = (value: Value, name: string, place: { start: number; end: number }, depth: number): void => {
    if (isPod(value)) {
      found.push(...pod(uri, source, root, value, name, place));
      return;
    }
    if (hasDevice(value)) {
      const image = textOf(at(value, 'image', 'repository') ?? at(value, 'image')) ?? '';
      const environment = environmentOf(at(value, 'env'));
      // Some charts keep what runs in a section of its own.
      const runs = hasKey(value, 'command') || hasKey(value, 'args') ? undefined : entriesOf(value).find((one) => hasKey(one.value, 'command'))?.value;
      const words = [
        at(value, 'command'),
        at(runs, 'command'),
        at(runs, 'args'),
        ...entriesOf(value).flatMap((entry) => (argumentKeys.test(entry.key) ? [entry.value] : [])),
      ];
      const command = kindOfCommands(uri, commandsOf(source, words, environment), image, environment);
      const facts = new ConfigFacts(uri, root);
      const nim = nimOfImage(image);
      const engine = engineOfImage(image);
      if (nim) facts.put('model', nim, at(value, 'image', 'repository') ?? at(value, 'image') ?? value);
      else if (engine) facts.take('model', firstOf(value, 'model.name', 'model.id', 'modelId', 'model'), text);
      takeContainer(facts, value);
      takeNode(facts, value);
      takeReplicas(facts, value);
      takeMachines(facts, value);
      takeAll(facts, command?.facts ?? []);
      const options = [value, ...entriesOf(value).map((entry) => entry.value)].find(
        (one) => hasKey(one, 'model') && ownOptions.some((key) => hasKey(one, key)),
      );
      takeEngineKeys(facts, options, 'vllm');
      const served = nim || isNim(value) ? 'nim' : command ? undefined : options ? 'vllm' : engine;
      const framework = served ?? command?.framework ?? 'helm';
      const kind = served ? 'serving' : (command?.kind ?? 'resource');
      const title = served === 'nim' ? 'NIM' : kind === 'serving' ? titleOfEngine(framework) : command ? 'Train' : name;
      found.push(runningBy(facts.workload(kind, framework, title, place), command));
      return;
    }
    if (depth < deepestContainer)
      for (const entry of entriesOf(value)) walk(entry.value, entry.key, { start: entry.keyStart, end: entry.value.end }, depth + 1);
  };
  walk(root, 'values', root, 0);
  return found;
}
/** Values that hold the containers of a pod. */
function pod(uri: string, source: string, root: Value, value: Value, name: string, place: { start: number; end: number }): SeenWorkload[] {
  const command = kindOfPod(uri, source, value);
  const known = command && (command.kind === 'training' || command.facts.some((fact) => fact.name === 'model' && 'value' in fact));
  if (!podHasDevice(value) && !known) return [];
  const facts = new ConfigFacts(uri, root);
  takePod(facts, value);
  takeReplicas(facts, value);
  facts.take('tensor_parallel', at(value, 'parallelism', 'tensor'), integer);
  facts.take('data_parallel', at(value, 'parallelism', 'data'), integer);
  takeAll(facts, command?.facts ?? []);
  const kind = command?.kind ?? 'resource';
  const title = kind === 'serving' ? titleOfEngine(command!.framework) : command ? 'Train' : name;
  return [runningBy(facts.workload(kind, command?.framework ?? 'helm', title, place), command)];
}
/** Machines and processes as charts of jobs have them. */
function takeMachines(facts: ConfigFacts, value: Value): void {
  for (const part of [value, at(value, 'resources')]) {
    facts.take('num_nodes', firstOf(part, 'nnodes', 'num_nodes', 'numNodes', 'nodes'), integer);
    facts.take('nproc_per_node', firstOf(part, 'nproc_per_node', 'nprocPerNode'), integer);
    facts.take('instance_type', firstOf(part, 'node_type', 'instance_type', 'instanceType', 'nodeType'), (one) =>
      machineOfName(textOf(one) ?? '') ? text(one) : undefined,
    );
  }
}
const deepestContainer = 3;
/** Options that only engines have. */
const ownOptions = ['tensor_parallel_size', 'max_num_seqs', 'max_model_len', 'gpu_memory_utilization'];
/** Charts' names for arguments: `args`, `extraArgs`, `extraCmdArgs`, `vllmArgs`. */
const argumentKeys = /^(?:args|(?:extra|additional|engine|server|container|cmd|vllm|sglang|tgi|model)\w*Args)$/i;
/** NVIDIA's charts ask for a key to its registry of models. */
const isNim = (value: Value): boolean => hasKey(at(value, 'model'), 'ngcAPISecret') || hasKey(at(value, 'model'), 'nimCache');
function takeReplicas(facts: ConfigFacts, value: Value): void {
  facts.take('replicas', firstOf(value, 'replicaCount', 'replicas'), integer);
  const scaling = at(value, 'autoscaling');
  const bounds = scaling ? (flagOf(at(scaling, 'enabled')) ? scaling : undefined) : value;
  facts.take('min_replicas', firstOf(bounds, 'minReplicas', 'minReplicaCount'), integer);
  facts.take('max_replicas', firstOf(bounds, 'maxReplicas', 'maxReplicaCount'), integer);
}

function engineIn(root: Value): { name: Engine; section: Value } | undefined {
  for (const entry of entriesOf(root)) {
    const known = engineKeys.find(([pattern]) => pattern.test(entry.key))?.[1];
    if (known && entry.value.kind === 'map') return { name: known, section: entry.value };
    const image = engineOfImage(imageOf(entry) ?? '');
    if (image) return { name: image, section: root };
  }
  return undefined;
}
const imageOf = (entry: Entry): string | undefined =>
  entry.key === 'image' ? (textOf(entry.value) ?? textOf(firstOf(entry.value, 'repository'))) : textOf(firstOf(entry.value, 'image.repository', 'image'));
