import { auditAfter, auditFile, type MlcostSettings, utf8, utf8Bytes } from '../core/index.js';
import type { Host, TakenAdvice } from './host.js';

/** One at a time: a log is read and written whole. */
let writing: Promise<unknown> = Promise.resolve();

/** Writes advice that was taken into the log of a folder that keeps one, where files are reached through the editor only.
 * No repository is asked there, so that the commit is said to be unknown.
 * @errors where the log cannot be read or written */
export function noteAdviceIn(
  host: Pick<Host, 'withFile' | 'writeFile' | 'now'>,
  root: string,
  { tags }: MlcostSettings,
  { id, workload, title, changes }: TakenAdvice,
): Promise<void> {
  const next = writing.then(async () => {
    const uri = `${root}/${auditFile}`;
    const text = await host.withFile(uri, async ({ size, read }) => utf8(await read(0, size)));
    if (text === null) return;
    const version = tags['model_version'];
    const data = {
      id,
      workload,
      title,
      changes,
      commit: 'unknown: no repository is reached here',
      ...(version === undefined ? {} : { modelVersion: version }),
    };
    const { stays, lines } = auditAfter(text, new Date(host.now()).toISOString(), 'advice-taken', data);
    await host.writeFile(
      uri,
      (async function* () {
        yield utf8Bytes(stays + lines);
      })(),
    );
  });
  writing = next.catch(() => {});
  return next;
}
