import { describe, expect, it } from 'vitest';
import { servingCase } from '../../../server/src/core/estimate/serving/workload.js';
import { FactReader } from '../../../server/src/core/estimate/spec.js';
import type { FactValue } from '../../../server/src/core/model/fact.js';
import { shippedCatalog } from '../../support/catalog.js';

const catalog = shippedCatalog();
const formatOf = (facts: Record<string, FactValue>) => servingCase(new FactReader({ kind: 'serving', facts: { engine: 'vllm', ...facts } }), catalog).format;

describe('how the weights of a served model are stored', () => {
  it.each<[string, Record<string, FactValue>, string, boolean]>([
    ['as its own checkpoint stores them', { model: 'deepseek-ai/DeepSeek-R1' }, 'fp8', false],
    ['of a later release of the same model', { model: 'deepseek-ai/DeepSeek-R1-0528' }, 'fp8', false],
    ['the experts alone', { model: 'openai/gpt-oss-120b' }, 'mxfp4', true],
    ['experts in 4-bit integers', { model: 'moonshotai/Kimi-K2.5' }, 'w4a16', true],
    ['a 16-bit type is that of the activations', { model: 'openai/gpt-oss-20b', precision: 'bf16' }, 'mxfp4', true],
    ['a copy in 16 bits says so in its name', { model: 'unsloth/gpt-oss-20b-BF16' }, 'bf16', false],
    ['a copy in other bits says so in its name', { model: 'nvidia/DeepSeek-R1-NVFP4' }, 'nvfp4', false],
    ['weights that are stated', { model: 'deepseek-ai/DeepSeek-R1', weights: 'bf16' }, 'bf16', false],
    ['a quantization that is stated', { model: 'deepseek-ai/DeepSeek-R1', quantization: 'awq' }, 'awq', false],
    ['a distilled model is another one', { model: 'deepseek-ai/DeepSeek-R1-Distill-Llama-8B' }, 'bf16', false],
    ['a model that is stored in 16 bits', { model: 'meta-llama/Llama-3.1-8B-Instruct' }, 'bf16', false],
  ])('%s', (_, facts, id, expertsOnly) => {
    const format = formatOf(facts);
    expect([format.id, format.expertsOnly === true]).toEqual([id, expertsOnly]);
  });
});
