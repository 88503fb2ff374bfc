export interface PanelPage {
  readonly title: string;
  readonly script: string;
  readonly style: string;
  /** The address that the editor serves our files from, for the page's rules. */
  readonly source: string;
  readonly nonce: string;
  /** The page starts workers of its own that run WebAssembly: from blobs only, never from an address. */
  readonly runsModels?: boolean;
}

/** The page of a panel: an empty root, one script, one style sheet, and rules that let nothing else in.
 * `blob:` is for pictures only: a drawing becomes a PNG through one. */
export function panelHtml({ title, script, style, source, nonce, runsModels }: PanelPage): string {
  const rules = [
    `default-src 'none'`,
    `script-src 'nonce-${nonce}'${runsModels ? " 'wasm-unsafe-eval' blob:" : ''}`,
    `style-src ${source}`,
    'img-src blob:',
    ...(runsModels ? ['worker-src blob:'] : []),
  ].join('; ');
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${attribute(rules)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="${attribute(style)}">
<title>${attribute(title)}</title>
</head>
<body>
<div id="root"></div>
<script nonce="${nonce}" src="${attribute(script)}"></script>
</body>
</html>
`;
}

const attribute = (text: string): string => text.replace(/[&"<>]/g, (mark) => ({ '&': '&amp;', '"': '&quot;', '<': '&lt;', '>': '&gt;' })[mark] ?? mark);

/** A number used once, so that no script but ours runs. */
export function nonce(): string {
  return [...crypto.getRandomValues(new Uint8Array(18))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
