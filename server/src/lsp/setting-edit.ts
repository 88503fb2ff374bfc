import { createDocument, editSettings } from '../core/index.js';
import { settingsUri } from '../host/workspace-settings.js';
import { type SettingEditParams, type SettingEditResult, settingEditRequest } from '../protocol/protocol.js';
import { guarded, type Session } from './context.js';

/** The edit of the workspace's `.mlcost.yaml` that keeps an answer. The client applies it, so that undo works. */
export function onSettingEdit(session: Session): void {
  const { connection, documents, engine, host } = session;
  connection.onRequest(settingEditRequest, ({ uri, change }: SettingEditParams) =>
    guarded<SettingEditResult | null>(
      session,
      'setting edit',
      () => null,
      async () => {
        const root = uri === undefined ? engine.roots[0] : engine.rootOf(documents.programOf(uri));
        if (root === undefined) return null;
        const file = settingsUri(root);
        const stored = (engine.isOpen(file) ? engine.document(file)?.text : undefined) ?? (await host.readText(file));
        const text = stored ?? '';
        const { lines } = createDocument(file, text, 'yaml');
        // Ids hold a file's whole address: what is kept must hold in every checkout.
        const portable =
          change.kind === 'silence' && change.what.workload?.startsWith(`${root}/`)
            ? { ...change, what: { ...change.what, workload: change.what.workload.slice(root.length + 1) } }
            : change;
        const { start, oldEnd, text: piece } = editSettings(text, portable);
        const edits = piece === '' && start === oldEnd ? [] : [{ start: lines.positionOf(start), end: lines.positionOf(oldEnd), text: piece }];
        return { uri: file, exists: stored !== null, edits };
      },
    ),
  );
}
