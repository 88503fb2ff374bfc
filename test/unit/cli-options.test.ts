import { describe, expect, test } from 'vitest';
import { commands } from '../../server/src/cli/command-table.js';
import { completion, help, parse, UsageError } from '../../server/src/cli/options.js';

describe('the command line understands', () => {
  test.each([
    [['estimate', '.', '--format', 'json'], { format: 'json' }, ['.']],
    [['estimate', '--format=json', 'a', 'b'], { format: 'json' }, ['a', 'b']],
    [['estimate', '-f', 'json', '--spot'], { format: 'json', spot: true }, []],
    [['estimate', '--set', 'a=1', '--set', 'b=x=y'], { set: ['a=1', 'b=x=y'] }, []],
    [['estimate', '--', '--odd'], {}, ['--odd']],
    [['predict', '-'], {}, ['-']],
  ])('%j', (argv, values, args) => expect(parse(argv)).toMatchObject({ values, args }));
});
describe('wrong use says what would be right', () => {
  test.each([
    [['estmate'], /no command 'estmate'; do you mean 'estimate'/],
    [[], /no command ''/],
    [['estimate', '--fromat', 'json'], /no option --fromat; do you mean '--format'/],
    [['estimate', '--format', 'xml'], /one of table, json, not 'xml'/],
    [['estimate', '--provider'], /--provider needs a value/],
    [['estimate', '--spot=yes'], /takes no value/],
    [['compare'], /usage: mlcost compare PATH/],
  ])('%j', (argv, message) => {
    expect(() => parse(argv)).toThrow(UsageError);
    expect(() => parse(argv)).toThrow(message);
  });
});
test('help and completion name every command and option', () => {
  for (const command of commands) {
    expect(help()).toContain(command.name);
    for (const shell of ['bash', 'zsh', 'fish']) for (const option of command.options) expect(completion(shell)).toContain(option.name);
    for (const option of command.options) expect(help(command.name)).toContain(`--${option.name}`);
  }
});
