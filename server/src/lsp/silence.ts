import { matchesGlob, relativeTo, type Workload } from '../core/index.js';
import { today } from '../host/host.js';
import type { Session } from './context.js';

/** Tests what a person silenced in `.mlcost.yaml`, for one document. */
export interface Silence {
  readonly whole: boolean;
  workload(one: Workload): boolean;
  code(code: string): boolean;
}

export async function silenceOf(session: Session, uri: string): Promise<Silence> {
  const path = relativeTo(uri, session.engine.roots);
  const day = today(session.host);
  const rows = (await session.engine.settingsOf(uri)).silence.filter(
    ({ files, until }) => (files === undefined || matchesGlob(files, path)) && (until === undefined || day <= until),
  );
  return {
    whole: rows.some(({ code, workload }) => code === undefined && workload === undefined),
    workload: (one) => rows.some(({ workload }) => workload !== undefined && (one.id === workload || one.id.endsWith(`/${workload}`))),
    code: (name) => rows.some(({ code }) => code === name),
  };
}
