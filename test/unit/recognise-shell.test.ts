// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the texts are shell
import { describe, expect, test } from 'vitest';
import { seen } from '../support/recognise.js';

const short = async (text: string, name = 'run.sh'): Promise<string[]> => (await seen(name, text)).short;
const facts = async (text: string): Promise<string> => (await short(text)).map((line) => /\{(.*?)\}/.exec(line)?.[1] ?? '').join(' | ');

describe('here-documents', () => {
  const program = 'from vllm import LLM\nllm = LLM("org/m", tensor_parallel_size=2)\n';
  test('a program that the interpreter reads', async () => {
    expect(await short(`cd x\npython - <<'EOF'\n${program}EOF\n`)).toEqual(['batch-inference vllm 4-4 {model=org/m@4, tensor_parallel=2@4}']);
  });
  test('what the shell puts in is not known', async () => {
    expect(await short(`python3 <<EOF\n${program.replace('org/m', '$MODEL')}EOF\n`)).toEqual(['batch-inference vllm 3-3 {tensor_parallel=2@3} ?model']);
  });
  test('a script that a command of the file runs has its money there', async () => {
    const script = 'import torch\nfor epoch in range(3):\n    for x in DataLoader(d, batch_size=16):\n        loss.backward()\n        optimizer.step()\n';
    const { sighting } = await seen('run.sh', `cat > train.py <<'EOF'\n${script}EOF\ntorchrun --nproc_per_node=4 train.py\n`);
    expect(sighting.workloads.map((one) => [one.fragment === true, one.facts.find(({ name }) => name === 'epochs')?.value])).toEqual([
      [true, 3],
      [false, 3],
    ]);
  });
  test('settings that a command takes, and what a cluster is given', async () => {
    const settings = '{"train_micro_batch_size_per_gpu": 4, "gradient_accumulation_steps": "auto",\n "zero_optimization": {"stage": 3}}\n';
    const pod =
      'kind: Pod\napiVersion: v1\nspec: {containers: [{name: v, image: "vllm/vllm-openai:latest", args: ["--model", "org/m"], resources: {limits: {nvidia.com/gpu: 2}}}]}\n';
    expect(
      await short(
        `cat <<EOT > ds.json\n${settings}EOT\ndeepspeed --num_gpus 8 train.py --deepspeed ds.json --num_train_epochs 2\nkubectl apply -f - <<EOF\n${pod}EOF\n`,
      ),
    ).toEqual(['training deepspeed 5-5 {gpu_count=8@5, epochs=2@5, strategy=zero3@3, batch_size=4@2}', 'serving vllm 7-9 {gpu_count=2@9, model=org/m@9}']);
  });
  test('a text that nothing reads as a program is none', async () => {
    expect(await short(`cat <<EOF\n${program}EOF\ncat > notes.txt <<EOF\n${program}EOF\n`)).toEqual([]);
  });
});

describe('programs that run a model', () => {
  test.each([
    [
      'a Trainer’s script that only predicts',
      'python run.py --model_name_or_path org/m --do_train False --do_predict True --per_device_eval_batch_size 4 --max_new_tokens 64',
      'batch-inference transformers 1-1 {batch_size=4@1, max_tokens=64@1, model=org/m@1} ?dataset_size',
    ],
    [
      'one that trains first',
      'python run.py --model_name_or_path org/m --do_train --do_predict --per_device_train_batch_size 4',
      'training transformers 1-1 {model=org/m@1, batch_size=4@1}',
    ],
    ['a generator with a model of a hub', 'python generate.py --base_model org/m --prompt hi', 'batch-inference pytorch 1-1 {model=org/m@1}'],
    ['a sampler with a checkpoint', 'python sample.py --ckpt out/a/model.pt', 'batch-inference pytorch 1-1 {model=out/a/model.pt@1}'],
    ['a generator of data with a service’s model', 'python generate.py --model openai/gpt-4o', undefined],
    [
      'an evaluation that a launcher spreads',
      'torchrun --nproc_per_node=2 evaluate.py --cfg-path a.yaml',
      'batch-inference pytorch 1-1 {gpu_count=2@1, nproc_per_node=2@1}',
    ],
    ['a benchmark of the network that a launcher spreads', 'torchrun --nproc_per_node=2 bench_allreduce.py --config a.yaml', undefined],
    [
      'a program of one’s own with a training’s options',
      'lora_pti --pretrained_model_name_or_path=org/m --train_batch_size=1 --gradient_accumulation_steps=4 --lr_scheduler=linear --lora_rank=2',
      'training diffusers 1-1 {model=org/m@1, batch_size=1@1, grad_accum=4@1, lora_rank=2@1, finetune_method=lora@1 default}',
    ],
    ['a chat that a launcher starts', 'deepspeed examples/chatbot.py --deepspeed ds.json --model_name_or_path org/m', undefined],
    ['a program with a model alone', 'mytool --model_name_or_path org/m', undefined],
    ['an evaluation that may ask a server', 'python eval.py --model org/m', undefined],
  ])('%s', async (_what, text, expected) => expect((await short(text))[0]).toBe(expected));
});

describe('partitions', () => {
  test.each([
    ['a3', 'gpu_count=8@3'],
    ['h100-long', 'gpu_count=8@3, gpu_type=h100@2 default'],
    ['gpu_v100s', 'gpu_count=8@3, gpu_type=v100s@2 default'],
  ])('%s', async (partition, expected) =>
    expect(
      (await facts(`#!/bin/bash\n#SBATCH --partition=${partition}\n#SBATCH --gres=gpu:8\npython train.py --epochs 2\n`)).replace(', epochs=2@4', ''),
    ).toContain(expected),
  );
});

describe('settings of a tree', () => {
  test.each([
    ['python train.py --optimizer.type=adamw --train_dataset.json.seq_length=2048 --loop.num_epochs 2', 'optimizer=adamw@1, seq_len=2048@1, epochs=2@1'],
    ['python train.py experiment.optim.name=lion data.max_seq_len=128', 'optimizer=lion@1, seq_len=128@1'],
    ['python train.py --eval_dataset.seq_length=2048 --teacher.max_seq_len 9 --data.batch_type 3', ''],
  ])('%j', async (text, expected) => expect(await facts(text)).toBe(expected));
});

describe('launchers', () => {
  test.each([
    ['torchrun --nproc_per_node=8 train.py', 'gpu_count=8@1, nproc_per_node=8@1'],
    ['torchrun --nproc-per-node 8 --nnodes 2 --node_rank $R train.py', 'gpu_count=8@1, nproc_per_node=8@1, num_nodes=2@1'],
    ['torchrun --standalone --nnodes=1:4 -m pkg.train -- --epochs 3', 'num_nodes=1..4@1, epochs=3@1'],
    ['python -m torch.distributed.launch --nproc_per_node=4 --use_env main.py --lr 1', 'gpu_count=4@1, nproc_per_node=4@1'],
    ['accelerate launch --num_processes 16 --num_machines 2 --mixed_precision bf16 sft.py', 'num_nodes=2@1, gpu_count=8@1, precision=bf16@1'],
    ['accelerate launch --multi_gpu --num_processes=4 train.py', 'gpu_count=4@1, strategy=ddp@1'],
    ['accelerate launch --use_deepspeed --zero_stage 3 train.py', 'strategy=zero3@1'],
    ['accelerate launch --config_file configs/deepspeed_zero2.yaml train.py', 'strategy=zero2@1 default'],
    ['deepspeed --num_gpus 4 --num_nodes 2 train.py', 'gpu_count=4@1, num_nodes=2@1'],
    ['deepspeed --include localhost:0,1,4-5 train.py', 'gpu_count=4@1'],
    ['CUDA_VISIBLE_DEVICES=0,1 python train.py', 'gpu_count=2@1 default'],
    ['export CUDA_VISIBLE_DEVICES=3\npython train.py', 'gpu_count=1@1 default'],
    ['mpirun -np 4 --allow-run-as-root python train.py', 'gpu_count=4@1'],
    ['mpirun -np 16 -H a:8,b:8 -x PATH python train.py', 'gpu_count=8@1, num_nodes=2@1'],
    ['composer -n 8 train.py', 'gpu_count=8@1'],
    ['fabric run --devices 2 --precision bf16-true train.py', 'gpu_count=2@1, precision=bf16@1'],
    ['docker run --rm --gpus \'"device=0,1"\' -v a:b -e X=1 image python train.py', 'gpu_count=2@1'],
    ['nohup uv run python -u train.py --epochs 2 > log 2>&1 &', 'epochs=2@1'],
    ['srun --nodes=2 --gpus-per-node=4 python train.py', 'gpu_count=4@1, num_nodes=2@1'],
    ['N=4\nnsys profile -o x torchrun --nproc_per_node $N train.py', 'gpu_count=4@1 variable, nproc_per_node=4@1 variable'],
    ['python submit.py --num_nodes 2 --gpus 8 -- source env.sh \\&\\& accelerate launch train.py --bf16', 'num_nodes=2@1, gpu_count=8@1, precision=bf16@1'],
    ['torchrun --nproc_per_node=gpu train.py', ''],
    ['srun -n2 bash torchrun.sh --nnodes=2 --nproc_per_node=8 tasks/pretrain.py', 'num_nodes=2@1, gpu_count=8@1, nproc_per_node=8@1'],
    ['python tools/train.py config.py --gpu-ids 0', 'gpu_count=1@1'],
    ['python tools/train.py config.py --gpu-ids 0,2,3', 'gpu_count=3@1'],
  ])('%j', async (text, expected) => expect((await facts(text)).split(', ').sort()).toEqual(expected.split(', ').sort()));

  test('a count that is decided at run time is unknown, with its name', async () => {
    expect(await short('torchrun --nproc_per_node=$NGPU train.py')).toEqual(['training pytorch 1-1 {} ?gpu_count ?nproc_per_node']);
  });
});

describe('flags of training programs', () => {
  test('Hugging Face Trainer, over continued lines', async () => {
    const text = `deepspeed train_lora.py \\
  --model_name_or_path org/base-7b \\
  --lora_r 8 --lora_alpha 16 \\
  --num_train_epochs 3 --max_steps -1 \\
  --per_device_train_batch_size 2 --gradient_accumulation_steps 4 \\
  --fp16 True --bf16 False --model_max_length 2048 \\
  --gradient_checkpointing --deepspeed ds_z3.json`;
    const { short: lines, sighting } = await seen('run.sh', text);
    expect(lines).toEqual([
      'training transformers 1-7 {model=org/base-7b@2, batch_size=2@5, grad_accum=4@5, seq_len=2048@6, epochs=3@4, precision=fp16@6, grad_ckpt=true@7, lora_rank=8@3, strategy=zero3@7, finetune_method=lora@3 default}',
    ]);
    expect(sighting.workloads[0]?.refs.map((ref) => ref.target)).toEqual(['ds_z3.json']);
    expect(sighting.workloads[0]?.launch?.target).toEqual({ kind: 'script', name: 'train_lora.py' });
    expect(sighting.workloads[0]?.launch?.flags.find((flag) => flag.name === 'lora_alpha')?.value).toBe(16);
  });
  test('trainers of vision-language models', async () => {
    const text = `torchrun --nproc_per_node=8 chat_pretrain.py --llm_path ./base-3b --vision_path ./vit --meta_path data/mix.json \\
  --force_image_size 448 --grad_checkpoint True --per_device_train_batch_size 4 --use_llm_lora 16`;
    expect(await facts(text)).toBe(
      'gpu_count=8@1, nproc_per_node=8@1, model=./base-3b@1, batch_size=4@2, dataset=data/mix.json@1, grad_ckpt=true@2, lora_rank=16@2, image_size=448@2, finetune_method=lora@2 default',
    );
    expect(await facts('torchrun --nproc_per_node=8 train.py --use_llm_lora 0')).toBe('gpu_count=8@1, nproc_per_node=8@1');
  });
  test('samples an epoch and a micro batch under a section', async () => {
    expect(await facts('torchrun --nproc_per_node 8 -m clip.main --train-num-samples 131072 --batch-size 2048')).toBe(
      'gpu_count=8@1, nproc_per_node=8@1, batch_size=2048@1, dataset_size=131072@1',
    );
    expect(await facts('torchrun --nproc_per_node 8 -m verl.trainer.fsdp_sft_trainer data.micro_batch_size=4')).toBe(
      'gpu_count=8@1, nproc_per_node=8@1, batch_size=4@1',
    );
  });
  test('names and values by turns after a configuration', async () => {
    expect(await facts('torchrun --nproc_per_node 8 tasks/pretrain.py config.py batch_size 32 optimizer.lr 1e-4 fp16 True')).toBe(
      'gpu_count=8@1, nproc_per_node=8@1, batch_size=32@1, precision=fp16@1',
    );
    expect(await short('torchrun --nproc_per_node 8 tasks/pretrain.py config.py output_dir out evaluate True')).toEqual([]);
  });
  test('a command put together in a variable stands there', async () => {
    const text = 'LAUNCHER="torchrun --nproc_per_node 8"\nARGS="--epochs 3"\ncmd="$LAUNCHER train.py $ARGS"\neval $cmd';
    expect(await short(text)).toEqual(['training pytorch 3-3 {gpu_count=8@1, nproc_per_node=8@1, epochs=3@2}']);
  });
  test('names of preference methods train', async () => {
    for (const name of ['chat_mpo', 'run_simpo', 'dapo_main']) expect(await short(`python ${name}.py --config c.yaml`), name).toHaveLength(1);
  });
  test('a checkpoint folder is the model only where LitGPT takes it', async () => {
    expect(await facts('python train.py --epochs 3 --checkpoint_dir out/')).toBe('epochs=3@1');
    expect(await facts('litgpt finetune_lora --checkpoint_dir checkpoints/org/m')).toContain('model=checkpoints/org/m@1');
  });
  test('Megatron flags in arrays stand where they are written', async () => {
    const text = `GPUS=8
TP=2
ARGS=(
  --num-layers 32
  --tensor-model-parallel-size $TP # sharded
  --micro-batch-size 1
)
ARGS+=(--global-batch-size \${GBS:-64} --train-iters 100 --bf16 --exit-duration-in-mins 10)
torchrun --nproc_per_node $GPUS pretrain_gpt.py \${ARGS[@]}`;
    expect(await short(text)).toEqual([
      'training megatron 9-9 {gpu_count=8@1 variable, nproc_per_node=8@1 variable, batch_size=1@6, global_batch_size=64@8 default, max_steps=100@8, precision=bf16@8, tensor_parallel=2@2 variable, n_layer=32@4, max_time=600@8}',
    ]);
  });
  test.each([
    [
      'accelerate launch train_text_to_image_lora.py --pretrained_model_name_or_path=org/sd --train_batch_size=4 --resolution=512',
      'model=org/sd@1, batch_size=4@1, image_size=512@1',
    ],
    ['python finetune.py --base_model m --batch_size 128 --micro_batch_size 4', 'model=m@1, batch_size=4@1, global_batch_size=128@1'],
    ['python train.py --model $HOME/models/Llama-7b --data $DATA', 'model=$HOME/models/Llama-7b@1'],
    ['deepspeed main.py --zero_stage 2 --lora_dim 0 --offload', 'strategy=zero2@1, offload=true@1'],
    [
      'python3 -m verl.trainer.main_ppo data.train_batch_size=512 trainer.n_gpus_per_node=8 trainer.nnodes=2 actor_rollout_ref.rollout.n=5',
      'global_batch_size=512@1, num_generations=5@1, gpu_count=8@1, num_nodes=2@1',
    ],
    [
      'python -m openrlhf.cli.train_ppo_ray --actor.num_gpus_per_node 2 --critic.num_gpus_per_node 2 --ref.num_gpus_per_node 2 --train.colocate_actor_ref --reward.remote_url /r.py --vllm.num_engines 2 --vllm.tensor_parallel_size 2',
      'num_generations=1@1 default, gpus=8@1 default, rollout_gpus=4@1 default, tensor_parallel=2@1, gpu_count=2@1',
    ],
    [
      'python -m openrlhf.cli.train_ppo_ray --actor_num_gpus_per_node 8 --vllm_num_engines 8 --colocate_all_models --n_samples_per_prompt 8',
      'num_generations=8@1, gpu_count=8@1',
    ],
    [
      'CUDA_VISIBLE_DEVICES=0,1 NPROC_PER_NODE=2 swift sft --model org/m --tuner_type lora --dataset a#500 b#100',
      'dataset_size=600@1 default, gpu_count=2@1, model=org/m@1, dataset=a#500@1, finetune_method=lora@1',
    ],
    [
      'python qlora.py --bits 4 --lora_r 64 --do_train --optim paged_adamw_32bit',
      'optimizer=paged_adamw_32bit@1, lora_rank=64@1, quantization=4bit@1, finetune_method=qlora@1 default',
    ],
    ['tune run --nproc_per_node 4 lora_finetune_distributed --config llama3/8B_lora batch_size=8', 'gpu_count=4@1, batch_size=8@1'],
    ['tune run full_finetune_single_device --config c', 'gpu_count=1@1 default'],
    ['litgpt finetune_lora org/m --train.epochs 2', 'model=org/m@1, finetune_method=lora@1, epochs=2@1'],
  ])('%j', async (text, expected) => expect(await facts(text)).toBe(expected));

  test.each([
    ['axolotl train x.yml', { kind: 'config', name: 'x.yml' }],
    ['FORCE_TORCHRUN=1 llamafactory-cli train conf/sft.yaml', { kind: 'config', name: 'conf/sft.yaml' }],
    ['accelerate launch -m axolotl.cli.train x.yml', { kind: 'module', name: 'axolotl.cli.train' }],
    ['python -m pkg.train --config a.yaml', { kind: 'module', name: 'pkg.train' }],
  ])('%j launches', async (text, target) => expect((await seen('a.sh', text)).sighting.workloads[0]?.launch?.target).toEqual(target));

  test('a launcher in a string has its lens where the string is written', async () => {
    const text =
      '#SBATCH --gres=gpu:8\n\n\nCMD="train.py --bf16"\n\nLAUNCHER="accelerate launch \\\n  --num_machines $N "\n\n\n\n\nsrun bash -c "$LAUNCHER $CMD"';
    expect(await short(text, 'a.slurm')).toEqual(['resource slurm 1-1 {gpu_count=8@1}', 'training pytorch 6-7 {gpu_count=8@1, precision=bf16@4} ?num_nodes']);
  });
});

describe('servers and evaluations', () => {
  test('an evaluation of vision-language models', async () => {
    expect(await short('accelerate launch --num_processes=8 -m lmms_eval --tasks some --batch_size 1')).toEqual([
      'batch-inference lm-eval 1-1 {batch_size=1@1, dataset=some@1, gpu_count=8@1}',
    ]);
  });
  test.each([
    [
      'vllm serve org/m --tensor-parallel-size 4 --max-model-len 32k --enforce-eager',
      'serving vllm 1-1 {model=org/m@1, tensor_parallel=4@1, max_model_len=32000@1, compile=false@1}',
    ],
    ['vllm serve --trust-remote-code org/m -tp 2', 'serving vllm 1-1 {model=org/m@1, tensor_parallel=2@1}'],
    [
      'python -m vllm.entrypoints.openai.api_server --model org/m --quantization awq --dtype auto',
      'serving vllm 1-1 {model=org/m@1, quantization=awq@1, precision=auto@1}',
    ],
    ['python3 -m sglang.launch_server --model-path org/m --tp 16 --nnodes 2', 'serving sglang 1-1 {model=org/m@1, tensor_parallel=16@1, num_nodes=2@1}'],
    [
      'text-generation-launcher --model-id org/m --num-shard 2 --max-total-tokens 4096',
      'serving tgi 1-1 {model=org/m@1, tensor_parallel=2@1, max_model_len=4096@1}',
    ],
    [
      'docker run --gpus all -p 80:80 vllm/vllm-openai:v0.8 --model org/m --gpu-memory-utilization 0.8',
      'serving vllm 1-1 {model=org/m@1, gpu_mem_util=0.8@1, gpu_count=all@1}',
    ],
    [
      'docker run --gpus 1 -e MODEL_ID=org/m ghcr.io/huggingface/text-generation-inference:2 --quantize fp8',
      'serving tgi 1-1 {quantization=fp8@1, model=org/m@1, gpu_count=1@1}',
    ],
    [
      'llama-server -m m.Q4_K_M.gguf -c 8192 -np 4',
      'serving llama.cpp 1-1 {model=m.Q4_K_M.gguf@1, max_model_len=8192@1, max_num_seqs=4@1, quantization=q4_k_m@1}',
    ],
    [
      'CUDA_VISIBLE_DEVICES=0 swift deploy --model org/m --vllm_max_model_len 8192',
      'serving vllm 1-1 {model=org/m@1, max_model_len=8192@1, gpu_count=1@1 default}',
    ],
    ['trl vllm-serve --model org/m --tensor_parallel_size 2', 'serving vllm 1-1 {model=org/m@1, tensor_parallel=2@1}'],
    [
      'lm_eval --model vllm --model_args pretrained=org/m,tensor_parallel_size=2 --tasks mmlu --batch_size auto',
      'batch-inference lm-eval 1-1 {batch_size=auto@1, dataset=mmlu@1, model=org/m@1, tensor_parallel=2@1}',
    ],
  ])('%j', async (text, expected) => expect(await short(text)).toEqual([expected]));
});

describe('batch jobs', () => {
  test.each([
    ['--nodes=2\n#SBATCH --gpus-per-node=h100:8\n#SBATCH --time=3-00:00:00', 'num_nodes=2@1, gpu_count=8@2, gpu_type=h100@2, max_time=259200@3'],
    ['-N 4 --gres=gpu:a100:4 --cpus-per-task=12 --mem=64G -t 90', 'num_nodes=4@1, gpu_count=4@1, gpu_type=a100@1, max_time=5400@1, cpu=12@1, memory=64G@1'],
    ['--nodes=2 --ntasks=2 --gpus-per-task=4', 'num_nodes=2@1, gpu_count=4@1'],
    ['--nodes=2 --gpus=8 --time=01:30:00', 'num_nodes=2@1, gpu_count=4@1 default, max_time=5400@1'],
    ['--gres=gpu:1 --constraint=a100 --time=10:30', 'gpu_count=1@1, gpu_type=a100@1 default, max_time=630@1'],
  ])('%j', async (header, expected) =>
    expect(await short(`#SBATCH ${header}\nmodule load x`, 'a.slurm')).toEqual([`resource slurm 1-${header.split('\n').length} {${expected}}`]),
  );

  test('PBS', async () => {
    expect(await facts('#PBS -l select=2:ncpus=16:ngpus=4:mem=64gb\n#PBS -l walltime=02:00:00\npython train.py')).toBe(
      'num_nodes=2@1, gpu_count=4@1, cpu=16@1, memory=64gb@1, max_time=7200@2 | gpu_count=4@1',
    );
  });
  test('the job gives the devices that its steps do not state', async () => {
    expect(
      await short(
        '#SBATCH --nodes=2\n#SBATCH --gpus-per-node=8\nsrun torchrun --nproc_per_node=$SLURM_GPUS_PER_NODE --nnodes=$SLURM_NNODES train.py',
        'a.slurm',
      ),
    ).toEqual([
      'resource slurm 1-2 {num_nodes=2@1, gpu_count=8@2}',
      'training pytorch 3-3 {gpu_count=8@2 default, nproc_per_node=8@2 default, num_nodes=2@1 default}',
    ]);
  });
});

describe('no workload', () => {
  test.each([
    'python setup.py build',
    'python evaluate.py --batch_size 8',
    'torchrun --nproc_per_node=8 eval_model.py',
    'python -m scripts.tok_train',
    'torchrun -m pytest tests',
    'python train.py --help',
    'python main.py --evaluate --epochs 3 --lr 1',
    'python run.py --epochs 3',
    'echo torchrun train.py',
    '# torchrun train.py',
    'pip install vllm deepspeed',
    'cat > run.sh <<EOF\ntorchrun train.py\nEOF',
    'swift build -c release',
    'swift test',
    'docker build -t vllm/vllm-openai .',
    'docker run -it vllm/vllm-openai bash',
    'accelerate config',
    'deepspeed --version',
    'which vllm',
    'python prepare_train_data.py --num_epochs 1',
    'deepspeed --num_gpus 2 run_model.py --prompt hi --max_new_tokens 5',
    '#SBATCH --cpus-per-task=4\n#SBATCH --time=1:00:00\nsamtools sort a.bam',
    'yolo predict model=a.pt',
    'python manage.py migrate',
    'if [ "$1" = x ]; then python3 -c "import torch"; fi',
  ])('%j', async (text) => expect(await short(text)).toEqual([]));
});

test('accelerate: the stage that a DeepSpeed file’s name tells says more than the switch that turns DeepSpeed on', async () => {
  const { short } = await seen('a.sh', 'accelerate launch --use_deepspeed --deepspeed_config_file configs/stage3_plain.conf train.py --num_train_epochs 1\n');
  expect(short).toEqual([expect.stringContaining('strategy=zero3@1 default')]);
});

test.each<[what: string, text: string, expected: RegExp | undefined]>([
  [
    'torchx: a component with the arguments of its script',
    'torchx run -s kubernetes lib/dist.py:app --script train_bert.py --script_args "--batch_size 16 --epochs 2" --nnodes 2 --nproc_per_node 32 --bf16 True\n',
    /^training pytorch 1-1 \{num_nodes=2@1, gpu_count=32@1.*batch_size=16@1, epochs=2@1, precision=bf16@1/,
  ],
  ['torchx: nodes times processes', 'torchx run dist.ddp -j 2x8 --script train.py -- --epochs 3\n', /num_nodes=2@1, gpu_count=8@1.*epochs=3@1/],
  [
    'a model that runs under a launcher',
    'torchrun --nproc_per_node 8 inference_tp.py --pretrained org/big --max_new_tokens 100\n',
    /^batch-inference pytorch 1-1 \{max_tokens=100@1, model=org\/big@1, gpu_count=8@1, nproc_per_node=8@1\}/,
  ],
  ['an evaluation by its folder', 'torchrun --nproc_per_node=4 pkg/eval/mmlu.py --model-path org/m\n', /^batch-inference pytorch 1-1 \{model=org\/m@1/],
  ['an evaluation of no model', 'torchrun --nproc_per_node=4 pkg/eval/score.py --split test\n', undefined],
])('%s', async (_what, text, expected) => {
  const [first] = (await seen('a.sh', text)).short;
  if (expected) expect(first).toMatch(expected);
  else expect(first).toBeUndefined();
});
