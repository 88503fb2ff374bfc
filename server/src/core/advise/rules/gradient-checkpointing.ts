import type { Rule } from '../types.js';

/** @source huggingface/transformers, modeling_layers.py: `use_cache=True` is incompatible with gradient checkpointing and is set to False */
const cacheOff = 'the model’s cache of keys and values (`use_cache`) is off while it trains: the library sees to it';

/** Recomputation of activations: off where memory allows, on where it does not fit. The result is the same. */
export const gradientCheckpointing: Rule = {
  id: 'gradient-checkpointing',
  kinds: ['training'],
  propose({ facts, fits, workload }) {
    const isHuggingFace = /^(transformers|trl|axolotl|llama-?factory)$/.test(workload.framework);
    // What the estimator has to assume so that it fits is no setting that could be off.
    const written = facts.raw('grad_ckpt');
    const on = written !== undefined && !/^(false|none)$/i.test(String(written));
    const risk = { level: 'none' as const, evidence: ['recomputes the same activations (Chen et al. 2016)'] };
    if (on && (fits === 'fits' || written !== 'selective'))
      return [{ id: 'no-checkpointing', title: 'no gradient checkpointing', changes: { grad_ckpt: false }, risk, effort: 1 }];
    if (fits === 'fits') return [];
    return [
      { id: 'checkpointing', title: 'gradient checkpointing', changes: { grad_ckpt: true }, risk, effort: 1, ...(isHuggingFace ? { notes: [cacheOff] } : {}) },
    ];
  },
};
