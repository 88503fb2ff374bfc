import { expect, test } from 'vitest';
import { readToml } from '../../server/src/core/syntax/toml.js';
import { at, entryOf, type Value } from '../../server/src/core/syntax/value.js';
import { plain } from '../support/plain-value.js';
import { seen } from '../support/recognise.js';

const toml = (text: string) => {
  const { roots, problems } = readToml('file:///a.toml', text);
  return { value: plain(roots[0]), problems: problems.map(({ message }) => message), root: roots[0] };
};

test.each<[string, string, unknown]>([
  ['tables and what is under them', 'a = 1\n[b]\nc = true # why\n[b.d]\ne = "x"\n', { a: 1, b: { c: true, d: { e: 'x' } } }],
  ['dotted keys, bare and in quotes', 'a.b = 1\na."c.d" = 2\n"e" = 3\n1f-2 = 4\n', { a: { b: 1, 'c.d': 2 }, e: 3, '1f-2': 4 }],
  ['lists of tables, and a table of the last one', '[[a]]\nb = 1\n[[a]]\nb = 2\n[a.c]\nd = 3\n', { a: [{ b: 1 }, { b: 2, c: { d: 3 } }] }],
  ['numbers', 'a = 1_000\nb = -0.5\nc = 3e-4\nd = 0xff\ne = +1e3\nf = inf\n', { a: 1000, b: -0.5, c: 3e-4, d: 255, e: 1000, f: 'inf' }],
  ['dates as they are written', 'a = 2025-01-02 03:04:05Z\nb = 07:30\n', { a: '2025-01-02 03:04:05Z', b: '07:30' }],
  ['texts with escapes, and without', 'a = "x\\"y\\u00e9\\n"\nb = \'C:\\dir\'\n', { a: 'x"y\u00e9\n', b: 'C:\\dir' }],
  ['texts of several lines', 'a = """\nx = 1 \\\n   y"""\nb = \'\'\'\n[c]\n\'\'\'\nd = """q""""\ne = 1\n', { a: 'x = 1 y', b: '[c]\n', d: 'q"', e: 1 }],
  ['a list over lines, with comments and a comma at its end', 'a = [\n  1, # one\n  [2, 3],\n]\nb = 4\n', { a: [1, [2, 3]], b: 4 }],
  ['an inline table', 'a = { b = 1, c.d = [2], e = {} }\n', { a: { b: 1, c: { d: [2] }, e: {} } }],
  ['lines of Windows', 'a = 1\r\n[b]\r\nc = 2\r\n', { a: 1, b: { c: 2 } }],
])('TOML reads %s', (_name, text, expected) => {
  expect(toml(text)).toMatchObject({ value: expected, problems: [] });
});

test.each<[string, string, unknown, string]>([
  ['a value that is none', 'a = what\nb = 2\n', { b: 2 }, 'a key and a value are expected'],
  ['a text that is not closed', 'a = "x\nb = 2\n', { b: 2 }, 'a key and a value are expected'],
  ['a list that is not closed', '[t]\nb = 2\na = [1,\n', { t: { b: 2 } }, 'a key and a value are expected'],
  ['a header that is not closed: what follows belongs to nobody', 'b = 2\n[t\na = 1\n', { b: 2 }, 'a table’s name is expected'],
  ['two settings on a line', 'a = 1 b = 2\nc = 3\n', { a: 1, c: 3 }, 'the line goes on after its value'],
  ['a key twice', 'a = 1\na = 2\n', { a: 2 }, 'a is set a second time'],
  ['a value that is taken for a table', 'a = 1\n[a.b]\nc = 2\n', { a: 1 }, 'a is a value, not a table'],
])('TOML passes over %s, and says so', (_name, text, expected, message) => {
  const found = toml(text);
  expect(found.value).toEqual(expected);
  expect(found.problems).toContain(message);
});

test('places are those of the text, values with their quotes', () => {
  const text = '[a]\nb = { c = \'x\' } # y\n"d" = [1,\n 22]\n';
  const { root } = toml(text);
  const written = (value: Value | undefined) => value && text.slice(value.start, value.end);
  expect(written(at(root, 'a', 'b', 'c'))).toBe("'x'");
  expect(written(at(root, 'a', 'd', 1))).toBe('22');
  const key = entryOf(at(root, 'a'), 'd');
  expect(text.slice(key?.keyStart, key?.keyEnd)).toBe('"d"');
});

test('brackets without an end, and very many tables, are answered', () => {
  expect(toml(`a = ${'['.repeat(100_000)}`).problems).not.toEqual([]);
  expect(toml('[a.b]\nc = 1\n'.repeat(30_000)).problems.length).toBeLessThanOrEqual(20);
});

test.each<[what: string, text: string, expected: string[]]>([
  [
    'a torchtitan job: the flavor is a published shape',
    '[model]\nname = "qwen3"\nflavor = "8B"\n[optimizer]\nname = "AdamW"\n[training]\nlocal_batch_size = 2\nglobal_batch_size = -1\nseq_len = 4096\nsteps = 100\ndataset = "c4"\n[parallelism]\ntensor_parallel_degree = 4\ndata_parallel_shard_degree = -1\n[activation_checkpoint]\nmode = "selective"\n[compile]\nenable = true\n[checkpoint]\nenable = true\ninterval = 50\n',
    [
      'training torchtitan 1-21 {model=Qwen/Qwen3-8B@3 default, batch_size=2@7, seq_len=4096@9, max_steps=100@10, dataset=c4@11, optimizer=adamw@5, tensor_parallel=4@13, compile=true@18, grad_ckpt=selective@16, save_steps=50@21}',
    ],
  ],
  [
    'an older one: converters for FP8, a flavor that is not known, checkpoints off',
    '[model]\nname = "mine"\nflavor = "tiny"\nconverters = ["float8"]\n[training]\nbatch_size = 8\nseq_len = 512\nsteps = 10\ncompile = false\n[experimental]\npipeline_parallel_degree = 2\n[activation_checkpoint]\nmode = \'none\'\n[checkpoint]\nenable_checkpoint = false\ninterval = 500\n',
    [
      'training torchtitan 1-16 {model=tiny@3, precision=fp8@4, batch_size=8@6, seq_len=512@7, max_steps=10@8, pipeline_parallel=2@11, compile=false@9, grad_ckpt=false@13}',
    ],
  ],
  [
    'settings of a project’s own training',
    'output = "out"\n[train]\nepochs = 3\nbatch_size = 8\n[optimizer]\nname = "adamw"\nlr = 1e-4\n',
    ['training pytorch 1-7 {optimizer=adamw@6, batch_size=8@4, epochs=3@3}'],
  ],
  ['a project’s own metadata', '[project]\nname = "x"\ndependencies = ["torch"]\n[tool.ruff]\nline-length = 100\n', []],
  ['a lint configuration with a learning rate', '[tool.x]\nlr = 0.1\nsteps = 3\n', []],
])('of a TOML file is seen: %s', async (_what, text, expected) => {
  expect((await seen('job.toml', text)).short).toEqual(expected);
});
