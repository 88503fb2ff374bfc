import type { SpendUpdate, SpendView } from '../core/index.js';
import { html } from './sections.js';

/** The panel's own files, as the build made them, and the hashes that let them run. */
export interface PageFiles {
  readonly script: string;
  readonly style: string;
  /** SHA-256 of a text, in base64. */
  readonly hash: (text: string) => string;
}

/** What an editor's theme would say, for a page that has none: light or dark, as the reader's system is. */
const light: Readonly<Record<string, string>> = {
  'editor-background': '#ffffff',
  foreground: '#24292f',
  descriptionForeground: '#57606a',
  'widget-border': '#d0d7de',
  'charts-blue': '#1a5fb4',
  'charts-green': '#2b7d2b',
  'charts-purple': '#8a3ffc',
  'charts-yellow': '#a66f00',
  'charts-red': '#c01c28',
  'terminal-ansiCyan': '#0b7285',
  'terminal-ansiMagenta': '#b5179e',
  'symbolIcon-classForeground': '#b35900',
  'textLink-foreground': '#0969da',
  'editorWarning-foreground': '#8a5a00',
  focusBorder: '#0969da',
};
const dark: Readonly<Record<string, string>> = {
  'editor-background': '#1f1f1f',
  foreground: '#cccccc',
  descriptionForeground: '#9d9d9d',
  'widget-border': '#3c3c3c',
  'charts-blue': '#59a4f9',
  'charts-green': '#89d185',
  'charts-purple': '#b180d7',
  'charts-yellow': '#cca700',
  'charts-red': '#f14c4c',
  'terminal-ansiCyan': '#29b8db',
  'terminal-ansiMagenta': '#d670d6',
  'symbolIcon-classForeground': '#ee9d28',
  'textLink-foreground': '#4daafc',
  'editorWarning-foreground': '#cca700',
  focusBorder: '#4daafc',
};
const variables = (theme: Readonly<Record<string, string>>): string =>
  Object.entries(theme)
    .map(([name, value]) => `--vscode-${name}:${value}`)
    .join(';');
const theme = `:root{color-scheme:light dark;--vscode-font-family:system-ui,sans-serif;--vscode-font-size:14px;${variables(light)}}
@media (prefers-color-scheme:dark){:root{${variables(dark)}}}
@media print{:root{${variables(light)}}}
main{margin:0 auto}
`;

/** The panel as one file: it opens without an editor and without a network, and nothing but its own script runs in it. */
export function spendPage(view: SpendView, update: SpendUpdate, { script, style, hash }: PageFiles): string {
  // neither may end its element early
  const code = script.replaceAll('</script', '<\\/script').replaceAll('<!--', '<\\!--');
  const look = `${style}${theme}`.replaceAll('</style', '<\\/style');
  const figures = JSON.stringify({ root: '', roots: [], update }).replaceAll('<', '\\u003c');
  const policy = `default-src 'none'; script-src 'sha256-${hash(code)}'; style-src 'sha256-${hash(look)}'; img-src blob:`;
  const lines = view.budgets.map(
    ({ name, spentText, allowedText, stateText, forecastText }) => `${name}: ${spentText} of ${allowedText}, ${stateText}; forecast ${forecastText}`,
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${html(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${html(`${view.head.title}, ${view.head.period}`)}</title>
<style>${look}</style>
</head>
<body>
<div id="root"></div>
<noscript><h1>${html(view.head.title)}</h1><p>${html(`${view.head.period}. ${view.head.age}.`)}</p><ul>${lines.map((line) => `<li>${html(line)}</li>`).join('')}</ul><p>The drawings need the script in this file. mlcost spend week --format html writes tables only.</p></noscript>
<script type="application/json" id="figures">${figures}</script>
<script>${code}</script>
</body>
</html>
`;
}
