import type { Fact, UnknownFact } from '../../model/fact.js';
import type { ShellWord } from '../../syntax/shell/script.js';
import { flagFact, flagNamed, type ReadFlag, scalar } from './command-line.js';
import { engineFlags } from './engine-flags.js';
import { asPositive, asPositiveNumber, asPrecision, asText, type FlagTable, factsOfFlags } from './flag-facts.js';
import { firstOf } from './launchers.js';
import type { Run } from './run.js';

/** Facts of a command that serves a model, or that runs one over a data set; `environment` are engine options given outside the command. */
export function servingFacts(uri: string, run: Run, placement: readonly (Fact | UnknownFact)[], environment: readonly ReadFlag[] = []): (Fact | UnknownFact)[] {
  const { purpose } = run;
  if (purpose.kind !== 'serving') return firstOf([...batchFacts(uri, run.flags), ...placement]);
  const table = engineFlags[purpose.engine];
  const flags = run.flags.map((flag) => spelledOut(flag, table));
  const named = factsOfFlags(uri, flags, table);
  const own = named.some((fact) => fact.name === 'model') ? named : [...positionalModel(uri, run), ...named];
  // These engines read every option from a variable of its name, too.
  if (purpose.engine === 'tgi' || purpose.engine === 'tei') own.push(...factsOfFlags(uri, environment, table));
  return firstOf([...own, ...quantizationOfFile(own), ...placement.filter((fact) => fact.name !== 'nproc_per_node')]);
}

/** argparse takes the beginning of an option's name for the option: `--tensor-parallel 8`. Short beginnings may be another option's, too.
 * @source docs.python.org/3/library/argparse.html, allow_abbrev */
function spelledOut(flag: ReadFlag, table: FlagTable): ReadFlag {
  if (flag.form !== 'dashes' || flag.name.length < 8 || table[flag.name]) return flag;
  const meant = Object.keys(table).filter((name) => name.startsWith(flag.name));
  return meant.length === 1 ? { ...flag, name: meant[0]! } : flag;
}

/** What the name of a GGUF file says of its weights: `model-Q4_K_M.gguf`. */
function quantizationOfFile(facts: readonly (Fact | UnknownFact)[]): Fact[] {
  const model = facts.find((fact) => fact.name === 'model');
  const kind = model && 'value' in model ? /[.-](i?q\d\w*)\.gguf$/i.exec(String(model.value))?.[1] : undefined;
  return model && 'value' in model && kind ? [{ ...model, name: 'quantization', value: kind.toLowerCase() }] : [];
}
/** A word read as if a flag had given it. */
export const asFlag = (name: string, word: ShellWord): ReadFlag => ({
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
  ...(word.uri === undefined ? {} : { uri: word.uri }),
});
/** The model of `vllm serve MODEL`, `trtllm-serve MODEL`, `lmdeploy serve api_server MODEL`. */
function positionalModel(uri: string, { started, positionals }: Run): (Fact | UnknownFact)[] {
  if (started.kind !== 'program' || !/^(?:vllm|trtllm-serve|lmdeploy|litgpt|serve|)$/.test(started.name)) return [];
  const word = positionals.find(({ text }) => !/^(?:serve|api_server|gradio|server|run|run-batch|\$@)$/.test(text));
  const fact = word && flagFact(uri, 'model', asFlag('model', word));
  return fact ? [fact] : [];
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
    per_device_eval_batch_size: { fact: 'batch_size', change: asPositive },
    max_batch_size: { fact: 'batch_size', change: (value) => (typeof value === 'number' ? value : undefined) },
    limit: { fact: 'dataset_size', change: (value) => (typeof value === 'number' && value >= 1 ? value : undefined) },
    tasks: { fact: 'dataset', change: asText },
    dataset: { fact: 'dataset', change: asText },
    dataset_name: { fact: 'dataset', change: asText },
    max_new_tokens: { fact: 'max_tokens', change: asPositive },
    max_predict_samples: { fact: 'dataset_size', change: asPositive },
    'rollout.response_length': { fact: 'max_tokens', change: asPositive },
    'rollout.tensor_model_parallel_size': { fact: 'tensor_parallel', change: asPositive },
    'rollout.gpu_memory_utilization': { fact: 'gpu_mem_util', change: asPositiveNumber },
    'trainer.n_gpus_per_node': { fact: 'gpu_count', change: asPositive },
    'trainer.nnodes': { fact: 'num_nodes', change: asPositive },
    dtype: { fact: 'precision', change: asPrecision },
    num_inference_steps: { fact: 'inference_steps', change: asPositive },
  });
  // A Trainer predicts the part of the data that is held out for it, not the data set.
  const predicts = flagNamed(flags, 'do_predict');
  if (predicts && !facts.some(({ name }) => name === 'dataset_size'))
    facts.push({
      name: 'dataset_size',
      reason: 'the part of the data that is predicted is not stated',
      need: 'state max_predict_samples, or the number of samples',
      span: { uri, start: predicts.start, end: predicts.end },
    });
  const args = flagNamed(flags, 'model_args');
  for (const [key, name] of modelArguments) {
    const written = args && typeof args.value === 'string' ? new RegExp(`(?:^|,)\\s*${key}=([^,]+)`).exec(args.value)?.[1] : undefined;
    const fact = args && written !== undefined ? flagFact(uri, name, { ...args, value: scalar(written), open: /\$[\w{(]/.test(written) }) : undefined;
    if (fact) facts.push(fact);
  }
  const model = flagNamed(
    flags,
    'model',
    'model.path',
    'model_path',
    'model_name_or_path',
    'model_id',
    'pretrained',
    'pretrained_model_name_or_path',
    'base_model',
    'ckpt',
    'checkpoint',
  );
  const fact = model && /\//.test(String(model.value)) ? flagFact(uri, 'model', model) : undefined;
  return firstOf(fact ? [...facts, fact] : facts);
}
