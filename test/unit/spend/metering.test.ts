import { describe, expect, test } from 'vitest';
import { isVisible, Meter, readNvidia, readRocm, withoutSecrets } from '../../../server/src/core/spend/metering.js';

describe('what nvidia-smi says', () => {
  test('a card', () =>
    expect(readNvidia('0, GPU-8a5e, NVIDIA H100 80GB HBM3, 97, 61234, 655.20')).toEqual({
      names: ['0', 'GPU-8a5e'],
      model: 'NVIDIA H100 80GB HBM3',
      utilisation: 0.97,
      memory: 61234,
      power: 655.2,
    }));
  test('what a card does not tell is not 0', () =>
    expect(readNvidia('1, GPU-1, Tesla T4, [N/A], 5, [Not Supported]')).toEqual({ names: ['1', 'GPU-1'], model: 'Tesla T4', memory: 5 }));
  test.each(['', 'No devices were found', 'index, uuid, name, utilization.gpu, memory.used, power.draw'])('%j is no card', (line) =>
    expect(readNvidia(line)).toBeUndefined(),
  );
});
test('what rocm-smi says', () => {
  const text = '{"card0": {"Average Graphics Package Power (W)": "312.0", "GPU use (%)": "88", "Card Series": "MI300X"}, "system": {"Driver version": "6"}}';
  expect(readRocm(text)).toEqual([{ names: ['0'], model: 'MI300X', utilisation: 0.88, power: 312 }]);
  expect(readRocm('ERROR')).toEqual([]);
});
test.each([
  [undefined, true],
  ['0', true],
  ['1,0', true],
  ['1', false],
  ['GPU-8a5e-0001', true],
  ['', false],
])('CUDA_VISIBLE_DEVICES=%s', (visible, expected) => expect(isVisible({ names: ['0', 'GPU-8a5e-0001'], model: '' }, visible)).toBe(expected));

describe('a meter', () => {
  const gpu = (utilisation?: number, power?: number, memory?: number) => ({
    names: ['0'],
    model: 'L4',
    ...(utilisation === undefined ? {} : { utilisation }),
    ...(power === undefined ? {} : { power }),
    ...(memory === undefined ? {} : { memory }),
  });
  test('a look holds until the next one', () => {
    const meter = new Meter();
    meter.look([gpu(1, 100, 10), gpu(0, 50, 30)], 0);
    meter.look([gpu(1, 100, 20), gpu(0, 50)], 36_000);
    expect(meter.total(0.5)).toMatchObject({ gpus: 2, gpuHours: 1, gpuModel: 'L4', utilisation: 0.5, peakMemory: 30, energy: 1.5 });
  });
  test('nothing is known over a long gap: a machine slept', () => {
    const meter = new Meter();
    meter.look([gpu(1, 60)], 0);
    meter.look([gpu(1, 60)], 3_600_000);
    expect(meter.total(1).energy).toBe(1);
  });
  test('without a look there is no GPU, and no 0', () => expect(new Meter().total(1)).toEqual({ samples: 0 }));
  test('a card that tells neither power nor use', () => {
    const meter = new Meter();
    meter.look([gpu()], 0);
    meter.look([gpu()], 1000);
    expect(meter.total(1)).toEqual({ samples: 2, gpus: 1, gpuHours: 1, gpuModel: 'L4' });
  });
});

test.each([
  [
    ['train.py', '--api-key', 'abc'],
    ['train.py', '--api-key', '***'],
  ],
  [
    ['--wandb_api_key=abc', '--lr', '1e-4'],
    ['--wandb_api_key=***', '--lr', '1e-4'],
  ],
  [['HF_TOKEN=hf_abcdefghij'], ['HF_TOKEN=***']],
  [
    ['run', 'sk-abcdefghijkl'],
    ['run', 'sk-***'],
  ],
  [['https://user:pw@example.org/x'], ['https://***@example.org/x']],
  [
    ['--max_tokens', '512', '--tokenizer', 'gpt2', '--max_new_tokens=5'],
    ['--max_tokens', '512', '--tokenizer', 'gpt2', '--max_new_tokens=5'],
  ],
])('no secret of %j is kept', (words, expected) => expect(withoutSecrets(words)).toEqual(expected));
