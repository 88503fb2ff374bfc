import { type CompletionItem, CompletionItemKind } from 'vscode-languageserver';
import { completeSettings } from '../core/index.js';
import { isSettingsFile } from '../host/workspace-settings.js';
import { guarded, type Session } from './context.js';

/** Completion in `.mlcost.yaml`; nowhere else. */
export function onCompletion(session: Session): void {
  session.connection.onCompletion(({ textDocument: { uri }, position }) =>
    guarded<CompletionItem[]>(
      session,
      'completion',
      () => [],
      async () => {
        const document = session.engine.document(uri);
        if (!document || !isSettingsFile(uri)) return [];
        const { catalog } = await session.engine.context(uri);
        const at = (offset: number) => document.lines.positionOf(offset);
        return completeSettings(document.text, document.lines.offsetOf(position.line, position.character), catalog).map((one) => ({
          label: one.label,
          kind: one.kind === 'key' ? CompletionItemKind.Property : CompletionItemKind.Value,
          detail: one.detail,
          documentation: { kind: 'markdown', value: one.documentation },
          textEdit: { range: { start: at(one.start), end: at(one.end) }, newText: one.insert },
        }));
      },
    ),
  );
}
