import type { ShellCommand, ShellScript, ShellWord } from '../../syntax/shell/script.js';
import { splitCommand } from '../shared/command-line.js';
import type { Evaluator } from './evaluate.js';

/** A notebook's shell commands with the program's own values filled in, as IPython does: `!torchrun train.py --bs {batch_size} --model $model`.
 * A value that the program does not decide leaves its word open. */
export function interpolated(script: ShellScript, evaluate: Evaluator): ShellScript {
  if (!script.commands.some((command) => command.words.some(({ text }) => marks.test(text)))) return script;
  return {
    ...script,
    commands: script.commands.map((command): ShellCommand => ({ ...command, words: command.words.flatMap((word) => filled(word, evaluate, script.text)) })),
  };
}
const marks = /\{[A-Za-z_]\w*\}|\$[A-Za-z_]\w*/;

function filled(word: ShellWord, evaluate: Evaluator, written: string): ShellWord[] {
  if (!marks.test(word.text)) return [word];
  let from = word.from;
  let open = false;
  const text = word.text.replace(/\$?\{([A-Za-z_]\w*)\}|\$([A-Za-z_]\w*)/g, (whole, braced?: string, plain?: string) => {
    const name = braced ?? plain!;
    const value = evaluate.value({ kind: 'name', name, start: word.start, end: word.end });
    if (!value.known || value.value === null) {
      open = true;
      return whole;
    }
    from ??= { name: value.param ?? name, start: value.start, end: value.end, origin: value.origin === 'default' ? 'default' : 'variable' };
    return String(value.value);
  });
  // An empty value gives no word.
  if (text === '' && word.text !== '') return [];
  const { pieces: _pieces, ...rest } = word;
  // IPython fills in before the shell splits: `!python train.py {arguments}`, `!{command}`.
  const quoted = /["']/.test(written[word.start] ?? '') || /["']/.test(written[word.start - 1] ?? '');
  if (!quoted && text !== word.text && /\s/.test(text))
    return splitCommand(text).map((part): ShellWord => {
      const { pieces: _inner, ...inner } = part;
      return { ...inner, start: word.start, end: word.end, open: part.open || open, ...(from && { from }) };
    });
  return text === word.text ? [{ ...word, open: word.open || open }] : [{ ...rest, text, open, ...(from && { from }) }];
}
