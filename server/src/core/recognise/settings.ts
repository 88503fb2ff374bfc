import { readJson } from '../syntax/json.js';
import { readYaml } from '../syntax/yaml.js';
import type { Document } from '../text/document.js';
import type { Settings, Sighting } from './types.js';

/** Longer files are data, not settings. */
const longest = 300_000;

/** For a sighting of a YAML or JSON file: the file as values, for who loads it. */
export function settingsOf({ uri, text, language }: Pick<Document, 'uri' | 'text' | 'language'>): Pick<Sighting, 'settings'> {
  if ((language !== 'yaml' && language !== 'json') || text.length > longest) return {};
  let known: Settings | undefined;
  return {
    settings: () => {
      if (!known) {
        const { roots } = language === 'yaml' ? readYaml(uri, text) : readJson(uri, text);
        // @source hydra.cc/docs/advanced/overriding_packages: the header is in the comments that the file starts with
        const named = /^(?:[ \t]*(?:#.*)?\r?\n)*?#[ \t]*@package[: \t]+([\w.]+)/.exec(text)?.[1];
        known = { roots, ...(named === undefined ? {} : { package: named }) };
      }
      return known;
    },
  };
}
