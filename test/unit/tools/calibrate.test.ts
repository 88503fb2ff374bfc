import { describe, expect, it } from 'vitest';
import { spreadOf, spreadsByRegime } from '../../../tools/calibrate/conformal.js';
import { familyWeights, fitValues } from '../../../tools/calibrate/fit.js';
import { familyFolds } from '../../../tools/calibrate/folds.js';
import { readCatalog, readRows, trusted } from '../../../tools/calibrate/rows.js';
import { calibrateTraining } from '../../../tools/calibrate/training.js';

describe('fitting', () => {
  it('finds two factors from products, against one wild figure', () => {
    const truth = { a: 3, b: 0.5 };
    const targets = [1, 2, 4, 8, 16].flatMap((x) => [
      { weight: 1, residual: (v: { a: number; b: number }) => Math.log((v.a * x) / (truth.a * x)) },
      { weight: 1, residual: (v: { a: number; b: number }) => Math.log((v.a * x + v.b) / (truth.a * x + truth.b)) },
    ]);
    const wild = { weight: 1, residual: (v: { a: number; b: number }) => Math.log(v.a / 300) };
    const fitted = fitValues({ a: { start: 1, ease: 5, low: 0.01, high: 100 }, b: { start: 1, ease: 5, low: 0.01, high: 100 } }, [...targets, wild], {
      sweeps: 60,
    });
    expect(fitted.a).toBeCloseTo(3, 0);
    expect(fitted.b / 0.5).toBeGreaterThan(0.4);
    expect(fitted.b / 0.5).toBeLessThan(2.5);
  });
  it('leaves a value that no figure depends on at its start', () => {
    const fitted = fitValues({ used: { start: 1, ease: 1, low: 0.1, high: 10 }, unused: { start: 7, ease: 1, low: 0.1, high: 10 } }, [
      { weight: 1, residual: (v) => Math.log(v.used / 2) },
    ]);
    expect(fitted.unused).toBe(7);
  });
  it('lets a family of four weigh as two', () => expect(familyWeights(['a', 'a', 'a', 'a', 'b']).map((w) => w * 2)).toEqual([1, 1, 1, 1, 2]));
});

describe('folds', () => {
  it('hold every family once, and are the same each time', () => {
    const families = ['a', 'a', 'a', 'b', 'b', 'c', 'd', 'e'];
    const folds = familyFolds(families, 3);
    expect(folds.flat().sort()).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(familyFolds([...families].reverse(), 3)).toEqual(folds);
  });
});

describe('intervals', () => {
  const points = Array.from({ length: 20 }, (_, at) => ({ family: `f${at}`, regime: 'speed/x', residual: at / 20, scale: 1 }));
  it('hold nine publishers of ten and one more', () => {
    const { half, families } = spreadOf(points, 0.9);
    expect(families).toBe(20);
    expect(points.filter((point) => point.residual <= half).length).toBeGreaterThanOrEqual(18);
  });
  it('of few publishers are not narrower than those of all', () => {
    const few = [{ family: 'one', regime: 'speed/y', residual: 0.01, scale: 1 }];
    const spreads = spreadsByRegime([...points, ...few]);
    expect(spreads['speed/y']?.half).toBeGreaterThan(0.5);
  });
});

describe('calibration on measured runs', () => {
  it('writes the same numbers each time, for all knobs', () => {
    const catalog = readCatalog();
    const rows = readRows('training').filter((row, at) => trusted(row) && at % 80 === 0);
    const first = calibrateTraining(rows, catalog).coefficients;
    expect(JSON.stringify(calibrateTraining(rows, catalog).coefficients)).toBe(JSON.stringify(first));
    for (const section of ['speed', 'memory']) for (const value of Object.values(first[section] as Record<string, number>)) expect(value).toBeGreaterThan(0);
    expect(Object.keys(first['spread'] as object)).toContain('speed/all');
  });
});
