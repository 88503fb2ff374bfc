import { type Call, dotted, type Expr } from '../../../syntax/python/ast.js';
import { precisionOf } from '../../shared/precision.js';
import type { PythonInput } from '../../types.js';
import { count, type FactSet, flag, text } from './fact-set.js';

/** Where a model comes from, and what stood on the way: `.half()`, adapters. */
interface Source {
  readonly call?: Call;
  readonly id?: Expr;
}

const noModel =
  /Tokenizer|Processor|FeatureExtractor|Scheduler|GenerationConfig|VAE|Autoencoder|Vision(?!.*Model)|TextModel|TextEncoder|Dataset|SafetyChecker|Adapter|PretrainedConfig|AutoConfig|\bConfig\b|Config$/i;
const wrapper =
  /(^|\.)(get_peft_model|get_model|prepare_model_for_\w+|prepare_model|prepare|to|cuda|half|bfloat16|float|eval|train|compile|DataParallel|DistributedDataParallel|DDP|FullyShardedDataParallel|FSDP|PeftModel\w*\.from_pretrained|convert_sync_batchnorm|script|to_empty|setup|setup_module|initialize|patch_model)$/;
const builders =
  /^(timm\.(create_model|models\.create_model)|torch\.hub\.load|segmentation_models_pytorch\.\w+|smp\.\w+|create_model|open_clip\.create_model_and_transforms|clip\.load|monai\.networks\.nets\.\w+)$/;

/** Adds what the file says about the model that is trained, starting at the expression that is given to the trainer, else by looking around. */
export function addModel(input: PythonInput, facts: FactSet, expr: Expr | undefined, near: number): void {
  const source = (expr && sourceOf(input, expr, 0)) ?? fallback(input, near);
  if (!source) return;
  if (source.id) facts.read('model', source.id, text);
  if (source.call) addLoading(input, facts, source.call);
}

function sourceOf(input: PythonInput, expr: Expr, depth: number): Source | undefined {
  if (depth > 12) return undefined;
  const { evaluate, program } = input;
  const next = (one: Expr | undefined): Source | undefined => (one ? sourceOf(input, one, depth + 1) : undefined);
  if (expr.kind === 'string' || expr.kind === 'template') return { id: expr };
  if (expr.kind === 'name') {
    const binding = program.lookup(expr.name, expr.start);
    if (binding?.kind === 'assign' && binding.index !== undefined && binding.value) {
      const value = evaluate.expression(binding.value);
      if (value.kind === 'tuple') return next(value.items[binding.index]);
      return next(value.kind === 'call' && /prepare|initialize|setup/.test(dotted(value.callee) ?? '') ? value.args[binding.index]?.value : value);
    }
    if (binding?.kind === 'def') return next(returnedModel(input, expr.name));
  }
  const meant = evaluate.expression(expr);
  if (meant.kind === 'string' || meant.kind === 'template') return { id: expr };
  if (meant.kind === 'name' && meant !== expr && meant.name !== (expr.kind === 'name' ? expr.name : '')) return next(meant);
  if (meant.kind === 'conditional') return next(meant.value) ?? next(meant.otherwise);
  if (meant.kind === 'attribute') return evaluate.value(meant).known && text((evaluate.value(meant) as { value: string }).value) ? { id: meant } : undefined;
  if (meant.kind === 'tuple') return next(meant.items[0]);
  if (meant.kind !== 'call') return undefined;
  const name = evaluate.callee(meant);
  if (wrapper.test(name)) {
    const first = meant.args.find((arg) => arg.keyword === 'model' || arg.keyword === 'module' || (arg.keyword === undefined && !arg.spread))?.value;
    const isMethod = /(^|\.)(to|cuda|half|bfloat16|float|eval|train|to_empty)$/.test(name) || name.endsWith('.get_peft_model');
    return next(!isMethod || (first && name.endsWith('.get_peft_model')) ? first : meant.callee.kind === 'attribute' ? meant.callee.object : undefined);
  }
  return named(input, meant);
}
/** A call that loads or builds a model by a name. */
function named(input: PythonInput, call: Call): Source | undefined {
  const { evaluate } = input;
  const name = evaluate.callee(call);
  if (/\.(from_pretrained|from_config|load_from_checkpoint)$/.test(name) && !noModel.test(name.replace(/\.\w+$/, ''))) {
    if (name.endsWith('from_config')) {
      const config = evaluate.argument(call, 'config', 0);
      const made = config && evaluate.expression(config);
      const id =
        made?.kind === 'call' && /from_pretrained$/.test(evaluate.callee(made)) ? evaluate.argument(made, 'pretrained_model_name_or_path', 0) : undefined;
      return { call, ...(id && { id }) };
    }
    const id =
      evaluate.argument(call, 'pretrained_model_name_or_path', 0) ??
      evaluate.argument(call, 'model_name') ??
      evaluate.argument(call, 'model_name_or_path') ??
      evaluate.argument(call, 'model_id');
    return { call, ...(id && { id }) };
  }
  if (/^(sentence_transformers\.(\w+\.)?)?(SentenceTransformer|CrossEncoder|SparseEncoder)$/.test(name)) {
    const id = evaluate.argument(call, 'model_name_or_path', 0) ?? evaluate.argument(call, 'model_name') ?? moduleName(input, call);
    return { call, ...(id && { id }) };
  }
  if (builders.test(name)) {
    const id = evaluate.argument(call, 'model_name', name === 'torch.hub.load' ? 1 : 0) ?? evaluate.argument(call, 'model');
    return { call, ...(id && { id }) };
  }
  if (/^(torchvision\.models|keras\.applications|tensorflow\.keras\.applications)(\.\w+)*\.\w+$/.test(name) && name !== 'torchvision.models.get_model') {
    const end = call.callee.end;
    return { call, id: { kind: 'string', value: name.slice(name.lastIndexOf('.') + 1).replace(/^__dict__\[\]$/, ''), start: call.callee.start, end } };
  }
  if (name === 'torchvision.models.get_model') return { call, id: evaluate.argument(call, 'name', 0)! };
  if (/models(\.__dict__)?\[\]$/.test(name) && call.callee.kind === 'subscript') return { call, id: call.callee.index };
  return undefined;
}
/** `SentenceTransformer(modules=[models.Transformer("name"), pooling])`: the model is the first module's. */
function moduleName({ evaluate }: PythonInput, call: Call): Expr | undefined {
  const modules = evaluate.argument(call, 'modules');
  const list = modules && evaluate.expression(modules);
  const first = list?.kind === 'list' && list.items[0] ? evaluate.expression(list.items[0]) : undefined;
  return first?.kind === 'call' && /(^|\.)(Transformer|MLMTransformer|CLIPModel)$/.test(evaluate.callee(first))
    ? evaluate.argument(first, 'model_name_or_path', 0)
    : undefined;
}
function returnedModel(input: PythonInput, name: string): Expr | undefined {
  const owner = input.program.function(name);
  return owner ? input.program.returned(owner)[0] : undefined;
}

/** The model that is loaded in the file, where the trainer's own argument does not lead to it: the last one before the place, else the first. */
function fallback(input: PythonInput, near: number): Source | undefined {
  const { program, evaluate } = input;
  const found = program
    .callsOf(/^(?:from_pretrained|create_model|SentenceTransformer|CrossEncoder|get_model|from_config)$/)
    .filter(({ call, at }) => !evaluate.isOff(at) && !/Peft|ControlNetModel/.test(evaluate.callee(call)))
    .flatMap(({ call, at }) => {
      const source = named(input, call);
      return source ? [{ source, at }] : [];
    });
  return (found.findLast(({ at }) => at < near) ?? found[0])?.source ?? byTorchvision(input);
}
function byTorchvision({ program, ...rest }: PythonInput): Source | undefined {
  const input = { program, ...rest };
  if (!program.mentions(/torchvision|\bmodels\.\w/)) return undefined;
  for (const { call } of program.calls(/\b[a-z]\w+(?=\()(?<=\bmodels\.\w+)/g)) {
    const source = named(input, call);
    if (source) return source;
  }
  const at = program.matches(/\bmodels(?=\.__dict__\[)/g)[0];
  const place = at === undefined ? undefined : program.callAround(program.text.indexOf('[', at) + 1);
  return place && named(input, place);
}

/** What a loading call says beside the name: dtype, quantisation, attention, length. */
function addLoading(input: PythonInput, facts: FactSet, call: Call): void {
  const { evaluate } = input;
  const unsloth = /^unsloth\b/.test(evaluate.callee(call));
  const dtype = evaluate.argument(call, 'torch_dtype') ?? evaluate.argument(call, 'dtype');
  if (dtype && !facts.has('precision')) {
    const value = evaluate.value(dtype);
    if (value.known) facts.put('precision', value, precisionOf);
  }
  addQuantization(input, facts, call, unsloth);
  const attention = evaluate.argument(call, 'attn_implementation');
  facts.read('flash_attention', attention, usesFlash);
  facts.read('flash_attention', evaluate.argument(call, 'use_flash_attention_2'), flag);
  facts.read('seq_len', evaluate.argument(call, 'max_seq_length'), count);
}
export const usesFlash = (value: string | number | boolean): boolean | undefined => (typeof value === 'string' ? /flash/i.test(value) : undefined);

function addQuantization(input: PythonInput, facts: FactSet, call: Call, unsloth: boolean): void {
  const { evaluate } = input;
  addBits(input, facts, call, call);
  const given = evaluate.argument(call, 'quantization_config');
  const config = given && evaluate.expression(given);
  if (config?.kind === 'call' && !evaluate.isOff(config.start)) addQuantizationConfig(input, facts, config);
  else if (config?.kind === 'dict') facts.read('quantization', evaluate.entry(config, 'load_in_4bit'), (value) => (value === true ? '4bit' : undefined));
  if (
    unsloth &&
    !facts.has('quantization') &&
    !evaluate.argument(call, 'load_in_4bit') &&
    !evaluate.argument(call, 'load_in_8bit') &&
    !evaluate.argument(call, 'full_finetuning')
  )
    facts.follows('quantization', '4bit', call, { note: 'default of FastLanguageModel.from_pretrained' });
}
/** `BitsAndBytesConfig(load_in_4bit=True, bnb_4bit_quant_type="nf4")` and its like. */
export function addQuantizationConfig(input: PythonInput, facts: FactSet, config: Call): void {
  const { evaluate } = input;
  const name = evaluate.callee(config);
  if (/BitsAndBytesConfig$/.test(name)) {
    const four = evaluate.argument(config, 'load_in_4bit');
    const on = four && evaluate.value(four);
    if (on?.known && on.value === true) facts.read('quantization', evaluate.argument(config, 'bnb_4bit_quant_type'), text);
    addBits(input, facts, config, config);
  } else if (/(GPTQ|Awq|AWQ|Hqq|Quanto|Eetq|Aqlm|TorchAo|Bitnet|FineGrainedFP8)Config$/.test(name)) {
    const bits = evaluate.argument(config, 'bits') ?? evaluate.argument(config, 'nbits') ?? evaluate.argument(config, 'weights');
    if (bits) facts.read('quantization', bits, (value) => (typeof value === 'number' ? `${value}bit` : String(value)));
    else if (/Awq|AWQ/.test(name)) facts.follows('quantization', '4bit', config, { note: 'AWQ stores 4 bits' });
    else if (/FP8/.test(name)) facts.follows('quantization', 'fp8', config);
  }
}
function addBits({ evaluate }: PythonInput, facts: FactSet, call: Call, at: Call): void {
  for (const bits of ['4bit', '8bit']) {
    const given = evaluate.argument(call, `load_in_${bits}`);
    const value = given && evaluate.value(given);
    if (value?.known) facts.put('quantization', value, (on) => (on === true ? bits : undefined));
    else if (value) facts.put('quantization', { ...value, start: value.start || at.start, end: value.end || at.end });
  }
}
