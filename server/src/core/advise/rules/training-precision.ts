import type { Rule } from '../types.js';

const evidence = ['mixed precision reaches the accuracy of fp32 (Micikevicius et al. 2018; bf16: Kalamkar et al. 2019)'];

/** Computing in 16 bits instead of 32: the first thing to change where it still stands. */
export const trainingPrecision: Rule = {
  id: 'training-precision',
  kinds: ['training'],
  propose({ facts, chip, estimation }) {
    const now = facts.text('precision') ?? estimation.assumed.find(({ fact }) => fact === 'precision')?.value;
    if (now !== 'fp32' && now !== 'tf32') return [];
    const to = chip?.bf16Tflops !== undefined ? 'bf16' : 'fp16';
    return [
      {
        id: `precision-${to}`,
        title: `${to} mixed precision`,
        changes: { precision: to },
        risk: { level: to === 'bf16' ? 'none' : 'low', evidence },
        effort: 1,
        ...(to === 'fp16' ? { notes: ['fp16 needs loss scaling, which the library does'] } : {}),
      },
    ];
  },
};
