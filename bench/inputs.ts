import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** Ordinary library code: classes, functions, calls, comments. `salt` keeps files different. */
const filler = (salt: number): string => `
class Block${salt}(nn.Module):
    """A residual block; see the notes for shapes."""

    def __init__(self, width: int = ${64 + (salt % 7)}, depth: int = 2, dropout: float = 0.1):
        super().__init__()
        self.norm = nn.LayerNorm(width)
        self.layers = nn.ModuleList([nn.Linear(width, width) for _ in range(depth)])
        self.dropout = nn.Dropout(dropout)

    def forward(self, x, mask=None):
        residual = x
        for layer in self.layers:
            x = layer(self.norm(x))
            if mask is not None:
                x = x.masked_fill(mask == 0, float("-inf"))
        return residual + self.dropout(x)


def collate_${salt}(rows, pad_id=0, limit=${512 + salt}):
    # the longest row decides the width of the batch
    width = min(limit, max(len(row["input_ids"]) for row in rows))
    batch = {"input_ids": [], "labels": []}
    for row in rows:
        ids = row["input_ids"][:width]
        batch["input_ids"].append(ids + [pad_id] * (width - len(ids)))
        batch["labels"].append(row.get("labels", ids))
    return {key: torch.tensor(value) for key, value in batch.items()}
`;
const trainer = `
import argparse
import os

import torch
import torch.nn as nn
from datasets import load_dataset
from peft import LoraConfig
from transformers import AutoModelForCausalLM, AutoTokenizer, Trainer, TrainingArguments

MODEL = "meta-llama/Llama-3.1-8B"

parser = argparse.ArgumentParser()
parser.add_argument("--batch-size", type=int, default=4)
parser.add_argument("--epochs", type=float, default=3)
args = parser.parse_args()
`;
const main = `
def main():
    tokenizer = AutoTokenizer.from_pretrained(MODEL, model_max_length=2048)
    model = AutoModelForCausalLM.from_pretrained(MODEL, torch_dtype=torch.bfloat16)
    data = load_dataset("tatsu-lab/alpaca", split="train")
    lora = LoraConfig(r=16, lora_alpha=32)
    training_args = TrainingArguments(
        output_dir="out",
        per_device_train_batch_size=args.batch_size,
        gradient_accumulation_steps=4,
        num_train_epochs=args.epochs,
        bf16=True,
        gradient_checkpointing=True,
    )
    trainer = Trainer(model=model, args=training_args, train_dataset=data)
    trainer.train()


if __name__ == "__main__":
    main()
`;

/** A Python file of about so many lines with one training in it. */
export function pythonFile(lines: number): string {
  let text = trainer;
  for (let salt = 0; text.split('\n').length < lines - main.split('\n').length; salt++) text += filler(salt);
  return text + main;
}
/** Python without any sign of machine learning. */
export const plainPython = (salt: number): string =>
  `import json\nimport os\n\n${filler(salt).replaceAll('nn.', 'base.').replaceAll('torch.', 'array.')}`.repeat(2);

/** A launch script of about so many lines: functions, loops, arrays, and one launch. */
export function shellFile(lines: number): string {
  let text = '#!/bin/bash\nset -euo pipefail\nexport NCCL_DEBUG=INFO\nNPROC=8\nBS=4\n';
  for (let at = 0; text.split('\n').length < lines - 12; at++) {
    text += `\nprepare_${at}() {\n  local dir="\${1:-/data/part_${at}}"\n  mkdir -p "$dir"\n  for f in "$dir"/*.json; do\n    echo "found $f" | tee -a log.txt\n  done\n  if [ -z "\${SKIP:-}" ]; then\n    cp -r "$dir" "/scratch/$USER/${at}"\n  fi\n}\n`;
  }
  return `${text}\ntorchrun --nproc_per_node=$NPROC train.py \\\n  --model_name_or_path meta-llama/Llama-3.1-8B \\\n  --per_device_train_batch_size $BS \\\n  --num_train_epochs 3 \\\n  --bf16 True\n`;
}
/** A workspace of so many files, of which some are relevant; the rest is ordinary Python and configuration. */
export function writeWorkspace(root: string, files: number, relevant: number): { python: number } {
  let python = 0;
  for (let at = 0; at < files; at++) {
    const folder = path.join(root, `pkg${at % 97}`, `part${at % 7}`);
    mkdirSync(folder, { recursive: true });
    const ml = at % Math.floor(files / relevant) === 0;
    if (!ml && at % 5 === 4) {
      writeFileSync(path.join(folder, `conf${at}.yaml`), `name: service-${at}\nreplicas: 2\nsettings:\n  - a: ${at}\n    b: [1, 2, 3]\n`.repeat(4));
      continue;
    }
    python++;
    writeFileSync(path.join(folder, `mod${at}.py`), ml ? pythonFile(120) : plainPython(at));
  }
  return { python };
}
