import { metricNames, type Point } from '../calibrate/score.js';

const panel = { width: 200, height: 200, gap: 46, top: 26 };
const perLine = 4;

/** Estimated against measured, a panel a quantity, both axes logarithmic. Colours follow the reader's light or dark scheme. */
export function plot(points: readonly Point[], title: string): string {
  const metrics = Object.keys(metricNames).filter((metric) => points.filter((point) => point.metric === metric && point.answered).length >= 8);
  const lines = Math.ceil(metrics.length / perLine);
  const width = Math.min(metrics.length, perLine) * (panel.width + panel.gap) + panel.gap;
  const height = lines * (panel.height + panel.gap + panel.top) + 24;
  const panels = metrics.map((metric, at) => {
    const x = panel.gap + (at % perLine) * (panel.width + panel.gap);
    const y = panel.top + Math.floor(at / perLine) * (panel.height + panel.gap + panel.top);
    return `<g transform="translate(${x} ${y})">${panelOf(
      points.filter((point) => point.metric === metric && point.answered),
      metricNames[metric] ?? metric,
    )}</g>`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${title}">`,
    `<title>${title}</title>`,
    '<style>text{font:11px system-ui,sans-serif;fill:#24292f}.frame{fill:none;stroke:#8c959f}.exact{stroke:#24292f;fill:none}.twice{stroke:#8c959f;stroke-dasharray:3 3;fill:none}.dots{stroke:#0969da;stroke-opacity:.45;stroke-width:3;stroke-linecap:round;fill:none}@media(prefers-color-scheme:dark){text{fill:#e6edf3}.exact{stroke:#e6edf3}.dots{stroke:#58a6ff}}</style>',
    ...panels,
    `<text x="${panel.gap}" y="${height - 8}">Across: measured. Up: estimated, the publisher left out. Line: equal. Dashes: twice and half.</text>`,
    '</svg>',
    '',
  ].join('\n');
}

function panelOf(points: readonly Point[], name: string): string {
  const logs = points.map((point) => [Math.log10(point.measured), Math.log10(point.likely)] as const);
  const low = Math.floor(Math.min(...logs.flat()));
  const high = Math.ceil(Math.max(...logs.flat()));
  const scale = panel.width / (high - low);
  const across = (log: number) => Math.round((log - low) * scale);
  const up = (log: number) => Math.round(panel.height - (log - low) * scale);
  // Points that fall on one pixel are drawn once.
  const dots = [...new Set(logs.map(([x, y]) => `M${across(x)} ${up(y)}h0`))].sort().join('');
  const shift = Math.round(Math.log10(2) * scale);
  const far = panel.width - shift;
  const ticks = Array.from({ length: high - low + 1 }, (_, at) => low + at).filter((tick) => high - low < 7 || (tick - low) % 2 === 0);
  return [
    `<text x="0" y="-8">${name}</text><rect class="frame" width="${panel.width}" height="${panel.height}"/>`,
    `<path class="exact" d="M0 ${panel.height}L${panel.width} 0"/>`,
    `<path class="twice" d="M0 ${panel.height - shift}L${far} 0M${shift} ${panel.height}L${panel.width} ${shift}"/>`,
    `<path class="dots" d="${dots}"/>`,
    ...ticks.map(
      (tick) =>
        `<text x="${across(tick)}" y="${panel.height + 14}" text-anchor="middle">${power(tick)}</text><text x="-4" y="${up(tick) + 4}" text-anchor="end">${power(tick)}</text>`,
    ),
  ].join('');
}

const power = (exponent: number): string =>
  exponent >= -2 && exponent <= 3
    ? String(Number((10 ** exponent).toPrecision(1)))
    : exponent >= 6
      ? `${10 ** (exponent - 6)}M`
      : exponent >= 4
        ? `${10 ** (exponent - 3)}k`
        : `1e${exponent}`;
