/** A place in a document's text: half-open UTF-16 offsets `[start, end)`.
 * For a notebook the offsets are those of its program text (`Document.text`); `Document.place` maps back. */
export interface Span {
  readonly uri: string;
  readonly start: number;
  readonly end: number;
}
