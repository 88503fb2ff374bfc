const mark = '\u00a7';

/** Template actions become text of equal length: a line that holds nothing else a comment, others a word. Offsets and lines stay. */
export function maskTemplates(text: string): string {
  if (!text.includes('{{') && !text.includes('{%')) return text;
  return text.replace(alone, (block) => comment(block)).replace(inline, (action) => `${mark}${action.slice(1, -1).replace(/[^\w.\n]/g, '_')}${mark}`);
}
/** True for text that stands for a masked template: its value is decided elsewhere. */
export const isTemplated = (value: unknown): boolean => typeof value === 'string' && value.includes(mark);

/** Lines with actions only; an action may go over several lines. */
const alone = /^[ \t]*(?:\{\{(?:[^{}]|\{(?!\{)|\}(?!\}))*\}\}[ \t]*|\{%[^%]*%\}[ \t]*)+$/gm;
const inline = /\{\{(?:[^{}\n]|\{(?!\{)|\}(?!\}))*\}\}|\{%[^%\n]*%\}/g;

const comment = (block: string): string =>
  block
    .split('\n')
    .map((line) => (line === '' ? line : `#${line.slice(1)}`))
    .join('\n');
