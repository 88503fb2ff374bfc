import { argument, type Call, dotted, type Expr } from '../../syntax/python/ast.js';
import type { PythonInput, PythonRecogniser } from '../types.js';
import { isModal, isPlaced, isServed, isTraining } from './app.js';
import { heldBy, isAdapter, type Load, visual } from './loaded-model.js';
import { inferenceOf } from './loaded-model-facts.js';
import { isPartOfModel, useOf } from './loaded-model-use.js';
import { isTest } from './requests.js';

/** Loaders: `X.from_pretrained`, a project's `load_model…`, and constructors that load. */
const loaders =
  /^(?:create_model(?:_and_transforms|_from_pretrained)?|load|YOLO|[a-z]+\d*[a-z_]*\d+\w*|from_pretrained|from_single_file|load_(?:pretrained_)?(?:model|pipeline|checkpoint_and_tokenizer)\w*|(?:get|init|setup|prepare)_(?:pretrained_|llm_)?model(?:_and_\w+|s)?|pipeline|FlagModel|BGEM3FlagModel|FlagReranker|FlagLLMReranker|SentenceTransformer|CrossEncoder|WhisperModel|Llama|InferenceSession|Translator|Generator|Whisper|\w+Pipeline)$/;
const noModel =
  /(Tokenizer|Processor|Config|FeatureExtractor|Scheduler|ImageProcessor|Dataset|VAE|AutoencoderKL|TextEncoder|CLIPTextModel|Adapter|Vocab)\w*(\(\))?\.from_pretrained$/;

/** Models that a program loads and runs itself. */
export const localInference: PythonRecogniser = {
  id: 'local-inference',
  language: 'python',
  marker:
    /\bfrom_pretrained\b|\bpipeline\(|\b(load|get|init|setup|prepare)_\w{0,12}(model|pipeline)\w*\(|\b(FlagModel|FlagReranker|FlagLLMReranker|SentenceTransformer|CrossEncoder|WhisperModel|Llama|from_single_file|create_model\w*|YOLO|mlx_lm|ctranslate2|InferenceSession|\w+Pipeline)\b|\bclip\.load\b|\bhub\.load\b|\btorchvision\b/,
  doc: {
    format: 'transformers, diffusers, sentence-transformers, whisper, CTranslate2, ONNX Runtime (inference)',
    reads: 'a loaded model or pipeline that generates, transcribes or encodes; serving inside FastAPI, Flask, Gradio and the like',
    example: 'pipe = pipeline("text-generation", model="Qwen/Qwen2.5-7B-Instruct", batch_size=8)',
  },
  recognise: (input) => {
    const { program } = input;
    if (isTest(input) || isTraining(program) || program.imports.get('BasePredictor')?.module === 'cog') return [];
    const serving = isServed(program);
    const found = program.callsOf(loaders).flatMap(({ call, at }) => {
      if (isPlacedAt(input, at) || isActor(input, at)) return [];
      const load = loadOf(input, call, at);
      const use = load && !isTrial(input, load) && useOf(input, load);
      return load && use ? [{ load, use }] : [];
    });
    // A pipeline that is given a loaded model is the same work: the pipeline stands for both.
    const same = (a: Load, b: Load): boolean => a.held === b.held && branchOf(input, a) !== undefined && branchOf(input, a) === branchOf(input, b);
    const given = new Set(found.flatMap(({ load }) => (modelArgument(load.call)?.kind === 'name' ? [dotted(modelArgument(load.call)!)] : [])));
    return found
      .filter(({ load }) => load.held === undefined || !given.has(load.held))
      .filter(({ load }, index, all) => all.findIndex((other) => same(other.load, load)) === index || branchOf(input, load) === undefined)
      .map(({ load, use }) => inferenceOf(input, load, use, serving));
  },
};

/** What a platform's decorated class or function loads is that one's workload, with its hardware. */
const isPlacedAt = ({ program }: PythonInput, at: number): boolean =>
  /\b(bentoml|serve|flytekit|union)\b/.test(program.text) &&
  program.blocks(at).some((block) => block.decorators?.some((one) => !isModal(program, one) && isPlaced(program, one)) === true);

/** What the actors of a Ray data set load is a part of the work over the data set. */
const isActor = ({ program }: PythonInput, at: number): boolean => {
  const owner = program.blocks(at).find((block) => block.kind === 'class')?.name;
  return owner !== undefined && program.callsOf('map_batches').some(({ call }) => call.args.some((arg) => dotted(arg.value) === owner));
};

const modelArgument = (call: Call): Expr | undefined => {
  const last = dotted(call.callee)?.match(/\w+$/)?.[0];
  return argument(call, 'model', last === 'pipeline' ? 1 : undefined)?.value;
};

/** The conditional statement around a load: its branches load the same thing in different ways. */
const branchOf = ({ program }: PythonInput, load: Load): number | undefined => {
  // An `elif` is a branch of the statement that holds it.
  const inner = program.blocks(load.at).find((block) => block.kind !== 'with' && block.kind !== 'try' && !program.text.startsWith('elif', block.start));
  return inner?.kind === 'if' ? inner.start : undefined;
};

function loadOf({ program, evaluate }: PythonInput, call: Call, at: number): Load | undefined {
  const name = evaluate.callee(call);
  const last = name.match(/\w+$/)?.[0] ?? '';
  const held = heldBy(program.text, program.statement(at).start, call.start) ?? heldByCaller(program, call, at);
  const framework = frameworkOf(name);
  if (visual.test(name)) return held === undefined || isPartOfModel(program, at) ? undefined : { call, held, framework: frameworkOf(name), at };
  if (/^(load|YOLO|create_model\w*|(?!load_|get_|init_|setup_|prepare_)[a-z]+\d*[a-z_]*\d+\w*)$/.test(last)) return undefined;
  if (last === 'from_pretrained' || last === 'from_single_file') return noModel.test(name) || isAdapter(call, name) ? undefined : { call, held, framework, at };
  if (last === 'pipeline') return /^transformers(\.|$)/.test(name) ? { call, held, framework: 'transformers', at } : undefined;
  if (/^(SentenceTransformer|CrossEncoder)$/.test(last))
    return /^sentence_transformers\./.test(name) ? { call, held, framework: 'sentence-transformers', at } : undefined;
  if (/^(BGEM3)?Flag\w+$/.test(last)) return /^FlagEmbedding\./.test(name) ? { call, held, framework: 'flagembedding', at } : undefined;
  if (last === 'WhisperModel') return /whisper/.test(name) ? { call, held, framework: 'faster-whisper', at } : undefined;
  if (last === 'Llama') return /^llama_cpp\./.test(name) ? { call, held, framework: 'llama-cpp', at } : undefined;
  if (last === 'InferenceSession')
    return /^onnxruntime\./.test(name) && !checksExport.test(program.text) ? { call, held, framework: 'onnxruntime', at } : undefined;
  if (/^(Translator|Generator|Whisper)$/.test(last)) return /^ctranslate2\./.test(name) ? { call, held, framework: 'ctranslate2', at } : undefined;
  if (/Pipeline$/.test(last)) return isComposed(call) && !/^(?:self|cls|super)\b/.test(name) ? { call, held, framework: 'diffusers', at } : undefined;
  // A loader that this file defines is no load of its own: what it calls is.
  if (held === undefined || !/model|pipe|llm|net$/i.test(held) || program.function(last)) return undefined;
  return /^(joblib|pickle|keras|tf|tensorflow|mlflow|spacy|torch\.hub|xgboost|self|cls|super)\b/.test(name) ? undefined : { call, held, framework, at };
}
const frameworkOf = (name: string): string => {
  const root = name.match(/^[A-Za-z]\w*/)?.[0] ?? '';
  if (name === 'torch.hub.load') return 'pytorch';
  if (/^(diffusers|peft|optimum|auto_gptq|awq|unsloth|parler_tts|ctransformers|mlx_lm|whisper|open_clip|clip|timm|ultralytics|torchvision)$/.test(root))
    return root;
  return 'transformers';
};

/** `encoder` of `encoder = get_encoder()`, where that function returns what it loads at once. */
function heldByCaller(program: PythonInput['program'], call: Call, at: number): string | undefined {
  if (!/^\s*return\s*$/.test(program.text.slice(program.statement(at).start, call.start))) return undefined;
  const owner = program.blocks(at).find((block) => block.kind === 'def');
  const site = owner?.name === undefined ? undefined : program.callsOf(owner.name)[0];
  return site && heldBy(program.text, program.statement(site.at).start, site.call.start);
}
/** True where a program makes a small model, saves it and loads it back to see that it runs. */
const isTrial = ({ program, evaluate }: PythonInput, { call }: Load): boolean => {
  const from = call.args[0]?.value;
  if (from === undefined || !program.mentions(/\.save_pretrained\(/)) return false;
  const written = (expr: Expr): string => program.text.slice(expr.start, expr.end);
  const tiny = evaluate.value(from);
  return (
    program
      .callsOf('save_pretrained')
      .some((site) => site.call.start < call.start && site.call.args[0] !== undefined && written(site.call.args[0].value) === written(from)) ||
    (tiny.known && /(?:^|[-_/])tiny-random/.test(String(tiny.value)))
  );
};
/** A program that writes ONNX runs it once, to compare. */
const checksExport = /\bonnx\.export\(|\bquantize_(?:static|dynamic)\(|\bOptimizationConfig\b/;
/** A diffusion pipeline that is put together of parts that are loaded: `StableDiffusionXLPipeline(unet=unet, vae=vae)`. */
const isComposed = (call: Call): boolean =>
  call.args.some((arg) => /^(?:unet|transformer|vae)$/.test(arg.keyword ?? '')) &&
  call.args.some((arg) => /^(?:scheduler|text_encoder|tokenizer)$/.test(arg.keyword ?? ''));
