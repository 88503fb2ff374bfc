import { describe, expect, test } from 'vitest';
import { seen } from '../support/recognise.js';

const short = async (text: string, name = 'a.py') => (await seen(name, text)).short;

describe("loops of one's own", () => {
  test('epochs through functions of the file, options by name', async () => {
    expect(
      await short(`import torch
from torchvision import datasets, models
def train(args, model, loader, optimizer):
    for i, (x, y) in enumerate(loader):
        with torch.autocast("cuda", dtype=torch.bfloat16):
            loss = model(x)
        loss.backward()
        optimizer.step()
def main():
    parser.add_argument("--batch-size", type=int, default=64)
    parser.add_argument("--epochs", type=int, default=14)
    args = parser.parse_args()
    data = datasets.MNIST("d", train=True)
    loader = torch.utils.data.DataLoader(data, batch_size=args.batch_size, shuffle=True)
    model = models.resnet18()
    optimizer = torch.optim.AdamW(model.parameters())
    for epoch in range(1, args.epochs + 1):
        train(args, model, loader, optimizer)
if __name__ == "__main__":
    main()
`),
    ).toEqual([
      'training pytorch 17-18 {epochs=14@11 default, batch_size=64@10 default, precision=bf16@5, optimizer=AdamW@16, loader_workers=0@14 default, model=resnet18@15, dataset=MNIST@13}',
    ]);
  });
  test('steps, accumulation, sharding, constants', async () => {
    expect(
      await short(`import torch
from torch.distributed.fsdp import fully_shard
batch_size = 12
grad_accum_steps = 4
block_size = 1024
n_layer = 12
fully_shard(model)
model = torch.compile(model)
opt = torch.optim.SGD(model.parameters())
for step in range(100):
    for micro_step in range(grad_accum_steps):
        loss = model(x) / grad_accum_steps
        loss.backward()
    opt.step()
`),
    ).toEqual([
      'training pytorch 10-14 {max_steps=100@10, strategy=fsdp@7, compile=true@8 default, grad_accum=4@4 variable, optimizer=SGD@9, seq_len=1024@5 variable, n_layer=12@6 variable, batch_size=12@3 variable}',
    ]);
  });
  test('what is off by default does not count', async () => {
    const [line] = await short(
      'import torch\np.add_argument("--amp", action="store_true")\nargs = p.parse_args()\nif args.amp:\n    scaler = torch.amp.GradScaler()\nfor epoch in range(3):\n    loss.backward()\n    opt.step()\n',
    );
    expect(line).toBe('training pytorch 6-8 {epochs=3@6}');
  });
  test('accelerate', async () => {
    expect(
      await short(
        'import torch\nfrom accelerate import Accelerator\nacc = Accelerator(mixed_precision="fp16", gradient_accumulation_steps=8)\nfor epoch in range(2):\n    acc.backward(loss)\n    opt.step()\n',
      ),
    ).toEqual(['training accelerate 4-6 {epochs=2@4, precision=fp16@3, grad_accum=8@3}']);
  });
  test('Fabric stands at its settings', async () => {
    expect(
      await short(`import lightning as L
micro_batch_size = 8
max_steps = 100 * 2
devices = 4
def setup():
    fabric = L.Fabric(devices=devices, precision="bf16-mixed", strategy="fsdp")
    train(fabric)
def train(fabric):
    for batch in loader:
        fabric.backward(loss)
        opt.step()
setup()
`),
    ).toEqual(['training fabric 2-4 {gpu_count=4@4 variable, precision=bf16@6, strategy=fsdp@6, batch_size=8@2 variable, max_steps=200@3 variable}']);
  });
  test('a batch that is divided by the local devices is global', async () => {
    const [line] = await short(
      'import torch\np.add_argument("--batch-size", default=256)\nargs = p.parse_args()\nargs.batch_size = int(args.batch_size / ngpus_per_node)\nloader = torch.utils.data.DataLoader(d, batch_size=args.batch_size)\nfor epoch in range(3):\n    loss.backward()\n    opt.step()\n',
    );
    expect(line).toContain('global_batch_size=256@2 default');
  });
  test.each([
    [
      "a library's function",
      'def train_one_epoch(model, loader, opt):\n    for x in loader:\n        loss = model(x)\n        loss.backward()\n        opt.step()\n',
    ],
    ['one backward', 'import torch\nx = f(a)\nx.backward()\nopt.step()\n'],
    [
      'an autograd function',
      'class F(Function):\n    def backward(ctx, g):\n        for i in range(3):\n            g.backward()\n            s.step()\nif __name__ == "__main__":\n    pass\n',
    ],
    [
      'model.train() is no call of train',
      'class T:\n    def train(self):\n        for epoch in range(self.n):\n            self.model.train()\n            loss.backward()\n            self.opt.step()\n',
    ],
  ])('none: %s', async (_, text) => {
    expect(await short(text)).toEqual([]);
  });
});

test.each<[what: string, text: string, expected: string[]]>([
  [
    'a step that a function makes, and its compiled form',
    `import jax, optax
def make_step(model, tx):
    def step(state, batch):
        _, grads = jax.value_and_grad(loss)(state, batch)
        return tx.update(grads, state)
    return jax.pmap(step)
def train_and_evaluate(config):
    total_steps = 500
    step_fn = make_step(model, optax.sgd(0.1))
    for step, batch in zip(range(0, total_steps), data):
        state = step_fn(state, batch)
`,
    ['training flax 10-11 {max_steps=500@8 variable, optimizer=sgd@9}'],
  ],
  [
    'flags out of a call, a counter beside the data',
    `import jax
from lib import define_flags_with_default
FLAGS, _ = define_flags_with_default(total_steps=10000, seed=1)
def main(argv):
    def train_step(state, batch):
        return state.apply_gradients(grads=grad(state, batch))
    sharded_step = pjit(train_step)
    counter = trange(start, FLAGS.total_steps)
    for step, batch in zip(counter, dataset):
        state = sharded_step(state, batch)
`,
    ['training flax 9-10 {max_steps=10000@3 default}'],
  ],
  [
    'gradients in a scaler that is called',
    `import torch
def train_one_epoch(model, loader, optimizer, loss_scaler):
    for x in loader:
        loss_scaler(model(x), optimizer)
        loss = model(x)
        loss_scaler(loss, optimizer, parameters=model.parameters())
        optimizer.zero_grad()
if __name__ == "__main__":
    start_epoch = resume()
    for epoch in range(start_epoch, start_epoch + 20):
        train_one_epoch(model, loader, optimizer, scaler)
`,
    ['training pytorch 10-11 {epochs=20@10}'],
  ],
  [
    'a class that nothing here drives, with all epochs and its optimiser: a training; steps bound by a while',
    `import torch
class Worker:
    def __init__(self, model, n=5, batch_size=32):
        self.batch_size = batch_size
        self.opt = torch.optim.Adam(model.parameters())
        self.total = 700
    def run(self):
        while self.step < self.total and not self.done:
            loss = self.model(next(self.data))
            loss.backward()
            self.opt.step()
`,
    ['training pytorch 8-11 {max_steps=700@6 variable, optimizer=Adam@5, batch_size=32@3 default}'],
  ],
])('%s', async (_what, text, expected) => {
  expect(await short(text)).toEqual(expected);
});

test.each<[what: string, text: string, expected: string[]]>([
  [
    'a graph of TensorFlow that a session runs',
    `import tensorflow as tf
train_op = tf.train.AdamOptimizer(1e-3).minimize(loss)
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    for epoch in range(20):
        for i in range(n):
            sess.run([train_op, loss], feed_dict={x: b})
`,
    ['training tensorflow 5-7 {epochs=20@5, optimizer=AdamOptimizer@2}'],
  ],
  ['a session that only answers', 'import tensorflow as tf\nfor i in range(9):\n    sess.run(logits)\nopt.minimize(f)\n', []],
  [
    'other libraries with the same words',
    'from mxnet import autograd, gluon\nfor epoch in range(10):\n    for x, y in data:\n        loss.backward()\n        trainer.step(8)\n',
    ['training mxnet 2-5 {epochs=10@2}'],
  ],
  [
    'of two loops the one that a switch chooses by default',
    'import torch\nprofile = False\nif profile:\n    for k in range(5):\n        loss.backward()\n        opt.step()\nelse:\n    for k in range(20):\n        loss.backward()\n        opt.step()\n',
    ['training pytorch 8-10 {max_steps=20@8}'],
  ],
])('%s', async (_what, text, expected) => {
  expect(await short(text)).toEqual(expected);
});
