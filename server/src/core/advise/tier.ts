import type { Workload } from '../model/workload.js';
import type { Risk } from './risk.js';

const names = 'dev|development|staging|stage|test|testing|qa|preview|sandbox';
/** An environment that nobody relies on: a whole folder, or what a file of settings is for. `multi-round-qa` is about questions and answers. */
const lower = new RegExp(
  `(?:^|/)(?:(${names})(?=/)|(?:(?:values|config|settings|env|deploy|deployment|compose|docker-compose|kustomization|app|application)[._-])?(${names})(?=\\.\\w+$))`,
  'i',
);
export function lowerTier({ id }: Workload): string | undefined {
  const [, folder, file] = lower.exec(id.slice(0, id.lastIndexOf('#'))) ?? [];
  return (folder ?? file)?.toLowerCase();
}

/** Less precision is a smaller risk where nobody relies on the answers. It is never none: the answers are others all the same. */
export function inTier(risk: Risk, workload: Workload): Risk {
  const tier = lowerTier(workload);
  if (tier === undefined || (risk.level !== 'medium' && risk.level !== 'low')) return risk;
  return {
    ...risk,
    level: 'low',
    evidence: [`its file is of “${tier}”: less precision there, the whole in production, and what is released is tested whole`, ...risk.evidence],
  };
}
