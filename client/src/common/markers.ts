import type * as vscode from 'vscode';

/** Markers of the recognisers as `[language, source, flags]`, put in by the build. */
declare const ML_MARKERS: readonly (readonly [string, string, string])[];

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
const markers = ML_MARKERS.map(([language, source, flags]) => ({ language, pattern: new RegExp(source, flags.replace('g', '')) }));
/** What is longer is data. */
const maxLength = 2_000_000;

/** The cheap test before anything starts: does the text have a marker of ML work? */
export function isRelevant(document: Pick<vscode.TextDocument, 'languageId' | 'uri' | 'getText'>): boolean {
  if (document.uri.path.endsWith(`/${settingsFile}`)) return true;
  const language = languages[document.languageId];
  if (language === undefined) return false;
  const text = document.getText();
  return text.length <= maxLength && markers.some((one) => one.language === language && one.pattern.test(text));
}
