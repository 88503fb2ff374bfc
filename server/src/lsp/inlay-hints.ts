import { type InlayHint, InlayHintKind } from 'vscode-languageserver';
import { factLabel, hoverMarkdown, lineEndText, showValue } from '../core/index.js';
import { guarded, type Session } from './context.js';
import { silenceOf } from './silence.js';
import { locate } from './to-lsp.js';
import { hoverInput } from './view.js';

const maxLength = 24;

/** Hints in the lines: the cost at the line's end for people who dislike lenses, and library defaults in force, each only if asked for. */
export function onInlayHints(session: Session): void {
  const { connection, documents, reports } = session;
  connection.languages.inlayHint.on(({ textDocument, range: asked }) =>
    guarded<InlayHint[]>(
      session,
      'inlay hints',
      () => [],
      async () => {
        const { display, inlayHintsForDefaults } = session.settings;
        if (display !== 'lineEnd' && !inlayHintsForDefaults) return [];
        const uri = documents.programOf(textDocument.uri);
        const answer = await reports.get(uri);
        const document = session.engine.document(uri);
        const silence = await silenceOf(session, uri);
        if (!document || silence.whole) return [];
        const hints: InlayHint[] = [];
        for (const one of answer.workloads) {
          if (silence.workload(one.workload)) continue;
          const firstLine = document.lines.lineOf(one.span.start);
          const lastLine = document.lines.lineOf(Math.max(one.span.start, one.span.end - 1));
          const input = await hoverInput(session, uri, one);
          const at = (line: number, label: string, value: string): void => {
            const place = locate(document, {
              start: lineEnd(document.text, document.lines.endOf(line)),
              end: lineEnd(document.text, document.lines.endOf(line)),
            });
            const { start } = place.range;
            if (place.uri !== textDocument.uri || start.line < asked.start.line || start.line > asked.end.line) return;
            hints.push({ position: start, label: clip(label), paddingLeft: true, kind: InlayHintKind.Parameter, tooltip: { kind: 'markdown', value } });
          };
          if (display === 'lineEnd') at(firstLine, lineEndText(input), withoutCommands(hoverMarkdown(input)));
          const defaults = one.workload.facts.filter((fact) => fact.origin === 'default' && fact.span === undefined);
          if (inlayHintsForDefaults && defaults.length > 0)
            at(
              lastLine === firstLine && display === 'lineEnd' ? lastLine : lastLine,
              defaults.map((fact) => `${fact.name}=${showValue(fact.value)}`).join(' '),
              defaults.map((fact) => `- ${factLabel(fact.name)}: ${showValue(fact.value)}${fact.note === undefined ? '' : ` (${fact.note})`}`).join('\n'),
            );
        }
        return hints;
      },
    ),
  );
}

const clip = (text: string): string => (text.length <= maxLength ? text : `${text.slice(0, maxLength - 1)}…`);
/** Tooltips of hints cannot run commands. */
const withoutCommands = (markdown: string): string => markdown.replace(/\[([^\]]+)\]\(command:[^)]*\)/g, '$1');
const lineEnd = (text: string, end: number): number => {
  let at = end;
  while (at > 0 && (text[at - 1] === '\n' || text[at - 1] === '\r')) at--;
  return at;
};
