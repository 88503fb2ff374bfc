import type { Proposal, Rule, Subject } from '../types.js';

/** One kernel for the update of all weights, where the code asks for a kernel each. */
export const fusedOptimizer: Rule = {
  id: 'fused-optimizer',
  kinds: ['training'],
  propose(subject) {
    const changes = changesOf(subject);
    if (!changes) return [];
    return [
      {
        id: 'fused-optimizer',
        title: 'fused AdamW',
        changes,
        unpriced: 'the optimizer is a small part of a step, and its two forms are not told apart',
        risk: { level: 'none', evidence: ['the same update (PyTorch documentation, torch.optim.AdamW: `fused`)'] },
        effort: 1,
      },
    ];
  },
};

function changesOf({ facts, workload, chip }: Subject): Proposal['changes'] | undefined {
  // DeepSpeed and an offloaded update bring optimizers of their own.
  if (chip?.vendor !== 'NVIDIA' || facts.has('offload') || /^zero|deepspeed/.test(facts.text('strategy') ?? '')) return undefined;
  const written = workload.facts.find(({ name }) => name === 'optimizer');
  const now = String(written?.value ?? '');
  if (written?.origin === 'default' || written?.origin === 'assumption') return undefined;
  if (/^adamw_(hf|torch)$/.test(now)) return { optimizer: 'adamw_torch_fused' };
  if (/^AdamW?$/.test(now) && facts.flag('fused_optimizer') !== true && /^(pytorch|timm|lightning|fabric|accelerate)$/.test(workload.framework))
    return { fused_optimizer: true };
  return undefined;
}
