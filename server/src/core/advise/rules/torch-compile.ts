import type { Rule } from '../types.js';

/** Operations fused into fewer kernels, where the model runs eager. */
export const torchCompile: Rule = {
  id: 'torch-compile',
  kinds: ['training'],
  propose({ facts, workload }) {
    // A loop of one's own is eager unless it says otherwise, a library may decide.
    const now = facts.flag('compile') ?? (/^(pytorch|timm)$/.test(workload.framework) ? false : undefined);
    if (now !== false) return [];
    return [
      {
        id: 'compile',
        title: 'torch.compile',
        changes: { compile: true },
        risk: { level: 'none', evidence: ['the same operations, fused; rounding differs (PyTorch 2, Ansel et al. 2024)'] },
        effort: 1,
        notes: ['the first steps compile, and each new shape again'],
      },
    ];
  },
};
