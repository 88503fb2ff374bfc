import type { Fact } from '../../model/fact.js';
import type { Span } from '../../model/span.js';
import { movedTo } from '../shared/moved.js';
import type { SeenWorkload } from '../types.js';

/** A program or settings in a here-document of a script. */
export interface HereDocument {
  readonly start: number;
  readonly end: number;
  readonly language: 'python' | 'json' | 'yaml';
  /** The file that it is written to; absent where a program reads it. */
  readonly name?: string;
  /** True where the shell puts its variables in. */
  readonly filled: boolean;
}

/** `python - <<'EOF'`, `cat > train.py <<EOF`, `cat <<EOF > ds.json`, `tee train.py <<EOF`, `kubectl apply -f - <<EOF`. */
const opened = /^(?<head>[^\n#]*?)<<-?[ \t]*(?<quote>["'\\]?)(?<word>\w+)["']?(?<rest>[^\n]*)\n/gm;
const interpreter = /(?:^|[\s;&|(])(?:\S*\/)?python[\d.]*(?:[ \t]+-(?:u|B|E|s)?)*[ \t]*$/;
const applied = /\bkubectl\b[^\n]*\b(?:apply|create|replace)\b[^\n]*(?:-f|--filename)[ =]*-(?:\s|$)/;
const target = /(?:>[ \t]*|\btee[ \t]+)["']?([^\s"'<>|;&]+\.(py|json|ya?ml))["']?/;

export function hereDocumentsOf(text: string): HereDocument[] {
  if (!/<<-?[ \t]*["'\\]?\w/.test(text)) return [];
  const found: HereDocument[] = [];
  opened.lastIndex = 0;
  for (let match = opened.exec(text); match; match = opened.exec(text)) {
    const { head = '', quote, word = '', rest = '' } = match.groups ?? {};
    const start = match.index + match[0].length;
    const closing = new RegExp(`^[ \\t]*${word}[ \\t]*\\r?$`, 'm').exec(text.slice(start));
    if (!closing) continue;
    const end = start + closing.index;
    opened.lastIndex = end;
    const [, name, ending] = target.exec(rest) ?? target.exec(head) ?? [];
    const language = name === undefined ? (interpreter.test(head) ? 'python' : applied.test(`${head}${rest}`) ? 'yaml' : undefined) : languages[ending!];
    if (language) found.push({ start, end, language, filled: quote === '', ...(name === undefined ? {} : { name }) });
  }
  return found;
}
const languages: Readonly<Record<string, HereDocument['language']>> = { py: 'python', json: 'json', yaml: 'yaml', yml: 'yaml' };

/** What a here-document says, at its places in the script. What the shell puts in is not known here. */
export function placedInScript(uri: string, { start, filled }: HereDocument, found: readonly SeenWorkload[]): SeenWorkload[] {
  const home = <T extends { readonly span?: Span }>(one: T): T => (one.span ? { ...one, span: { ...one.span, uri } } : one);
  return found.map((one) => {
    const seen = movedTo(one, (offset) => start + offset);
    const open = (fact: Fact): boolean => filled && typeof fact.value === 'string' && fact.value.includes('$');
    return {
      ...seen,
      span: { ...seen.span, uri },
      facts: seen.facts.filter((fact) => !open(fact)).map(home),
      unknown: [
        ...seen.unknown.map(home),
        ...seen.facts.filter(open).map(({ name, span, value }) =>
          home({
            name,
            reason: `${String(value)} is decided when the command runs`,
            need: `write ${name.replaceAll('_', ' ')} there`,
            ...(span && { span }),
          }),
        ),
      ],
      refs: seen.refs.map((ref) => ({ ...ref, span: { ...ref.span, uri } })),
    };
  });
}
