import { type CodeAction, CodeActionKind } from 'vscode-languageserver';
import { adviceActions } from './advice.js';
import { guarded, type Session } from './context.js';
import { diagnosticSource } from './diagnostics.js';
import { meteringActions } from './metering.js';

/** What every message offers: why, edit, silence; and what makes the workload under the cursor cheaper. */
export function onCodeAction(session: Session): void {
  session.connection.onCodeAction(({ context, textDocument, range }) =>
    guarded<CodeAction[]>(
      session,
      'code action',
      () => [],
      async () => [
        ...(await adviceActions(session, textDocument.uri, range)),
        ...(await meteringActions(session, textDocument.uri, range)),
        ...context.diagnostics
          .filter(({ source }) => source === diagnosticSource)
          .flatMap((diagnostic): CodeAction[] => {
            const ref = diagnostic.data as { uri: string; id: string } | undefined;
            const action = (title: string, command: string, argument: object): CodeAction => ({
              title,
              kind: CodeActionKind.QuickFix,
              diagnostics: [diagnostic],
              command: { title, command, arguments: [argument] },
            });
            return [
              ...(ref
                ? [
                    action('Explain this estimate', 'mlCostLens.explain', ref),
                    action('Compare accelerators', 'mlCostLens.compare', ref),
                    action('Set or pin a value that the code does not say', 'mlCostLens.setAssumption', ref),
                  ]
                : []),
              action(`Silence “${diagnostic.code}” in .mlcost.yaml`, 'mlCostLens.silence', { uri: textDocument.uri, code: diagnostic.code }),
            ];
          }),
      ],
    ),
  );
}
