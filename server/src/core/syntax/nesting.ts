/** Deeper than any configuration that a person wrote. */
export const maxDepth = 100;

/** How deep brackets nest in a JSON or YAML text, outside double quotes. */
export function nestingOf(text: string): number {
  let depth = 0;
  let most = 0;
  let quoted = false;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    // A quote that is never closed ends with its line, so that one stray quote does not hide the rest.
    if (quoted) {
      if (code === 92) at++;
      else if (code === 34 || code === 10) quoted = false;
    } else if (code === 34) quoted = true;
    else if (code === 91 || code === 123) most = Math.max(most, ++depth);
    else if (code === 93 || code === 125) depth = Math.max(0, depth - 1);
  }
  return most;
}
