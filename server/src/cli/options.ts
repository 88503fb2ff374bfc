import type { Offered } from '../host/host.js';
import { type Command, commands } from './command-table.js';

export interface Parsed {
  readonly command: Command;
  readonly args: readonly string[];
  readonly values: Readonly<Record<string, string | true | readonly string[]>>;
  /** What the editor that asks takes where nobody says anything. */
  readonly otherwise?: Offered;
}
/** Wrong use of the command line: what is wrong, and what would be right. Exit status 2. */
export class UsageError extends Error {}

/** @errors UsageError for an unknown command or option, a missing value, a wrong choice, too many arguments */
export function parse(argv: readonly string[]): Parsed {
  const [name, second] = argv;
  const command = commandOf(argv);
  const rest = argv.slice(command?.name.includes(' ') ? 2 : 1);
  const group = commands.filter((one) => one.name.startsWith(`${name} `));
  if (!command && group.length > 0)
    throw new UsageError(
      `mlcost ${name} takes ${group.map((one) => one.name.slice((name?.length ?? 0) + 1)).join(' or ')}${second === undefined ? '' : `, not '${second}'`}; see mlcost --help`,
    );
  if (!command)
    throw new UsageError(
      `mlcost has no command '${name ?? ''}'${nearest(
        name ?? '',
        commands.map((one) => one.name),
      )}; see mlcost --help`,
    );
  const args: string[] = [];
  const values: Record<string, string | true | string[]> = {};
  for (let at = 0; at < rest.length; at++) {
    const word = rest[at] ?? '';
    if (word === '--') {
      args.push(...rest.slice(at + 1));
      break;
    }
    if (!word.startsWith('-') || word === '-') {
      args.push(word);
      continue;
    }
    const [flag = '', attached] = word.split(/=(.*)/s, 2);
    const option = command.options.find((one) => flag === `--${one.name}` || (one.short !== undefined && flag === `-${one.short}`));
    if (!option)
      throw new UsageError(
        `mlcost ${command.name} has no option ${flag}${nearest(
          flag,
          command.options.map((one) => `--${one.name}`),
        )}`,
      );
    if (option.value === undefined) {
      if (attached !== undefined) throw new UsageError(`${flag} takes no value`);
      values[option.name] = true;
      continue;
    }
    const value = attached ?? rest[++at];
    if (value === undefined) throw new UsageError(`${flag} needs a value: ${flag} ${option.value}`);
    if (option.choices && !option.choices.includes(value)) throw new UsageError(`${flag} is one of ${option.choices.join(', ')}, not '${value}'`);
    if (option.many) values[option.name] = [...((values[option.name] as string[] | undefined) ?? []), value];
    else values[option.name] = value;
  }
  const [least, most] = command.takes;
  if (args.length < least || args.length > most) throw new UsageError(`usage: mlcost ${command.usage}`);
  return { command, args, values };
}

/** The command that words begin with; some have a name of two words. */
const commandOf = ([first, second]: readonly string[]): Command | undefined =>
  commands.find((one) => one.name === `${first} ${second}`) ?? commands.find((one) => one.name === first);

/** `; do you mean 'x'?` where a known word is close. */
export function nearest(word: string, known: readonly string[]): string {
  const bare = word.replace(/^-+/, '').toLowerCase();
  const best = known.map((one) => ({ one, far: distance(bare, one.replace(/^-+/, '').toLowerCase()) })).sort((a, b) => a.far - b.far)[0];
  return best && best.far <= Math.max(1, Math.floor(bare.length / 3)) ? `; do you mean '${best.one}'?` : '';
}
/** Edits that make one word of the other (Levenshtein). */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) next[j] = Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1));
    row = next;
  }
  return row[b.length] ?? 0;
}

export function help(...words: readonly string[]): string {
  const command = commandOf(words);
  if (!command) {
    const width = Math.max(...commands.map((one) => one.usage.length));
    return [
      'mlcost: what machine-learning code will cost, before it runs',
      '',
      ...commands.map((one) => `  mlcost ${one.usage.padEnd(width)}  ${one.help}`),
      '',
      '  mlcost COMMAND --help  options of a command',
      '  mlcost --version',
      '',
      'Exit status: 0 with an answer, 1 for a gate that failed, 2 for wrong use.',
      '',
    ].join('\n');
  }
  const left = command.options.map((one) => `${one.short ? `-${one.short}, ` : ''}--${one.name}${one.value ? ` ${one.value}` : ''}`);
  const width = Math.max(0, ...left.map((one) => one.length));
  return [`mlcost ${command.usage}`, `  ${command.help}`, '', ...command.options.map((one, at) => `  ${(left[at] ?? '').padEnd(width)}  ${one.help}`), ''].join(
    '\n',
  );
}

/** The completion script of a shell. */
export function completion(shell: string): string {
  const heads = [...new Set(commands.map((one) => one.name.split(' ')[0] ?? ''))];
  const names = heads.join(' ');
  // a command of two words: its second words and all their options
  const cases = heads.map((head) => {
    const own = commands.filter((one) => one.name.split(' ')[0] === head);
    const words = own.flatMap((one) => [one.name.split(' ')[1] ?? [], one.options.map((option) => `--${option.name}`)].flat());
    return [head, [...new Set(words)].join(' ')] as const;
  });
  if (shell === 'bash') {
    return `_mlcost() {\n  local word=\${COMP_WORDS[COMP_CWORD]}\n  if [ "$COMP_CWORD" -eq 1 ]; then COMPREPLY=($(compgen -W "${names}" -- "$word")); return; fi\n  case "\${COMP_WORDS[1]}" in\n${cases.map(([name, options]) => `    ${name}) [[ "$word" == -* ]] && COMPREPLY=($(compgen -W "${options}" -- "$word")) ;;`).join('\n')}\n  esac\n}\ncomplete -o default -F _mlcost mlcost\n`;
  }
  if (shell === 'zsh') {
    return `#compdef mlcost\n_mlcost() {\n  if (( CURRENT == 2 )); then compadd ${names}; return; fi\n  case "\${words[2]}" in\n${cases.map(([name, options]) => `    ${name}) [[ "\${words[CURRENT]}" == -* ]] && compadd -- ${options} || _files ;;`).join('\n')}\n  esac\n}\ncompdef _mlcost mlcost\n`;
  }
  if (shell === 'fish') {
    return commands
      .flatMap((one) => [
        `complete -c mlcost -n __fish_use_subcommand -a ${one.name} -d '${one.help.replaceAll("'", '')}'`,
        ...one.options.map(
          (option) =>
            `complete -c mlcost -n '__fish_seen_subcommand_from ${one.name}' -l ${option.name}${option.short ? ` -s ${option.short}` : ''}${option.value ? ' -r' : ''} -d '${option.help.replaceAll("'", '')}'`,
        ),
      ])
      .join('\n')
      .concat('\n');
  }
  throw new UsageError(`no completion for '${shell}': bash, zsh or fish`);
}
