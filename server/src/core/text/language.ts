/** Languages that recognisers read. */
export type Language = 'python' | 'yaml' | 'json' | 'toml' | 'shell' | 'dockerfile' | 'hcl' | 'typescript' | 'makefile' | 'properties' | 'pbtxt' | 'modelfile';

const byExtension: Readonly<Record<string, Language>> = {
  py: 'python',
  pyi: 'python',
  ipynb: 'python',
  yaml: 'yaml',
  yml: 'yaml',
  json: 'json',
  jsonc: 'json',
  toml: 'toml',
  sh: 'shell',
  bash: 'shell',
  zsh: 'shell',
  slurm: 'shell',
  sbatch: 'shell',
  sub: 'shell',
  tf: 'hcl',
  tfvars: 'hcl',
  tofu: 'hcl',
  nomad: 'hcl',
  hcl: 'hcl',
  ts: 'typescript',
  tsx: 'typescript',
  js: 'typescript',
  jsx: 'typescript',
  mjs: 'typescript',
  cjs: 'typescript',
  mts: 'typescript',
  cts: 'typescript',
  properties: 'properties',
  pbtxt: 'pbtxt',
  textproto: 'pbtxt',
  modelfile: 'modelfile',
  dockerfile: 'dockerfile',
  mk: 'makefile',
  just: 'makefile',
};
const byLanguageId: Readonly<Record<string, Language>> = {
  python: 'python',
  yaml: 'yaml',
  json: 'json',
  jsonc: 'json',
  toml: 'toml',
  shellscript: 'shell',
  dockerfile: 'dockerfile',
  terraform: 'hcl',
  'terraform-vars': 'hcl',
  opentofu: 'hcl',
  'opentofu-vars': 'hcl',
  hcl: 'hcl',
  nomad: 'hcl',
  typescript: 'typescript',
  typescriptreact: 'typescript',
  javascript: 'typescript',
  javascriptreact: 'typescript',
  makefile: 'makefile',
  just: 'makefile',
  pbtxt: 'pbtxt',
  'ollama-modelfile': 'modelfile',
  helm: 'yaml',
  'github-actions-workflow': 'yaml',
  dockercompose: 'yaml',
};

/** Language by file name; undefined for what nobody reads. */
export function languageOfName(name: string): Language | undefined {
  const base = name.slice(name.lastIndexOf('/') + 1);
  if (/^(Dockerfile|Containerfile)(\..*|[_-][\w-]*)?$|\.Dockerfile$/i.test(base)) return 'dockerfile';
  if (/^(GNUm|M|m)akefile$|^Procfile(?:\.\w+)?$|^\.?justfile$/i.test(base)) return 'makefile';
  if (/^Modelfile(?:\.[\w-]+)?$/.test(base)) return 'modelfile';
  const dot = base.lastIndexOf('.');
  return dot < 0 ? undefined : byExtension[base.slice(dot + 1).toLowerCase()];
}
/** True for a file of variables: `.env`, `llm.env`, `.env.prod`. */
export const isVariablesFile = (uri: string): boolean => /^\.env(?:\.[\w-]+)*$|\.env$/.test(uri.slice(uri.lastIndexOf('/') + 1));
/** Language by the editor's language id, else by name. */
export const languageOf = (uri: string, languageId?: string): Language | undefined =>
  (languageId === undefined ? undefined : byLanguageId[languageId]) ?? languageOfName(uri) ?? (isVariablesFile(uri) ? 'properties' : undefined);
