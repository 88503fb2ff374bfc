import { describe, expect, test } from 'vitest';
import { seen } from '../support/recognise.js';

const notebook = (...cells: string[]): string =>
  JSON.stringify({ cells: cells.map((source) => ({ cell_type: 'code', source: source.match(/[^\n]*\n?/g)!.filter(Boolean) })) }, null, 1);
const facts = async (text: string, name = 'a.ipynb') =>
  (await seen(name, text)).sighting.workloads.map((one) => ({
    kind: one.kind,
    fragment: one.fragment === true,
    facts: Object.fromEntries(one.facts.map((fact) => [fact.name, fact.value])),
    unknown: one.unknown.map((fact) => fact.name),
  }));

const loop = 'for epoch in range(3):\n    for x in DataLoader(d, batch_size=16):\n        loss.backward()\n        optimizer.step()\n';

describe('a script that a cell writes', () => {
  test('its command counts the work, with the facts of the script', async () => {
    expect(await facts(notebook(`%%writefile train.py\nimport torch\n${loop}`, '!torchrun --nproc_per_node=4 train.py\n'))).toEqual([
      { kind: 'training', fragment: true, facts: { epochs: 3, batch_size: 16, loader_workers: 0 }, unknown: [] },
      { kind: 'training', fragment: false, facts: { gpu_count: 4, nproc_per_node: 4, epochs: 3, batch_size: 16, loader_workers: 0 }, unknown: [] },
    ]);
  });
  test('a flag replaces the default of the option that it names', async () => {
    const script = `%%writefile src/train.py\nimport argparse, torch\np = argparse.ArgumentParser()\np.add_argument("--bs", type=int, default=8)\nargs = p.parse_args()\n${loop.replace('16', 'args.bs')}`;
    const [, command] = await facts(notebook(script, '!python src/train.py --bs 2\n'));
    expect(command?.facts).toEqual({ batch_size: 2, epochs: 3, loader_workers: 0 });
  });
  test('another script keeps its own money', async () => {
    const found = await facts(notebook(`%%writefile train.py\nimport torch\n${loop}`, '!torchrun --nproc_per_node=4 other_train.py\n'));
    expect(found.map((one) => one.fragment)).toEqual([false, false]);
  });
});

describe('values of the program in a shell command', () => {
  test.each([
    ['a constant', 'bs = 6\n', '--per_device_train_batch_size {bs}', { batch_size: 6 }, []],
    ['a dollar', 'model_id = "org/m"\n', '--model_name_or_path $model_id', { model: 'org/m' }, []],
    ['a part of a word', 'n = 2\n', '--num_train_epochs={n}', { epochs: 2 }, []],
    ['a value that nobody knows', 'bs = ask()\n', '--per_device_train_batch_size {bs}', {}, ['batch_size']],
    ['a name that no cell binds', '', '--per_device_train_batch_size {bs}', {}, ['batch_size']],
    ['several words', 'more = "--num_train_epochs 2 --per_device_train_batch_size 4"\n', '{more}', { epochs: 2, batch_size: 4 }, []],
    [
      'a widget of a notebook kept as text',
      'bs = dbutils.widgets.get("bs")\ndbutils.widgets.text("bs", "4")\n',
      '--per_device_train_batch_size {bs}',
      { batch_size: 4 },
      [],
    ],
  ])('%s', async (_, cell, flags, known, unknown) => {
    const [found] = await facts(notebook(cell, `!python train.py --learning_rate 1e-4 ${flags}\n`));
    expect(found?.facts).toEqual(known);
    expect(found?.unknown).toEqual(unknown);
  });
});

test('a cell that runs the command of another cell', async () => {
  const [found] = await facts(notebook('command = "torchrun --nproc_per_node=4 train.py --num_train_epochs 3"\n', '!{command}\n'));
  expect(found?.facts).toEqual({ gpu_count: 4, nproc_per_node: 4, epochs: 3 });
});

describe('JAX', () => {
  test('an nnx step that an epoch loop of a later cell runs', async () => {
    const { short } = await seen(
      'a.ipynb',
      notebook(
        'from flax import nnx\nimport optax\nnum_epochs = 5\nbatch_size = 64\n',
        'optimizer = nnx.Optimizer(model, optax.adamw(1e-3))\n',
        '@nnx.jit\ndef train_step(model, optimizer, batch):\n    loss, grads = nnx.value_and_grad(loss_fn)(model, batch)\n    optimizer.update(model, grads)\n',
        'for epoch in range(num_epochs):\n    for batch in data:\n        train_step(model, optimizer, batch)\n',
      ),
    );
    expect(short).toHaveLength(1);
    expect(short[0]).toMatch(/^training flax .*epochs=5.*optimizer=adamw.*batch_size=64/);
  });
  test('optax in plain functions', async () => {
    const { short } = await seen(
      'a.py',
      `import jax, optax
tx = optax.sgd(0.1)
def step(params, state, x):
    grads = jax.grad(loss)(params, x)
    updates, state = tx.update(grads, state)
    return optax.apply_updates(params, updates), state
def main():
    for i in range(1000):
        params, state = step(params, state, x)
if __name__ == "__main__":
    main()
`,
    );
    expect(short).toEqual(['training flax 8-9 {max_steps=1000@8, optimizer=sgd@2}']);
  });
  test('a dict that is updated is no training', async () => {
    expect((await seen('a.py', 'import optax\noptions = {}\nfor i in range(3):\n    options.update(a=1)\n')).short).toEqual([]);
  });
});

test.each([
  ['kernelspec', { kernelspec: { name: 'deno', display_name: 'Deno' } }],
  ['language_info', { language_info: { name: 'typescript' } }],
])('a notebook of TypeScript, by its %s', async (_what, metadata) => {
  const cell = (...source: string[]) => ({ cell_type: 'code', metadata: {}, outputs: [], execution_count: null, source });
  const notebook = {
    cells: [
      cell('import { ChatAnthropic } from "@langchain/anthropic";\n', 'const limit = 5;'),
      cell('const model = new ChatAnthropic({ model: "claude-sonnet-4-5" });'),
    ],
    metadata,
    nbformat: 4,
    nbformat_minor: 5,
  };
  const { sighting } = await seen('a.ipynb', JSON.stringify(notebook, null, 1));
  expect(sighting.workloads.map(({ kind, framework, facts }) => [kind, framework, facts[0]?.value])).toEqual([
    ['api-call', 'langchain-anthropic', 'claude-sonnet-4-5'],
  ]);
});
