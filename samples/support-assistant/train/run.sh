#!/bin/bash
# One node with eight H100.
#SBATCH --job-name=assistant
#SBATCH --nodes=1
#SBATCH --gres=gpu:h100:8
#SBATCH --time=08:00:00
set -euo pipefail
cd "$(dirname "$0")"

torchrun --nproc_per_node 8 finetune.py \
  --batch-size 4 \
  --epochs 2 \
  --deepspeed ds_zero2.json
