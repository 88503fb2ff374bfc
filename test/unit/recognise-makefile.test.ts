import { expect, test } from 'vitest';
import { seen } from '../support/recognise.js';

const short = async (name: string, text: string): Promise<string[]> => (await seen(name, text)).short;

test.each([
  [
    'a recipe',
    'train:\n\t@torchrun --nproc_per_node=8 train.py --num_train_epochs 3\n',
    'training pytorch 2-2 {gpu_count=8@2, nproc_per_node=8@2, epochs=3@2}',
  ],
  [
    'variables, wherever they stand',
    'serve:\n\tvllm serve $(MODEL) --tensor-parallel-size ${TP}\nMODEL := org/m-7b\nTP = 2\n',
    'serving vllm 2-2 {model=org/m-7b@3 variable, tensor_parallel=2@4 variable}',
  ],
  [
    'a variable that a command line may replace',
    'TP ?= 4\nserve:\n\tvllm serve org/m-7b --tensor-parallel-size $(TP)\n',
    'serving vllm 3-3 {model=org/m-7b@3, tensor_parallel=4@1 default}',
  ],
  ['lines that go on', 'serve:\n\tvllm serve org/m-7b \\\n\t  --max-model-len 8192\n', 'serving vllm 2-3 {model=org/m-7b@2, max_model_len=8192@3}'],
])('Makefile: %s', async (_name, text, expected) => {
  expect(await short('Makefile', text)).toEqual([expected]);
});
test.each([
  ['what is no run', 'test:\n\tpython -m pytest tests\nlint:\n\truff check train.py\n'],
  ['a comment in a recipe', 'a:\n\t# torchrun --nproc_per_node=8 train.py\n'],
  ['a canned recipe that nobody calls', 'define run\n\ttorchrun --nproc_per_node=8 train.py --epochs 3\nendef\n'],
])('Makefile: nothing is marked for %s', async (_name, text) => {
  expect(await short('Makefile', text)).toEqual([]);
});

test('GitLab: jobs on runners whose tags name a GPU', async () => {
  const text =
    'stages: [test]\n.gpu:\n  tags: [saas-linux-medium-amd64-gpu-standard]\ntest:gpu:\n  extends: .gpu\n  script: [pytest]\nh100:\n  tags:\n    - self-hosted\n    - 8xH100-gpu\n  timeout: 2h 30m\n  script: [pytest]\nlint:\n  tags: [docker]\n  script: [ruff]\n';
  expect(await short('.gitlab-ci.yml', text)).toEqual([
    'resource gitlab-ci 4-6 {}',
    'resource gitlab-ci 7-12 {gpu_type=H100@10, gpu_count=8@10, max_time=9000@11}',
  ]);
  expect(await short('other.yml', text)).toEqual([]);
});
