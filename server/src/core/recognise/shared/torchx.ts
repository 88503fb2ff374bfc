import type { Fact, FactValue, UnknownFact } from '../../model/fact.js';
import type { ShellWord } from '../../syntax/shell/script.js';
import { parseFlags, splitCommand } from './command-line.js';
import { asPositive, asText, type FlagTable, factsOfFlags } from './flag-facts.js';
import { ownOptions } from './wrappers.js';

/** What `torchx run` starts: a component's script or module, with its own arguments.
 * @source pytorch.org/torchx/latest/components/distributed.html: `-j` is nodes times processes of a node */
export function torchxRun(
  uri: string,
  words: readonly ShellWord[],
): { readonly module: boolean; readonly target: ShellWord; readonly args: readonly ShellWord[]; readonly facts: (Fact | UnknownFact)[] } | undefined {
  const { next } = ownOptions(words, 2, new Set(['dryrun', 'wait', 'log', 'tee_logs']));
  const rest = words.slice(next + 1);
  const dashes = rest.findIndex(({ text }) => text === '--');
  const own = dashes < 0 ? rest : rest.slice(0, dashes);
  const after = (name: string): ShellWord | undefined => {
    const at = own.findIndex(({ text }) => text === name);
    return at < 0 ? undefined : own[at + 1];
  };
  const script = after('--script');
  const target = script ?? after('-m') ?? after('--m');
  if (!target) return undefined;
  const written = after('--script_args');
  const handed = written ? splitCommand(written.text, written.start + 1) : [];
  const args = [...(dashes < 0 ? [] : rest.slice(dashes + 1)), ...handed, ...own];
  return { module: script === undefined, target, args, facts: factsOfFlags(uri, parseFlags(own).flags, table) };
}
const part =
  (index: number) =>
  (value: FactValue): FactValue | undefined =>
    asPositive(Number(/^(\d+)x(\d+)$/.exec(String(value))?.[index] ?? Number.NaN));
const table: FlagTable = {
  nnodes: { fact: 'num_nodes', change: asPositive },
  nproc_per_node: [
    { fact: 'gpu_count', change: asPositive },
    { fact: 'nproc_per_node', change: asPositive },
  ],
  j: [
    { fact: 'num_nodes', change: part(1) },
    { fact: 'gpu_count', change: part(2) },
    { fact: 'nproc_per_node', change: part(2) },
  ],
  gpu: { fact: 'gpu_count', change: asPositive },
  instance_type: { fact: 'instance_type', change: asText },
  h: { fact: 'instance_type', change: (value) => asText(value)?.replace(/^aws_/, '') },
};
