import type { CompareResult, OfferRow, Range } from '../../server/src/protocol/panel.js';

/** The rows as CSV (RFC 4180), numbers as they are, in the order shown; an unknown cell is empty. */
export function csvOf(rows: readonly OfferRow[], { per }: Pick<CompareResult, 'per'>): string {
  const range = (name: string, of: (row: OfferRow) => Range | undefined): Column[] =>
    (['low', 'likely', 'high'] as const).map((end) => [`${name}_${end}`, (row) => of(row)?.[end]]);
  const all: Column[] = [
    ['accelerator', ({ accelerator }) => accelerator],
    ['count', ({ count }) => count],
    ['provider', ({ provider }) => provider],
    ['region', ({ region }) => region],
    ['instance', ({ instance }) => instance],
    ['instances', ({ instances }) => instances],
    ['market', ({ market }) => market],
    ['fits', ({ fits }) => fits],
    ...range(`usd_per_${per}`, ({ usd }) => usd),
    ...range('hours', ({ hours }) => hours),
    ...range('memory_gib', ({ memory }) => memory),
    ['accelerator_memory_gib', ({ memorySize }) => memorySize],
    ...range('carbon_kg', ({ carbon }) => carbon),
    ['price_date', ({ asOf }) => asOf],
  ];
  return `${[all.map(([name]) => name), ...rows.map((row) => all.map(([, of]) => cell(of(row))))].map((line) => line.join(',')).join('\r\n')}\r\n`;
}
type Column = readonly [name: string, of: (row: OfferRow) => string | number | undefined];

function cell(value: string | number | undefined): string {
  if (value === undefined) return '';
  if (typeof value === 'number') return String(value);
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value; // no formula in a spreadsheet
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

const kept = ['fill', 'stroke', 'stroke-width', 'stroke-dasharray', 'fill-opacity', 'font-family', 'font-size', 'font-weight', 'text-anchor'];

/** A drawing as a file of its own: what the theme says is written into it. */
export function svgOf(svg: SVGSVGElement): string {
  const copy = svg.cloneNode(true) as SVGSVGElement;
  const from = svg.querySelectorAll('*');
  copy.querySelectorAll('*').forEach((element, at) => {
    const original = from[at];
    const style = original && getComputedStyle(original);
    for (const name of kept) {
      const value = style?.getPropertyValue(name);
      if (value) element.setAttribute(name, value.replace(/url\("?[^"#)]*#([^")]+)"?\)/, 'url(#$1)'));
    }
    for (const name of ['class', 'role', 'tabindex', 'aria-selected', 'data-key']) element.removeAttribute(name);
  });
  for (const name of ['role', 'aria-orientation', 'id']) copy.removeAttribute(name);
  copy.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  const back = document.createElementNS('http://www.w3.org/2000/svg', 'rect');
  for (const [name, value] of Object.entries({ width: '100%', height: '100%', fill: getComputedStyle(document.body).backgroundColor }))
    back.setAttribute(name, value);
  copy.prepend(back);
  return new XMLSerializer().serializeToString(copy);
}

/** A drawing as pixels, two for one. @errors if the browser cannot draw it */
export async function pngOf(svg: SVGSVGElement): Promise<Uint8Array> {
  const url = URL.createObjectURL(new Blob([svgOf(svg)], { type: 'image/svg+xml' }));
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    const canvas = document.createElement('canvas');
    canvas.width = svg.width.baseVal.value * 2;
    canvas.height = svg.height.baseVal.value * 2;
    canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'));
    if (!blob) throw new Error('the drawing is too large for a picture');
    return new Uint8Array(await blob.arrayBuffer());
  } finally {
    URL.revokeObjectURL(url);
  }
}
