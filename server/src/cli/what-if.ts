import {
  barLimit,
  barText,
  type Catalog,
  csvLine,
  mainRow,
  type NamedSet,
  type Outcome,
  outcomeText,
  type RowText,
  readChange,
  type Scenario,
  type Sensitivity,
  type Supposed,
  sensitivityText,
  subject,
  wordLabel,
  workspaceRows,
  workspaceSides,
} from '../core/index.js';
import type { Estimated } from '../host/engine.js';
import { type Column, columnOf } from '../host/what-if.js';
import { nearest, type Parsed, UsageError } from './options.js';
import type { Paint } from './report-table.js';
import { documentOf, plainSection, type Section } from './sections.js';

/** A workload under suppositions, with its place. */
export interface Tried {
  readonly one: Estimated;
  readonly file: string;
  readonly line: number;
  readonly outcome: Outcome;
  readonly sensitivity?: Sensitivity;
}

/** `traffic=2x,accelerator=h100` as suppositions.
 * @errors UsageError for a word that is none, or a value that is not understood */
export function readSet(written: string): Supposed {
  const set: Record<string, string | number> = {};
  for (const part of written.split(/,(?=[\w.]+=)/)) {
    const [, word, value] = /^([\w.]+)=(.+)$/s.exec(part.trim()) ?? [];
    if (word === undefined || value === undefined) throw new UsageError(`--set takes WORD=VALUE,…, not '${part}'`);
    const read = readChange(word, value.trim());
    if (typeof read === 'string') throw new UsageError(`--set ${word}: ${read}`);
    // as a file would hold it
    set[word] = /^\d+(?:\.\d+)?$/.test(value.trim()) ? Number(value) : value.trim();
  }
  return set;
}
/** A longer set heads its column by its number; what it changes stands below. */
const longestName = 32;
/** The columns that a command line asks for: named scenarios, then what is set; with neither, every scenario of the workspace. */
export function columnsOf({ values }: Parsed, scenarios: readonly Scenario[]): Column[] {
  const list = (name: string): readonly string[] => (values[name] as readonly string[] | undefined) ?? [];
  const chosen = list('scenario').map((name) => {
    const found = scenarios.find((one) => one.name === name);
    if (found) return columnOf(found);
    const names = scenarios.map((one) => one.name);
    throw new UsageError(
      `no scenario is called '${name}'${nearest(name, names)}${names.length > 0 ? `; there are ${names.join(', ')}` : ': .mlcost.yaml has none under scenarios'}`,
    );
  });
  const save = values['save'];
  const set = list('set').map((written, at) => ({
    name: typeof save === 'string' ? save : written.length <= longestName ? written : `set ${at + 1}`,
    set: readSet(written),
  }));
  if (typeof save === 'string' && set.length !== 1) throw new UsageError('--save keeps one --set under a name');
  return chosen.length + set.length > 0 ? [...chosen, ...set] : scenarios.map(columnOf);
}

/** The workloads that `--workload` names, by id, file, file:line or a part of the title; all of them without it. */
export function workloadsNamed<T extends { readonly one: Estimated; readonly file: string; readonly line: number }>(
  all: readonly T[],
  names: readonly string[] | undefined,
): T[] {
  if (!names) return [...all];
  return names.flatMap((name) => {
    const exact = all.filter(({ one, file, line }) => one.workload.id === name || file === name || `${file}:${line}` === name);
    const found = exact.length > 0 ? exact : all.filter(({ one }) => one.workload.title.toLowerCase().includes(name.toLowerCase()));
    if (found.length > 0) return found;
    const places = all.map(({ one, file, line }) => `  ${file}:${line}  ${subject(one.workload)}`);
    throw new UsageError(`no workload is called '${name}'; there are\n${places.join('\n')}`);
  });
}

export type WhatIfFormat = 'table' | 'json' | 'markdown' | 'html' | 'csv';
export function whatIfText(all: readonly Tried[], format: WhatIfFormat, catalog: Catalog, each: boolean, paint: Paint): string {
  if (format === 'json') return `${JSON.stringify(whatIfJson(all), null, 1)}\n`;
  if (format === 'csv') return csvText(all);
  const sections = [
    ...(all.length > 1 ? [overview(all, catalog)] : []),
    ...(all.length === 1 || each ? all.flatMap((one) => sectionsOf(one, catalog)) : all.flatMap(tornado)),
  ];
  if (format !== 'table')
    return documentOf(
      'What if',
      sections.map(({ bars: _bars, changes: _changes, ...section }) => section),
      format,
    );
  return sections
    .map(
      ({ bars, changes, ...section }) =>
        `${paint.bold(section.title)}\n${plainSection(bars ? withBars(section, bars) : changes ? withChanges(section, changes) : section)}`,
    )
    .join('\n');
}

/** A section whose rows have a bar, where characters can draw one. */
interface Drawn extends Section {
  readonly bars?: readonly string[];
  /** Of several columns the changes stand below the figures, a row each, so that lines stay short. */
  readonly changes?: readonly RowText[];
}
const withChanges = (section: Section, changes: readonly RowText[]): Section => ({
  ...section,
  rows: changes.flatMap((row) => {
    const under = row.figures.map(({ change }) => (change === '' ? '' : `  ${change}`));
    return [[row.label, ...row.figures.map(({ figure }) => figure)], ...(under.some((one) => one !== '' && one !== '  as now') ? [['', ...under]] : [])];
  }),
});
/** Two columns of figures are short enough with their changes behind them. */
const changesBelow = (rows: readonly RowText[]): { readonly changes?: readonly RowText[] } => ((rows[0]?.figures.length ?? 0) > 2 ? { changes: rows } : {});
const withBars = (section: Section, bars: readonly string[]): Section => ({
  ...section,
  header: [...section.header.slice(0, 1), '', ...section.header.slice(1)],
  rows: section.rows.map((row, at) => [row[0] ?? '', bars[at] ?? '', ...row.slice(1)]),
});

const cells = (row: RowText): string[] => [row.label, ...row.figures.map(({ figure, change }) => (change === '' ? figure : `${figure} · ${change}`))];
const titleOf = ({ one, file, line }: Tried): string => `${subject(one.workload)} (${file}:${line})`;

function sectionsOf(tried: Tried, catalog: Catalog): Drawn[] {
  const { sides, rows } = outcomeText(tried.outcome, catalog);
  const notes = sides.flatMap(({ name, changes, unused, notes: said }, at) => [
    ...(at > 0 ? [`${name}: ${changes.length > 0 ? changes.join('; ') : 'as now'}`] : []),
    ...unused.map((why) => `  does nothing here: ${why}`),
    ...said.map((note) => `  ${note}`),
  ]);
  return [
    { title: titleOf(tried), header: ['', ...sides.map(({ name }) => name)], rows: rows.map(cells), notes: [...notes, ...needsOf(rows)] },
    ...tornado(tried),
  ];
}
/** So many are named of what one answer would make known. */
const namedNeeds = 4;
/** What is unknown, once each, with what would make it known. */
function needsOf(rows: readonly RowText[]): string[] {
  const byNeed = new Map<string, string[]>();
  for (const { label, figures } of rows)
    for (const { need } of figures) if (need !== '' && byNeed.get(need)?.includes(label) !== true) byNeed.set(need, [...(byNeed.get(need) ?? []), label]);
  return [...byNeed].map(([need, labels]) => {
    const more = labels.length > namedNeeds ? ` and ${labels.length - namedNeeds} more` : '';
    return `unknown: ${labels.slice(0, namedNeeds).join(', ')}${more}: ${need}`;
  });
}

function overview(all: readonly Tried[], catalog: Catalog): Drawn {
  const main = all.map((tried): RowText => {
    const row = mainRow(tried.outcome);
    const text = row && outcomeText({ ...tried.outcome, rows: [row] }, catalog).rows[0];
    const label = `${tried.file}:${tried.line}  ${subject(tried.one.workload)}`;
    return text
      ? { ...text, label }
      : { name: '', label, figures: tried.outcome.sides.map(() => ({ figure: 'unknown', short: 'unknown', change: '', need: '' })) };
  });
  const sides = workspaceSides(all.map(({ one, outcome }) => ({ workload: one.workload, sides: outcome.sides })));
  const rows = [...main, ...workspaceRows(sides)];
  return {
    title: `${all.length} workloads`,
    header: ['', ...sides.map(({ name }) => name)],
    rows: rows.map(cells),
    ...changesBelow(rows),
    notes: [...sides.slice(1).map(({ name, changed }) => `${name}: changes ${changed} of ${all.length} workloads`), ...needsOf(main)],
  };
}

const shownSwings = 12;
function tornado({ one, sensitivity }: Pick<Tried, 'one' | 'sensitivity'>): Drawn[] {
  if (!sensitivity) return [];
  const { title, swings, untold } = sensitivityText(sensitivity);
  const { now } = sensitivity;
  const most = Math.max(...sensitivity.swings.map(({ high }) => high.value), now.likely);
  const shown = sensitivity.swings.slice(0, shownSwings);
  return [
    {
      title: `${subject(one.workload)}: ${title}`,
      header: ['', 'least', 'most', 'over'],
      rows: swings.slice(0, shownSwings).map(({ label, low, high, origin }) => [label, low, high, origin]),
      bars: shown.map((swing) => barText(swing, now.likely, most, 36)),
      notes: [
        ...(swings.length > shownSwings ? [`${swings.length - shownSwings} more move it less`] : []),
        ...(most > now.likely * barLimit ? [`bars end at ${barLimit} times the figure of now (»: it goes further); ┃ is now`] : ['┃ is now']),
        ...untold.map((why) => `could not be tried: ${why}`),
      ],
    },
  ];
}

/** The answer of `mlcost what-if --format json`. */
export function whatIfJson(all: readonly Tried[]): object {
  const interval = ({ low, likely, high }: { readonly low: number; readonly likely: number; readonly high: number }) => ({ low, likely, high });
  const sides = workspaceSides(all.map(({ one, outcome }) => ({ workload: one.workload, sides: outcome.sides })));
  return {
    version: 1,
    workloads: all.map(({ one: { workload }, file, line, outcome, sensitivity }) => ({
      id: workload.id,
      kind: workload.kind,
      title: workload.title,
      file,
      line,
      scenarios: outcome.sides.map((side, at) => ({
        name: side.name,
        set: side.set,
        changes: side.changes,
        unused: side.unused,
        fits: side.fits,
        estimates: Object.fromEntries(
          outcome.rows.flatMap(({ name, figures }) => {
            const { estimate, atMost, ratio, withinNoise } = figures[at] ?? {};
            if (!estimate) return [];
            const key = atMost ? `${name}_max` : name;
            return [
              [
                key,
                { ...interval(estimate), unit: estimate.unit, basis: estimate.basis, ...(ratio === undefined ? {} : { ratio, within_noise: withinNoise }) },
              ],
            ];
          }),
        ),
        unknown: side.estimation.unknown.filter(({ blocks }) => blocks.length > 0).map(({ fact, need }) => ({ fact, need })),
      })),
      ...(sensitivity
        ? {
            sensitivity: {
              quantity: sensitivity.quantity,
              unit: sensitivity.now.unit,
              now: interval(sensitivity.now),
              swings: sensitivity.swings.map(({ word, now, low, high, origin }) => ({
                fact: word,
                ...(now === undefined ? {} : { now }),
                low,
                high,
                range: origin,
              })),
              untold: sensitivity.untold,
            },
          }
        : {}),
    })),
    totals: sides.map(({ name, changed, sums }) => ({
      name,
      changed,
      sums: Object.fromEntries(sums.parts.map((part) => [part.name, { ...interval(part.value), unit: part.unit, of: part.of }])),
      without: sums.without,
    })),
  };
}

/** One line a figure; an unknown one has no numbers, and what would make it known. */
function csvText(all: readonly Tried[]): string {
  const header = ['file', 'line', 'workload', 'scenario', 'quantity', 'unit', 'low', 'likely', 'high', 'at_most', 'ratio', 'within_noise', 'need'];
  const number = (value: number | undefined): string => (value === undefined ? '' : String(value));
  return [
    csvLine(header),
    ...all.flatMap(({ one, file, line, outcome }) =>
      outcome.rows.flatMap(({ name, unit, figures }) =>
        figures.map(({ estimate, atMost, ratio, withinNoise, need }, at) =>
          csvLine([
            file,
            String(line),
            one.workload.title,
            outcome.sides[at]?.name ?? '',
            name,
            unit,
            number(estimate?.low),
            number(estimate?.likely),
            number(estimate?.high),
            atMost ? 'true' : '',
            number(ratio),
            withinNoise ? 'true' : '',
            estimate && !atMost ? '' : (need ?? ''),
          ]),
        ),
      ),
    ),
  ].join('');
}

/** What was kept, in words. */
export const savedText = ({ name, set }: NamedSet, file: string): string =>
  `Kept as ‘${name}’ in ${file}: ${Object.entries(set)
    .map(([word, value]) => `${wordLabel(word)} ${value}`)
    .join(', ')}\n`;
