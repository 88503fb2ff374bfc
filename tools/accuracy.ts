// Scores the estimator on the measured runs: each publisher's runs with numbers fitted on the others. `--in-sample`: with the numbers that ship.
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
const catalog = readCatalog();
const rows = readRows('training');

const answers = inSample ? answersOf(rows, shipped()) : crossValidated();
const points = pointsOf(rows, answers);
const how = inSample ? 'fitted on the same rows' : 'by publisher: each with numbers fitted on the others';
for (const text of table(points, `training, ${how}`)) console.log(text);
console.log('');
for (const text of table(
  points.filter((point) => point.family !== 'mlperf-training'),
  'outside MLPerf',
))
  console.log(text);
if (byFamily) {
  console.log('');
  for (const text of familyLines(points)) console.log(text);
}
const worst = Number(process.argv[process.argv.indexOf('--worst') + 1]);
if (process.argv.includes('--worst'))
  for (const point of points
    .filter((one) => one.answered)
    .sort((a, b) => b.error - a.error)
    .slice(0, worst))
    console.log(`worst: ${point.id} ${point.metric} ratio ${point.ratio.toFixed(2)} (${point.family})`);

function crossValidated(): Answers {
  const folds = familyFolds(
    rows.map((row) => row.family),
    8,
  );
  const answers = new Map<string, Answers extends ReadonlyMap<string, infer V> ? V : never>();
  for (const { families, coefficients } of crossFitTraining(rows, catalog, folds)) {
    const out = new Set(families);
    for (const [id, answer] of answersOf(
      rows.filter((row) => out.has(row.family)),
      { training: coefficients, serving: {} },
    ))
      answers.set(id, answer);
  }
  return answers;
}

function answersOf(part: readonly MeasuredRow[], coefficients: Coefficients): Answers {
  return new Map(part.map((row) => [row.id, estimateTraining({ kind: 'training', facts: row.facts }, { catalog, coefficients }).estimates]));
}

function shipped(): Coefficients {
  return JSON.parse(readFileSync(path.join(root, 'server/data/coefficients.json'), 'utf8')) as Coefficients;
}
