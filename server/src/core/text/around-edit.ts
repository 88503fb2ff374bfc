/** How many stretches of white space that may hold line ends a pattern can match across; undefined where one match may span any number of
 * lines, or depends on where the text begins or ends. */
export function linesCrossed({ source, flags }: RegExp): number | undefined {
  if (/\\[WDBkpP]|\\S\]|\[[^\]]*\\[snrSWD][^\]]*\]|\[\^/.test(source)) return undefined;
  if (/[\^$]/.test(source) && !flags.includes('m')) return undefined;
  const crossed = source.match(/\\[snr]/g)?.length ?? 0;
  return crossed > 0 && /\)[*+{]/.test(source) ? undefined : crossed;
}

/** The lines that a change touched, and so many with text in them before and after. */
export function linesAround(text: string, { start, text: inserted }: { readonly start: number; readonly text: string }, lines: number): string {
  let from = lineStart(text, start);
  let to = lineEnd(text, start + inserted.length);
  for (let n = 0; n < lines; n++) {
    while (from > 0 && isSpace(text[from - 1]!)) from--;
    from = lineStart(text, from);
    while (to < text.length && isSpace(text[to]!)) to++;
    to = lineEnd(text, to);
  }
  return text.slice(from, to);
}
const isSpace = (character: string): boolean => /\s/.test(character);
const lineStart = (text: string, at: number): number => (at === 0 ? 0 : text.lastIndexOf('\n', at - 1) + 1);
function lineEnd(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return end < 0 ? text.length : end + 1;
}
