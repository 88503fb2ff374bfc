import type * as vscode from 'vscode';

/** By language: a pattern that is in every text with a marker, and the recognisers' markers as `[source, flags]`; put in by the build. */
declare const ML_MARKERS: readonly (readonly [string, string, readonly (readonly [string, string])[]])[];

/** Which recognisers read a document, by the editor's language id. */
const languages: Readonly<Record<string, string>> = {
  python: 'python',
  yaml: 'yaml',
  dockercompose: 'yaml',
  helm: 'yaml',
  json: 'json',
  jsonc: 'json',
  shellscript: 'shell',
  typescript: 'typescript',
  typescriptreact: 'typescript',
  javascript: 'typescript',
  javascriptreact: 'typescript',
  toml: 'toml',
  dockerfile: 'dockerfile',
  makefile: 'shell',
  terraform: 'hcl',
  'terraform-vars': 'hcl',
  opentofu: 'hcl',
  'opentofu-vars': 'hcl',
  hcl: 'hcl',
  nomad: 'hcl',
  pbtxt: 'pbtxt',
  'ollama-modelfile': 'modelfile',
};
export const languageIds: readonly string[] = Object.keys(languages);
export const settingsFile = '.mlcost.yaml';
interface Markers {
  readonly hint: RegExp;
  readonly patterns: readonly RegExp[];
}
const compiled = new Map<string, Markers>();
/** Of a language's markers; made when the first document of it is there. */
function markersOf(language: string): Markers | undefined {
  const written = compiled.has(language) ? undefined : ML_MARKERS.find(([name]) => name === language);
  if (written) {
    const [, hint, patterns] = written;
    compiled.set(language, { hint: new RegExp(hint, 'i'), patterns: patterns.map(([source, flags]) => new RegExp(source, flags.replace('g', ''))) });
  }
  return compiled.get(language);
}
/** What is longer is data. */
const maxLength = 2_000_000;

/** The cheap test before anything starts: does the text have a marker of ML work? */
export function isRelevant(document: Pick<vscode.TextDocument, 'languageId' | 'uri' | 'getText'>): boolean {
  if (document.uri.path.endsWith(`/${settingsFile}`)) return true;
  const language = languages[document.languageId];
  const markers = language === undefined ? undefined : markersOf(language);
  if (!markers) return false;
  const text = document.getText();
  return text.length <= maxLength && markers.hint.test(text) && markers.patterns.some((pattern) => pattern.test(text));
}
