import type { ShellCommand, ShellScript, ShellWord } from '../../syntax/shell/script.js';
import type { Evaluator } from './evaluate.js';

/** A notebook's shell commands with the program's own values filled in, as IPython does: `!torchrun train.py --bs {batch_size} --model $model`.
 * A value that the program does not decide leaves its word open. */
export function interpolated(script: ShellScript, evaluate: Evaluator): ShellScript {
  if (!script.commands.some((command) => command.words.some(({ text }) => marks.test(text)))) return script;
  return {
    ...script,
    commands: script.commands.map((command): ShellCommand => ({ ...command, words: command.words.flatMap((word) => filled(word, evaluate)) })),
  };
}
const marks = /\{[A-Za-z_]\w*\}|\$[A-Za-z_]\w*/;

function filled(word: ShellWord, evaluate: Evaluator): ShellWord[] {
  if (!marks.test(word.text)) return [word];
  let from = word.from;
  let open = false;
  const text = word.text.replace(/\$?\{([A-Za-z_]\w*)\}|\$([A-Za-z_]\w*)/g, (whole, braced?: string, plain?: string) => {
    const name = braced ?? plain!;
    const value = evaluate.value({ kind: 'name', name, start: word.start, end: word.end });
    if (!value.known || value.value === null) {
      open ||= whole.startsWith('$') || evaluate.program.bindings(name).length > 0;
      return whole;
    }
    from ??= { name: value.param ?? name, start: value.start, end: value.end, origin: value.origin === 'default' ? 'default' : 'variable' };
    return String(value.value);
  });
  // An empty value gives no word.
  if (text === '' && word.text !== '') return [];
  const { pieces: _pieces, ...rest } = word;
  return text === word.text ? [{ ...word, open: word.open || open }] : [{ ...rest, text, open, ...(from && { from }) }];
}
