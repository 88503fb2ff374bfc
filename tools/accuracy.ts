// Scores the estimator on the measured runs: each publisher's runs with numbers fitted on the others.
// `--by-source` leaves out single sources, so that a publisher's other ones stay in; `--in-sample` takes the numbers that ship.
// `--families` and `--worst N` show where it is wrong.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Coefficients } from '../server/src/core/estimate/coefficients.js';
import { estimateTraining } from '../server/src/core/estimate/training/index.js';
import { familyFolds } from './calibrate/folds.js';
import { type MeasuredRow, readCatalog, readRows, root } from './calibrate/rows.js';
import { type Answers, familyLines, pointsOf, table } from './calibrate/score.js';
import { crossFitTraining } from './calibrate/training.js';

const inSample = process.argv.includes('--in-sample');
const byFamily = process.argv.includes('--families');
const bySource = process.argv.includes('--by-source');
const catalog = readCatalog();
const rows = readRows('training');

report('training', rows, inSample ? answersOf(rows, shipped()) : crossValidated());

function report(kind: string, part: readonly MeasuredRow[], answers: Answers): void {
  const points = pointsOf(part, answers);
  const how = inSample ? 'fitted on the same rows' : `by ${bySource ? 'source' : 'publisher'}: each with numbers fitted on the others`;
  const outside = points.filter((point) => point.family !== 'mlperf-training');
  const lines = [...table(points, `${kind}, ${how}`), '', ...table(outside, 'outside MLPerf')];
  if (byFamily) lines.push('', ...familyLines(points));
  if (process.argv.includes('--worst')) {
    const count = Number(process.argv[process.argv.indexOf('--worst') + 1]);
    const worst = points.filter((one) => one.answered).sort((a, b) => b.error - a.error);
    for (const point of worst.slice(0, count)) lines.push(`worst: ${point.id} ${point.metric} ratio ${point.ratio.toFixed(2)} (${point.family})`);
  }
  console.log(lines.join('\n'));
}

function crossValidated(): Answers {
  // By source, a publisher's other sources stay in: what is known of a stack that was measured before.
  const grouped = bySource ? rows.map((row) => ({ ...row, family: row.source_id })) : rows;
  const folds = familyFolds(
    grouped.map((row) => row.family),
    8,
  );
  const answers = new Map<string, Answers extends ReadonlyMap<string, infer V> ? V : never>();
  for (const { families, coefficients } of crossFitTraining(grouped, catalog, folds)) {
    const out = new Set(families);
    const part = grouped.filter((row) => out.has(row.family));
    for (const [id, answer] of answersOf(part, { training: coefficients, serving: {} })) answers.set(id, answer);
  }
  return answers;
}

function answersOf(part: readonly MeasuredRow[], coefficients: Coefficients): Answers {
  return new Map(part.map((row) => [row.id, estimateTraining({ kind: 'training', facts: row.facts }, { catalog, coefficients }).estimates]));
}

function shipped(): Coefficients {
  return JSON.parse(readFileSync(path.join(root, 'server/data/coefficients.json'), 'utf8')) as Coefficients;
}
