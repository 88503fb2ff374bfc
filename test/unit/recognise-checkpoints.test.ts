import { expect, test } from 'vitest';
import { seen } from '../support/recognise.js';

test.each<[what: string, name: string, text: string, expected: string[]]>([
  [
    'a sampler that is given the network, options by name',
    'a.py',
    `import argparse, torch
def main(args):
    net = networks[args.model](size=args.image_size).to("cuda")
    net.load_state_dict(torch.load(args.ckpt))
    net.eval()
    sample_fn = net.forward_with_cfg
    out = diffusion.p_sample_loop(sample_fn, shape)
if __name__ == "__main__":
    p = argparse.ArgumentParser()
    p.add_argument("--model", default="Net-XL/2")
    p.add_argument("--ckpt")
    p.add_argument("--image-size", type=int, default=256)
    p.add_argument("--per-proc-batch-size", type=int, default=32)
    p.add_argument("--num-sampling-steps", type=int, default=250)
    main(p.parse_args())
`,
    ['batch-inference pytorch 3-7 {inference_steps=250@14 default, image_size=256@12 default, model=Net-XL/2@10 default, batch_size=32@13 default}'],
  ],
  [
    'a program without a main function',
    'a.py',
    'import argparse, torch\np = argparse.ArgumentParser()\np.add_argument("--batch_size", type=int, default=4)\nargs = p.parse_args()\nnet = Net().cuda()\nnet.load_state_dict(weights)\ny = net.generate_images(x)\n',
    ['batch-inference pytorch 5-7 {batch_size=4@3 default}'],
  ],
  [
    'an object that is made with the network',
    'a.py',
    'import torch\nif __name__ == "__main__":\n    net = build(cfg)\n    net.load_state_dict(torch.load("x"))\n    sampler = FastSampler(net)\n    sampler.sample(S=50, shape=s)\n',
    ['batch-inference pytorch 3-6 {inference_steps=50@6}'],
  ],
  [
    'a program of one piece, its constants',
    'a.py',
    'import torch\nmax_new_tokens = 100\nmodel = Net(conf)\nmodel.load_state_dict(sd)\ny = model.generate(x, max_new_tokens)\nif __name__ == "__main__": pass\n',
    ['batch-inference pytorch 3-5 {max_tokens=100@2 variable}'],
  ],
  [
    'in a web application it serves',
    'a.py',
    'import torch, gradio as gr\nmodel = Net()\nmodel.load_state_dict(sd)\ndef answer(q):\n    return model.generate(q)\ngr.Interface(answer).launch()\n',
    ['serving pytorch 2-3 {}'],
  ],
  [
    'what converts or trains a network, an optimiser, and a module of a library',
    'a.py',
    'import torch\nmodel.load_state_dict(sd)\nmodel.generate(x)\ntorch.save(model, "y")\nif __name__ == "__main__": pass\n',
    [],
  ],
  ['an optimiser', 'a.py', 'import torch\noptimizer.load_state_dict(sd)\nmodel.generate(x)\nif __name__ == "__main__": pass\n', []],
  [
    'a class of a library',
    'a.py',
    'import torch\nclass A:\n    def __init__(self):\n        self.model.load_state_dict(sd)\n    def run(self):\n        self.model.generate(x)\n',
    [],
  ],
  [
    'a model that a function within the loading one runs',
    'a.py',
    'import fire\nfrom transformers import LlamaForCausalLM\ndef main(base: str = ""):\n    model = LlamaForCausalLM.from_pretrained(base)\n    def answer(q):\n        return model.generate(q, max_new_tokens=9)\n    ui(answer)\nfire.Fire(main)\n',
    ['batch-inference transformers 4-4 {max_tokens=9@6}'],
  ],
  [
    'a training that callers fill in: epochs, the optimiser as a parameter',
    'a.py',
    'import torch\ndef train_net(net, optimizer, loader, num_epochs=2):\n    for epoch in range(num_epochs):\n        for batch in loader:\n            loss = net(batch)\n            loss.backward()\n            optimizer.step()\ndef train_one_epoch(net, optimizer, loader):\n    for i in range(len(loader)):\n        net(batch).backward()\n        optimizer.step()\n',
    ['training pytorch 3-7 {epochs=2@2 default}'],
  ],
  [
    'a distiller, a trainer in a with statement',
    'a.py',
    'import torch\nfrom mine import Distiller\nif __name__ == "__main__":\n    distiller = Distiller(params=args, student=s)\n    distiller.train()\n',
    ['training pytorch 4-5 {}'],
  ],
  [
    'a trainer in a with statement',
    'a.py',
    'import jax\nfrom mine import Trainer\nif __name__ == "__main__":\n    with Trainer(config, optimizer) as trainer:\n        trainer.train(state, loader)\n',
    ['training jax 4-5 {}'],
  ],
])('%s', async (_what, name, text, expected) => {
  expect((await seen(name, text)).short).toEqual(expected);
});
