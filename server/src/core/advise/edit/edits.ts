/** A replacement in one document's text. */
export interface TextEdit {
  readonly uri: string;
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Edits in order; two insertions at one place become one. Overlapping ones are no edit. */
export function joined(edits: readonly TextEdit[]): TextEdit[] | undefined {
  const sorted = [...edits].sort((a, b) => a.uri.localeCompare(b.uri) || a.start - b.start || a.end - b.end);
  const out: TextEdit[] = [];
  for (const edit of sorted) {
    const last = out.at(-1);
    // Two facts that one value says are one edit.
    if (last && last.uri === edit.uri && last.start === edit.start && last.end === edit.end && edit.start !== edit.end && last.text === edit.text) continue;
    if (last && last.uri === edit.uri && edit.start < last.end) return undefined;
    if (last && last.uri === edit.uri && edit.start === last.start && edit.end === last.end) {
      if (edit.start !== edit.end) return undefined;
      out[out.length - 1] = { ...last, text: last.text + edit.text };
    } else out.push(edit);
  }
  return out;
}
/** A text with its edits. */
export function applied(text: string, edits: readonly TextEdit[]): string {
  let result = text;
  for (const { start, end, text: by } of [...edits].sort((a, b) => b.start - a.start)) result = result.slice(0, start) + by + result.slice(end);
  return result;
}
