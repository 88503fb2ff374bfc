import * as vscode from 'vscode';
import { isRelevant } from './markers.js';
import type { Running } from './running.js';

/** Where the two hosts differ. */
export interface Platform {
  /** Loads the language client and starts the server: the heavy part, once, when first needed. */
  start(context: vscode.ExtensionContext): Promise<Running>;
}

let running: Promise<Running> | undefined;
/** Stops what was started. */
export const stop = (): Promise<void> | undefined => running?.then((one) => one.stop()).catch(() => {});

/** Waits for a document with a marker of ML work; until then the extension is this function.
 * @errors a start that fails is said once, and tried again by the next command */
export function activateWith(platform: Platform, context: vscode.ExtensionContext): void {
  const waiting: vscode.Disposable[] = [];
  const start = (): Promise<Running> => {
    running ??= platform.start(context).catch((error: unknown) => {
      running = undefined;
      throw error;
    });
    for (const one of waiting.splice(0)) one.dispose();
    return running;
  };
  const startQuietly = (): void => {
    start().catch((error: unknown) => vscode.window.showErrorMessage(`ML Cost Lens did not start: ${error instanceof Error ? error.message : String(error)}`));
  };
  const look = (document: vscode.TextDocument): void => {
    if (running === undefined && isRelevant(document)) startQuietly();
  };
  let timer: ReturnType<typeof setTimeout> | undefined;
  waiting.push(
    vscode.workspace.onDidOpenTextDocument(look),
    vscode.workspace.onDidChangeTextDocument(({ document }) => {
      clearTimeout(timer);
      timer = setTimeout(() => look(document), 500);
    }),
  );
  context.subscriptions.push({
    dispose: () => {
      clearTimeout(timer);
      for (const one of waiting) one.dispose();
    },
  });
  for (const document of vscode.workspace.textDocuments) look(document);
}
