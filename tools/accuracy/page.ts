import { metricNames, type Point, type Summary, summaryOf } from '../calibrate/score.js';
import { cell, table } from '../pages/markdown.js';
import { knownAbout } from './known.js';

/** One half of the estimator: its held-out figures, and the same rows by the formulas that people use. */
export interface Half {
  readonly kind: 'training' | 'serving';
  /** The family whose rows are a vendor's best of many tries. */
  readonly vendorRun: string;
  readonly rows: number;
  readonly points: readonly Point[];
  readonly plain: readonly Point[];
  /** Rows whose whole layout is stated; undefined where that is not asked. */
  readonly stated?: ReadonlySet<string>;
}

const intro = `# How accurate the estimates are

Written by \`npm run accuracy\`; no number here is typed by hand.

- Every figure is **cross-validated by publisher**: each publisher's measured runs are estimated with coefficients, intervals and distances fitted on the runs of the others. The numbers that ship are fitted on all of them.
- The error is symmetric: twice and half the measured figure are both 100 %. *Over publishers* is the median of each publisher's own median, so that one with many rows does not decide.
- *Covered* is how often the interval held the measured value; it is set to nine in ten. *High ÷ low* is the median width of the intervals.
- *Formulas* are what people use: 6·N·D at 40 % of the 16-bit peak for training speed, 16 bytes a parameter for full training and weights × 1.2 for the rest of memory, bandwidth ÷ weights for each decoded token, 2·N a prompt token at 40 %. A dash: none is in use.
- Rows that are wrong at their source are marked in \`server/data/measurements\` with the reason and left out here: suspect, estimated instead of measured, printed twice, or of a declared precision. No other row is left out.
- How the estimates are made: [estimation.md](estimation.md).`;

const percent = (value: number | undefined): string => (value === undefined || !Number.isFinite(value) ? '–' : `${(100 * value).toFixed(0)} %`);
const times = (value: number): string => (Number.isFinite(value) ? `${value.toFixed(value < 10 ? 1 : 0)} ×` : '–');

/** The page of accuracy. */
export function accuracyPage(halves: readonly Half[]): string {
  return `${[intro, ...halves.flatMap(sections)].join('\n\n')}\n`;
}

function sections(half: Half): string[] {
  const title = half.kind === 'training' ? 'Training' : 'Serving';
  return [
    `## ${title}\n\n![${title}: estimated against measured](accuracy-${half.kind}.svg)`,
    `### ${title} by quantity\n\n${byQuantity(half)}`,
    ...(half.stated === undefined
      ? []
      : [
          `### ${title} where the whole layout is stated\n\nDevices, batch, length, precision, recomputation, strategy and framework.\n\n${byQuantity(onlyStated(half, half.stated))}`,
        ]),
    `### ${title} by kind of work\n\n${grouped(half, (point) => point.task, 'kind')}`,
    `### ${title} by accelerator\n\n${grouped(half, (point) => point.chip, 'accelerator', 5)}`,
    `### ${title} by publisher\n\n${grouped(half, (point) => point.family, 'publisher', 1)}`,
    `### ${title}: the worst rows\n\nRuns of one publisher and model that are alike are one line, with the worst of them.\n\n${worst(half)}`,
  ];
}

function byQuantity({ points, plain, vendorRun }: Half): string {
  return table(
    [
      'quantity',
      'figures',
      'publishers',
      'answered',
      'error',
      'over publishers',
      'outside MLPerf',
      '9 of 10 below',
      'covered',
      'high ÷ low',
      'formulas, over publishers',
    ],
    metricsOf(points).map((metric) => {
      const own = points.filter((point) => point.metric === metric);
      const all = summaryOf(own);
      const outside = summaryOf(own.filter((point) => point.family !== vendorRun));
      const simple = summaryOf(plain.filter((point) => point.metric === metric));
      return [
        metricNames[metric] ?? metric,
        String(all.figures),
        String(all.families),
        percent(all.answered),
        percent(all.median),
        `**${percent(all.overFamilies)}**`,
        percent(outside.overFamilies),
        percent(all.ninth),
        percent(all.covered),
        times(all.width),
        percent(simple.overFamilies),
      ];
    }),
  );
}

const onlyStated = (half: Half, stated: ReadonlySet<string>): Half => ({
  ...half,
  points: half.points.filter(({ id }) => stated.has(id)),
  plain: half.plain.filter(({ id }) => stated.has(id)),
});

/** The README with its table of accuracy between its marks. */
export function readmeWithAccuracy(readme: string, halves: readonly Half[]): string {
  const rows = halves.map(({ kind, rows: count }) => `${count.toLocaleString('en-US')} ${kind}`).join(' and ');
  return readme.replace(
    /(<!-- accuracy -->\n).*?(<!-- \/accuracy -->)/s,
    (_, open: string, close: string) => `${open}Measured rows: ${rows}.\n\n${readmeTable(halves)}\n${close}`,
  );
}

function readmeTable(halves: readonly Half[]): string {
  return table(
    ['quantity', 'figures', 'publishers', 'error', 'outside MLPerf', 'covered', 'high ÷ low', 'formulas people use'],
    halves.flatMap(({ kind, points, plain, vendorRun }) =>
      metricsOf(points).map((metric) => {
        const own = points.filter((point) => point.metric === metric);
        const all = summaryOf(own);
        return [
          labelOf(kind, metric),
          String(all.figures),
          String(all.families),
          percent(all.overFamilies),
          percent(summaryOf(own.filter((point) => point.family !== vendorRun)).overFamilies),
          percent(all.covered),
          times(all.width),
          percent(summaryOf(plain.filter((point) => point.metric === metric)).overFamilies),
        ];
      }),
    ),
  );
}

/** Both halves measure memory. */
const labelOf = (kind: Half['kind'], metric: string): string => (metric === 'peak_memory_gib' ? `${kind} memory` : (metricNames[metric] ?? metric));

const metricsOf = (points: readonly Point[]): string[] => Object.keys(metricNames).filter((metric) => points.some((point) => point.metric === metric));

function grouped({ points }: Half, group: (point: Point) => string, name: string, least = 8): string {
  const rows = metricsOf(points).flatMap((metric) => {
    const own = points.filter((point) => point.metric === metric);
    return [...new Set(own.map(group))].sort().flatMap((value) => {
      const part = summaryOf(own.filter((point) => group(point) === value));
      return part.figures < least ? [] : [[metricNames[metric] ?? metric, cell(value), ...brief(part)]];
    });
  });
  return table(['quantity', name, 'figures', 'publishers', 'error', 'over publishers', 'estimated ÷ measured', 'covered', 'high ÷ low'], rows);
}

const brief = (part: Summary): string[] => [
  String(part.figures),
  String(part.families),
  percent(part.median),
  percent(part.overFamilies),
  Number.isFinite(part.bias) ? part.bias.toFixed(2) : '–',
  percent(part.covered),
  times(part.width),
];

function worst({ points }: Half): string {
  const byLikeness = new Map<string, Point[]>();
  for (const point of points.filter(({ answered }) => answered)) {
    const key = [point.family, point.metric, point.model].join('|');
    byLikeness.set(key, [...(byLikeness.get(key) ?? []), point]);
  }
  const lines = [...byLikeness.values()]
    .map((list) => ({ count: list.length, point: list.reduce((a, b) => (b.error > a.error ? b : a)) }))
    .sort((a, b) => b.point.error - a.point.error || (a.point.id < b.point.id ? -1 : 1))
    .slice(0, 25)
    .map(({ count, point }) => [
      cell(point.id),
      metricNames[point.metric] ?? point.metric,
      cell(point.model),
      cell(point.chip),
      String(count),
      Number(point.measured.toPrecision(3)).toString(),
      Number(point.likely.toPrecision(3)).toString(),
      point.covered ? 'yes' : 'no',
      cell(knownAbout(point)),
    ]);
  return table(['row', 'quantity', 'model', 'accelerator', 'rows alike', 'measured', 'estimated', 'in the interval', 'what is known'], lines);
}
