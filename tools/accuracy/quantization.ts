import type { PairSummary } from '../calibrate/pairs.js';
import { recoveryCoverage } from '../calibrate/quality.js';
import { cell, table } from '../pages/markdown.js';

const percent = (share: number): string => (Number.isFinite(share) ? `${(100 * share).toFixed(0)} %` : '–');

/** The page of what is said of less precision: its direction, its ratio, what it keeps. */
export function quantizationPage(pairs: readonly PairSummary[]): string {
  const [all] = pairs;
  const { told, within, publishers, overPublishers } = recoveryCoverage();
  const targets = table(
    ['what is said', 'measured', 'target'],
    [
      ['faster or slower, right', percent(all?.right ?? Number.NaN), '95 %'],
      ['error of the ratio of speeds, median', percent(all?.ratioError ?? Number.NaN), '20 %'],
      [`recovery within the stated spread (${told} results of ${publishers} publishers)`, percent(within / told), '90 %'],
      ['the same, median over publishers', percent(overPublishers), '90 %'],
    ],
  );
  const rows = pairs.map((one) => [
    cell(one.change),
    String(one.pairs),
    String(one.families),
    percent(one.slower),
    percent(one.right),
    percent(one.rightOverFamilies),
    percent(one.ratioError),
  ]);
  return `# How right quantization advice is

Written by \`npm run accuracy\`; no number here is typed by hand.

- Two runs are a pair where they differ in the precision of weights or cache only. Each publisher's pairs are told with numbers fitted on the others.
- Pairs closer than 3 % are neither faster nor slower: repeated runs differ by as much.
- Each publisher's recoveries are held against the spread that the others' results give. How far that spread is widened is chosen on the others too, so that this is a test of it.

${targets}

## By change

${table(['change', 'pairs', 'publishers', 'slower', 'direction right', 'over publishers', 'error of the ratio'], rows)}
`;
}
