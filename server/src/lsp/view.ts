import type { View } from '../core/index.js';
import type { Estimated } from '../host/engine.js';
import type { Session } from './session.js';

/** What the texts about a workload need, from this session. */
export async function viewOf(session: Session, { workload, estimation, alternatives }: Estimated): Promise<View> {
  const { catalog } = await session.engine.context();
  return {
    workload,
    estimation,
    catalog,
    style: { locale: session.locale },
    showIntervals: session.settings.showIntervals,
    ...(alternatives ? { alternatives } : {}),
  };
}
