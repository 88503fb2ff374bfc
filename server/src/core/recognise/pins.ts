import { Mentions } from '../text/mentions.js';
import { baseName } from '../text/uri.js';
import type { Sighting } from './types.js';
import { constraintOf, type Library, type Pin } from './version.js';

/** Names that manifests, images and repositories give them. */
const libraries: Readonly<Record<string, Library>> = {
  torch: 'torch',
  pytorch: 'torch',
  'pytorch/pytorch': 'torch',
  transformers: 'transformers',
  trl: 'trl',
  vllm: 'vllm',
  'vllm/vllm-openai': 'vllm',
  axolotl: 'axolotl',
  llamafactory: 'llamafactory',
  'llama-factory': 'llamafactory',
  'hiyouga/llamafactory': 'llamafactory',
  'huggingface/text-generation-inference': 'tgi',
  'huggingface-text-generation-inference': 'tgi',
  'huggingface-pytorch-tgi-inference': 'tgi',
  sglang: 'sglang',
  'lmsysorg/sglang': 'sglang',
};
const names = '(torch|pytorch|transformers|trl|vllm|axolotl|llamafactory|llama-factory|sglang)';

/** Files that say which versions a project installs, by the precedence that they have in one folder: what was locked before what may be installed. */
export const manifests = [
  'uv.lock',
  'poetry.lock',
  'Pipfile.lock',
  'requirements.txt',
  'pyproject.toml',
  'Pipfile',
  'environment.yml',
  'environment.yaml',
  'setup.cfg',
  'setup.py',
  'Dockerfile',
] as const;
/** True for a file that only says versions, or may say them too. */
export const isManifest = (uri: string): boolean => {
  const name = baseName(uri);
  return (manifests as readonly string[]).includes(name) || isRequirements(name);
};
const isRequirements = (name: string): boolean => /^(?:[\w.-]*requirements?[\w.-]*|constraints)\.(?:txt|in|lock)$/i.test(name);

/** `name==1.2`, `name[extra]>=1,<2`, `"name ~= 4.40"`, conda's `name=4.40`. */
const requirement = new RegExp(`(?<![\\w./@-])${names}(?:\\[[^\\]\\n]*\\])?\\s*\\(?((?:(?:===?|>=|<=|~=|!=|<|>|=)\\s*["']?v?\\d[\\w.*+!-]*\\s*,?\\s*)+)`, 'gi');
/** `name @ git+https://host/owner/name.git@v1.2`, and the same without the name. */
const revision = new RegExp(`git\\+\\S*/${names}(?:\\.git)?@(v?\\d+(?:\\.\\d+)+[\\w.]*)`, 'gi');
/** Poetry and Pipenv: `name = "^1.2"`, `name = { version = "^1.2", … }`. */
const keyed = new RegExp(`^[ \\t]*"?${names}"?\\s*=\\s*(?:\\{[^}\\n]*?\\bversion\\s*=\\s*)?["']([^"'\\n]+)["']`, 'gim');
/** Lock files of uv and poetry, and of Pipenv. */
const locked = new RegExp(`^name = "${names}"\\s*\\nversion = "([^"\\n]+)"`, 'gim');
const lockedJson = new RegExp(`"${names}":\\s*\\{[^{}]*?"version":\\s*"([^"\\n]+)"`, 'gi');
/** A repository and its tag as keys of their own: a chart's values, an overlay's images. */
const tagged =
  /\b(?:repository|name):[ \t]*["']?(?:[\w.-]+\/)?(vllm\/vllm-openai|hiyouga\/llamafactory|huggingface\/text-generation-inference|lmsysorg\/sglang)["']?[ \t]*\r?\n(?:[ \t]+\w+:[^\n]*\n){0,3}?[ \t]+(?:tag|newTag):[ \t]*["']?(v?\d+(?:\.\d+)+[\w.-]*)/gi;
const image =
  /(vllm\/vllm-openai|hiyouga\/llamafactory|pytorch\/pytorch|huggingface\/text-generation-inference|lmsysorg\/sglang):(?:\$\{\w+:?-)?(v?\d+(?:\.\d+)+[\w.-]*)/gi;
/** Images of clouds, which carry the release within their names: `huggingface-text-generation-inference-cu124.2-3.ubuntu2204.py311`,
 * `huggingface-pytorch-tgi-inference:2.4.0-tgi2.3.1-gpu-py311-cu124-ubuntu22.04`.
 * @source Google Cloud documentation, Hugging Face deep learning containers; aws/deep-learning-containers, available_images.md */
const cloudImage = /(huggingface-text-generation-inference)-[a-z]+\d*\.(\d+-\d+)\.|(huggingface-pytorch-tgi-inference):[\d.]+-tgi(\d+(?:\.\d+)+)/gi;

/** What those of any file cannot match without, as an edit can be followed: programs are read for them again and again, and few name a version. */
const asked = new RegExp(`(?<![\\w./@-])${names}(?:\\s*\\(?[=<>~!]|\\[)`, 'i');
const fetched = /git\+/i;
const tagNamed = /(?:vllm-openai|llamafactory|pytorch|text-generation-inference|sglang|tgi-inference):|text-generation-inference-/i;

/** The versions that a text asks for: a manifest's lines; of any other file its `pip install` lines and the tags of its images. */
export function pinsIn(uri: string, text: string, mentions = new Mentions(text)): readonly Pin[] {
  const name = baseName(uri);
  const found: Pin[] = [];
  const take = (pattern: RegExp, form: 'requirement' | 'exact' | 'poetry', within?: (line: string) => boolean): void => {
    for (const match of text.matchAll(pattern)) {
      const [whole = '', named = '', inName = ''] = match.filter((group) => group !== undefined);
      const written = inName.replace(/^(\d+)-(\d+)$/, '$1.$2');
      const library = libraries[named.toLowerCase()];
      const start = match.index;
      const line = text.slice(text.lastIndexOf('\n', start - 1) + 1, start);
      if (!library || /^\s*(?:#|\/\/)|\s#/.test(line) || (within && !within(line))) continue;
      const constraint = constraintOf(written, form);
      if (constraint)
        found.push({ library, written: written.replace(/[\s,"']+$/, ''), ...constraint, span: { uri, start, end: start + whole.trimEnd().length } });
    }
  };
  if (/\.lock$/.test(name) && !isRequirements(name)) {
    take(name === 'Pipfile.lock' ? lockedJson : locked, name === 'Pipfile.lock' ? 'requirement' : 'exact');
    return found;
  }
  const manifest = isManifest(uri) && name !== 'Dockerfile';
  if (mentions.has(asked))
    take(requirement, 'requirement', manifest ? undefined : (line) => /\b(?:pip3?|uv|conda|mamba)\b.*\b(?:install|add)\b/.test(line) || /^\s*["']/.test(line));
  if (mentions.has(fetched)) take(revision, 'exact');
  if (name === 'pyproject.toml' || name === 'Pipfile') take(keyed, 'poetry');
  if (mentions.has(tagNamed)) {
    take(image, 'exact');
    take(cloudImage, 'exact');
  }
  if (/\.ya?ml$/.test(name)) take(tagged, 'exact');
  return found;
}

/** Further files that a list of requirements takes in: `-r base.txt`. */
export const includesOf = (uri: string, text: string): readonly string[] =>
  isRequirements(baseName(uri)) ? [...text.matchAll(/^\s*(?:-r|--requirement|-c|--constraint)[ =]\s*(\S+)/gm)].flatMap(([, target]) => target ?? []) : [];

/** What a file says that only says versions. */
export const readManifest = (uri: string, text: string): Sighting => ({ uri, workloads: [], problems: [], ...versionsIn(uri, text) });
/** For a sighting: the versions that a file asks for, where it does. */
export function versionsIn(uri: string, text: string, mentions?: Mentions): Pick<Sighting, 'pins' | 'includes'> {
  const pins = pinsIn(uri, text, mentions);
  const includes = includesOf(uri, text);
  return { ...(pins.length > 0 && { pins }), ...(includes.length > 0 && { includes }) };
}
