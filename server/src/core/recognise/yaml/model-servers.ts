import { at, entriesOf, hasKey, itemsOf, textOf, type Value } from '../../syntax/value.js';
import { kindOfCommands } from '../config/command-kind.js';
import { commandsOf, environmentOf } from '../config/command-words.js';
import { firstOf, takeAll, takeEngineKeys } from '../config/engine-keys.js';
import { nestedYaml } from '../config/nested.js';
import { kindOfPod, takeContainer, takeNode, takePod } from '../config/pods.js';
import { ConfigFacts, flag, flagOf, integer, number, type Read, text } from '../shared/config-facts.js';
import { nimOfImage, titleOfEngine } from '../shared/engine-flags.js';
import type { SeenWorkload, YamlRecogniser } from '../types.js';

/** Kubernetes objects that are model servers by themselves: KServe, KubeAI, KAITO, the vLLM production stack, NVIDIA's NIM operator. */
export const modelServers: YamlRecogniser = {
  id: 'model-servers',
  language: 'yaml',
  marker:
    /^apiVersion[ \t]*:\s*["']?(?:serving\.kserve\.io|serving\.kubeflow\.org|kubeai\.org|production-stack\.vllm\.ai|apps\.nvidia\.com|kaito\.sh|inference\.sagemaker\.aws\.amazon\.com)\//m,
  doc: {
    format: 'KServe, KubeAI, KAITO, vLLM production stack, NIM operator, SageMaker HyperPod',
    reads: 'model, engine options, accelerators, replicas',
    example: 'kind: InferenceService',
  },
  recognise: ({ document, roots }) =>
    roots.flatMap((root) => {
      const seen = read(document.uri, document.text, root, roots);
      // A chart's template without a single value says nothing; its values file does.
      return (Array.isArray(seen) ? seen : seen ? [seen] : []).filter((one) => one.facts.length > 0);
    }),
};

function read(uri: string, source: string, root: Value, roots: readonly Value[]): SeenWorkload | SeenWorkload[] | undefined {
  const api = textOf(at(root, 'apiVersion')) ?? '';
  const kind = textOf(at(root, 'kind'));
  if (api.startsWith('kaito.sh/')) return kaito(uri, source, root, roots);
  if (!hasKey(root, 'spec')) return undefined;
  // The name of the group before the project had one of its own.
  if (/^serving\.(?:kserve\.io|kubeflow\.org)\//.test(api) && kind === 'InferenceService') return inferenceService(uri, source, root);
  if (api.startsWith('serving.kserve.io/') && /^LLMInferenceService(?:Config)?$/.test(kind ?? '')) return llmInferenceService(uri, source, root);
  if (api.startsWith('kubeai.org/') && kind === 'Model') return kubeai(uri, source, root);
  if (api.startsWith('apps.nvidia.com/') && kind === 'NIMService') return nimService(uri, root, at(root, 'spec'), root);
  if (api.startsWith('apps.nvidia.com/') && kind === 'NIMPipeline')
    return itemsOf(at(root, 'spec', 'services')).flatMap((one) => (flagOf(at(one, 'enabled')) === false ? [] : nimService(uri, root, at(one, 'spec'), one)));
  if (api.startsWith('inference.sagemaker.aws.amazon.com/')) return hyperpodEndpoint(uri, source, root);
  return api.startsWith('production-stack.vllm.ai/') && kind === 'VLLMRuntime' ? vllmRuntime(uri, root) : undefined;
}

/** A model's address without the scheme of a hub; storage addresses stay. */
const address: Read = (value) => {
  const written = textOf(value)?.trim() ?? '';
  // A claim without a path is a volume, not a model.
  if (/^pvc:\/\/[^/]*\/?$/.test(written)) return undefined;
  return written.replace(/^(?:hf|ollama):\/\//, '').replace(/\?.*$/, '') || undefined;
};

function takeReplicas(facts: ConfigFacts, spec: Value | undefined): void {
  facts.take('replicas', at(spec, 'replicas'), integer);
  facts.take('min_replicas', at(spec, 'minReplicas'), integer);
  facts.take('max_replicas', at(spec, 'maxReplicas'), integer);
}

/** @source docs.nvidia.com/nim-operator: NIMService */
function nimService(uri: string, root: Value, spec: Value | undefined, place: Value): SeenWorkload {
  const facts = new ConfigFacts(uri, root);
  facts.take('model', at(spec, 'image', 'repository'), (value) => nimOfImage(textOf(value) ?? ''));
  facts.take('replicas', at(spec, 'replicas'), integer);
  if (flagOf(at(spec, 'scale', 'enabled'))) takeReplicas(facts, at(spec, 'scale', 'hpa'));
  const many = at(spec, 'multiNode');
  facts.take('tensor_parallel', at(many, 'parallelism', 'tensor'), integer);
  facts.take('pipeline_parallel', at(many, 'parallelism', 'pipeline'), integer);
  facts.take('num_nodes', at(many, 'size') ?? at(many, 'parallelism', 'pipeline'), integer);
  facts.take('gpu_count', at(many, 'gpusPerPod'), integer);
  takeContainer(facts, spec);
  takeNode(facts, spec);
  return facts.workload('serving', 'nim', 'NIM', place);
}

/** @source docs.aws.amazon.com/sagemaker: HyperPod's inference operator, InferenceEndpointConfig and JumpStartModel */
function hyperpodEndpoint(uri: string, source: string, root: Value): SeenWorkload {
  const spec = at(root, 'spec');
  const worker = at(spec, 'worker');
  const facts = new ConfigFacts(uri, root);
  facts.take('model', at(spec, 'model', 'modelId'), text);
  facts.take('instance_type', firstOf(spec, 'instanceType', 'server.instanceType', 'instanceTypes.0'), text);
  facts.take('replicas', at(spec, 'replicas'), integer);
  facts.take('min_replicas', at(spec, 'autoScalingSpec', 'minReplicaCount'), integer);
  facts.take('max_replicas', at(spec, 'autoScalingSpec', 'maxReplicaCount'), integer);
  takeContainer(facts, worker);
  const environment = environmentOf(at(worker, 'environmentVariables') ?? at(spec, 'environmentVariables'));
  const commands = commandsOf(source, [at(worker, 'command'), at(worker, 'args')], environment);
  const found = kindOfCommands(uri, commands, textOf(at(worker, 'image')), environment);
  takeAll(facts, found?.facts ?? []);
  return facts.workload('serving', found?.framework ?? 'sagemaker', found ? titleOfEngine(found.framework) : 'SageMaker');
}

function inferenceService(uri: string, source: string, root: Value): SeenWorkload | undefined {
  const predictor = at(root, 'spec', 'predictor') ?? at(root, 'spec', 'default', 'predictor');
  if (predictor?.kind !== 'map') return undefined;
  const facts = new ConfigFacts(uri, root);
  takeReplicas(facts, predictor);
  facts.take('concurrency', at(predictor, 'containerConcurrency'), integer);
  facts.take('tensor_parallel', at(predictor, 'workerSpec', 'tensorParallelSize'), integer);
  facts.take('pipeline_parallel', at(predictor, 'workerSpec', 'pipelineParallelSize'), integer);
  // `model:` names the format; older objects use the format's name as the key.
  const server =
    at(predictor, 'model') ??
    entriesOf(predictor).find((entry) => formats.test(entry.key) || hasKey(entry.value, 'storageUri') || hasKey(entry.value, 'runtimeVersion'))?.value;
  const environment = environmentOf(at(server, 'env'));
  const found = server
    ? kindOfCommands(uri, [...commandsOf(source, [at(server, 'command'), at(server, 'args')], environment)])
    : kindOfPod(uri, source, predictor);
  const args = server && !found ? commandsOf(source, [at(server, 'args')], environment).flat() : [];
  if (found) takeAll(facts, found.facts);
  else if (args.length > 0) takeAll(facts, kindOfCommands(uri, [args], 'vllm/vllm-openai')?.facts ?? []);
  for (const word of args) {
    const [, id] = /^--model_id=(\S+)$/.exec(word.text) ?? [];
    if (id) facts.put('model', id, word);
  }
  facts.take('model', at(server, 'storageUri'), address);
  if (server) takeContainer(facts, server);
  takePod(facts, predictor);
  const framework = found?.framework ?? 'kserve';
  return facts.workload('serving', framework, found ? titleOfEngine(framework) : 'KServe');
}

/** Older objects name the format of the model by the key of its server. */
const formats = /^(?:sklearn|xgboost|lightgbm|tensorflow|pytorch|triton|onnx|pmml|paddle|mlflow|huggingface)$/;

/** The servers of one service: those that decode, or do all, and those that only read prompts. A preset without a model or a pod of its own is a part of others.
 * @source github.com/kserve/kserve, pkg/apis/serving/v1alpha1/llm_inference_service_types.go */
function llmInferenceService(uri: string, source: string, root: Value): SeenWorkload[] {
  const spec = at(root, 'spec');
  const prefill = at(spec, 'prefill');
  const decode = llmWorkload(uri, source, root, spec, spec);
  const own = hasKey(at(spec, 'model'), 'uri') || hasKey(at(spec, 'model'), 'name') || decode.has('gpu_count');
  if (!own) return [];
  const seen = [decode.workload('serving', 'vllm', 'vLLM')];
  if (prefill?.kind === 'map') seen.push(llmWorkload(uri, source, root, spec, prefill).workload('serving', 'vllm', 'vLLM', prefill));
  return seen;
}
function llmWorkload(uri: string, source: string, root: Value, spec: Value | undefined, part: Value | undefined): ConfigFacts {
  const facts = new ConfigFacts(uri, root);
  takeReplicas(facts, part);
  // A claim is only where the weights lie; the name then says which model it is.
  const model = at(spec, 'model', 'uri');
  facts.take('model', /^pvc:/.test(textOf(model) ?? '') ? at(spec, 'model', 'name') : model, address);
  facts.take('model', model, address);
  for (const axis of ['tensor', 'pipeline', 'data', 'expert'])
    facts.take(`${axis}_parallel`, at(part, 'parallelism', axis), (value) => (axis === 'expert' && flag(value) !== undefined ? undefined : integer(value)));
  takePod(facts, at(part, 'template'));
  const container = at(part, 'template', 'containers', 0);
  const found = kindOfPod(uri, source, at(part, 'template')) ?? kindOfCommands(uri, [], 'vllm/vllm-openai', environmentOf(at(container, 'env')));
  takeAll(facts, found?.facts ?? []);
  return facts;
}

/** KAITO's workspaces: machines that are made for a preset model, or for its fine-tuning.
 * @source github.com/kaito-project/kaito, api/v1beta1/workspace_types.go */
function kaito(uri: string, source: string, root: Value, roots: readonly Value[]): SeenWorkload | undefined {
  const spec = at(root, 'spec', 'template') ?? root;
  const resource = at(spec, 'resource');
  const [inference, tuning] = [at(spec, 'inference'), at(spec, 'tuning')];
  const task = inference ?? tuning;
  if (!task) return undefined;
  const facts = new ConfigFacts(uri, root);
  facts.take('model', at(task, 'preset', 'name'), text);
  facts.take('instance_type', at(resource, 'instanceType') ?? at(root, 'spec', 'instanceType'), text);
  facts.take('instance_count', at(resource, 'count'), integer);
  facts.take('replicas', at(root, 'spec', 'replicas'), integer);
  facts.take('finetune_method', at(tuning, 'method'), text);
  const pod = at(task, 'template', 'spec');
  const found = kindOfPod(uri, source, pod, roots);
  if (pod) takePod(facts, pod);
  takeAll(facts, found?.facts ?? []);
  const name = textOf(at(task, 'config'));
  const map = name === undefined ? undefined : roots.find((one) => textOf(at(one, 'kind')) === 'ConfigMap' && textOf(at(one, 'metadata', 'name')) === name);
  const settings = nestedYaml(uri, source, at(map, 'data', 'inference_config.yaml') ?? at(map, 'data', 'training_config.yaml'));
  takeEngineKeys(facts, at(settings, 'vllm'), 'vllm');
  const trained = at(settings, 'training_config', 'TrainingArguments');
  facts.take('batch_size', at(trained, 'per_device_train_batch_size'), integer);
  facts.take('epochs', at(trained, 'num_train_epochs'), number);
  facts.take('lora_rank', at(settings, 'training_config', 'LoraConfig', 'r'), integer);
  if (!inference) return facts.workload('training', 'kaito', 'Fine-tune');
  // Presets run on vLLM unless the workspace says otherwise.
  const framework = found?.framework ?? 'vllm';
  return facts.workload('serving', framework, titleOfEngine(framework));
}

const engines: Readonly<Record<string, string>> = { VLLM: 'vllm', OLlama: 'ollama', FasterWhisper: 'faster-whisper', Infinity: 'infinity' };
function kubeai(uri: string, source: string, root: Value): SeenWorkload {
  const spec = at(root, 'spec');
  const engine = engines[textOf(at(spec, 'engine')) ?? ''] ?? 'kubeai';
  const facts = new ConfigFacts(uri, root);
  facts.take('model', at(spec, 'url'), address);
  takeReplicas(facts, spec);
  takeProfile(facts, at(spec, 'resourceProfile'));
  if (engine === 'vllm') takeAll(facts, kindOfCommands(uri, [commandsOf(source, [at(spec, 'args')]).flat()], 'vllm/vllm-openai')?.facts ?? []);
  return facts.workload('serving', engine, titleOfEngine(engine));
}
/** `nvidia-gpu-l4:2`: the kind of node and how many devices. A profile of CPUs counts none. */
function takeProfile(facts: ConfigFacts, profile: Value | undefined): void {
  const [, name, count] = /^([\w.-]+?)(?::(\d+))?$/.exec(textOf(profile) ?? '') ?? [];
  if (!profile || name === undefined || /^cpu\b/.test(name)) return;
  facts.put('gpu_type', name, profile);
  facts.put('gpu_count', count === undefined ? 1 : Number(count), profile, count === undefined ? 'default' : 'literal');
}

function vllmRuntime(uri: string, root: Value): SeenWorkload {
  const spec = at(root, 'spec');
  const facts = new ConfigFacts(uri, root);
  facts.take('model', firstOf(spec, 'model.modelURL', 'model.name'), address);
  takeReplicas(facts, at(spec, 'deploymentConfig') ?? spec);
  takeEngineKeys(facts, at(spec, 'vllmConfig'), 'vllm');
  takeEngineKeys(facts, at(spec, 'model'), 'vllm');
  facts.take('gpu_count', firstOf(spec, 'deploymentConfig.resources.gpu', 'resources.gpu'), integer);
  facts.take('cpu', at(spec, 'deploymentConfig', 'resources', 'cpu'), text);
  facts.take('memory', at(spec, 'deploymentConfig', 'resources', 'memory'), text);
  return facts.workload('serving', 'vllm', 'vLLM');
}
