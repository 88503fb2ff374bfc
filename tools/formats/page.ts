import { recognisers } from '../../server/src/core/recognise/registry.js';

const languages: Readonly<Record<string, string>> = { python: 'Python and notebooks', shell: 'Shell scripts', yaml: 'YAML', json: 'JSON' };
const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

/** The page of formats: what each recogniser reads, with an example. */
export function formatsPage(): string {
  const parts = Object.entries(languages).map(([language, heading]) => {
    const rows = recognisers.filter((one) => one.language === language).sort((a, b) => a.doc.format.localeCompare(b.doc.format));
    return [
      `## ${heading}`,
      '',
      '| format | what is read | example |',
      '| --- | --- | --- |',
      ...rows.map(({ doc }) => `| ${cell(doc.format)} | ${cell(doc.reads)} | \`${cell(doc.example).replaceAll('`', "'")}\` |`),
    ].join('\n');
  });
  return `# Formats that are read\n\nWritten from the recognisers by \`npm run formats\`.\nA recogniser says only what its file says; [architecture.md](architecture.md) tells how files are joined.\n\n${parts.join('\n\n')}\n`;
}
