import type { Fact, UnknownFact } from '../../model/fact.js';
import type { ReadFlag } from '../shared/command-line.js';
import { engineFlags, environmentFlags } from '../shared/engine-flags.js';
import { asPositive, asPositiveNumber, asPrecision, type FlagTable, factsOfFlags } from '../shared/flag-facts.js';

const positive = (fact: string) => ({ fact, change: asPositive });
/** Variables of the large-model containers of clouds, which stand for engine options. */
const variables: FlagTable = {
  OPTION_MODEL_ID: { fact: 'model' },
  SM_VLLM_MODEL: { fact: 'model' },
  SM_SGLANG_MODEL_PATH: { fact: 'model' },
  SM_VLLM_TENSOR_PARALLEL_SIZE: positive('tensor_parallel'),
  OPTION_TENSOR_PARALLEL_DEGREE: positive('tensor_parallel'),
  TENSOR_PARALLEL_DEGREE: positive('tensor_parallel'),
  SM_VLLM_MAX_MODEL_LEN: positive('max_model_len'),
  OPTION_MAX_MODEL_LEN: positive('max_model_len'),
  SM_VLLM_MAX_NUM_SEQS: positive('max_num_seqs'),
  SM_VLLM_GPU_MEMORY_UTILIZATION: { fact: 'gpu_mem_util', change: asPositiveNumber },
  OPTION_GPU_MEMORY_UTILIZATION: { fact: 'gpu_mem_util', change: asPositiveNumber },
  OPTION_MAX_ROLLING_BATCH_SIZE: positive('max_num_seqs'),
  OPTION_DTYPE: { fact: 'precision', change: asPrecision },
  HF_AUTO_CAST_TYPE: { fact: 'precision', change: asPrecision },
  OPTION_QUANTIZE: { fact: 'quantization' },
  HF_BATCH_SIZE: positive('batch_size'),
  HF_SEQUENCE_LENGTH: positive('max_model_len'),
};

/** What the environment of a serving container says: the engine's own variables and those of the clouds' containers. */
export function containerFacts(uri: string, environment: readonly ReadFlag[]): (Fact | UnknownFact)[] {
  const flags = environment.flatMap((flag) => {
    const name = environmentFlags[flag.name];
    return name === undefined ? [] : [{ ...flag, name }];
  });
  // Neuron cores run a graph that was compiled for one batch.
  const compiled = environment.some((flag) => flag.name === 'HF_NUM_CORES' || flag.name === 'HF_AUTO_CAST_TYPE');
  const batch = compiled ? environment.filter((flag) => flag.name === 'MAX_BATCH_SIZE').map((flag) => ({ ...flag, name: 'HF_BATCH_SIZE' })) : [];
  return [...factsOfFlags(uri, flags, engineFlags.tgi), ...factsOfFlags(uri, [...environment, ...batch], variables)];
}
