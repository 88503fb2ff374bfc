import type { Fact, UnknownFact } from '../../model/fact.js';
import { argument, type Call, dotted, type Expr } from '../../syntax/python/ast.js';
import { sortFacts } from '../shared/facts.js';
import type { PythonInput, PythonRecogniser, SeenWorkload } from '../types.js';
import { isModal, isPlaced, isServed, isTraining } from './app.js';
import { precisionFact } from './engine.js';
import { type Keyed, keyed } from './keyed.js';
import { isTest, setting } from './requests.js';

type Found = Fact | UnknownFact | undefined;
/** A model that a program loads, and the name that holds it. */
interface Load {
  readonly call: Call;
  readonly held: string | undefined;
  readonly framework: string;
  readonly at: number;
}

/** Loaders: `X.from_pretrained`, a project's `load_model…`, and constructors that load. */
const loaders =
  /^(?:create_model(?:_and_transforms|_from_pretrained)?|load|YOLO|[a-z]+\d*[a-z_]*\d+\w*|from_pretrained|from_single_file|load_(?:pretrained_)?(?:model|pipeline|checkpoint_and_tokenizer)\w*|(?:get|init|setup|prepare)_(?:pretrained_|llm_)?model(?:_and_\w+|s)?|pipeline|FlagModel|BGEM3FlagModel|FlagReranker|FlagLLMReranker|SentenceTransformer|CrossEncoder|WhisperModel|Llama|InferenceSession)$/;
const noModel =
  /(Tokenizer|Processor|Config|FeatureExtractor|Scheduler|ImageProcessor|Dataset|VAE|AutoencoderKL|TextEncoder|CLIPTextModel|Adapter|Vocab)\w*(\(\))?\.from_pretrained$/;

/** Models that a program loads and runs itself. */
export const localInference: PythonRecogniser = {
  id: 'local-inference',
  language: 'python',
  marker:
    /\bfrom_pretrained\b|\bpipeline\(|\b(load|get|init|setup|prepare)_\w{0,12}(model|pipeline)\w*\(|\b(FlagModel|FlagReranker|FlagLLMReranker|SentenceTransformer|CrossEncoder|WhisperModel|Llama|from_single_file|create_model\w*|YOLO|mlx_lm)\b|\bclip\.load\b|\bhub\.load\b|\btorchvision\b/,
  doc: {
    format: 'transformers, diffusers, sentence-transformers, whisper (inference)',
    reads: 'a loaded model or pipeline that generates, transcribes or encodes; serving inside FastAPI, Flask, Gradio and the like',
    example: 'pipe = pipeline("text-generation", model="Qwen/Qwen2.5-7B-Instruct", batch_size=8)',
  },
  recognise: (input) => {
    const { program } = input;
    if (isTest(input) || isTraining(program) || program.imports.get('BasePredictor')?.module === 'cog') return [];
    const serving = isServed(program);
    const found = program.callsOf(loaders).flatMap(({ call, at }) => {
      if (isPlacedAt(input, at)) return [];
      const load = loadOf(input, call, at);
      const use = load && useOf(input, load);
      return load && use ? [{ load, use }] : [];
    });
    // A pipeline that is given a loaded model is the same work: the pipeline stands for both.
    const same = (a: Load, b: Load): boolean => a.held === b.held && branchOf(input, a) !== undefined && branchOf(input, a) === branchOf(input, b);
    const given = new Set(found.flatMap(({ load }) => (modelArgument(load.call)?.kind === 'name' ? [dotted(modelArgument(load.call)!)] : [])));
    return found
      .filter(({ load }) => load.held === undefined || !given.has(load.held))
      .filter(({ load }, index, all) => all.findIndex((other) => same(other.load, load)) === index || branchOf(input, load) === undefined)
      .map(({ load, use }) => workload(input, load, use, serving));
  },
};

/** What a platform's decorated class or function loads is that one's workload, with its hardware. */
const isPlacedAt = ({ program }: PythonInput, at: number): boolean =>
  /\b(bentoml|serve|flytekit|union)\b/.test(program.text) &&
  program.blocks(at).some((block) => block.decorators?.some((one) => !isModal(program, one) && isPlaced(program, one)) === true);

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
  if (last === 'InferenceSession') return undefined;
  // A loader that this file defines is no load of its own: what it calls is.
  if (held === undefined || !/model|pipe|llm|net$/i.test(held) || program.function(last)) return undefined;
  return /^(joblib|pickle|keras|tf|tensorflow|mlflow|spacy|torch\.hub|xgboost|self|cls|super)\b/.test(name) ? undefined : { call, held, framework, at };
}
/** Networks for pictures by name: of clip, open_clip, timm, torch.hub and torchvision; Ultralytics' objects; language models of mlx_lm. */
const visual =
  /^(clip\.load|open_clip\.create_model(_and_transforms|_from_pretrained)?|timm\.create_model|torch\.hub\.load|ultralytics(\.\w+)*\.YOLO|mlx_lm\.load|torchvision\.models(\.\w+)*\.[a-z]\w*\d\w*)$/;
/** `PeftModel.from_pretrained(model, …)` puts an adapter on a model that is loaded already. */
const isAdapter = (call: Call, name: string): boolean => /(^|\.)PeftModel\w*\.from_pretrained$/.test(name) && call.args[0]?.value.kind !== 'string';
const frameworkOf = (name: string): string => {
  const root = name.match(/^[A-Za-z]\w*/)?.[0] ?? '';
  if (name === 'torch.hub.load') return 'pytorch';
  if (/^(diffusers|peft|optimum|auto_gptq|awq|unsloth|parler_tts|ctransformers|mlx_lm|whisper|open_clip|clip|timm|ultralytics|torchvision)$/.test(root))
    return root;
  return 'transformers';
};

/** The name that a statement gives the loaded model to: `model` of `model, tokenizer = load_model(…)`; `self.model` as written. */
function heldBy(text: string, start: number, call: number): string | undefined {
  const left = text.slice(start, call).match(/^\s*([\w.]+)\s*(?::[^=\n]+)?(?:,\s*([\w.]+))?[^=\n]*=(?!=)/);
  if (!left) return undefined;
  const second = left[2];
  return second !== undefined && /token|processor/i.test(left[1] ?? '') ? second : left[1];
}

/** `encoder` of `encoder = get_encoder()`, where that function returns what it loads at once. */
function heldByCaller(program: PythonInput['program'], call: Call, at: number): string | undefined {
  if (!/^\s*return\s*$/.test(program.text.slice(program.statement(at).start, call.start))) return undefined;
  const owner = program.blocks(at).find((block) => block.kind === 'def');
  const site = owner?.name === undefined ? undefined : program.callsOf(owner.name)[0];
  return site && heldBy(program.text, program.statement(site.at).start, site.call.start);
}

/** How the program runs a loaded model: the call that generates, if there is one. */
function useOf(input: PythonInput, load: Load): Call | undefined {
  const { program } = input;
  const { call, held } = load;
  const last = dotted(call.callee)?.match(/\w+$/)?.[0] ?? '';
  const isPipeline =
    last === 'pipeline' ||
    /Pipeline\w*$|pipe(line)?$/i.test(dotted(call.callee)?.replace(/\.\w+$/, '') ?? '') ||
    /(^|\.)(pipe|pipeline|generator)$/.test(held ?? '');
  // pipeline("…")(texts): the load is itself called.
  if (isPipeline && /^\s*\(/.test(program.text.slice(call.end, call.end + 3))) return call;
  if (held === undefined) return undefined;
  const names = [held, ...adapters(input, held)];
  for (const name of names) {
    const escaped = name.replaceAll('.', '\\.');
    const object = new RegExp(`(?<![.\\w])${escaped}(?:\\.module)?\\.$`);
    const isHeld = (at: number): boolean => object.test(program.text.slice(Math.max(0, at - name.length - 9), at));
    const method = [...program.callsOf(methods), ...(load.framework === 'ultralytics' ? program.callsOf(looks) : [])].find(
      (site) => isHeld(site.at) && reaches(input, load, site.at),
    );
    if (method) return method.call;
    // A server's model may be called as a function: self.model(**inputs)
    if (isPipeline || last === 'Llama' || (name.startsWith('self.') && isServed(program))) {
      const called = program.callsOf(name.replace(/^.*\./, '')).find((site) => dotted(site.call.callee) === name && reaches(input, load, site.at));
      if (called) return called.call;
    }
    const forward = forwardOf(input, load, name);
    if (forward) return forward;
    // A method handed over: `Thread(target=model.generate, kwargs=…)`.
    const reference = ['generate', 'chat', 'transcribe']
      .flatMap((one) => program.uses(one))
      .sort((a, b) => a - b)
      .find((at) => isHeld(at) && reaches(input, load, at));
    const around = reference === undefined ? undefined : program.callAround(reference);
    if (around) return around;
    // A project's own function that generates with the model it is given.
    const scope = program.scopeOf(load.at);
    const own = program
      .callsOf(/^(?!get_|make_|build_|create_|load_|register_)(?:\w*generat\w*|\w*pipeline\w*|\w*infer\w*|\w*transcri\w*|chat\w*|\w*_chat)$/i)
      .find(
        (site) =>
          site.call.start > call.end &&
          site.call.args.some((arg) => dotted(arg.value) === name && (arg.keyword === undefined || arg.keyword === 'model')) &&
          (program.scopeOf(site.at) === scope || name.startsWith('self.')),
      );
    if (own) return own.call;
  }
  return undefined;
}
/** `model(**inputs)` without gradients: features, classes or scores of a loaded model. What converts, exports or defines a model only checks it so. */
function forwardOf(input: PythonInput, load: Load, name: string): Call | undefined {
  const { program, evaluate } = input;
  const loader = evaluate.callee(load.call);
  if (!(/\.from_pretrained$/.test(loader) || visual.test(loader)) || /\.save_pretrained\(|push_to_hub|\.export\(|jit\.trace\(/.test(program.text))
    return undefined;
  if (isPartOfModel(program, load.at)) return undefined;
  return program
    .callsOf(name.replace(/^.*\./, ''))
    .find(
      (site) =>
        dotted(site.call.callee) === name &&
        site.call.args.some(
          (arg) => arg.spread === 2 || visual.test(loader) || /input|pixel_values|batch|feature|image|tokens|ids/.test(arg.keyword ?? dotted(arg.value) ?? ''),
        ) &&
        (isServed(program) || /^(optimum|ultralytics|torch\.hub)\b/.test(loader) || withoutGradients(program, site.at)) &&
        reaches(input, load, site.at),
    )?.call;
}
/** True within a class that is a network itself: what it loads is a part of it. */
function isPartOfModel(program: PythonInput['program'], at: number): boolean {
  const owner = program.blocks(at).find((block) => block.kind === 'class');
  return (
    owner !== undefined && (owner.items?.some((base) => /Module|Model/.test(dotted(base) ?? '')) === true || program.function('forward', owner) !== undefined)
  );
}
const withoutGradients = (program: PythonInput['program'], at: number): boolean =>
  program
    .blocks(at)
    .some((block) =>
      [...(block.kind === 'with' ? (block.items ?? []) : []), ...(block.decorators ?? [])].some((one) => /no_grad|inference_mode/.test(dotted(one) ?? '')),
    );
const methods =
  /^(?:generate|compute_score|encode_queries|encode_corpus|stream_generate|chat|stream_chat|transcribe|encode|encode_multi_process|rank|create_chat_completion|create_completion|batch_generate|generate_\w+|chat_stream|batch_chat|sample|inference\w*|infer|encode_image|encode_text|get_(?:image|text)_features)$/;
const looks = /^(?:predict|track)$/;

/** Names that a loaded model is given to under an adapter: `model` of `model = PeftModel.from_pretrained(base, …)`. */
function adapters({ program, evaluate }: PythonInput, held: string): string[] {
  if (!/\bPeftModel/.test(program.text)) return [];
  return program.callsOf('from_pretrained').flatMap(({ call, at }) => {
    if (!isAdapter(call, evaluate.callee(call)) || dotted(call.args[0]!.value) !== held) return [];
    return heldBy(program.text, program.statement(at).start, call.start) ?? [];
  });
}

/** True if a loaded model can be what a place runs: the same function, a module's global, an attribute, or what a function called in this file returns. */
function reaches({ program }: PythonInput, load: Load, use: number): boolean {
  const scope = program.scopeOf(load.at);
  if (scope === -1 || scope === program.scopeOf(use) || load.held?.startsWith('self.')) return true;
  const owner = program.blocks(load.at).find((block) => block.kind === 'def');
  if (!owner?.name) return false;
  return (
    program.callsOf(owner.name).some((site) => site.at < owner.start || site.at > owner.end) ||
    /^\s*global\b/m.test(program.text.slice(owner.bodyStart, owner.end))
  );
}

function workload(input: PythonInput, load: Load, use: Call, serving: boolean): SeenWorkload {
  const { evaluate } = input;
  const given = keyed(evaluate, load.call);
  const call = keyed(evaluate, use);
  const more = moreUses(input, load, use);
  return {
    kind: serving ? 'serving' : 'batch-inference',
    framework: load.framework,
    span: { uri: input.document.uri, start: load.call.start, end: load.call.end },
    refs: [],
    ...sortFacts(
      [
        modelFact(input, load, given),
        ...[call, ...more]
          .map((one) => setting(evaluate, 'max_tokens', one, ['max_new_tokens', 'max_tokens', 'max_completion_tokens']))
          .filter(Boolean)
          .slice(0, 1),
        ...[call, ...more]
          .map((one) => setting(evaluate, 'n', one, ['num_return_sequences', 'num_images_per_prompt']))
          .filter(Boolean)
          .slice(0, 1),
        ...[call, ...more, given]
          .map((one) => setting(evaluate, 'batch_size', one, ['batch_size']))
          .filter(Boolean)
          .slice(0, 1),
        ...[call, ...more]
          .map((one) => setting(evaluate, 'inference_steps', one, ['num_inference_steps']))
          .filter(Boolean)
          .slice(0, 1),
        setting(evaluate, 'image_size', call, ['height', 'width']),
        precisionFact(evaluate, given.get('torch_dtype', 'dtype', 'compute_type') ?? keyed(evaluate, given.get('model_kwargs')).get('torch_dtype', 'dtype')) ??
          halved(input, load, call),
        quantizationFact(input, given),
        flashFact(input, given),
        setting(evaluate, 'max_model_len', given, ['n_ctx']),
      ].filter((fact) => fact === undefined || 'value' in fact || fact.name === 'model'),
    ),
  };
}
/** Later calls of the same model: a pipeline's own call carries the generation settings that its `generate` lacks. */
function moreUses({ program, evaluate }: PythonInput, load: Load, use: Call): Keyed[] {
  const names = new Set<string>();
  for (const arg of use.args) if (arg.spread === 2) names.add(dotted(arg.value) ?? '');
  const config = argument(use, 'generation_config')?.value;
  // A pipeline class of the project's own: what the object is called with.
  const made = program.statement(use.start);
  const left = heldBy(program.text, made.start, use.start);
  const called =
    left === undefined || left === load.held
      ? []
      : [
          ...program.callsOf(left.replace(/^.*\./, '')).filter((site) => dotted(site.call.callee) === left),
          ...program.callsOf(methods).filter((site) => site.call.callee.kind === 'attribute' && dotted(site.call.callee.object) === left),
        ];
  // Thread(target=model.generate, kwargs=…)
  const threaded = argument(use, 'target') && argument(use, 'kwargs')?.value;
  return [
    ...(config ? [keyed(evaluate, config)] : []),
    ...(threaded ? [keyed(evaluate, threaded)] : []),
    ...called.slice(0, 3).map((site) => keyed(evaluate, site.call)),
  ];
}

function modelFact({ evaluate }: PythonInput, load: Load, given: Keyed): Found {
  const last = dotted(load.call.callee)?.match(/\w+$/)?.[0];
  const positional = load.call.args.filter((arg) => arg.keyword === undefined && arg.spread === undefined).map((arg) => arg.value);
  const expr =
    given.get('model', 'pretrained_model_name_or_path', 'model_name_or_path', 'model_path', 'model_name', 'model_id', 'name', 'repo_id') ??
    positional[last === 'pipeline' || evaluate.callee(load.call) === 'torch.hub.load' ? 1 : 0];
  if (load.framework === 'torchvision')
    return { name: 'model', value: last ?? '', origin: 'literal', span: { uri: evaluate.uri, start: load.call.callee.start, end: load.call.callee.end } };
  if (!expr) return undefined;
  const meant = evaluate.expression(expr);
  // A pipeline's model object: the model is what that object was loaded from.
  if (meant.kind === 'call' && /from_pretrained$/.test(evaluate.callee(meant)) && meant.args[0]) {
    const loaded = evaluate.fact('model', meant.args[0].value);
    return loaded && 'value' in loaded && loaded.origin === 'literal' ? { ...loaded, origin: 'variable' } : loaded;
  }
  const fact = evaluate.fact('model', popped(meant) ?? expr);
  return fact && 'value' in fact && typeof fact.value !== 'string' ? undefined : fact;
}
/** `args.pop("model")` of parsed options. */
function popped(expr: Expr): Expr | undefined {
  if (expr.kind !== 'call' || expr.callee.kind !== 'attribute' || expr.callee.name !== 'pop' || expr.args[0]?.value.kind !== 'string') return undefined;
  return { kind: 'attribute', object: expr.callee.object, name: expr.args[0].value.value, start: expr.start, end: expr.end };
}
function halved({ program, document, evaluate }: PythonInput, load: Load, use: Keyed): Found {
  const fp16 = use.get('fp16');
  if (fp16) return evaluate.fact('precision', fp16, (value) => (value ? 'fp16' : 'fp32'));
  const tail = program.text.slice(load.call.end, load.call.end + 60).match(/^(?:\.\w+\([^()\n]*\))*?\.(half|bfloat16|float)\(\)/);
  if (!tail) return undefined;
  const end = load.call.end + tail[0].length;
  return {
    name: 'precision',
    value: tail[1] === 'half' ? 'fp16' : tail[1] === 'bfloat16' ? 'bf16' : 'fp32',
    origin: 'default',
    span: { uri: document.uri, start: load.call.end, end },
  };
}
function quantizationFact({ evaluate, document }: PythonInput, given: Keyed): Found {
  const model = keyed(evaluate, given.get('model_kwargs'));
  const config = given.get('quantization_config') ?? model.get('quantization_config');
  const inner = config ? keyed(evaluate, config) : given;
  for (const bits of ['4', '8'] as const) {
    const on = inner.get(`load_in_${bits}bit`);
    const value = on && evaluate.value(on);
    if (!on || !value?.known || value.value !== true) continue;
    const type = bits === '4' ? inner.get('bnb_4bit_quant_type') : undefined;
    return (
      (type && evaluate.fact('quantization', type)) ?? {
        name: 'quantization',
        value: `${bits}bit`,
        origin: value.origin,
        span: { uri: document.uri, start: value.start, end: value.end },
      }
    );
  }
  return undefined;
}
const flashFact = ({ evaluate }: PythonInput, given: Keyed): Found => {
  const attention = given.get('attn_implementation');
  return attention && evaluate.fact('flash_attention', attention, (value) => /flash/.test(String(value)));
};
