/** Who runs the steps: this decides the host's share of each step, the batching and the memory pool. */
export interface Engine {
  readonly id: string;
  /** eager: Python launches each kernel; fused: Python over fused modules; native: a C++ or compiled loop; server: captured graphs and a scheduler. */
  readonly group: 'eager' | 'fused' | 'native' | 'server';
  /** Splits layers over devices, which then work in turn. */
  readonly layerSplit: boolean;
  /** Takes its whole memory pool at start. */
  readonly pool: boolean;
  readonly inflight: boolean;
  /** True where the source named one that is known here. */
  readonly known: boolean;
}

const table: readonly [RegExp, string, Engine['group'], string][] = [
  [/tensorrt-?llm|trt-?llm/, 'trtllm', 'server', 'pool inflight'],
  [/vllm|^atom$|aphrodite/, 'vllm', 'server', 'pool inflight'],
  [/sglang/, 'sglang', 'server', 'pool inflight'],
  [/lmdeploy|turbomind|deepspeed|mii/, 'lmdeploy', 'server', 'pool inflight'],
  [/tgi|text-generation-inference/, 'tgi', 'server', 'pool inflight'],
  [/qserve|quarot|atom|omniserve/, 'qserve', 'server', 'inflight'],
  [/transformers-neuronx|neuronx/, 'neuronx', 'native', ''],
  [/gaudi|optimum-habana/, 'gaudi', 'native', ''],
  [/llama\.?cpp|llamafile|ollama|ggml|gguf|koboldcpp|lm ?studio/, 'llamacpp', 'native', 'split'],
  [/exllama/, 'exllama', 'native', 'split'],
  [/gpt-fast|torch\.compile|(?<!no )\bcompiled?\b|inductor|torchao|max-autotune/, 'compiled', 'native', ''],
  [/mlc|mlx/, 'mlc', 'native', ''],
  [/ctranslate2|faster-?whisper|fastertransformer|marian/, 'ctranslate2', 'native', ''],
  [/whisper\.cpp/, 'llamacpp', 'native', ''],
  [/tinychat/, 'tinychat', 'fused', 'split'],
  [/autoawq|awq/, 'autoawq', 'fused', 'split'],
  // a framework that hands parts of its graph to TensorRT or XLA still feeds and launches as itself
  [/paddle/, 'paddle', 'eager', 'split'],
  [/tf-?trt|torch-?tensorrt/, 'in-framework', 'eager', 'split'],
  [/tensorflow[\d. ]*-xla/, 'tensorflow-xla', 'eager', 'split'],
  [/tensorrt|trt/, 'tensorrt', 'native', ''],
  [/neuron/, 'neuron', 'native', ''],
  [/deepsparse/, 'deepsparse', 'native', ''],
  [/openvino/, 'openvino', 'native', ''],
  [/onnx|optimum|fastembed|tei|candle|text-embeddings-inference/, 'onnxruntime', 'native', ''],
  [/jax|flax|xla/, 'xla', 'native', ''],
  [/tensorflow1/, 'tensorflow1', 'eager', 'split'],
  [/tensorflow|keras|opennmt-tf/, 'tensorflow2', 'eager', 'split'],
  [/stable-fast|aitemplate|oneflow/, 'compiled', 'native', ''],
  [/untether|imaigine/, 'untether', 'native', ''],
  [/transformers|accelerate|peft|llava|huggingface/, 'transformers', 'eager', 'split'],
  [/pytorch|torch|diffusers|auto1111|sentence-?transformers|infinity|openai\/?-?whisper|opennmt-py|timm|fairseq/, 'pytorch', 'eager', 'split'],
];

/** The engine that a written name means; an unknown or absent one behaves like a graph-capturing server for language models and like PyTorch otherwise, and says so by `known: false`. */
export function engineOf(name: string | undefined, language: boolean): Engine {
  const text = name?.toLowerCase();
  const row = text === undefined ? undefined : table.find(([pattern]) => pattern.test(text));
  if (row === undefined)
    return language
      ? { id: 'unknown', group: 'server', layerSplit: false, pool: false, inflight: true, known: false }
      : { id: 'unknown', group: 'native', layerSplit: false, pool: false, inflight: false, known: false };
  const [, id, group, traits] = row;
  return { id, group, layerSplit: /split/.test(traits), pool: /pool/.test(traits), inflight: /inflight/.test(traits), known: true };
}
