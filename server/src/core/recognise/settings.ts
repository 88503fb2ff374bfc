import { readDockerfile } from '../syntax/dockerfile.js';
import { readJson } from '../syntax/json.js';
import { readShell } from '../syntax/shell/read.js';
import { readToml } from '../syntax/toml.js';
import type { Entry, Value } from '../syntax/value.js';
import { readYaml } from '../syntax/yaml.js';
import type { Document } from '../text/document.js';
import { isVariablesFile } from '../text/language.js';
import type { Settings, Sighting } from './types.js';

/** Longer files are data, not settings. */
const longest = 300_000;

/** For a sighting: the file as values, for who loads it or takes it in. Parsed when asked. */
export function settingsOf({
  uri,
  text,
  language,
}: {
  readonly uri: string;
  readonly text: string;
  readonly language?: Document['language'];
}): Pick<Sighting, 'settings'> {
  const read =
    text.length > longest
      ? undefined
      : language === 'yaml'
        ? yaml
        : language === 'json'
          ? json
          : language === 'toml'
            ? toml
            : language === 'dockerfile'
              ? image
              : isVariablesFile(uri)
                ? variables
                : undefined;
  if (!read) return {};
  let known: Settings | undefined;
  return {
    settings: () => {
      known ??= read(uri, text);
      return known;
    },
  };
}
function yaml(uri: string, text: string): Settings {
  // @source hydra.cc/docs/advanced/overriding_packages: the header is in the comments that the file starts with
  const named = /^(?:[ \t]*(?:#.*)?\r?\n)*?#[ \t]*@package[: \t]+([\w.]+)/.exec(text)?.[1];
  return { roots: readYaml(uri, text).roots, ...(named === undefined ? {} : { package: named }) };
}
const json = (uri: string, text: string): Settings => ({ roots: readJson(uri, text).roots });
const toml = (uri: string, text: string): Settings => ({ roots: readToml(uri, text).roots });

/** `NAME=value` a line.
 * @source docs.docker.com/compose/how-tos/environment-variables/variable-interpolation, the syntax of .env files */
function variables(_uri: string, text: string): Settings {
  const entries: Entry[] = [];
  for (const match of text.matchAll(
    /^[ \t]*(?:export[ \t]+)?([A-Za-z_]\w*)[ \t]*=[ \t]*("(?:[^"\\\n]|\\.)*"|'[^'\n]*'|[^\n]{0,2000}?)[ \t]{0,200}(?:[ \t]#.*)?\r?$/gm,
  )) {
    const [whole, key, written] = match as unknown as [string, string, string];
    const keyStart = match.index + whole.indexOf(key);
    const start = match.index + whole.indexOf(written, whole.indexOf('=') + 1);
    const value = written.replace(/^(["'])([\s\S]*)\1$/, '$2');
    entries.push({ key, keyStart, keyEnd: keyStart + key.length, value: { kind: 'scalar', value, raw: value, start, end: start + written.length } });
  }
  return { roots: [{ kind: 'map', entries, start: 0, end: text.length }] };
}

/** What an image starts: the words of its entry point, those of its command, its variables. */
function image(_uri: string, text: string): Settings {
  const stage = readDockerfile(text).at(-1);
  if (!stage) return { roots: [] };
  const script = readShell(stage.shell);
  const words = script.commands
    .flatMap((command) => command.words)
    .map(({ text: value, start, end }): Value => ({ kind: 'scalar', value, raw: value, start, end }));
  const { entry } = stage;
  const isEntry = ({ start }: Value): boolean => entry !== undefined && start >= entry.start && start < entry.end;
  const list = (items: readonly Value[]): Value => ({ kind: 'seq', items, start: items[0]?.start ?? 0, end: items.at(-1)?.end ?? 0 });
  const named = (key: string, value: Value): Entry => ({ key, keyStart: value.start, keyEnd: value.start, value });
  const environment = script.variables.flatMap(({ name, value }): Entry[] =>
    value.open ? [] : [named(name, { kind: 'scalar', value: value.text, raw: value.text, start: value.start, end: value.end })],
  );
  const root: Value = {
    kind: 'map',
    entries: [
      named('entrypoint', list(words.filter(isEntry))),
      named('command', list(words.filter((word) => !isEntry(word)))),
      named('environment', { kind: 'map', entries: environment, start: 0, end: text.length }),
    ],
    start: 0,
    end: text.length,
  };
  return { roots: [root] };
}
