// Scores the estimator on the measured runs: each publisher's runs with numbers fitted on the others.
// `training` or `serving` takes one kind only; `--by-source` leaves out single sources, so that a publisher's other ones stay in;
// `--in-sample` takes the numbers that ship; `--families` and `--worst N` show where it is wrong.
// Without any of these it writes docs/accuracy.md with its plots, and the README's table; with the serving runs also docs/quantization-accuracy.md.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Coefficients } from '../server/src/core/estimate/coefficients.js';
import { estimateServing } from '../server/src/core/estimate/serving/index.js';
import { estimateTraining } from '../server/src/core/estimate/training/index.js';
import { plainServing, plainTraining } from './accuracy/baselines.js';
import { accuracyPage, type Half, readmeWithAccuracy } from './accuracy/page.js';
import { plot } from './accuracy/plot.js';
import { quantizationPage } from './accuracy/quantization.js';
import { layoutStated } from './accuracy/stated.js';
import { familyFolds } from './calibrate/folds.js';
import { pairLines, pairSummary } from './calibrate/pairs.js';
import { type MeasuredRow, readCatalog, readRows, root } from './calibrate/rows.js';
import { type Answers, familyLines, pointsOf, table } from './calibrate/score.js';
import { crossFitServing } from './calibrate/serving.js';
import { crossFitTraining } from './calibrate/training.js';

const inSample = process.argv.includes('--in-sample');
const byFamily = process.argv.includes('--families');
const bySource = process.argv.includes('--by-source');
const only = process.argv.find((arg) => arg === 'training' || arg === 'serving');
const catalog = readCatalog();

type Scored = Half & { readonly pairs: readonly string[] };
const halves: Scored[] = [];
if (only !== 'serving') {
  const rows = readRows('training');
  halves.push(half('training', rows, inSample ? trainingAnswers(rows, shipped()) : crossValidated(rows)));
}
if (only !== 'training') {
  const rows = readRows('inference');
  const answers = inSample ? servingAnswers(rows, shipped()) : crossValidatedServing(rows);
  halves.push(half('serving', rows, answers));
  if (!inSample && !bySource) writeFileSync(path.join(root, 'docs/quantization-accuracy.md'), quantizationPage(pairSummary(rows, answers)));
}
for (const one of halves) report(one);
if (halves.length === 2 && !inSample && !bySource) {
  writeFileSync(path.join(root, 'docs/accuracy.md'), accuracyPage(halves));
  for (const { kind, points } of halves) writeFileSync(path.join(root, `docs/accuracy-${kind}.svg`), plot(points, `${kind}: estimated against measured`));
  const readme = path.join(root, 'README.md');
  writeFileSync(readme, readmeWithAccuracy(readFileSync(readme, 'utf8'), halves));
}

function half(kind: Half['kind'], rows: readonly MeasuredRow[], answers: Answers): Scored {
  const formulas = new Map(rows.map((row) => [row.id, kind === 'training' ? plainTraining(row, catalog) : plainServing(row, catalog)]));
  return {
    kind,
    vendorRun: kind === 'training' ? 'mlperf-training' : 'mlperf-inference',
    rows: rows.length,
    points: pointsOf(rows, answers),
    plain: pointsOf(rows, formulas),
    pairs: kind === 'serving' ? pairLines(rows, answers) : [],
    ...(kind === 'training' && { stated: new Set(rows.filter((row) => layoutStated(row, catalog)).map(({ id }) => id)) }),
  };
}

function report({ kind, vendorRun, points, pairs }: Scored): void {
  const how = inSample ? 'fitted on the same rows' : `by ${bySource ? 'source' : 'publisher'}: each with numbers fitted on the others`;
  const outside = points.filter((point) => point.family !== vendorRun);
  const lines = [...table(points, `${kind}, ${how}`), '', ...table(outside, `${kind} outside MLPerf`), ''];
  if (pairs.length > 0) lines.push(...pairs, '');
  if (byFamily) lines.push(...familyLines(points), '');
  if (process.argv.includes('--worst')) {
    const count = Number(process.argv[process.argv.indexOf('--worst') + 1]);
    const worst = points.filter((one) => one.answered).sort((a, b) => b.error - a.error);
    for (const point of worst.slice(0, count)) lines.push(`worst: ${point.id} ${point.metric} ratio ${point.ratio.toFixed(2)} (${point.family})`);
  }
  console.log(lines.join('\n'));
}

/** By source, a publisher's other sources stay in: what is known of a stack that was measured before. */
function grouped(rows: readonly MeasuredRow[]): readonly MeasuredRow[] {
  return bySource ? rows.map((row) => ({ ...row, family: row.source_id })) : rows;
}

function crossValidated(rows: readonly MeasuredRow[]): Answers {
  const all = grouped(rows);
  const folds = familyFolds(
    all.map((row) => row.family),
    8,
  );
  return new Map(
    crossFitTraining(all, catalog, folds).flatMap(({ families, coefficients }) => {
      const out = new Set(families);
      return [
        ...trainingAnswers(
          all.filter((row) => out.has(row.family)),
          { training: coefficients, serving: {} },
        ),
      ];
    }),
  );
}
function trainingAnswers(part: readonly MeasuredRow[], coefficients: Coefficients): Answers {
  return new Map(part.map((row) => [row.id, estimateTraining({ kind: 'training', facts: row.facts }, { catalog, coefficients }).estimates]));
}

function crossValidatedServing(rows: readonly MeasuredRow[]): Answers {
  const all = grouped(rows);
  const folds = crossFitServing(all, catalog);
  return new Map(
    folds.flatMap(({ families, coefficients }) => [
      ...servingAnswers(
        all.filter((row) => families.includes(row.family)),
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
