import type { Fact, UnknownFact } from '../../model/fact.js';
import type { Call } from '../../syntax/python/ast.js';
import type { PythonInput } from '../types.js';
import { keyed } from './keyed.js';
import { setting } from './requests.js';

type Found = Fact | UnknownFact | undefined;
const names: readonly (readonly [string, readonly string[]])[] = [
  ['tensor_parallel', ['tensor_parallel_size', 'tensor_parallel', 'tp_size', 'tp']],
  ['pipeline_parallel', ['pipeline_parallel_size', 'pp_size', 'pp']],
  ['data_parallel', ['data_parallel_size', 'dp_size', 'dp']],
  ['max_model_len', ['max_model_len', 'context_length', 'max_seq_len']],
  ['max_num_seqs', ['max_num_seqs', 'max_running_requests', 'max_batch_size']],
  ['gpu_mem_util', ['gpu_memory_utilization', 'mem_fraction_static']],
  ['kv_cache_dtype', ['kv_cache_dtype']],
  ['quantization', ['quantization']],
  ['prompt_cache', ['enable_prefix_caching']],
  ['chunked_prefill', ['enable_chunked_prefill']],
];

/** What an inference engine's constructor states: `LLM(…)`, `AsyncEngineArgs(…)`, `sglang.Engine(…)`. */
export function engineFacts({ evaluate }: PythonInput, call: Call): Found[] {
  const given = keyed(evaluate, call);
  const more = keyed(evaluate, given.get('mii_config', 'model_config', 'vllm_args'));
  const first = call.args.find((arg) => arg.keyword === undefined && arg.spread === undefined)?.value;
  return [
    setting(evaluate, 'model', given, ['model', 'model_path', 'model_tag', 'model_name_or_path'], first ? undefined : call) ??
      setting(evaluate, 'model', more, ['model']) ??
      (first && evaluate.fact('model', first)),
    ...names.map(([name, spellings]) => setting(evaluate, name, given, spellings) ?? setting(evaluate, name, more, spellings)),
    precisionFact(evaluate, given.get('dtype') ?? more.get('dtype')),
  ];
}

const dtypes: Readonly<Record<string, string>> = {
  bfloat16: 'bf16',
  bf16: 'bf16',
  float16: 'fp16',
  half: 'fp16',
  fp16: 'fp16',
  float32: 'fp32',
  float: 'fp32',
  fp32: 'fp32',
  auto: 'auto',
  float8_e4m3fn: 'fp8',
  fp8: 'fp8',
};
/** A dtype in the vocabulary's normal form: `torch.bfloat16`, `"half"`, `"auto"`. */
export function precisionFact(evaluate: PythonInput['evaluate'], expr: Parameters<PythonInput['evaluate']['fact']>[1] | undefined): Found {
  return (
    expr &&
    evaluate.fact(
      'precision',
      expr,
      (value) =>
        dtypes[
          String(value)
            .replace(/^torch\./, '')
            .toLowerCase()
        ],
    )
  );
}

/** The one sampling setting that the file states, if it states one. */
export function samplingFacts(input: PythonInput): Found[] {
  const { program, evaluate } = input;
  const calls = program.calls(/\bSamplingParams\b(?=\s*[(.])/g);
  const facts: Found[] = [];
  for (const [name, spelling] of [
    ['max_tokens', ['max_tokens', 'max_new_tokens']],
    ['n', ['n']],
  ] as const) {
    const found = calls.flatMap(({ call }) => setting(evaluate, name, keyed(evaluate, call), spelling) ?? []);
    const values = new Set(found.map((fact) => ('value' in fact ? String(fact.value) : '?')));
    if (values.size === 1) facts.push(found[0]);
  }
  return facts;
}
