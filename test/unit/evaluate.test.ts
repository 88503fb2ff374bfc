import { beforeAll, describe, expect, test } from 'vitest';
import { Evaluator } from '../../server/src/core/recognise/python/evaluate.js';
import type { Expr } from '../../server/src/core/syntax/python/ast.js';
import { PythonProgram } from '../../server/src/core/syntax/python/program.js';
import { SyntaxTree } from '../../server/src/core/syntax/tree.js';
import { testGrammars } from '../support/grammars.js';

let parser: Awaited<ReturnType<ReturnType<typeof testGrammars>['load']>>;
beforeAll(async () => {
  parser = await testGrammars().load('python');
});

/** The value of the argument of the last `use(…)`: `value origin @line (param)`, or `? reason`. */
function used(text: string): string {
  const program = new PythonProgram(new SyntaxTree(parser, text));
  const evaluate = new Evaluator(program, 'file:///a.py');
  const { call } = program.calls(/\buse\b/g).at(-1)!;
  const expr = evaluate.argument(call, 'x', 0) as Expr;
  const found = evaluate.value(expr);
  const line = text.slice(0, found.start).split('\n').length;
  const param = found.param === undefined ? '' : ` (${found.param})`;
  return found.known ? `${found.value} ${found.origin} @${line}${param}` : `? ${found.reason}${param}`;
}

describe('the value of an expression', () => {
  const cases: readonly (readonly [name: string, text: string, expected: string])[] = [
    ['a literal', 'use(8)', '8 literal @1'],
    ['arithmetic', 'use(60_000 // 7 + 2 ** 3)', '8579 literal @1'],
    ['a constant', 'BS = 16\nuse(BS)', '16 variable @1'],
    ['a constant of a constant', 'A = 2\nB = A * 4\nuse(B)', '8 variable @2'],
    ['the last assignment before the use', 'n = 1\nn = 2\nuse(n)\nn = 3', '2 variable @2'],
    ['a name that is defined by itself', 'a = b\nb = a\nuse(a)', '? defined in terms of itself'],
    ['a condition that the text decides', 'FAST = True\nuse(2 if FAST else 4)', '2 literal @2'],
    ['a condition of run time', 'use(2 if torch.backends.mps.is_available() else 4)', '? depends on a condition that is decided at run time'],
    ['whether there is a GPU', 'use(2 if torch.cuda.is_available() else 4)', '2 literal @1'],
    ['both branches alike', 'use(4 if torch.cuda.is_available() else 4)', '4 literal @1'],
    ['a colab form field', 'batch = 8 #@param {type: "integer"}\nuse(batch)', '8 variable @1'],
    ['a torch dtype', 'import torch\nuse(torch.bfloat16)', 'bfloat16 literal @2'],
    ['a table of dtypes', 'import torch\nd = "fp16"\nuse({"fp16": torch.float16, "bf16": torch.bfloat16}[d])', 'float16 variable @3'],
    [
      'an option in the dict of all',
      'import argparse\np = argparse.ArgumentParser()\np.add_argument("--bs", type=int, default=4)\nargs = p.parse_args().__dict__\nuse(args.get("bs"))',
      '4 default @3 (bs)',
    ],
    [
      'an option under vars()',
      'import argparse\np = argparse.ArgumentParser()\np.add_argument("--bs", type=int, default=4)\nargs = vars(p.parse_args())\nuse(args["bs"])',
      '4 default @3 (bs)',
    ],
    ['what an executor hands on', 'def ask(q, limit):\n    use(limit)\n\npool.submit(ask, "q", 99)', '99 variable @4'],
    ['what a partial hands on by name', 'from functools import partial\ndef ask(q, limit):\n    use(limit)\n\nf = partial(ask, limit=7)', '7 variable @5'],
    ['conversion', 'use(int("12"))', '12 literal @1'],
    ['an imported name', 'from config import BATCH\nuse(BATCH)', '? BATCH comes from the module config'],
    // environment
    ['an environment variable with a fallback', 'import os\nuse(int(os.environ.get("BS", "8")))', '8 default @2 (env:BS)'],
    ['an environment variable or a value', 'import os\nuse(os.getenv("BS") or 8)', '8 default @2 (env:BS)'],
    ['an environment variable without', 'import os\nuse(os.environ["BS"])', '? BS is set outside of the code (env:BS)'],
    // command lines
    ['argparse', 'p.add_argument("-b", "--batch-size", type=int, default=32)\nargs = p.parse_args()\nuse(args.batch_size)', '32 default @1 (batch_size)'],
    ['argparse over several lines', 'p.add_argument(\n    "--bs",\n    help="size",\n    default=4,\n)\nuse(args.bs)', '4 default @4 (bs)'],
    ['argparse with a destination', 'p.add_argument("--bs", dest="batch", default=4)\nuse(args.batch)', '4 default @1 (batch)'],
    ['argparse with a text default of a type', 'p.add_argument("--bs", type=int, default="4")\nuse(args.bs + 1)', '5 default @2'],
    ['argparse switch', 'p.add_argument("--amp", action="store_true")\nuse(args.amp)', 'false default @1 (amp)'],
    ['argparse without a default', 'p.add_argument("--model")\nuse(args.model)', '? --model has no default (model)'],
    ['argparse under another name', 'p.add_argument("--lr", default=1)\nhp = p.parse_args()\nuse(hp.lr)', '1 default @1 (lr)'],
    ['argparse with known arguments', 'p.add_argument("--lr", default=1)\nx, _ = p.parse_known_args()\nuse(x.lr)', '1 default @1 (lr)'],
    ['argparse in a function', 'def parse():\n    p.add_argument("--lr", default=3)\n    return p.parse_args()\na = parse()\nuse(a.lr)', '3 default @2 (lr)'],
    ['set_defaults', 'p.add_argument("--lr", default=3)\np.set_defaults(lr=5)\nuse(args.lr)', '5 default @2 (lr)'],
    ['an option that is only a word of a help text', 'p.add_argument("--x", help="lr")\nuse(args.lr)', '? args.lr is not decided in this file (lr)'],
    ['an option that is overwritten', 'p.add_argument("--lr", default=3)\nargs.lr = 7\nuse(args.lr)', '7 variable @2'],
    ['absl flags', 'flags.DEFINE_integer(\n    "bs", 32, "size")\nuse(FLAGS.bs)', '32 default @2 (bs)'],
    ['click', '@click.command()\n@click.option("--bs", default=8)\ndef main(bs):\n    use(bs)', '8 default @2 (bs)'],
    ['click with another name', '@click.command()\n@click.option("--batch-size", "bs", default=8)\ndef main(bs):\n    use(bs)', '8 default @2 (bs)'],
    ['typer', 'def main(bs: int = typer.Option(8, "--bs")):\n    use(bs)', '8 default @1 (bs)'],
    ['a parameter that is a flag (fire)', 'def train(bs: int = 8):\n    use(bs)\nfire.Fire(train)', '8 default @1 (bs)'],
    ['getattr with a fallback', 'use(getattr(args, "bs", 4))', '4 default @1 (bs)'],
    ['a condition on a switch', 'p.add_argument("--big", action="store_true")\nuse(64 if args.big else 8)', '8 literal @2'],
    // classes
    ['a dataclass', '@dataclass\nclass Args:\n    bs: int = field(default=8)\nargs = tyro.cli(Args)\nuse(args.bs)', '8 default @3 (bs)'],
    [
      'a dataclass through its parser',
      'class D:\n    n: int = 1\nclass T:\n    n: int = 2\nparser = HfArgumentParser((D, T))\nd, t = parser.parse_args_into_dataclasses()\nuse(t.n)',
      '2 default @4 (n)',
    ],
    ['a dataclass in a parameter', 'class T:\n    n: int = 2\ndef f(t: Optional[T] = None):\n    use(t.n)', '2 default @2 (n)'],
    ['a dataclass given by the caller', 'class T:\n    n: int = 2\ndef f(t):\n    use(t.n)\nf(T())', '2 default @2 (n)'],
    ['a dataclass given a value', 'class T:\n    n: int = 2\nt = T(n=3)\nuse(t.n)', '3 variable @3'],
    ['a base class', 'class A:\n    n = 5\nclass B(A):\n    m = 6\nuse(B().n)', '5 default @2 (n)'],
    [
      'a member that is a config',
      'class C:\n    n: int = 5\nclass M:\n    def __init__(self, config: C):\n        self.config = config\n    def f(self):\n        use(self.config.n)',
      '5 default @2 (n)',
    ],
    ['a pydantic field', 'class C(BaseModel):\n    n: int = Field(5, gt=0)\nuse(C().n)', '5 default @2 (n)'],
    ['self', 'class M:\n    def __init__(self, bs=4):\n        self.bs = bs\n    def f(self):\n        use(self.bs)', '4 default @2 (bs)'],
    [
      'self, constructed once',
      'class M:\n    def __init__(self, bs):\n        self.bs = bs\n    def f(self):\n        use(self.bs)\nm = M(bs=32)',
      '32 variable @6',
    ],
    [
      'self of the right class',
      'class A:\n    def __init__(self):\n        self.n = 1\nclass B:\n    def __init__(self):\n        self.n = 2\nclass A2(A):\n    def f(self):\n        use(self.n)\n        self.n = 3',
      '3 variable @10',
    ],
    [
      'kept hyper-parameters',
      'class M(LightningModule):\n    def __init__(self, bs=4):\n        self.save_hyperparameters()\n    def f(self):\n        use(self.hparams.bs)',
      '4 default @2 (bs)',
    ],
    // dicts
    ['a dict', 'c = {"bs": 4, "n": {"d": 5}}\nuse(c["n"]["d"])', '5 variable @1'],
    ['dict()', 'c = dict(bs=4)\nuse(c["bs"])', '4 variable @1'],
    ['a changed element', 'c = {"bs": 4}\nc["bs"] = 6\nuse(c["bs"])', '6 variable @2'],
    ['get with a fallback', 'c = load()\nuse(c.get("bs", 4))', '4 default @2 (bs)'],
    ['a spread dict', 'base = {"x": 3}\nuse(**base)', '3 literal @1'],
    ['a spread dict that was changed', 'kw = {"y": 3}\nkw["x"] = 4\nuse(**kw)', '4 literal @2'],
    ['a dict of a dict', 'base = {"x": 3}\nuse(**{**base, "y": 1})', '3 literal @1'],
    ['options spread', 'p.add_argument("--x", default=2)\nargs = p.parse_args()\nuse(**vars(args))', '2 default @1 (x)'],
    ['a namespace', 'c = SimpleNamespace(bs=4)\nuse(c.bs)', '4 variable @1'],
    ['a wrapped dict', 'c = EasyDict({"bs": 4})\nuse(c.bs)', '4 variable @1'],
    ['a config object', 'config = ml_collections.ConfigDict()\nconfig.bs = 4\nuse(config.bs)', '4 variable @2'],
    ["a run's config", 'import wandb\nwandb.init(config={"bs": 4})\nconfig = wandb.config\nuse(config.bs)', '4 variable @2'],
    // functions
    ['a parameter given once', 'def f(n):\n    use(n)\nf(4)', '4 variable @3'],
    ['a parameter given twice', 'def f(n):\n    use(n)\nf(4)\nf(5)', '? n is a parameter that the callers decide'],
    ['a parameter through a launcher', 'def w(rank, n):\n    use(n)\nmp.spawn(w, args=(9,), nprocs=2)', '9 variable @3'],
    [
      'a parameter through Ray',
      'c = {"bs": 4}\ndef loop(config):\n    use(config["bs"])\nTorchTrainer(train_loop_per_worker=loop, train_loop_config=c)',
      '4 variable @1',
    ],
    ['what a function returns', 'def cfg():\n    return {"bs": 4}\nc = cfg()\nuse(c["bs"])', '4 variable @2'],
    ['a function that calls itself', 'def f(n):\n    return f(n)\nuse(f(1))', '? the result of f()'],
  ];
  test.each(cases)('%s', (_, text, expected) => {
    expect(used(text)).toBe(expected);
  });
});
