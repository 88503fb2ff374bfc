import { deviceCount } from '../estimate/devices.js';
import { estimate } from '../estimate/estimate.js';
import { usableGib } from '../estimate/fits.js';
import { type EstimateContext, FactReader, type Spec } from '../estimate/spec.js';
import type { Interval } from '../model/estimate.js';
import type { FactValue } from '../model/fact.js';
import type { MeasuredRun } from '../model/run.js';
import type { Workload } from '../model/workload.js';
import { type Diagnosis, diagnose } from './diagnose.js';
import { type MemoryEvidence, readMemoryLog } from './read.js';

export interface Remedy {
  readonly title: string;
  readonly changes: readonly { readonly fact: string; readonly from?: FactValue; readonly to: FactValue }[];
  /** Memory of one device with it, or undefined where only the log's own figures decide. */
  readonly memory?: Interval;
  /** True only when the high end fits, false when even the low end does not. */
  readonly fits: boolean | undefined;
  readonly note?: string;
}
/** What a log says, whose it is, and what to change. */
export interface Forensics {
  readonly evidence: MemoryEvidence;
  readonly diagnosis: Diagnosis;
  readonly workload?: Workload;
  readonly whose: string;
  /** Memory of one device as estimated before the log was known. */
  readonly estimated?: Interval;
  readonly capacity?: number;
  /** GiB that it needed at least. */
  readonly needed?: number;
  /** Factor that the observation puts on the estimate. */
  readonly factor?: number;
  readonly remedies: readonly Remedy[];
}

type Candidate = { readonly workload: Workload; readonly spec: Spec };

/** Explains a log of memory. @unknown undefined where the text tells nothing of memory */
export function explainMemory(text: string, candidates: readonly Candidate[], context: EstimateContext): Forensics | undefined {
  const evidence = readMemoryLog(text);
  if (!evidence) return undefined;
  const diagnosis = diagnose(evidence);
  const { found, whose } = ownerOf(evidence, candidates);
  const needed = neededOf(evidence);
  const base = { evidence, diagnosis, whose, ...(found ? { workload: found.workload } : {}), ...(needed === undefined ? {} : { needed }) };
  const spec = withLog(found?.spec, evidence);
  const chip = spec && new FactReader(spec).text('gpu_type');
  const accelerator = chip === undefined ? undefined : context.catalog.accelerator(chip);
  const capacity = evidence.total ?? accelerator?.memoryGib;
  const free = evidence.total === undefined ? accelerator && usableGib(accelerator) : evidence.total - (evidence.others ?? 0);
  const sized = { ...base, ...(capacity === undefined ? {} : { capacity }) };
  if (evidence.kind === 'serving' || spec?.kind === 'serving') return { ...sized, remedies: servingRemedies(evidence, diagnosis, capacity) };
  const peak = spec && estimate(spec, context).estimates['peak_memory_gib'];
  if (!spec || !peak) return { ...sized, remedies: generalRemedies(evidence, diagnosis) };
  const factor = needed !== undefined && needed > peak.likely ? needed / peak.likely : 1;
  const estimated = { low: peak.low, likely: peak.likely, high: peak.high };
  return {
    ...sized,
    estimated,
    factor,
    remedies: [...generalRemedies(evidence, diagnosis), ...trainingRemedies(spec, context, factor, free)],
  };
}

/** What it would have taken at least: what it held and the piece that it was refused. Pieces of a fragmented heap are no need. */
function neededOf({ outcome, tried, allocated, inUse }: MemoryEvidence): number | undefined {
  if (outcome !== 'out-of-memory') return undefined;
  const held = allocated ?? inUse;
  return held === undefined ? undefined : held + (tried ?? 0);
}

function ownerOf(evidence: MemoryEvidence, candidates: readonly Candidate[]): { found?: Candidate; whose: string } {
  const own = candidates.filter(
    ({ workload }) =>
      !workload.fragment &&
      (evidence.kind === 'unknown' || (evidence.kind === 'training') === (workload.kind === 'training')) &&
      !/api-call|resource/.test(workload.kind),
  );
  for (const { file } of [...evidence.frames].reverse()) {
    const name = file.split(/[\\/]/);
    const hit = own.find(({ workload }) =>
      [workload.span.uri, workload.program ?? ''].some((uri) => {
        const path = decodeURIComponent(uri).split('/');
        // The folder too, where the traceback has one: many files are called train.py.
        return (
          path.at(-1) === name.at(-1) &&
          (name.length === 1 || path.at(-2) === name.at(-2) || own.filter((one) => one.workload.span.uri.endsWith(`/${name.at(-1)}`)).length === 1)
        );
      }),
    );
    if (hit) return { found: hit, whose: `the traceback goes through ${name.slice(-2).join('/')}` };
  }
  const model = evidence.facts['model'];
  const key = (value: unknown): string => String(value).split('/').at(-1)?.toLowerCase() ?? '';
  const named = model === undefined ? undefined : own.find(({ spec }) => spec.facts['model'] !== undefined && key(spec.facts['model']) === key(model));
  if (named) return { found: named, whose: `the log and the workload name ${String(model)}` };
  const money = own.filter(({ workload }) => workload.countedIn === undefined);
  if (money.length === 1 && money[0] && model === undefined) return { found: money[0], whose: 'the only workload of this kind' };
  return { whose: own.length === 0 ? 'no workload of this kind is in these files' : 'neither its files nor its model are those of a workload' };
}

function withLog(spec: Spec | undefined, { facts, kind }: MemoryEvidence): Spec | undefined {
  if (spec) return { ...spec, facts: { ...facts, ...spec.facts } };
  return facts['model'] === undefined ? undefined : { kind: kind === 'training' ? 'training' : 'serving', facts };
}

function generalRemedies({ engine, others }: MemoryEvidence, { term }: Diagnosis): Remedy[] {
  if (term === 'fragmentation' && engine !== 'jax')
    return [
      {
        title: 'PYTORCH_CUDA_ALLOC_CONF=expandable_segments:True',
        changes: [],
        fits: undefined,
        note: 'an environment variable of the run; segments then grow instead of leaving gaps (PYTORCH_ALLOC_CONF from PyTorch 2.9)',
      },
    ];
  if (term === 'other-process')
    return [
      {
        title: 'End the other process, or use another GPU',
        changes: [],
        fits: undefined,
        note: others === undefined ? 'see nvidia-smi' : `it holds ${others.toFixed(1)} GiB; nvidia-smi names it`,
      },
    ];
  return [];
}

/** Changes of a training, the least harm first; those that fit alone, else the first that do together. */
function trainingRemedies(spec: Spec, context: EstimateContext, factor: number, free: number | undefined): Remedy[] {
  const facts = new FactReader(spec);
  const steps: { title: string; changes: Record<string, FactValue> }[] = [];
  const batch = facts.number('batch_size');
  const accumulation = facts.number('grad_accum') ?? 1;
  for (let half = 2; batch !== undefined && Number.isInteger(batch / half); half *= 2)
    steps.push({
      title: `Micro-batch ${batch} → ${batch / half}, accumulation ${accumulation} → ${accumulation * half}: the same step`,
      changes: { batch_size: batch / half, grad_accum: accumulation * half },
    });
  if (facts.flag('grad_ckpt') !== true && facts.text('grad_ckpt') !== 'full')
    steps.push({ title: 'Gradient checkpointing on: about a third more computing', changes: { grad_ckpt: true } });
  const full = !/lora/.test(facts.text('finetune_method') ?? '');
  if (full && !/8bit|adafactor|sgd|lion|muon/i.test(facts.text('optimizer') ?? 'adamw'))
    steps.push({ title: '8-bit optimizer states', changes: { optimizer: 'adamw_8bit' } });
  const devices = deviceCount(spec, context.catalog);
  if (full && devices.known && devices.value.total.likely > 1 && !/fsdp|zero3/.test(facts.text('strategy') ?? ''))
    steps.push({ title: 'Shard weights, gradients and states (FSDP, ZeRO-3)', changes: { strategy: 'fsdp' } });
  const length = facts.number('seq_len');
  if (length !== undefined && length >= 1024) steps.push({ title: `Sequence length ${length} → ${length / 2}: other data`, changes: { seq_len: length / 2 } });
  if (full) steps.push({ title: 'LoRA adapters instead of all weights', changes: { finetune_method: 'lora', lora_rank: facts.number('lora_rank') ?? 16 } });
  if (facts.text('finetune_method') !== 'qlora')
    steps.push({
      title: 'QLoRA: adapters on 4-bit weights',
      changes: { finetune_method: 'qlora', quantization: '4bit', lora_rank: facts.number('lora_rank') ?? 16 },
    });
  const { correction: _correction, ...plain } = context;
  const remedy = (title: string, changes: Readonly<Record<string, FactValue>>): Remedy | undefined => {
    const peak = estimate({ ...spec, facts: { ...spec.facts, ...changes } }, plain).estimates['peak_memory_gib'];
    if (!peak) return undefined;
    const memory = { low: peak.low * factor, likely: peak.likely * factor, high: peak.high * factor };
    const fits = free === undefined ? undefined : memory.high <= free ? true : memory.low > free ? false : undefined;
    const list = Object.entries(changes).map(([fact, to]) => {
      const from = spec.facts[fact];
      return { fact, ...(from === undefined ? {} : { from }), to };
    });
    return { title, changes: list, memory, fits };
  };
  const single = steps.flatMap(({ title, changes }) => remedy(title, changes) ?? []);
  if (single.some(({ fits }) => fits === true)) return single;
  // Together, one after the other, each kind once: the smallest micro-batch stands for all of them.
  const smallest = steps.filter(({ changes }) => changes['batch_size'] !== undefined).at(-1);
  const order = [...(smallest ? [smallest] : []), ...steps.filter(({ changes }) => changes['batch_size'] === undefined && changes['seq_len'] === undefined)];
  let changes: Record<string, FactValue> = {};
  const titles: string[] = [];
  for (const step of order) {
    changes = { ...changes, ...step.changes };
    titles.push(step.title.replace(/:.*/, ''));
    const together = titles.length > 1 ? remedy(titles.join(' + '), changes) : undefined;
    if (together?.fits === true) return [...single, together];
  }
  return single;
}

/** Changes of a server by arithmetic on what it measured itself: bytes a token of the cache, memory for it, weights. */
function servingRemedies(evidence: MemoryEvidence, diagnosis: Diagnosis, total: number | undefined): Remedy[] {
  const remedies = generalRemedies(evidence, diagnosis);
  const { cacheFree, cacheNeeded, cacheTokens, weights, facts, fittingLength } = evidence;
  const number = (name: string): number | undefined => (typeof facts[name] === 'number' ? facts[name] : undefined);
  const length = number('max_model_len');
  const perToken =
    cacheNeeded !== undefined && length !== undefined
      ? cacheNeeded / length
      : cacheFree !== undefined && cacheTokens !== undefined
        ? cacheFree / cacheTokens
        : undefined;
  const tokens = cacheTokens ?? (cacheFree !== undefined && perToken !== undefined ? cacheFree / perToken : undefined);
  const share = number('gpu_mem_util') ?? (evidence.engine === 'vllm' ? 0.9 : undefined);
  const change = (fact: string, to: FactValue): Remedy['changes'] => {
    const from = facts[fact];
    return [{ fact, ...(from === undefined ? {} : { from }), to }];
  };
  const fitsLength = (room: number | undefined): boolean | undefined => (room === undefined || length === undefined ? undefined : room >= length);
  const exact = (value: number): Interval => ({ low: value, likely: value, high: value });
  const cache = (value: number | undefined) => (value === undefined || value <= 0 ? {} : { memory: exact(value) });
  if (tokens !== undefined && length !== undefined && tokens < length) {
    const fitting = fittingLength ?? Math.floor(tokens / 16) * 16;
    if (fitting >= 256)
      remedies.push({
        title: `--max-model-len ${fitting}: the longest that fits`,
        changes: change('max_model_len', fitting),
        ...cache(perToken && fitting * perToken),
        fits: true,
        note: 'of the KV cache; prompts and answers must stay within it',
      });
  }
  if (share !== undefined && share < 0.95 && total !== undefined && diagnosis.term !== 'other-process') {
    const room = cacheFree === undefined ? undefined : cacheFree + (0.95 - share) * total;
    const more = room !== undefined && perToken !== undefined ? room / perToken : undefined;
    remedies.push({
      title: 'GPU memory share 0.95',
      changes: change('gpu_mem_util', 0.95),
      ...cache(room),
      fits: fitsLength(more),
      note: more === undefined ? 'more of the GPU for the cache' : `room for ${Math.floor(more).toLocaleString('en-US')} tokens`,
    });
  }
  if (diagnosis.term === 'other-process' && share !== undefined && evidence.free !== undefined && total !== undefined) {
    const lower = Math.floor((evidence.free / total) * 100 - 2) / 100;
    if (lower > 0.1) remedies.push({ title: `GPU memory share ${lower}: what is free`, changes: change('gpu_mem_util', lower), fits: undefined });
  }
  if (!/fp8|int8/.test(String(facts['kv_cache_dtype'] ?? '')) && diagnosis.term === 'kv-cache') {
    const room = tokens === undefined ? undefined : 2 * tokens;
    remedies.push({
      title: 'FP8 KV cache: twice the tokens',
      changes: change('kv_cache_dtype', 'fp8'),
      fits: fitsLength(room),
      note: 'Ada, Hopper and newer; quality is mostly unchanged, test it',
    });
  }
  const degree = number('tensor_parallel') ?? 1;
  if (diagnosis.term === 'kv-cache' || diagnosis.term === 'weights') {
    // Half the weights and half the cache of each token on each device.
    const room = cacheFree !== undefined && weights !== undefined ? Math.max(0, cacheFree) + weights / 2 : undefined;
    remedies.push({
      title: `Tensor parallel ${degree} → ${2 * degree}`,
      changes: change('tensor_parallel', 2 * degree),
      ...cache(room),
      fits: fitsLength(room !== undefined && perToken !== undefined ? room / (perToken / 2) : undefined),
      note: 'twice the GPUs',
    });
    if (weights !== undefined && facts['quantization'] === undefined) {
      const saved = weights / 2;
      const more = cacheFree !== undefined ? cacheFree + saved : undefined;
      remedies.push({
        title: 'FP8 weights: half of 16 bits',
        changes: change('quantization', 'fp8'),
        ...cache(more),
        fits: fitsLength(more !== undefined && perToken !== undefined ? more / perToken : undefined),
        note: `${saved.toFixed(1)} GiB less weights`,
      });
    }
  }
  const sequences = number('max_num_seqs');
  if (/logits|activations/.test(diagnosis.term)) {
    const to = sequences === undefined ? 64 : Math.max(1, Math.floor(sequences / 4));
    remedies.push({
      title: `--max-num-seqs ${to}`,
      changes: change('max_num_seqs', to),
      fits: undefined,
      note: 'fewer sequences at once: smaller trial batches and CUDA graphs',
    });
    if (share !== undefined && share > 0.8)
      remedies.push({
        title: `GPU memory share ${(share - 0.1).toFixed(2)}`,
        changes: change('gpu_mem_util', Number((share - 0.1).toFixed(2))),
        fits: undefined,
        note: 'leaves room beside the pool',
      });
  }
  return remedies;
}

/** The observation as a run: it corrects the memory of this workload from then on. */
export function observedRun({ evidence, workload, needed }: Forensics, path: string, day: string): MeasuredRun | undefined {
  if (!workload || needed === undefined) return undefined;
  const facts = Object.fromEntries(
    workload.facts
      .filter(({ name, origin }) => origin !== 'default' && !/^(?:dataset|output_dir|prompt_text)$/.test(name))
      .map(({ name, value }) => [name, value]),
  );
  return {
    id: `oom/${path}/${needed.toFixed(3)}`,
    sources: ['out-of-memory'],
    uri: workload.span.uri,
    kind: workload.kind === 'training' ? 'training' : 'serving',
    facts: { ...facts, observed: 'out-of-memory' },
    measured: {
      needed_memory_gib: needed,
      ...(evidence.allocated === undefined ? {} : { reserved_memory_gib: evidence.allocated + (evidence.unallocated ?? 0) }),
    },
    at: day,
    workload: path,
  };
}
