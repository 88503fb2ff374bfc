import type { Proposal, Rule } from '../types.js';

const evidence = ['mixed precision reaches the accuracy of fp32 (Micikevicius et al. 2018; bf16: Kalamkar et al. 2019)'];

/** Computing in 16 bits instead of 32: the first thing to change where it still stands. */
export const trainingPrecision: Rule = {
  id: 'training-precision',
  kinds: ['training'],
  propose({ facts, chip, estimation, workload }) {
    const now = facts.text('precision') ?? estimation.assumed.find(({ fact }) => fact === 'precision')?.value;
    const found: Proposal[] = [];
    if (now === 'fp32' || now === 'tf32') {
      const to = chip?.bf16Tflops !== undefined ? 'bf16' : 'fp16';
      found.push({
        id: `precision-${to}`,
        title: `${to} mixed precision`,
        changes: { precision: to },
        risk: { level: to === 'bf16' ? 'none' : 'low', evidence },
        effort: 1,
        ...(to === 'fp16' ? { notes: ['fp16 needs loss scaling, which the library does'] } : {}),
      });
    }
    // JAX and TensorFlow multiply fp32 in TF32 by themselves (JAX documentation, default_matmul_precision; TensorFlow documentation, enable_tensor_float_32_execution).
    if (now === 'fp32' && chip?.tf32Tflops !== undefined && !/^(jax|flax|keras|tensorflow|maxtext|easylm|t5x|big_vision)$/.test(workload.framework))
      found.push({
        id: 'precision-tf32',
        title: 'TF32 matrix products',
        changes: { precision: 'tf32' },
        risk: { level: 'none', evidence: ['TF32 trains to the accuracy of fp32 (NVIDIA, Accelerating AI training with TF32 tensor cores, 2021)'] },
        effort: 1,
      });
    // Only stacks that have FP8 recipes of their own.
    if (facts.text('precision') === 'bf16' && chip?.fp8Tflops !== undefined && /^(megatron|torchtitan|lightning|accelerate)$/.test(workload.framework))
      found.push({
        id: 'precision-fp8',
        title: 'FP8 matrix products',
        changes: { precision: 'fp8' },
        risk: { level: 'medium', evidence: ['FP8 training follows the loss of bf16 for GPT models up to 175B (Micikevicius et al. 2022; Peng et al. 2023)'] },
        effort: 2,
        notes: [`needs ${workload.framework === 'torchtitan' ? 'torchao' : 'Transformer Engine'}; watch the loss of the first thousand steps`],
      });
    return found;
  },
};
