import type { Fact, UnknownFact } from '../../model/fact.js';
import { argument, type Call, dotted, type Expr } from '../../syntax/python/ast.js';
import { sortFacts } from '../shared/facts.js';
import type { PythonInput, SeenWorkload } from '../types.js';
import { precisionFact } from './engine.js';
import { type Keyed, keyed } from './keyed.js';
import { heldBy, type Load } from './loaded-model.js';
import { methods } from './loaded-model-use.js';
import { setting } from './requests.js';

type Found = Fact | UnknownFact | undefined;

/** A loaded model that is run, as a workload: what its load and its use state. */
export function inferenceOf(input: PythonInput, load: Load, use: Call, serving: boolean): SeenWorkload {
  const { evaluate } = input;
  const given = keyed(evaluate, load.call);
  const call = keyed(evaluate, use);
  const more = moreUses(input, load, use);
  // pipeline(model=model): what that object was loaded with is in force.
  const model = given.get('model');
  const made = model && evaluate.expression(model);
  const held = made?.kind === 'call' && /\.from_pretrained$/.test(evaluate.callee(made)) ? keyed(evaluate, made) : undefined;
  const narrow = isNarrowed(input, load);
  return {
    kind: serving ? 'serving' : 'batch-inference',
    framework: load.framework,
    span: { uri: input.document.uri, start: load.call.start, end: load.call.end },
    refs: [],
    ...(narrow ? {} : { plain: true as const }),
    ...sortFacts(
      [
        modelFact(input, load, given),
        ...[call, ...more, ...(held ? [given] : [])]
          .map((one) =>
            setting(evaluate, 'max_tokens', one, [
              'max_new_tokens',
              'max_tokens',
              'max_completion_tokens',
              ...(load.framework === 'ctranslate2' ? ['max_length', 'max_decoding_length'] : []),
            ]),
          )
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
        precisionFact(
          evaluate,
          given.get('torch_dtype', 'dtype', 'compute_type', 'amp') ?? keyed(evaluate, given.get('model_kwargs')).get('torch_dtype', 'dtype'),
        ) ?? halved(input, load, call),
        setting(evaluate, 'tensor_parallel', given, ['tp_degree']),
        quantizationFact(input, given) ?? (held && quantizationFact(input, held)),
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
  return fact && 'value' in fact && (typeof fact.value !== 'string' || fact.value === '') ? undefined : fact;
}
/** `args.pop("model")` of parsed options. */
function popped(expr: Expr): Expr | undefined {
  if (expr.kind !== 'call' || expr.callee.kind !== 'attribute' || expr.callee.name !== 'pop' || expr.args[0]?.value.kind !== 'string') return undefined;
  return { kind: 'attribute', object: expr.callee.object, name: expr.args[0].value.value, start: expr.start, end: expr.end };
}
/** True where anything in the program may make the model's numbers narrower than the library loads them, or where another loader than the library's own decides. */
const isNarrowed = ({ program, evaluate }: PythonInput, load: Load): boolean =>
  !/(?:\.from_pretrained|^transformers(?:\.\w+)*\.pipeline|\.(?:SentenceTransformer|CrossEncoder))$/.test(evaluate.callee(load.call)) ||
  program.mentions(/\bdtype\b|torch_dtype|\bhalf\(|bfloat16|float16|\bfp16\b|\bbf16\b|autocast|load_in_[48]bit|quantization_config|\bfp8\b/) ||
  load.call.args.some((arg) => arg.spread === 2);
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
