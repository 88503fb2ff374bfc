import { FactReader, type Spec } from '../../estimate/spec.js';
import type { Advice } from '../types.js';
import type { Generated } from './autoscaling.js';

/** Below this share of its former score a model is taken to have got worse, where no published spread says more. @unit percent */
const leastRecovery = 97;

/** The script that proves an advice on quality: the same tasks and the same load before and after, for this model with these settings, and the comparison.
 * With `guard` it is a workflow that runs the script before a change is merged.
 * @source EleutherAI/lm-evaluation-harness README (vllm and hf models); vLLM documentation, benchmark suites (`vllm bench throughput`) */
export function benchmarkOf(spec: Spec, advice: Advice, guard = false): Generated {
  const facts = new FactReader(spec);
  const model = facts.text('model');
  const framework = facts.text('framework') ?? '';
  const lacks = [
    ...(model === undefined ? ['the model, by its name on the Hub or its folder'] : []),
    ...(advice.risk.level === 'none' ? ['nothing to prove: the computation is the same'] : []),
    ...(spec.kind === 'api-call' || spec.kind === 'resource' ? ['a model that you run yourself'] : []),
  ];
  if (lacks.length > 0 || model === undefined) return { made: false, lacks };
  if (guard) return { made: true, name: '.github/workflows/quality-guard.yml', text: workflow() };
  const vllm = /^(vllm|sglang|tgi)$/.test(framework);
  const settings = (changed: boolean): [string, string][] => {
    const value = (fact: string): string | undefined => {
      const change = changed ? advice.changes.find((one) => one.fact === fact) : undefined;
      const raw = change ? change.to : facts.raw(fact);
      return raw === undefined ? undefined : String(raw);
    };
    const names: readonly (readonly [fact: string, key: string])[] = vllm
      ? [
          ['tensor_parallel', 'tensor_parallel_size'],
          ['max_model_len', 'max_model_len'],
          ['gpu_mem_util', 'gpu_memory_utilization'],
          ['quantization', 'quantization'],
          ['kv_cache_dtype', 'kv_cache_dtype'],
        ]
      : [['quantization', 'load_in_4bit']];
    return names.flatMap(([fact, key]): [string, string][] => {
      const found = value(fact);
      return found === undefined ? [] : [[key, key === 'load_in_4bit' ? 'True' : found.replace(/^fp8_e\w+$/, 'fp8')]];
    });
  };
  const args = (changed: boolean): string =>
    settings(changed)
      .map(([key, value]) => `,${key}=${value}`)
      .join('');
  const flags = (changed: boolean): string =>
    settings(changed)
      .map(([key, value]) => ` --${key.replaceAll('_', '-')} ${value}`)
      .join('');
  const swapped = advice.changes.find(({ fact }) => fact === 'model')?.to;
  const [input, output] = [facts.number('input_tokens') ?? 1024, facts.number('output_tokens') ?? 256];
  const low = advice.risk.recovery?.low;
  const least = low === undefined ? leastRecovery : Math.min(leastRecovery, Math.floor(low));
  const engine = vllm ? 'vllm' : 'hf';
  const speed = vllm
    ? `
# Speed: the same requests, as fast as they go (${facts.has('input_tokens') ? 'lengths as stated' : 'lengths not stated: usual ones'}).
for SIDE in before after; do
  if [ "$SIDE" = before ]; then FLAGS="${flags(false).trim()}"; MODEL="$BEFORE"; else FLAGS="${flags(true).trim()}"; MODEL="$AFTER"; fi
  vllm bench throughput --model "$MODEL" --input-len ${input} --output-len ${output} --num-prompts 200 $FLAGS --output-json "$OUT/speed-$SIDE.json"
done
`
    : '';
  const text = `#!/usr/bin/env bash
# Proves or disproves: ${advice.title}, for ${model}.
# Needs a GPU as in production and: pip install "lm_eval[${vllm ? 'vllm' : 'hf'}]"
# Your own cases say more than public tasks: put them beside (lm_eval --include_path).
set -euo pipefail
BEFORE="\${BEFORE:-${model}}"
# A checkpoint that is already in the new format goes here.
AFTER="\${AFTER:-${typeof swapped === 'string' ? swapped : model}}"
TASKS="\${TASKS:-mmlu,gsm8k,ifeval,arc_challenge}"
LEAST="\${LEAST:-${least}}"
OUT="\${OUT:-quality-check}"
mkdir -p "$OUT"

# Quality: the same tasks, the same questions. LIMIT=200 for a first look.
lm_eval --model ${engine} --model_args "pretrained=$BEFORE${args(false)}" --tasks "$TASKS" --batch_size auto \${LIMIT:+--limit $LIMIT} --output_path "$OUT/before"
lm_eval --model ${engine} --model_args "pretrained=$AFTER${args(true)}" --tasks "$TASKS" --batch_size auto \${LIMIT:+--limit $LIMIT} --output_path "$OUT/after"
${speed}
python3 - "$OUT" "$LEAST" <<'PY'
import glob, json, math, sys

out, least = sys.argv[1], float(sys.argv[2])

def scores(side):
    files = sorted(glob.glob(f"{out}/{side}/**/results_*.json", recursive=True))
    if not files:
        sys.exit(f"no results of {side}")
    found = {}
    for task, metrics in json.load(open(files[-1]))["results"].items():
        for name in ("exact_match,strict-match", "prompt_level_strict_acc,none", "acc_norm,none", "acc,none", "exact_match,none"):
            if isinstance(metrics.get(name), (int, float)):
                error = metrics.get(name.replace(",", "_stderr,", 1))
                found[task] = (metrics[name], error if isinstance(error, (int, float)) else 0.0)
                break
    return found

before, after = scores("before"), scores("after")
# Groups hold their parts: only what stands on its own counts.
tasks = [task for task in before if task in after and not any(other != task and task.startswith(other + "_") for other in before)]
if not tasks:
    sys.exit("no task was scored on both sides")
total = 0.0
for task in tasks:
    (a, ea), (b, eb) = before[task], after[task]
    recovery = 100 * b / a if a else float("nan")
    noise = 100 * math.hypot(ea, eb) / a if a else float("nan")
    print(f"{task}: {a:.4f} -> {b:.4f}, keeps {recovery:.1f} % (noise about {noise:.1f} %)")
    total += recovery
mean = total / len(tasks)
print(f"mean: keeps {mean:.1f} %, at least {least} % asked for")
sys.exit(0 if mean >= least else 1)
PY
`;
  return { made: true, name: 'quality-check.sh', text };
}

function workflow(): string {
  return `# Compares quality before and after, when the serving settings change. Needs a runner with the GPU of production.
name: Quality guard
on:
  pull_request:
    paths: ['**/*.yaml', '**/*.yml', '**/*.sh', 'quality-check.sh']
jobs:
  quality:
    runs-on: [self-hosted, gpu]
    timeout-minutes: 240
    steps:
      - uses: actions/checkout@v4
      - run: python3 -m pip install "lm_eval[vllm]"
      - run: bash quality-check.sh
      - if: always()
        uses: actions/upload-artifact@v4
        with:
          name: quality-check
          path: quality-check
`;
}
