import type { Workload } from '../model/workload.js';
import type { Risk } from './risk.js';

/** An environment that nobody relies on, by the folders and the name of its file. */
const lower = /(?:^|[/._-])(dev|development|staging|stage|test|testing|qa|preview|sandbox)(?=[/._-]|$)/i;
export const lowerTier = ({ id }: Workload): string | undefined => lower.exec(id.slice(0, id.lastIndexOf('#')))?.[1]?.toLowerCase();

/** Less precision is a smaller risk where nobody relies on the answers: one level less, and why. */
export function inTier(risk: Risk, workload: Workload): Risk {
  const tier = lowerTier(workload);
  const level = ({ medium: 'low', low: 'none' } as const)[risk.level as 'medium' | 'low'];
  if (tier === undefined || level === undefined) return risk;
  return {
    ...risk,
    level,
    evidence: [`its file is of “${tier}”: less precision there, the whole in production, and what is released is tested whole`, ...risk.evidence],
  };
}
