import { recognisers } from '../../server/src/core/recognise/registry.js';
import { cell, table } from './markdown.js';

const languages: Readonly<Record<string, string>> = {
  python: 'Python and notebooks',
  typescript: 'TypeScript and JavaScript',
  shell: 'Shell scripts',
  yaml: 'YAML',
  json: 'JSON',
  toml: 'TOML',
  hcl: 'HCL',
  dockerfile: 'Dockerfiles',
  pbtxt: 'Protocol buffer text',
  modelfile: 'Ollama Modelfiles',
};

/** The page of formats: what each recogniser reads, with an example. */
export function formatsPage(): string {
  const parts = Object.entries(languages).map(([language, heading]) => {
    const rows = recognisers.filter((one) => one.language === language).sort((a, b) => a.doc.format.localeCompare(b.doc.format));
    const cells = rows.map(({ doc }) => [cell(doc.format), cell(doc.reads), `\`${cell(doc.example).replaceAll('`', "'")}\``]);
    return `## ${heading}\n\n${table(['format', 'what is read', 'example'], cells)}`;
  });
  return `# Formats that are read\n\nWritten from the recognisers by \`npm run pages\`.\nA recogniser says only what its file says; [architecture.md](architecture.md) tells how files are joined.\n\n${parts.join('\n\n')}\n`;
}
