import { describe, expect, test } from 'vitest';
import { readTables } from '../../server/src/core/catalog/read-tables.js';
import { createCatalog } from '../../server/src/core/index.js';
import type { Fact } from '../../server/src/core/model/fact.js';
import type { SeenWorkload, Sighting } from '../../server/src/core/recognise/types.js';
import { Candidates, ranks } from '../../server/src/core/resolve/candidates.js';
import { resolve } from '../../server/src/core/resolve/resolve.js';
import type { Assumption } from '../../server/src/core/resolve/types.js';
import { ancestors, joinUri, matchesGlob } from '../../server/src/core/text/uri.js';

const root = 'file:///w';
const catalog = createCatalog(readTables({}));
const span = (file: string) => ({ uri: `${root}/${file}`, start: 0, end: 1 });
const fact = (file: string, name: string, value: Fact['value'], more: Partial<Fact> = {}): Fact => ({
  name,
  value,
  origin: 'literal',
  span: span(file),
  ...more,
});
const training = (file: string, facts: Fact[], more: Partial<SeenWorkload> = {}): SeenWorkload => ({
  kind: 'training',
  framework: 'pytorch',
  span: span(file),
  facts,
  unknown: [],
  refs: [],
  ...more,
});
const sighting = (file: string, workloads: SeenWorkload[], more: Partial<Sighting> = {}): Sighting => ({
  uri: `${root}/${file}`,
  workloads,
  problems: [],
  ...more,
});
function run(sightings: (Sighting | string)[], focus: string, assumptions: Assumption[] = []) {
  const files = new Map(sightings.map((one) => (typeof one === 'string' ? [`${root}/${one}`, null] : [one.uri, one]) as [string, Sighting | null]));
  const out = resolve({ files, focus: [`${root}/${focus}`], roots: [root], catalog, assumptions });
  return { ...out, facts: Object.fromEntries(out.workloads[0]?.facts.map((one) => [one.name, `${one.value} ${one.origin}`]) ?? []), first: out.workloads[0] };
}
const launch = (file: string, target: string, flags: Record<string, Fact['value']>, facts: Fact[] = []) =>
  training(file, facts, {
    launch: {
      span: span(file),
      target: { kind: 'script', name: target },
      flags: Object.entries(flags).map(([name, value]) => ({ name, value, span: { uri: `${root}/${file}`, start: 10, end: 11 } })),
    },
  });

describe('precedence', () => {
  test.each([
    [
      'a command line over a declared default',
      [
        ['declared', 8],
        ['commandLine', 4],
      ],
      4,
      [],
    ],
    [
      'a configuration file over a declared default',
      [
        ['declared', 8],
        ['file', 2],
      ],
      2,
      [],
    ],
    [
      'a command line over a configuration file, the loser shown',
      [
        ['file', 2],
        ['commandLine', 4],
      ],
      4,
      [2],
    ],
    [
      'what the code fixes over everything but a correction',
      [
        ['commandLine', 4],
        ['fixed', 16],
      ],
      16,
      [4],
    ],
    [
      'a correction wins silently',
      [
        ['fixed', 16],
        ['corrected', 32],
      ],
      32,
      [],
    ],
    [
      'an assumption only fills',
      [
        ['assumed', 1],
        ['library', 8],
      ],
      8,
      [],
    ],
    [
      'auto is no value',
      [
        ['fixed', 'auto'],
        ['library', 8],
      ],
      8,
      [],
    ],
  ] as const)('%s', (_, given, value, losers) => {
    const candidates = new Candidates();
    for (const [rank, v] of given) candidates.add({ name: 'batch_size', value: v, origin: 'literal' }, ranks[rank]);
    const { facts, conflicts } = candidates.settle();
    expect(facts.map((one) => one.value)).toEqual([value]);
    expect(conflicts.map((one) => one.value)).toEqual(losers);
  });
});

describe('a script and the command that runs it', () => {
  const script = sighting('train.py', [
    training('train.py', [fact('train.py', 'batch_size', 8, { origin: 'default', param: 'bs' }), fact('train.py', 'epochs', 3)]),
  ]);
  test('the command line has the script’s facts, with its flags over declared defaults', () => {
    const { facts } = run(
      [script, sighting('scripts/run.sh', [launch('scripts/run.sh', 'train.py', { bs: 4 }, [fact('scripts/run.sh', 'gpu_count', 8)])]), 'scripts/train.py'],
      'scripts/run.sh',
    );
    expect(facts).toMatchObject({ batch_size: '4 literal', epochs: '3 other-file', gpu_count: '8 literal' });
  });
  test('the script has its only command’s flags, and its money is counted there', () => {
    const { facts, first } = run([script, sighting('run.sh', [launch('run.sh', 'train.py', { bs: 4 }, [fact('run.sh', 'gpu_count', 8)])])], 'train.py');
    expect(facts).toMatchObject({ batch_size: '4 command-line', gpu_count: '8 command-line' });
    expect(first?.countedIn).toBe('run.sh#training-1');
  });
  test('two commands that disagree decide nothing, and both are named', () => {
    const { facts, first } = run(
      [
        script,
        sighting('a.sh', [launch('a.sh', 'train.py', {}, [fact('a.sh', 'gpu_count', 8)])]),
        sighting('b.sh', [launch('b.sh', 'train.py', {}, [fact('b.sh', 'gpu_count', 4)])]),
      ],
      'train.py',
    );
    expect(facts['gpu_count']).toBeUndefined();
    expect(first?.unknown[0]).toMatchObject({ name: 'gpu_count', reason: expect.stringMatching(/8 .*a\.sh.*4 .*b\.sh/) });
  });
  test('a value that the script writes down holds against the command, and the loser is shown', () => {
    const fixed = sighting('train.py', [training('train.py', [fact('train.py', 'batch_size', 16)])]);
    const command = sighting('run.sh', [launch('run.sh', 'train.py', { batch_size: 4 }, [fact('run.sh', 'batch_size', 4), fact('run.sh', 'gpu_count', 8)])]);
    expect(run([fixed, command], 'train.py').facts).toMatchObject({ batch_size: '16 literal', gpu_count: '8 command-line' });
    const { facts, first } = run([fixed, command], 'run.sh');
    expect(facts).toMatchObject({ batch_size: '16 other-file' });
    expect(first?.conflicts.map((one) => one.value)).toEqual([4]);
  });
  test('a file that is not known yet is wanted', () => {
    const { wants } = run([sighting('scripts/run.sh', [launch('scripts/run.sh', 'train.py', {})])], 'scripts/run.sh');
    expect(wants).toEqual([`${root}/scripts/train.py`, `${root}/train.py`]);
  });
});

test('a DeepSpeed file fills what the script leaves to it, and is counted with the script', () => {
  const ds = sighting('ds.json', [training('ds.json', [fact('ds.json', 'strategy', 'zero3'), fact('ds.json', 'batch_size', 'auto')], { fragment: true })]);
  const py = sighting('train.py', [
    training('train.py', [fact('train.py', 'batch_size', 2)], { refs: [{ role: 'config', target: 'ds.json', span: span('train.py') }] }),
  ]);
  expect(run([ds, py], 'train.py').facts).toMatchObject({ strategy: 'zero3 other-file', batch_size: '2 literal' });
  expect(run([ds, py], 'ds.json').first?.countedIn).toBe('train.py#training-1');
});

test('a constant is followed through imports to the module that defines it', () => {
  const unknown = (module: string, name: string) => ({ name: 'batch_size', reason: 'imported', need: '', imported: { module, name } });
  const py = sighting('pkg/train.py', [training('pkg/train.py', [], { unknown: [unknown('.config', 'BATCH')] })]);
  const config = sighting('pkg/config.py', [], { exported: ([name]) => (name === 'BATCH' ? unknown('pkg.base', 'BS') : undefined) });
  const base = sighting('pkg/base.py', [], { exported: ([name]) => (name === 'BS' ? fact('pkg/base.py', 'BS', 64) : undefined) });
  const { facts, first } = run([py, config, base, 'pkg/pkg/base.py', 'pkg/pkg/base/__init__.py'], 'pkg/train.py');
  expect(facts['batch_size']).toBe('64 other-file');
  expect(first?.facts[0]?.span?.uri).toBe(`${root}/pkg/base.py`);
});

test('assumptions fill by file, corrections replace', () => {
  const py = sighting('exp/a.py', [training('exp/a.py', [fact('exp/a.py', 'batch_size', 2)])]);
  const { facts } = run([py], 'exp/a.py', [
    { fact: 'gpu_type', value: 'H100' },
    { fact: 'batch_size', value: 99 },
    { fact: 'epochs', value: 5, files: 'other/**' },
    { fact: 'seq_len', value: 7, files: '*.py', override: true },
  ]);
  expect(facts).toEqual({ batch_size: '2 literal', gpu_type: 'H100 assumption', seq_len: '7 assumption' });
});
test('an assumption says whose word it is, and why', () => {
  const py = sighting('a.py', [training('a.py', [])]);
  const span = { uri: `${root}/.mlcost.yaml`, start: 0, end: 1 };
  const { first } = run([py], 'a.py', [
    { fact: 'gpu_type', value: 'H100', span, note: 'the team’s nodes' },
    { fact: 'epochs', value: 2, span, override: true },
    { fact: 'seq_len', value: 7, override: true },
  ]);
  const notes = Object.fromEntries(first?.facts.map((one) => [one.name, one.note]) ?? []);
  expect(notes).toMatchObject({
    gpu_type: 'assumed for this workspace: the team’s nodes',
    epochs: 'corrected in .mlcost.yaml',
    seq_len: 'set for this run',
  });
});

test('library defaults fill only what nobody says and nothing decides at run time', () => {
  const py = sighting('a.py', [
    training('a.py', [fact('a.py', 'max_steps', 10)], { framework: 'transformers', unknown: [{ name: 'batch_size', reason: 'run time', need: '' }] }),
  ]);
  const { facts } = run([py], 'a.py');
  expect(facts).toMatchObject({ grad_accum: '1 default', max_steps: '10 literal' });
  expect(facts['batch_size']).toBeUndefined();
  expect(facts['epochs']).toBeUndefined();
});

test.each([
  ['file:///w/a', '../b/./c.py', 'file:///w/b/c.py'],
  ['vscode-vfs://github/o/r', 'x y.py', 'vscode-vfs://github/o/r/x%20y.py'],
  ['file:///', '../../a', 'file:///a'],
])('joinUri(%s, %s) is %s', (folder, path, want) => expect(joinUri(folder, path)).toBe(want));
test('ancestors stop at the workspace folder', () => expect(ancestors('file:///w/a/b', ['file:///w'])).toEqual(['file:///w/a/b', 'file:///w/a', 'file:///w']));
test.each([
  ['*.py', 'a/b.py', true],
  ['a/**', 'a/b/c', true],
  ['a/*.py', 'a/b/c.py', false],
  ['a/**/c.py', 'a/c.py', true],
])('%s matches %s: %s', (glob, path, want) => expect(matchesGlob(glob, path)).toBe(want));
