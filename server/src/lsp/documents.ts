import { type Connection, NotebookDocuments, type TextDocumentContentChangeEvent, TextDocuments } from 'vscode-languageserver';
import { TextDocument } from 'vscode-languageserver-textdocument';
import type { Change } from '../core/index.js';
import type { Engine } from '../host/engine.js';

/** An editor's document and the changes that the engine has not seen yet. */
class Shown {
  text: TextDocument;
  changes: Change[] = [];
  constructor(text: TextDocument) {
    this.text = text;
  }
  get uri(): string {
    return this.text.uri;
  }
  /** Each change is measured on the text that the previous one left. */
  update(changes: readonly TextDocumentContentChangeEvent[], version: number): this {
    for (const change of changes) {
      const [start, oldEnd] =
        'range' in change ? [this.text.offsetAt(change.range.start), this.text.offsetAt(change.range.end)] : [0, this.text.getText().length];
      this.changes.push({ start, oldEnd, text: change.text });
      this.text = TextDocument.update(this.text, [change], version);
    }
    return this;
  }
}

export interface DocumentEvents {
  opened(uri: string): void;
  changed(uri: string, changes: readonly Change[]): void;
  closed(uri: string): void;
}

/** Keeps the engine's texts equal to the editor's. A notebook is one document, by the notebook's URI. */
export class Documents {
  private readonly texts: TextDocuments<Shown>;
  private readonly notebooks = new NotebookDocuments(TextDocument);
  private readonly engine: Engine;
  constructor(engine: Engine, events: DocumentEvents) {
    this.engine = engine;
    this.texts = new TextDocuments<Shown>({
      create: (uri, languageId, version, text) => new Shown(TextDocument.create(uri, languageId, version, text)),
      update: (document, changes, version) => document.update(changes, version),
    });
    this.texts.onDidOpen(({ document }) => {
      engine.openText(document.uri, document.text.getText(), document.text.languageId);
      events.opened(document.uri);
    });
    this.texts.onDidChangeContent(({ document }) => {
      if (document.changes.length === 0) return; // the event also comes with the opening
      const changes = document.changes;
      document.changes = [];
      engine.change(document.uri, changes, document.text.getText(), document.text.languageId);
      events.changed(document.uri, changes);
    });
    this.texts.onDidClose(({ document }) => {
      engine.close(document.uri);
      engine.forget(document.uri); // what is on disk may be older or newer than what was shown
      events.closed(document.uri);
    });
    this.notebooks.onDidOpen(({ uri }) => {
      this.takeNotebook(uri);
      events.opened(uri);
    });
    this.notebooks.onDidChange(({ notebookDocument: { uri } }) => {
      const change = this.takeNotebook(uri);
      events.changed(uri, change ? [change] : []);
    });
    this.notebooks.onDidClose(({ uri }) => {
      engine.close(uri);
      engine.forget(uri);
      events.closed(uri);
    });
  }
  listen(connection: Connection): void {
    this.notebooks.listen(connection); // sets only the notebook handlers; the text ones come from:
    this.texts.listen(connection);
  }
  /** The document that a request's URI means: a cell's is its notebook's. */
  programOf(uri: string): string {
    return this.notebooks.findNotebookDocumentForCell(uri)?.uri ?? uri;
  }
  /** Versions of everything that is shown under a document's URI, as one value to compare. */
  versionOf(uri: string): string {
    const notebook = this.notebooks.getNotebookDocument(uri);
    if (!notebook) return String(this.texts.get(uri)?.text.version ?? '-');
    return notebook.cells.map((cell) => this.notebooks.getCellTextDocument(cell)?.version ?? '-').join(',');
  }
  /** Version of one text that the editor shows, a notebook's cell included; null where it shows none. */
  textVersionOf(uri: string): number | null {
    return (this.texts.get(uri)?.text ?? this.notebooks.cellTextDocuments.get(uri))?.version ?? null;
  }
  open(): string[] {
    return this.texts.all().map(({ uri }) => uri);
  }

  private takeNotebook(uri: string): Change | undefined {
    const cells = this.notebooks.getNotebookDocument(uri)?.cells ?? [];
    return this.engine.openNotebook(
      uri,
      cells.flatMap((cell, index) => {
        const text = this.notebooks.getCellTextDocument(cell);
        return text && text.languageId === 'python' ? [{ uri: cell.document, text: text.getText(), index }] : [];
      }),
    );
  }
}
