import type { Configured, Fact, FactValue, UnknownFact } from '../model/fact.js';
import { expandVariables } from '../recognise/shared/config-facts.js';
import type { Flag, Sighting } from '../recognise/types.js';
import { scalarOf } from '../syntax/value.js';
import { baseName, folderOf } from '../text/uri.js';
import { type Rank, ranks } from './candidates.js';
import { type Composed, composed, elementAt, type Layer, layerOf } from './compose.js';
import type { Files } from './files.js';
import { normalised } from './normalise.js';

/** What the command line says to the program: nothing where no command is known. */
export type Flags = readonly Flag[];

const maxHops = 8;

/** What the configuration file that a program loads says for a fact: a value with its rank, or why there is none. */
export function configuredFact(
  fact: Fact | UnknownFact,
  from: string,
  flags: Flags,
  files: Files,
): { readonly fact: Fact; readonly rank: Rank } | { readonly unknown: UnknownFact } | undefined {
  const { configured, name } = fact;
  if (!configured) return undefined;
  const key = configured.path.join('.');
  const given = flags.findLast((flag) => flag.name === (configured.composed ? key : fact.param));
  const sweep = given?.swept
    ? given
    : configured.composed
      ? flags.find((flag) => flag.swept && key.startsWith(`${flag.name.replaceAll('/', '.')}.`))
      : undefined;
  if (sweep?.swept) return { unknown: { name, reason: `a sweep tries ${sweep.swept.join(', ')}`, need: 'look at one of its runs', span: sweep.span } };
  if (given) {
    const found = normalised({ name, value: given.value, origin: 'literal', span: given.span, note: `${given.name} on the command line` });
    return found && { fact: found, rank: ranks.commandLine };
  }
  const file = fileOf(configured, from, flags, files);
  if (!file) return undefined;
  if (!file.settings) {
    const found = file.exported?.(configured.path);
    return found && 'value' in found
      ? { fact: { ...found, name, origin: 'other-file', note: `${key} of ${baseName(file.uri)}` }, rank: ranks.file }
      : undefined;
  }
  const layers = configured.composed ? composed(file, flags, files).layers : layerOf(file.uri, file.settings());
  const read = valueAt(layers, configured.path, flags);
  if (!read) return undefined;
  if ('missing' in read)
    return {
      unknown: {
        name,
        reason: `${key} of ${baseName(file.uri)} is ${read.missing}`,
        need: `the value of ${read.missing}`,
        ...(fact.span && { span: fact.span }),
      },
    };
  const found = normalised({ name, value: read.value, origin: 'other-file', span: read.span, note: `${key} of ${baseName(read.span.uri)}` });
  return found && { fact: found, rank: read.isFlag ? ranks.commandLine : ranks.file };
}

/** The configuration of a program that Hydra composes, with the choices of its command. */
export function composedFor(configured: Configured, from: string, flags: Flags, files: Files): Composed | undefined {
  const file = configured.composed ? fileOf(configured, from, flags, files) : undefined;
  return file?.settings && composed(file, flags, files);
}

function fileOf({ file, option, composed }: Configured, from: string, flags: Flags, files: Files): Sighting | undefined {
  const text = (...names: readonly string[]): string | undefined => {
    const flag = flags.findLast((one) => names.includes(one.name));
    return typeof flag?.value === 'string' ? flag.value : undefined;
  };
  if (!composed) {
    const target = (option === undefined ? undefined : text(option)) ?? file;
    return target === undefined ? undefined : files.path(from, target);
  }
  const chosen = text('config_name', 'cn');
  const folder = text('config_path', 'cp', 'config_dir', 'cd') ?? (file === undefined ? '.' : folderOf(`/${file}`).slice(1));
  const base = chosen?.replace(/\.ya?ml$/, '').concat('.yaml') ?? (file === undefined ? undefined : baseName(file));
  return base === undefined ? undefined : files.path(from, folder === '.' || folder === '' ? base : `${folder}/${base}`);
}

type Read = { readonly value: FactValue; readonly span: NonNullable<Fact['span']>; readonly isFlag?: true } | { readonly missing: string };
/** A value of the whole, through interpolations. */
function valueAt(layers: readonly Layer[], start: readonly string[], flags: Flags): Read | undefined {
  let path = start;
  for (let hop = 0; hop < maxHops; hop++) {
    const key = path.join('.');
    const flag = hop > 0 ? flags.findLast((one) => one.name === key) : undefined;
    if (flag) return flag.swept ? { missing: `one of ${flag.swept.join(', ')}` } : { value: flag.value, span: flag.span, isFlag: true };
    const found = elementAt(layers, path);
    const value = scalarOf(found?.value);
    if (!found || value === undefined || value === null) return undefined;
    const span = { uri: found.uri, start: found.value.start, end: found.value.end };
    if (typeof value !== 'string' || !value.includes('$')) return value === '???' ? { missing: 'a required value (???)' } : { value, span };
    const link = /^\$\{(\.*)([\w.[\]-]+)\}$/.exec(value);
    if (!link) {
      const { text, missing } = expandVariables(value);
      return missing === undefined ? { value: text, span } : { missing };
    }
    // `${.a}` is beside, `${..a}` one level up.
    const up = link[1]!.length;
    path = [...(up === 0 ? [] : path.slice(0, -up)), ...link[2]!.replace(/\[(\w+)\]/g, '.$1').split('.')];
  }
  return undefined;
}
