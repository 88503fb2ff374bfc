import type { RunPart } from '../../model/run.js';
import { given, isPlain, listOf, objectOf, type Plain, parseJson, positiveOf, textOf } from './json.js';

/** JSON of serving benchmarks: vLLM and SGLang (`vllm bench serve`, `vllm bench throughput`, their older scripts), `llama-bench -o json`, `genai-perf`.
 * What the file does not say (the chip, most often) stays unknown. */
export function readBenchmark(uri: string, text: string): RunPart[] {
  const json = parseJson(text);
  if (Array.isArray(json)) return json.slice(0, 500).flatMap((row, index) => (isPlain(row) && 'avg_ts' in row ? llamaBench(uri, row, index) : []));
  if (!isPlain(json)) return [];
  if ('output_throughput' in json || 'request_throughput' in json) {
    return isPlain(json['request_throughput']) || isPlain(json['output_token_throughput']) ? genaiPerf(uri, json) : vllmServe(uri, json);
  }
  return isPlain(json['output_token_throughput'])
    ? genaiPerf(uri, json)
    : 'tokens_per_second' in json && 'elapsed_time' in json
      ? vllmThroughput(uri, json)
      : [];
}

/** @source vllm-project/vllm vllm/benchmarks/serve.py: totals over the run, latencies in ms */
function vllmServe(uri: string, root: Plain): RunPart[] {
  const completed = positiveOf(root['completed']);
  const mean = (total: string): number | undefined => {
    const sum = positiveOf(root[total]);
    return sum === undefined || completed === undefined ? undefined : sum / completed;
  };
  const rate = root['request_rate'] === 'inf' ? undefined : positiveOf(root['request_rate']);
  const concurrency = positiveOf(root['max_concurrency']) ?? (rate === undefined ? positiveOf(root['num_prompts']) : undefined);
  const at = /^(\d{4})(\d{2})(\d{2})-(\d{2})(\d{2})(\d{2})$/.exec(textOf(root['date']) ?? '');
  const backend = textOf(root['backend']) ?? textOf(root['endpoint_type']);
  return [
    {
      source: 'vllm-bench',
      kind: 'serving',
      key: uri,
      facts: given({
        model: textOf(root['model_id']),
        engine: backend !== undefined && /vllm|sglang|tgi|lmdeploy|tensorrt/i.test(backend) ? backend.toLowerCase().replace(/-chat$/, '') : undefined,
        input_tokens: mean('total_input_tokens') ?? mean('total_input'),
        output_tokens: mean('total_output_tokens') ?? mean('total_output'),
        requests_per_s: rate,
        concurrency,
        gpu_type: textOf(root['gpu_type']) ?? textOf(root['gpu']),
        gpus: positiveOf(root['gpu_count']) ?? positiveOf(root['tp']) ?? positiveOf(root['tensor_parallel_size']),
      }),
      measured: given({
        output_tokens_per_s: positiveOf(root['output_throughput']),
        total_tokens_per_s: positiveOf(root['total_token_throughput']),
        requests_per_s: positiveOf(root['request_throughput']),
        ttft_ms: positiveOf(root['median_ttft_ms']) ?? positiveOf(root['mean_ttft_ms']),
        tpot_ms: positiveOf(root['median_tpot_ms']) ?? positiveOf(root['mean_tpot_ms']),
        latency_ms: positiveOf(root['median_e2el_ms']) ?? positiveOf(root['mean_e2el_ms']),
      }),
      ...(at ? { at: `${at[1]}-${at[2]}-${at[3]}T${at[4]}:${at[5]}:${at[6]}` } : {}),
    },
  ];
}

/** @source vllm-project/vllm vllm/benchmarks/throughput.py: tokens of prompts and answers together */
const vllmThroughput = (uri: string, root: Plain): RunPart[] => [
  {
    source: 'vllm-bench',
    kind: 'serving',
    key: uri,
    facts: given({ model: textOf(root['model']), num_requests: positiveOf(root['num_requests']), engine: 'vllm', mode: 'offline-max' }),
    measured: given({ total_tokens_per_s: positiveOf(root['tokens_per_second']), requests_per_s: positiveOf(root['requests_per_second']) }),
  },
];

/** @source ggml-org/llama.cpp tools/llama-bench: a test a row, `n_prompt` read or `n_gen` written, `avg_ts` tokens a second */
function llamaBench(uri: string, row: Plain, index: number): RunPart[] {
  const speed = positiveOf(row['avg_ts']);
  const generated = positiveOf(row['n_gen']);
  const read = positiveOf(row['n_prompt']);
  if (speed === undefined || (generated !== undefined && read !== undefined)) return [];
  const file = textOf(row['model_filename']);
  const weights = /\b(i?q\d\w*|f16|bf16|f32)\b/i.exec(textOf(row['model_type'])?.replace(/.*\s/, '') ?? '')?.[1] ?? /(i?q\d_\w+)\.gguf/i.exec(file ?? '')?.[1];
  const gpu = textOf(row['gpu_info'])?.split(/,\s*/)[0];
  const at = textOf(row['test_time'])?.slice(0, 19);
  return [
    {
      source: 'llama-bench',
      kind: 'serving',
      key: `${uri}#${index}`,
      facts: given({
        model: file?.replace(/.*[\\/]/, '').replace(/\.gguf$/i, ''),
        params: positiveOf(row['model_n_params']),
        engine: 'llama.cpp',
        weights: weights?.toLowerCase(),
        gpu_type: gpu,
        batch_size: 1,
        input_tokens: read,
        output_tokens: generated,
      }),
      measured: generated === undefined ? { prefill_tokens_per_s: speed } : { decode_tokens_per_s: speed },
      ...(at === undefined ? {} : { at }),
    },
  ];
}

/** @source triton-inference-server/perf_analyzer genai-perf: `profile_export_genai_perf.json`, each figure with its statistics */
function genaiPerf(uri: string, root: Plain): RunPart[] {
  const figure = (name: string, statistic = 'avg'): number | undefined => {
    const one = objectOf(root[name]);
    const value = positiveOf(one[statistic]) ?? positiveOf(one['avg']);
    return value === undefined ? undefined : one['unit'] === 's' ? value * 1000 : one['unit'] === 'ns' ? value / 1e6 : value;
  };
  const input = objectOf(root['input_config']);
  const load = objectOf(objectOf(input['perf_analyzer'])['stimulus']);
  return [
    {
      source: 'genai-perf',
      kind: 'serving',
      key: uri,
      facts: given({
        model: textOf(listOf(input['model_names'])[0]) ?? textOf(listOf(input['model'])[0]) ?? textOf(input['model']),
        concurrency: positiveOf(load['concurrency']) ?? positiveOf(input['concurrency']),
        input_tokens: figure('input_sequence_length'),
        output_tokens: figure('output_sequence_length'),
      }),
      measured: given({
        output_tokens_per_s: figure('output_token_throughput'),
        requests_per_s: figure('request_throughput'),
        ttft_ms: figure('time_to_first_token', 'p50'),
        tpot_ms: figure('inter_token_latency', 'p50'),
        latency_ms: figure('request_latency', 'p50'),
      }),
    },
  ];
}
