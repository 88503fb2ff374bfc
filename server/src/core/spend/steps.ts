/** Work in steps, between which whoever does it may let others go first. */
export type Steps<T> = Generator<undefined, T, undefined>;
/** Lines of a ledger in one step. */
const linesAStep = 2000;

/** The same at once. */
export function whole<T>(steps: Steps<T>): T {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}
/** Looks at each line, some thousand in one step. */
export function* eachOf<T>(lines: Iterable<T>, look: (line: T) => void): Steps<void> {
  let seen = 0;
  for (const line of lines) {
    look(line);
    if (++seen % linesAStep === 0) yield;
  }
}
