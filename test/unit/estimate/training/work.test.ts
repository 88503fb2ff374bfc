import { describe, expect, it } from 'vitest';
import { estimateOf, type Facts, llama7b } from './context.js';

const { gpu_type: _chip, ...withoutChip } = llama7b;
const value = (facts: Facts, name: string) => estimateOf({ ...llama7b, ...facts }).estimates[name]?.likely;

describe('the work of a job', () => {
  it('tokens of a step are batch × accumulation × devices × length', () => expect(value({}, 'tokens_per_step')).toBe(2 * 4 * 8 * 4096));
  it('steps times tokens of a step', () => expect(value({ max_steps: 1000 }, 'train_tokens')).toBe(1000 * 2 * 4 * 8 * 4096));
  it('a token budget gives the steps', () => expect(value({ train_tokens: 2_621_440_000 }, 'steps')).toBe(10_000));
  it('epochs of a data set give the steps', () => expect(value({ epochs: 3, dataset_size: 64_000 }, 'steps')).toBe(3000));
  it('twice the steps are twice the hours beside a minute of each device to start', () => {
    const beside = (steps: number) => (value({ max_steps: steps }, 'gpu_hours') ?? Number.NaN) - 8 / 60;
    expect(beside(2000) / beside(1000)).toBeCloseTo(2, 9);
  });
  it('the hours tell evaluation, failures and start apart, and add up', () => {
    const term = estimateOf({ ...llama7b, gpus: 512, max_steps: 20_000 }).estimates['gpu_hours']?.term;
    const parts = (term?.children ?? []).filter(({ unit }) => unit === 'GPU-h');
    expect(parts.map(({ id }) => id)).toEqual(['compute-hours', 'evaluation', 'failures', 'rest', 'start']);
    expect(parts.reduce((sum, part) => sum + part.value, 0) / (term?.value ?? 0)).toBeCloseTo(1, 9);
  });
  it('more devices fail more often', () => {
    const failing = (gpus: number) => {
      const children = estimateOf({ ...llama7b, gpus, max_steps: 20_000 }).estimates['gpu_hours']?.term?.children ?? [];
      const of = (id: string) => children.find((child) => child.id === id)?.value ?? Number.NaN;
      return of('failures') / of('compute-hours');
    };
    expect(failing(4096)).toBeGreaterThan(2 * failing(64));
    expect(failing(4096)).toBeLessThan(0.25);
  });
  it('trials multiply', () =>
    expect((value({ max_steps: 100, trials: 5 }, 'gpu_hours') ?? 0) / (value({ max_steps: 100 }, 'gpu_hours') ?? 1)).toBeCloseTo(5, 9));
  it('wall time is the hours over the devices', () =>
    expect((value({ max_steps: 100 }, 'gpu_hours') ?? 0) / (value({ max_steps: 100 }, 'wall_hours') ?? 1)).toBeCloseTo(8, 9));
});

describe('limits and machines', () => {
  it('a time limit caps the hours', () => {
    const { estimates, notes } = estimateOf({ ...llama7b, max_steps: 1e6, max_time: 3600 });
    expect(estimates['wall_hours']?.likely).toBe(1);
    expect(estimates['gpu_hours']?.high).toBe(8);
    expect(notes.join()).toContain('time limit of 1 h');
  });
  it('an instance type names chip and number', () => {
    const { gpus: _gpus, ...rest } = withoutChip;
    const { estimates, unknown } = estimateOf({ ...rest, instance_type: 'p4d.24xlarge', instance_count: 2 });
    expect(unknown.map(({ fact }) => fact)).not.toContain('gpu_type');
    expect(estimates['tokens_per_step']?.likely).toBe(2 * 4 * 16 * 4096);
  });
});

describe('what is missing is named, never invented', () => {
  const rows: { name: string; facts: Facts; fact: string; blocks: string }[] = [
    { name: 'no amount of work', facts: llama7b, fact: 'max_steps', blocks: 'gpu_hours' },
    { name: 'epochs without a data set', facts: { ...llama7b, epochs: 3 }, fact: 'dataset_size', blocks: 'gpu_hours' },
    { name: 'no chip', facts: withoutChip, fact: 'gpu_type', blocks: 'tokens_per_s_per_gpu' },
    { name: 'an unknown chip', facts: { ...llama7b, gpu_type: 'acme-9000' }, fact: 'gpu_type', blocks: 'tokens_per_s_per_gpu' },
    { name: 'no model', facts: { gpu_type: 'h100', batch_size: 1 }, fact: 'model', blocks: 'peak_memory_gib' },
    { name: 'no number of devices', facts: { model: 'meta-llama/Llama-2-7b-hf', gpu_type: 'h100' }, fact: 'gpus', blocks: 'wall_hours' },
  ];
  for (const { name, facts, fact, blocks } of rows) {
    it(name, () => {
      const { estimates, unknown } = estimateOf(facts);
      const missing = unknown.find((one) => one.fact === fact);
      expect(missing?.need).toBeTruthy();
      expect(missing?.blocks).toContain(blocks);
      for (const blocked of missing?.blocks ?? []) expect(estimates[blocked]).toBeUndefined();
    });
  }
  it('memory needs no chip', () => expect(estimateOf(withoutChip).estimates['peak_memory_gib']?.likely).toBeGreaterThan(0));
  it('values that were taken are listed, and widen the interval', () => {
    const bare = estimateOf({ model: 'meta-llama/Llama-2-7b-hf', gpu_type: 'h100' });
    const names = bare.assumed.map(({ fact }) => fact);
    for (const fact of ['gpu_type', 'batch_size', 'seq_len', 'precision', 'framework']) expect(names).toContain(fact);
    const stated = estimateOf({ ...llama7b, gpu_type: 'h100-sxm-80gb' });
    const width = (of: typeof bare) => (of.estimates['tokens_per_s_per_gpu']?.high ?? 0) / (of.estimates['tokens_per_s_per_gpu']?.low ?? 1);
    expect(width(bare)).toBeGreaterThan(width(stated));
  });
});

describe('checkpoints', () => {
  const run: Facts = { max_steps: 1000, save_steps: 100 };
  const each = (6_738_415_616 * (4 + 8)) / 2 ** 30;
  const rows: { name: string; facts: Facts; gib: number }[] = [
    { name: 'all of them stay without a limit', facts: {}, gib: 10 * each },
    { name: 'as many as the limit keeps', facts: { save_total_limit: 2 }, gib: 2 * each },
    { name: 'one in the end at least', facts: { save_steps: 5000 }, gib: each },
    { name: 'those of every trial', facts: { save_total_limit: 1, trials: 4 }, gib: 4 * each },
    { name: 'of adapters alone', facts: { task: 'lora', trainable_params: 1e6, save_total_limit: 1 }, gib: (12 * 1e6) / 2 ** 30 },
  ];
  it.each(rows)('$name', ({ facts, gib }) => expect((value({ ...run, ...facts }, 'checkpoint_gib') ?? Number.NaN) / gib).toBeCloseTo(1, 9));
  it('are unknown where nobody says how often they are written', () => expect(value({ max_steps: 1000 }, 'checkpoint_gib')).toBeUndefined());
  it('take time to write, the more the more often', () => {
    const hours = (save_steps: number) => value({ max_steps: 1000, save_steps }, 'gpu_hours') ?? Number.NaN;
    expect(hours(1)).toBeGreaterThan(1.05 * hours(100));
  });
  it('hold the steps up less where they are written in the background', () => {
    const hours = (facts: Facts) => value({ max_steps: 1000, save_steps: 1, ...facts }, 'gpu_hours') ?? Number.NaN;
    expect(hours({ async_save: true })).toBeLessThan(0.95 * hours({}));
    expect(hours({ async_save: true })).toBeGreaterThan(hours({ save_steps: 1000 }));
  });
});

describe('evaluation', () => {
  it('takes nothing where it is off', () => {
    const of = (facts: Facts) =>
      estimateOf({ ...llama7b, max_steps: 1000, ...facts }).estimates['gpu_hours']?.term?.children?.find(({ id }) => id === 'evaluation')?.value;
    expect(of({ eval_strategy: 'no' })).toBe(0);
    expect(of({ eval_strategy: 'steps' })).toBeGreaterThan(0);
  });
  // 1000 steps of 64 samples; a trained sample of this job takes four passes.
  const share = (facts: Facts): number => {
    const children = estimateOf({ ...llama7b, max_steps: 1000, ...facts }).estimates['gpu_hours']?.term?.children ?? [];
    const of = (id: string) => children.find((child) => child.id === id)?.value ?? Number.NaN;
    return of('evaluation') / of('compute-hours');
  };
  const rows: { name: string; facts: Facts; expected: number }[] = [
    { name: 'samples, every so many steps', facts: { eval_steps: 100, eval_size: 640 }, expected: (10 * 640) / 4 / 64_000 },
    { name: 'batches on each device', facts: { eval_steps: 250, eval_batches: 8 }, expected: (4 * 8 * 2 * 8) / 4 / 64_000 },
    {
      name: 'one pass of two less without recomputation of adapters',
      facts: { eval_steps: 100, eval_size: 640, task: 'lora', grad_ckpt: 'none' },
      expected: (10 * 640) / 2 / 64_000,
    },
    { name: 'a twentieth of the data set where nobody says how many', facts: { eval_steps: 100, dataset_size: 12_800 }, expected: (10 * 640) / 4 / 64_000 },
  ];
  it.each(rows)('is a forward pass of $name', ({ facts, expected }) => expect(share(facts)).toBeCloseTo(expected, 9));
  it('comes once an epoch where told so', () =>
    expect(share({ max_steps: 0, epochs: 3, dataset_size: 6400, eval_strategy: 'epoch', eval_size: 640 })).toBeCloseTo((3 * 640) / 4 / (3 * 6400), 9));
  it('names what it takes for the held-out samples', () => {
    const assumed = (facts: Facts) => estimateOf({ ...llama7b, max_steps: 1000, eval_steps: 100, dataset_size: 12_800, ...facts }).assumed;
    expect(assumed({}).find(({ fact }) => fact === 'eval_size')?.value).toBe(640);
    expect(assumed({ eval_size: 10 }).some(({ fact }) => fact === 'eval_size')).toBe(false);
  });
});

describe('early stopping', () => {
  it('lowers the low end to one pass over the data, and leaves the others', () => {
    const hours = (facts: Facts) => estimateOf({ ...llama7b, epochs: 4, dataset_size: 64_000, ...facts }).estimates['gpu_hours'];
    const [plain, early] = [hours({}), hours({ early_stopping: true })];
    expect(early?.high).toBe(plain?.high);
    expect(early?.likely).toBe(plain?.likely);
    expect((early?.low ?? 0) / (plain?.low ?? 1)).toBeCloseTo(1 / 4, 9);
  });
});

describe('samples shorter than the sequence', () => {
  const set: Facts = { ...llama7b, task: 'finetune', epochs: 1, dataset_size: 10_000, seq_len: 2048, batch_size: 1 };
  const tokens = (more: Facts) => estimateOf({ ...set, ...more }).estimates['train_tokens']?.likely;
  const assumed = (more: Facts) => estimateOf({ ...set, ...more }).assumed.find(({ fact }) => fact === 'sample_tokens')?.value;
  const rows: { name: string; facts: Facts; perSample: number }[] = [
    { name: 'nobody says whether they are padded: up to the limit', facts: {}, perSample: 2048 },
    { name: 'padded to the longest of a micro-batch of one: their usual length', facts: { packing: false }, perSample: 300 },
    { name: 'of eight: that of the longest of them', facts: { packing: false, batch_size: 8 }, perSample: 300 * (1 + 0.45 * 3) },
    { name: 'never beyond the limit', facts: { packing: false, batch_size: 8, seq_len: 512 }, perSample: 512 },
    { name: 'a stated mean', facts: { sample_tokens: 700 }, perSample: 700 },
    { name: 'a stated mean, packed', facts: { sample_tokens: 700, packing: true, batch_size: 8 }, perSample: 700 },
  ];
  for (const { name, facts, perSample } of rows) it(name, () => expect((tokens(facts) ?? 0) / 10_000).toBeCloseTo(perSample, 6));
  it('a length that nobody states is listed, a stated one is not', () => {
    expect(assumed({ packing: false })).toBe(300);
    expect(assumed({ sample_tokens: 700 })).toBeUndefined();
  });
  it('the hours know less where the length is open', () => {
    const width = (more: Facts) => {
      const hours = estimateOf({ ...set, ...more }).estimates['gpu_hours'];
      return (hours?.high ?? 0) / (hours?.low ?? 1);
    };
    expect(width({ packing: false })).toBeGreaterThan(4 * width({ packing: false, sample_tokens: 700 }));
  });
});
