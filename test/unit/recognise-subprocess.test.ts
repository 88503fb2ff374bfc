import { describe, expect, test } from 'vitest';
import { seen } from '../support/recognise.js';

const short = async (text: string, name = 'a.py') => (await seen(name, text)).short;

describe('commands that a program starts', () => {
  test.each<[what: string, text: string, expected: string[]]>([
    [
      'a list of words',
      'import subprocess\nsubprocess.run(["torchrun", "--nproc_per_node=8", "train.py", "--model_name_or_path", "org/m", "--num_train_epochs", "3"], check=True)\n',
      ['training transformers 2-2 {gpu_count=8@2, nproc_per_node=8@2, model=org/m@2, epochs=3@2}'],
    ],
    [
      'this interpreter, and a list that grows',
      'import subprocess, sys\nargs = [sys.executable, "train.py", "--batch_size", "32"]\nargs += ["--epochs", "5"]\nargs.extend(["--lr", "1e-4"])\nargs.append("--bf16")\nsubprocess.check_call(args)\n',
      ['training pytorch 2-5 {batch_size=32@2, epochs=5@3, precision=bf16@5}'],
    ],
    [
      'options under a condition that nobody knows',
      'import subprocess, sys\nargs = [sys.executable, "train.py", "--batch_size", "32"]\nif ask():\n    args += ["--epochs", "5"]\nsubprocess.check_call(args)\n',
      ['training pytorch 2-4 {batch_size=32@2} ?epochs'],
    ],
    [
      'a text with the program’s own values, and one that a loop changes',
      'import os\nmodel = "org/m"\nfor n in [1, 2]:\n    os.system(f"accelerate launch --num_processes 4 train.py --model_name_or_path {model} --num_train_epochs {n} --per_device_train_batch_size 2")\n',
      ['training transformers 4-4 {gpu_count=4@4, model=org/m@4, batch_size=2@4} ?epochs'],
    ],
    [
      'a text over lines, each fact at its own',
      'import subprocess\ncommand = """\ntorchrun --nproc_per_node=2 train.py \\\\\n  --num_train_epochs 3 \\\\\n  --per_device_train_batch_size 4\n"""\nsubprocess.Popen(command, shell=True)\n',
      ['training transformers 3-5 {gpu_count=2@3, nproc_per_node=2@3, batch_size=4@5, epochs=3@4}'],
    ],
    [
      'a server',
      'import subprocess\nserver = subprocess.Popen(["vllm", "serve", "org/m", "--tensor-parallel-size", str(2)])\n',
      ['serving vllm 2-2 {model=org/m@2, tensor_parallel=2@2}'],
    ],
    [
      'a shell around it',
      'import subprocess\nsubprocess.run(["bash", "-c", "vllm serve org/m --max-model-len 4096"])\n',
      ['serving vllm 2-2 {model=org/m@2, max_model_len=4096@2}'],
    ],
    [
      'words of asyncio',
      'import asyncio\nasync def main():\n    await asyncio.create_subprocess_exec("vllm", "serve", "org/m")\n',
      ['serving vllm 3-3 {model=org/m@3}'],
    ],
    [
      'a program that a caller names',
      'import subprocess, sys\ndef start(script, n):\n    subprocess.run(["torchrun", f"--nproc_per_node={n}", script, "--epochs", "3"])\n',
      [],
    ],
    [
      'another tool',
      'import subprocess\nsubprocess.run(["git", "commit", "-m", "python train.py --epochs 3"])\nsubprocess.run("pip install vllm", shell=True)\n',
      [],
    ],
  ])('%s', async (_what, text, expected) => {
    expect(await short(text)).toEqual(expected);
  });
  test('the test suite of a project starts nothing that costs', async () => {
    const text = 'import subprocess\nclass T(Base):\n    def test_a(self):\n        subprocess.run(["torchrun", "train.py", "--num_train_epochs", "3"])\n';
    expect(await short(text, 'examples/test_train.py')).toEqual([]);
  });
});
