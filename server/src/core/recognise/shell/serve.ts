import type { Fact, UnknownFact } from '../../model/fact.js';
import type { ShellWord } from '../../syntax/shell/script.js';
import { flagFact, flagNamed, type ReadFlag, scalar } from '../shared/command-line.js';
import { engineFlags, environmentFlags } from '../shared/engine-flags.js';
import { sortFacts } from '../shared/facts.js';
import { asText, factsOfFlags } from '../shared/flag-facts.js';
import { firstOf } from '../shared/launchers.js';
import type { Reference, SeenWorkload, ShellRecogniser } from '../types.js';
import { type Run, runsOf, shellMarker } from './runs.js';

const titles: Readonly<Record<string, string>> = {
  vllm: 'vLLM',
  sglang: 'SGLang',
  tgi: 'TGI',
  tei: 'Embeddings',
  'llama.cpp': 'llama.cpp',
  'tensorrt-llm': 'TensorRT-LLM',
  lmdeploy: 'LMDeploy',
  triton: 'Triton',
};

/** Inference servers, evaluations and batch runs that a command starts. */
export const serveShell: ShellRecogniser = {
  id: 'serve',
  language: 'shell',
  marker: shellMarker,
  doc: {
    format: 'Serving commands in shell scripts and batch jobs',
    reads:
      'vllm serve, sglang, text-generation-launcher, llama-server, trtllm-serve, lmdeploy, swift deploy, trl vllm-serve, their containers; lm_eval, lighteval',
    example: 'vllm serve meta-llama/Llama-3.1-70B-Instruct --tensor-parallel-size 4',
  },
  recognise: ({ document, script }) => runsOf(document.uri, script).flatMap((run) => (run.purpose.kind === 'training' ? [] : [servingOf(document.uri, run)])),
};

function servingOf(uri: string, run: Run): SeenWorkload {
  const { purpose, command, started, flags } = run;
  const own =
    purpose.kind === 'serving'
      ? [
          ...factsOfFlags(uri, flags, engineFlags[purpose.engine]),
          ...positionalModel(uri, run),
          ...(purpose.engine === 'tgi' || purpose.engine === 'tei' ? factsOfFlags(uri, environmentOf(run), engineFlags[purpose.engine]) : []),
        ]
      : batchFacts(uri, flags);
  const { facts, unknown } = sortFacts(firstOf([...own, ...run.placement.filter((fact) => fact.name !== 'nproc_per_node')]));
  const title = purpose.kind === 'serving' ? titles[purpose.framework] : undefined;
  const refs = flags.flatMap((flag): Reference[] =>
    flag.name === 'config' && !flag.open && /\.(?:ya?ml|json)$/.test(String(flag.value))
      ? [{ role: 'config', target: String(flag.value), span: { uri, start: flag.valueStart, end: flag.valueEnd } }]
      : [],
  );
  return {
    kind: purpose.kind,
    framework: purpose.framework,
    ...(title && { title }),
    span: { uri, start: command.start, end: command.end },
    facts,
    unknown,
    refs: [...refs, ...started.refs],
  };
}

/** A word read as if a flag had given it. */
const asFlag = (name: string, word: ShellWord): ReadFlag => ({
  name,
  value: scalar(word.text),
  open: word.open,
  start: word.start,
  end: word.end,
  valueStart: word.start,
  valueEnd: word.end,
  more: [],
  form: 'dashes',
  ...(word.from && { from: word.from }),
});
/** The model of `vllm serve MODEL`, `trtllm-serve MODEL`, `lmdeploy serve api_server MODEL`. */
function positionalModel(uri: string, { started, positionals }: Run): (Fact | UnknownFact)[] {
  if (started.kind !== 'program' || !/^(?:vllm|trtllm-serve|lmdeploy|litgpt|serve|)$/.test(started.name)) return [];
  const word = positionals.find(({ text }) => !/^(?:serve|api_server|gradio|server|run|run-batch|\$@)$/.test(text));
  const fact = word && flagFact(uri, 'model', asFlag('model', word));
  return fact ? [fact] : [];
}
function environmentOf({ started, command }: Run): ReadFlag[] {
  return Object.entries(environmentFlags).flatMap(([variable, name]) => {
    const given = [...started.environment, ...command.environment].findLast((one) => one.name === variable)?.value ?? command.exported(variable);
    return given && given.text !== '' ? [asFlag(name, given)] : [];
  });
}

const modelArguments = [
  ['pretrained', 'model'],
  ['model', 'model'],
  ['model_name', 'model'],
  ['tensor_parallel_size', 'tensor_parallel'],
  ['data_parallel_size', 'data_parallel'],
  ['gpu_memory_utilization', 'gpu_mem_util'],
  ['max_model_len', 'max_model_len'],
  ['max_model_length', 'max_model_len'],
] as const;
/** Evaluations and batch runs: `--model_args pretrained=…,tensor_parallel_size=2`. */
function batchFacts(uri: string, flags: readonly ReadFlag[]): (Fact | UnknownFact)[] {
  const facts = factsOfFlags(uri, flags, {
    batch_size: { fact: 'batch_size', change: (value) => (typeof value === 'number' ? value : /^auto/.test(String(value)) ? 'auto' : undefined) },
    max_batch_size: { fact: 'batch_size', change: (value) => (typeof value === 'number' ? value : undefined) },
    limit: { fact: 'dataset_size', change: (value) => (typeof value === 'number' && value >= 1 ? value : undefined) },
    tasks: { fact: 'dataset', change: asText },
  });
  const args = flagNamed(flags, 'model_args');
  for (const [key, name] of modelArguments) {
    const written = args && typeof args.value === 'string' ? new RegExp(`(?:^|,)\\s*${key}=([^,]+)`).exec(args.value)?.[1] : undefined;
    const fact = args && written !== undefined ? flagFact(uri, name, { ...args, value: scalar(written), open: /\$[\w{(]/.test(written) }) : undefined;
    if (fact) facts.push(fact);
  }
  const model = flagNamed(flags, 'model');
  const fact = model && /\//.test(String(model.value)) ? flagFact(uri, 'model', model) : undefined;
  return firstOf(fact ? [...facts, fact] : facts);
}
