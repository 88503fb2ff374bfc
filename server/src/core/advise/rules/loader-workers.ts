import type { Rule } from '../types.js';

/** Processes that load samples while the GPU computes, where the training process loads them itself. */
export const loaderWorkers: Rule = {
  id: 'loader-workers',
  kinds: ['training'],
  propose({ facts }) {
    // Tokens are made beforehand: what is loaded then is a line of numbers.
    if (facts.number('loader_workers') !== 0 || facts.has('seq_len') || facts.flag('synthetic_data') === true) return [];
    return [
      {
        id: 'loader-workers',
        title: 'loader workers',
        changes: { loader_workers: 4 },
        unpriced: 'how long a sample takes to load is not stated',
        risk: { level: 'none', evidence: ['the same samples; random augmentation draws other numbers'] },
        effort: 1,
        notes: ['each worker takes a processor core and memory of the host: no more of them than cores a GPU (PyTorch documentation, torch.utils.data)'],
      },
    ];
  },
};
