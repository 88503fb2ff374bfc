import type { FactValue } from '../model/fact.js';

/** What a log says of memory. Sizes in GiB, of one device. */
export interface MemoryEvidence {
  readonly kind: 'training' | 'serving' | 'unknown';
  readonly outcome: 'out-of-memory' | 'cache-too-small' | 'started';
  readonly engine?: 'pytorch' | 'vllm' | 'sglang' | 'tgi' | 'jax' | 'tensorflow' | 'bitsandbytes' | 'llama.cpp';
  readonly tried?: number;
  readonly total?: number;
  readonly free?: number;
  /** By tensors, and held besides by the allocator. */
  readonly allocated?: number;
  readonly unallocated?: number;
  /** In use by this process, the context included; and by others on the device. */
  readonly inUse?: number;
  readonly others?: number;
  readonly weights?: number;
  /** KV cache: what there is, what one longest sequence needs, and tokens. */
  readonly cacheFree?: number;
  readonly cacheNeeded?: number;
  readonly cacheTokens?: number;
  readonly fittingLength?: number;
  /** Facts that the log states: model, lengths, shares. */
  readonly facts: Readonly<Record<string, FactValue>>;
  /** Places of the traceback, outermost first. */
  readonly frames: readonly { readonly file: string; readonly line: number; readonly name: string }[];
  /** The line of the log that decided, from 1. */
  readonly line: number;
  readonly message: string;
}

/** Longest part of a log that is read: the end, where it failed. */
const maxLength = 2_000_000;
/** What terminals colour with. */
const colours = new RegExp(`${String.fromCharCode(27)}\\[[\\d;]*m`, 'g');
const units: Readonly<Record<string, number>> = { b: 1 / 2 ** 30, k: 1 / 2 ** 20, m: 1 / 1024, g: 1, t: 1024 };
const size = String.raw`(-?[\d.,]+)\s*([KMGT]i?B?|[Bb]ytes|B)\b`;

const failures: readonly (readonly [RegExp, MemoryEvidence['outcome'], MemoryEvidence['engine'] | undefined])[] = [
  [/larger than the maximum number of tokens that can be stored in KV cache/, 'cache-too-small', 'vllm'],
  [/KV cache is needed, which is larger than the available KV cache memory/, 'cache-too-small', 'vllm'],
  [/No available memory for the cache blocks/, 'cache-too-small', 'vllm'],
  [/Free memory on device .* is less than desired GPU memory utilization/, 'out-of-memory', 'vllm'],
  [/CUDA out of memory occurred when warming up sampler/, 'out-of-memory', 'vllm'],
  [/Not enough memory\. Please try to increase --mem-fraction-static/, 'cache-too-small', 'sglang'],
  [/Not enough memory to handle [\d,]+ (?:total |prefill )?tokens/, 'out-of-memory', 'tgi'],
  [/(?:CUDA|HIP|XPU|MPS(?: backend)?) out of memory|OutOfMemoryError/, 'out-of-memory', 'pytorch'],
  [/CUDA error: out of memory|CUBLAS_STATUS_ALLOC_FAILED|cudaErrorMemoryAllocation/, 'out-of-memory', 'pytorch'],
  [/RESOURCE_EXHAUSTED|Ran out of memory in memory space hbm/, 'out-of-memory', 'jax'],
  [/OOM when allocating tensor/, 'out-of-memory', 'tensorflow'],
  [/Error out of memory at line \d+ in file .*\.cu/, 'out-of-memory', 'bitsandbytes'],
  [/enough GPU RAM to fit the quantized model/, 'out-of-memory', 'bitsandbytes'],
  [/cudaMalloc failed: out of memory|failed to allocate .*buffer/, 'out-of-memory', 'llama.cpp'],
];
const starts =
  /GPU KV cache size: |# (?:GPU|CUDA) blocks: |KV Cache is allocated|max_total_num_tokens=|Setting max batch total tokens to|Available KV cache memory: /;

/** Reads the text of an out-of-memory error or of a server's start: PyTorch of several generations, ROCm, JAX, TensorFlow, bitsandbytes, vLLM, SGLang, TGI, llama.cpp.
 * @unknown undefined where the text is neither */
export function readMemoryLog(whole: string): MemoryEvidence | undefined {
  const text = whole.slice(-maxLength).replaceAll(colours, '');
  const lines = text.split('\n');
  const failure = failures
    .map(([pattern, outcome, engine]) => ({ outcome, engine, at: lines.findIndex((line) => pattern.test(line)) }))
    .find(({ at }) => at >= 0);
  const at = failure?.at ?? lines.findLastIndex((line) => starts.test(line));
  if (at < 0) return undefined;
  // A message may be wrapped over lines.
  const message = lines.slice(at, at + 6).join(' ');
  const server = /\bvllm\b|vLLM|gpu_memory_utilization/.test(text)
    ? 'vllm'
    : /sglang|mem-fraction-static|max_total_num_tokens/i.test(text)
      ? 'sglang'
      : /text_generation/.test(text)
        ? 'tgi'
        : undefined;
  const frames = [...text.matchAll(/File "([^"\n]+)", line (\d+), in (\S+)/g)]
    .slice(-200)
    .map(([, file = '', line, name = '']) => ({ file, line: Number(line), name }));
  const engine = failure?.engine === 'pytorch' || failure?.engine === undefined ? (server ?? failure?.engine) : failure.engine;
  const facts = factsOf(text);
  return {
    kind: ['vllm', 'sglang', 'tgi', 'llama.cpp'].includes(engine ?? '')
      ? 'serving'
      : /backward\(|loss|optimizer|trainer|train/i.test(frames.map(({ file, name }) => `${file} ${name}(`).join(' '))
        ? 'training'
        : 'unknown',
    outcome: failure?.outcome ?? 'started',
    ...(engine === undefined ? {} : { engine }),
    ...sizes(message, text),
    facts,
    frames,
    line: at + 1,
    message: (lines[at] ?? '').trim().slice(0, 400),
  };
}

/** The first amount that a pattern finds; `%` in it stands for the amount. */
function amount(text: string, pattern: string): number | undefined {
  const found = new RegExp(pattern.replace('%', size)).exec(text);
  const value = Number(found?.[1]?.replaceAll(',', ''));
  const unit = units[(found?.[2] ?? '')[0]?.toLowerCase() ?? ''];
  return found && Number.isFinite(value) && unit !== undefined ? value * unit : undefined;
}

type Sizes = Partial<
  Record<
    'tried' | 'total' | 'free' | 'allocated' | 'unallocated' | 'inUse' | 'others' | 'weights' | 'cacheFree' | 'cacheNeeded' | 'cacheTokens' | 'fittingLength',
    number
  >
>;

function sizes(message: string, text: string): Sizes {
  const inMessage = (...patterns: readonly string[]) => patterns.map((pattern) => amount(message, pattern)).find((value) => value !== undefined);
  const anywhere = (...patterns: readonly string[]) => patterns.map((pattern) => amount(text, pattern)).find((value) => value !== undefined);
  const whole = (...patterns: readonly RegExp[]): number | undefined => {
    for (const pattern of patterns) {
      const value = Number(pattern.exec(text)?.[1]?.replaceAll(',', ''));
      if (Number.isFinite(value) && value > 0) return value;
    }
    return undefined;
  };
  const reserved = inMessage('% reserved in total by PyTorch', '% cached');
  const allocated = inMessage('% is allocated by PyTorch', '% already allocated');
  const total =
    inMessage('total capaci?ty of %', '% total capacity', 'of % hbm', String.raw`Free memory on device.*?\([\d.]+/%`) ??
    anywhere(String.raw`total_gpu_memory \(%\)`);
  const free = inMessage('of which % is free', '% free', String.raw`Free memory on device(?: \S+)? \(([\d.]+)/[\d.]+ (GiB)\)`);
  const inUse = inMessage('this process has % memory in use', 'Used % of');
  const processes = [...message.matchAll(new RegExp(`Process \\d+ has ${size} memory in use`, 'g'))].reduce(
    (sum, [part]) => sum + (amount(part, 'has % memory') ?? 0),
    0,
  );
  const unallocated =
    inMessage('% is reserved by PyTorch but unallocated') ??
    (reserved !== undefined && allocated !== undefined ? Math.max(0, reserved - allocated) : undefined);
  // Where one process alone is listed and nothing says "this process", it is this one.
  const other = inUse === undefined ? 0 : processes;
  const blocks = whole(/# (?:GPU|CUDA) blocks: ([\d,]+)/);
  const kv = anywhere('KV size: %') ?? sumOf(anywhere('K size: %'), anywhere('V size: %'));
  const found: { [K in keyof Sizes]: number | undefined } = {
    tried: inMessage('[Tt]ried to allocate %', 'trying to allocate %', 'allocating %', 'allocat(?:e|ing) %'),
    total,
    free,
    allocated,
    unallocated,
    inUse: inUse ?? (processes > 0 ? processes : undefined),
    others: other > 0 ? other : hidden(total, free, inUse),
    weights: anywhere('[Mm]odel loading took %', '[Ll]oading model weights took %', 'model weights take %', String.raw`Load weight end\..*?mem usage=%`),
    cacheFree: anywhere(String.raw`available KV cache memory \(%\)`, 'Available KV cache memory: %', 'reserved for KV Cache is %') ?? kv,
    cacheNeeded: anywhere(String.raw`\(?% KV cache is needed`),
    cacheTokens:
      whole(
        /GPU KV cache size: ([\d,]+) tokens/,
        /can be stored in KV cache \(([\d,]+)\)/,
        /#tokens: ([\d,]+)/,
        /max_total_num_tokens=([\d,]+)/,
        /max batch total tokens to ([\d,]+)/,
      ) ??
      (blocks && blocks * 16),
    fittingLength: whole(/estimated maximum model length is ([\d,]+)/),
  };
  return Object.fromEntries(Object.entries(found).filter((entry): entry is [string, number] => entry[1] !== undefined)) as Sizes;
}
const sumOf = (a: number | undefined, b: number | undefined): number | undefined => (a === undefined || b === undefined ? undefined : a + b);
/** What neither this process nor the free memory explains. */
function hidden(total: number | undefined, free: number | undefined, inUse: number | undefined): number | undefined {
  if (total === undefined || free === undefined || inUse === undefined) return undefined;
  const rest = total - free - inUse;
  return rest > Math.max(0.5, 0.03 * total) ? rest : undefined;
}

/** Facts that a server writes at its start: `model='org/m', max_seq_len=8192, tensor_parallel_size=2`. */
function factsOf(text: string): Record<string, FactValue> {
  const facts: Record<string, FactValue> = {};
  const take = (fact: string, ...patterns: readonly RegExp[]): void => {
    for (const pattern of patterns) {
      const value = pattern.exec(text)?.[1]?.replaceAll(/(?<=\d),(?=\d)/g, '');
      if (value === undefined || value === '' || value === 'None' || value === 'auto') continue;
      facts[fact] = /^[\d.]+$/.test(value) ? Number(value) : value;
      return;
    }
  };
  const setting = (names: string): RegExp => new RegExp(`['"]?\\b(?:${names})['"]?\\s*[=:]\\s*['"]?([\\w./:-]+)`);
  if (/vllm|sglang|text_generation|max_model_len|model_path|LLM engine|gpu_memory_utilization/i.test(text)) take('model', setting('model|model_path|model_id'));
  take('max_model_len', setting('max_seq_len|max_model_len|context_length'), /max seq len \(([\d,]+)\)/, /Maximum concurrency for ([\d,]+) tokens per request/);
  take('tensor_parallel', setting('tensor_parallel_size|tp_size'));
  take(
    'gpu_mem_util',
    setting('gpu_memory_utilization|mem_fraction_static'),
    /gpu_memory_utilization \(([\d.]+)\)/,
    /desired GPU memory utilization \(([\d.]+)/,
  );
  take('max_num_seqs', setting('max_num_seqs|max_running_requests'), /sampler with ([\d,]+) dummy requests/);
  take('kv_cache_dtype', setting('kv_cache_dtype'));
  take('quantization', setting('quantization'));
  return facts;
}
