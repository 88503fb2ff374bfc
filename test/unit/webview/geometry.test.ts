import { describe, expect, test } from 'vitest';
import { axisHeight, frameOf, rowHeight, scaleOf, whisker } from '../../../webview/src/compare/geometry.js';
import { clip, niceStep } from '../../../webview/src/shared/scale.js';
import { offer, unpriced } from '../../support/offers.js';

test.each([
  [100, 5, 20],
  [68, 5, 20],
  [0.0034, 4, 0.001],
  [9999, 2, 5000],
  [1e6, 10, 1e5],
  [0, 5, 1],
])('a scale to %d in at most %d steps goes by %d', (most, parts, step) => {
  expect(niceStep(most, parts)).toBeCloseTo(step, 10);
  if (most > 0) expect(Math.ceil(most / niceStep(most, parts))).toBeLessThanOrEqual(parts);
});

describe('the frame', () => {
  test.each([120, 300, 480, 560, 900, 2400])('of %d pixels keeps its columns in order and inside', (width) => {
    const frame = frameOf(width, 12);
    const edges = [0, frame.label, frame.mark, frame.from, frame.to, frame.figures, frame.width];
    expect(edges).toEqual([...edges].sort((a, b) => a - b));
    expect(frame.to - frame.from).toBeGreaterThan(60);
    expect(frame.height).toBeGreaterThanOrEqual(axisHeight + 12 * rowHeight);
  });
  test('leaves intervals out where it is narrow', () => {
    expect(frameOf(400, 1).short).toBe(true);
    expect(frameOf(900, 1).short).toBe(false);
  });
});

describe('the scale', () => {
  const frame = { from: 100, to: 500 };
  test('begins at zero and holds every whisker and the cost of now', () => {
    const scale = scaleOf([offer(), offer({ usd: { low: 1, likely: 2, high: 3 } })], 90, frame);
    expect(scale.ticks[0]).toBe(0);
    expect(scale.ticks.at(-1)).toBe(scale.end);
    expect(scale.end).toBeGreaterThanOrEqual(90);
    expect(scale.at(0)).toBe(100);
    expect(scale.at(scale.end)).toBe(500);
    expect(scale.at(scale.end / 2)).toBe(300);
  });
  test('is a scale even where no cost is known', () => {
    const scale = scaleOf([unpriced()], undefined, frame);
    expect(scale.ticks).toEqual([0, 1]);
    expect(scale.at(0)).toBe(100);
  });
});

test('a whisker runs from the low to the high end', () => {
  const scale = scaleOf([{ usd: { low: 0, likely: 5, high: 10 } }], undefined, { from: 0, to: 100 });
  expect(scale.end).toBe(10);
  expect(whisker({ low: 2, likely: 5, high: 10 }, scale, 50)).toBe('M20 46v8M20 50H100M100 46v8');
});

test('text is cut to the room there is', () => {
  expect(clip('short', 200)).toBe('short');
  const cut = clip('gpu-h100-sxm_8gpu-128vcpu-1600gb eu-north1', 100);
  expect(cut.length).toBeLessThan(16);
  expect(cut.endsWith('…')).toBe(true);
});
