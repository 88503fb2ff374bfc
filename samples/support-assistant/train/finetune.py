"""Fine-tunes the assistant on answered tickets. Launch it with run.sh."""

import argparse

import torch
from datasets import load_dataset
from transformers import AutoModelForCausalLM, AutoTokenizer, DataCollatorForLanguageModeling, Trainer, TrainingArguments

from settings import BASE_MODEL, MAX_LENGTH


def parse_args():
    parser = argparse.ArgumentParser()
    parser.add_argument("--dataset", default="acme/support-tickets")
    parser.add_argument("--epochs", type=float, default=3)
    parser.add_argument("--batch-size", type=int, default=2, help="sequences per GPU")
    parser.add_argument("--deepspeed", default=None)
    return parser.parse_args()


def main():
    args = parse_args()
    tokenizer = AutoTokenizer.from_pretrained(BASE_MODEL)
    model = AutoModelForCausalLM.from_pretrained(BASE_MODEL, torch_dtype=torch.bfloat16, attn_implementation="flash_attention_2")

    def tokenize(row):
        return tokenizer(row["text"], truncation=True, max_length=MAX_LENGTH)

    data = load_dataset(args.dataset, split="train").select(range(48_000)).map(tokenize)
    training_args = TrainingArguments(
        output_dir="checkpoints",
        per_device_train_batch_size=args.batch_size,
        gradient_accumulation_steps=4,
        num_train_epochs=args.epochs,
        learning_rate=1e-5,
        bf16=True,
        gradient_checkpointing=True,
        deepspeed=args.deepspeed,
        save_strategy="epoch",
    )
    trainer = Trainer(
        model=model,
        args=training_args,
        train_dataset=data,
        data_collator=DataCollatorForLanguageModeling(tokenizer, mlm=False),
    )
    trainer.train()


if __name__ == "__main__":
    main()
