// Scores the estimator on the measured runs: each publisher's runs with numbers fitted on the others. `--in-sample`: with the numbers that ship.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Coefficients } from '../server/src/core/estimate/coefficients.js';
import { estimateServing } from '../server/src/core/estimate/serving/index.js';
import { estimateTraining } from '../server/src/core/estimate/training/index.js';
import { familyFolds } from './calibrate/folds.js';
import { type MeasuredRow, readCatalog, readRows, root } from './calibrate/rows.js';
import { type Answers, familyLines, pointsOf, table } from './calibrate/score.js';
import { crossFitServing } from './calibrate/serving.js';
import { crossFitTraining } from './calibrate/training.js';

const inSample = process.argv.includes('--in-sample');
const byFamily = process.argv.includes('--families');
const only = process.argv.find((arg) => arg === 'training' || arg === 'serving');
const catalog = readCatalog();
const how = inSample ? 'fitted on the same rows' : 'by publisher: each with numbers fitted on the others';

if (only !== 'serving') {
  const rows = readRows('training');
  print('training', 'mlperf-training', pointsOf(rows, inSample ? trainingAnswers(rows, shipped()) : crossValidated(rows)));
}
if (only !== 'training') {
  const rows = readRows('inference');
  print('serving', 'mlperf-inference', pointsOf(rows, inSample ? servingAnswers(rows, shipped()) : crossValidatedServing(rows)));
}

function print(title: string, vendorRun: string, points: ReturnType<typeof pointsOf>): void {
  for (const text of table(points, `${title}, ${how}`)) console.log(text);
  console.log('');
  for (const text of table(
    points.filter((point) => point.family !== vendorRun),
    `${title} outside MLPerf`,
  ))
    console.log(text);
  console.log('');
  if (byFamily) for (const text of familyLines(points)) console.log(text);
  if (!process.argv.includes('--worst')) return;
  const worst = Number(process.argv[process.argv.indexOf('--worst') + 1]);
  for (const point of points
    .filter((one) => one.answered)
    .sort((a, b) => b.error - a.error)
    .slice(0, worst))
    console.log(`worst: ${point.id} ${point.metric} ratio ${point.ratio.toFixed(2)} (${point.family})`);
}

function crossValidated(rows: readonly MeasuredRow[]): Answers {
  const folds = familyFolds(
    rows.map((row) => row.family),
    8,
  );
  const answers = new Map<string, Answers extends ReadonlyMap<string, infer V> ? V : never>();
  for (const { families, coefficients } of crossFitTraining(rows, catalog, folds)) {
    const out = new Set(families);
    for (const [id, answer] of trainingAnswers(
      rows.filter((row) => out.has(row.family)),
      { training: coefficients, serving: {} },
    ))
      answers.set(id, answer);
  }
  return answers;
}

function trainingAnswers(part: readonly MeasuredRow[], coefficients: Coefficients): Answers {
  return new Map(part.map((row) => [row.id, estimateTraining({ kind: 'training', facts: row.facts }, { catalog, coefficients }).estimates]));
}

function crossValidatedServing(rows: readonly MeasuredRow[]): Answers {
  const folds = crossFitServing(rows, catalog);
  return new Map(
    folds.flatMap(({ families, coefficients }) => [
      ...servingAnswers(
        rows.filter((row) => families.includes(row.family)),
        { training: {}, serving: coefficients },
      ),
    ]),
  );
}

function servingAnswers(part: readonly MeasuredRow[], coefficients: Coefficients): Answers {
  return new Map(part.map((row) => [row.id, estimateServing({ kind: 'serving', facts: row.facts }, { catalog, coefficients }).estimates]));
}

function shipped(): Coefficients {
  return JSON.parse(readFileSync(path.join(root, 'server/data/coefficients.json'), 'utf8')) as Coefficients;
}
