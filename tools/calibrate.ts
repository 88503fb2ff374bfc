// Fits the estimator's numbers to the measured runs in server/data/measurements and writes server/data/coefficients.json.
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { priors } from '../server/src/core/estimate/serving/theta.js';
import { memoryKnobs, speedKnobs } from '../server/src/core/estimate/training/coefficients.js';
import { changeNoise } from './calibrate/changes.js';
import { qualityTable } from './calibrate/quality.js';
import { readCatalog, readRows, root } from './calibrate/rows.js';
import { calibrateServing } from './calibrate/serving.js';
import { calibrateTraining } from './calibrate/training.js';

const catalog = readCatalog();
const training = calibrateTraining(readRows('training'), catalog).coefficients;
const serving = calibrateServing(readRows('inference'), catalog).coefficients;
const notesOf = (knobs: Readonly<Record<string, { note: string }>>) => Object.fromEntries(Object.entries(knobs).map(([name, { note }]) => [name, note]));
const notes = {
  serving: {
    theta: Object.fromEntries(
      priors.map(({ name, note, mean, sd }) => [name, `${note} (prior ${Number(Math.exp(mean).toPrecision(3))}, sd of its logarithm ${sd})`]),
    ),
    spread: 'half-width of the interval in the logarithm that held 9 of 10 runs of publishers left out of the fit, by quantity, task and kind of engine',
    distance: 'factor on the half-width where an engine, kind of chip, format or shape was not measured or the load is not stated',
    support: 'runs and publishers behind an interval, by quantity, task, engine and kind of chip',
  },
  training: {
    speed: notesOf(speedKnobs),
    memory: notesOf(memoryKnobs),
    frameworks: 'log of the factor on the step time by which a named stack deviates from its class',
    spread: 'half-width of the interval in the logarithm that held 9 of 10 runs of publishers left out of the fit, by quantity and kind of work',
    distances:
      'factor on the half-width by quantity and way in which a job lies away from what was fitted: a fact that is not stated, a kind that few measured',
  },
};
const file = path.join(root, 'server/data/coefficients.json');
writeFileSync(file, `${JSON.stringify(sorted({ notes, training, serving }), null, 2)}\n`);
console.log(`wrote ${path.relative(root, file)}`);
const quality = path.join(root, 'server/data/quality.json');
writeFileSync(quality, `${JSON.stringify(qualityTable(), null, 1)}\n`);
console.log(`wrote ${path.relative(root, quality)}`);

const noise = path.join(root, 'server/data/change-noise.json');
const fitted = { training, serving };
writeFileSync(
  noise,
  `${JSON.stringify({ serving: changeNoise(readRows('inference'), catalog, fitted), training: changeNoise(readRows('training'), catalog, fitted) }, null, 1)}\n`,
);
console.log(`wrote ${path.relative(root, noise)}`);

function sorted(value: unknown): unknown {
  if (Array.isArray(value) || typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sorted(inner)]),
  );
}
