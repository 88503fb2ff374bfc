import { describe, expect, test } from 'vitest';
import { type Assumed, advised, edited } from '../../support/advised.js';

const run: Assumed = { gpu_type: 'h100', gpu_count: 8, dataset_size: 50_000 };
const one: Assumed = { gpu_type: 'rtx-4090', gpu_count: 1, dataset_size: 50_000 };

const sft = `import torch
from datasets import load_dataset
from transformers import AutoModelForCausalLM
from trl import SFTConfig, SFTTrainer  # fine-tuning

model = AutoModelForCausalLM.from_pretrained("Qwen/Qwen2.5-7B", torch_dtype=torch.bfloat16)
trainer = SFTTrainer(
    model=model,
    args=SFTConfig(output_dir="out", bf16=True, num_train_epochs=1, max_length=2048),
    train_dataset=load_dataset("org/chat", split="train"),
)
trainer.train()
`;
const plain = `from transformers import AutoModelForCausalLM, Trainer, TrainingArguments


def main():
    model = AutoModelForCausalLM.from_pretrained("Qwen/Qwen2.5-7B")
    args = TrainingArguments("out", bf16=True, num_train_epochs=1)
    Trainer(model=model, args=args, train_dataset=data).train()


main()
`;
const loop = `import torch
import torchvision
from torch.utils.data import DataLoader

model = torchvision.models.resnet50().cuda()
loader = DataLoader(train_set, batch_size=64, shuffle=True)
optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
for epoch in range(90):
    for images, labels in loader:
        optimizer.zero_grad()
        output = model(images.cuda())
        loss = torch.nn.functional.cross_entropy(
            output,
            labels.cuda(),
        )  # mean
        loss.backward()
        optimizer.step()
`;

describe('a change of code is made where the code has its place', () => {
  test.each<[name: string, text: string, id: string, assumed: Assumed, expected: readonly (readonly [before: string, after: string])[]]>([
    [
      'an adapter as an argument of the trainer, with its import',
      sft,
      'lora',
      run,
      [
        ['SFTTrainer  # fine-tuning\n', 'SFTTrainer  # fine-tuning\nfrom peft import LoraConfig\n'],
        [
          '    train_dataset=load_dataset("org/chat", split="train"),\n',
          '    train_dataset=load_dataset("org/chat", split="train"),\n    peft_config=LoraConfig(r=16, lora_alpha=32, target_modules="all-linear", task_type="CAUSAL_LM"),\n',
        ],
      ],
    ],
    [
      'an adapter around the model',
      plain,
      'lora',
      run,
      [
        ['TrainingArguments\n\n', 'TrainingArguments\nfrom peft import LoraConfig, get_peft_model\n\n'],
        [
          'from_pretrained("Qwen/Qwen2.5-7B")\n',
          'from_pretrained("Qwen/Qwen2.5-7B")\n    model = get_peft_model(model, LoraConfig(r=16, lora_alpha=32, target_modules="all-linear", task_type="CAUSAL_LM"))\n',
        ],
      ],
    ],
    [
      'a base in four bits under an adapter',
      sft
        .replace('trl import', 'peft import LoraConfig\nfrom trl import')
        .replace('    train_dataset', '    peft_config=LoraConfig(r=8, task_type="CAUSAL_LM"),\n    train_dataset')
        .replace('bf16=True', 'bf16=True, per_device_train_batch_size=1'),
      'qlora',
      one,
      [
        ['  # fine-tuning\n', '  # fine-tuning\nfrom transformers import BitsAndBytesConfig\n'],
        [
          'torch_dtype=torch.bfloat16)',
          'torch_dtype=torch.bfloat16, quantization_config=BitsAndBytesConfig(load_in_4bit=True, bnb_4bit_quant_type="nf4", bnb_4bit_use_double_quant=True, bnb_4bit_compute_dtype=torch.bfloat16))',
        ],
      ],
    ],
    [
      'a setting of a trainer that has no other setting to stand beside',
      plain.replace(', bf16=True, num_train_epochs=1', ''),
      'compile',
      run,
      [['TrainingArguments("out")', 'TrainingArguments("out", torch_compile=True)']],
    ],
    [
      'another attention where the model is loaded',
      sft.replace('torch_dtype=torch.bfloat16', 'torch_dtype=torch.bfloat16, attn_implementation="eager"'),
      'flash-attention',
      run,
      [['attn_implementation="eager"', 'attn_implementation="flash_attention_2"']],
    ],
    ['a compiled model', loop, 'compile', run, [['resnet50().cuda()\n', 'resnet50().cuda()\nmodel = torch.compile(model)\n']]],
    [
      'the forward pass under bf16, and backward outside',
      loop,
      'precision-bf16',
      { ...run, precision: 'fp32' },
      [
        [
          '        output = model(images.cuda())\n        loss = torch.nn.functional.cross_entropy(\n            output,\n            labels.cuda(),\n        )  # mean\n',
          '        with torch.autocast("cuda", dtype=torch.bfloat16):\n            output = model(images.cuda())\n            loss = torch.nn.functional.cross_entropy(\n                output,\n                labels.cuda(),\n            )  # mean\n',
        ],
      ],
    ],
  ])('%s', async (_name, text, id, assumed, expected) => {
    let after = text;
    for (const [before, by] of expected) {
      expect(after).toContain(before);
      after = after.replace(before, by);
    }
    const { changed, found } = await edited({ 'train.py': text }, id, assumed);
    expect(changed['train.py']).toBe(after);
    const again = await advised(changed, assumed);
    expect(again.advice.map((each) => each.id)).not.toContain(found.id);
  });

  test.each([
    ['two models are loaded', sft.replace('trainer = ', 'teacher = AutoModelForCausalLM.from_pretrained("Qwen/Qwen2.5-72B")\ntrainer = '), 'flash-attention'],
    ['arguments come in a dict that the text does not decide', plain.replace('"out", bf16=True, num_train_epochs=1', '**options()'), 'compile'],
  ])('nothing is written where %s', async (_name, text, id) => {
    const { advice } = await advised({ 'train.py': text }, run);
    expect(advice.find((each) => each.id.endsWith(`/${id}`))?.edits).toBeUndefined();
  });
});

describe('options that go together', () => {
  const adapted = (settings: string): string =>
    sft
      .replace('trl import', 'peft import LoraConfig\nfrom trl import')
      .replace('    train_dataset', '    peft_config=LoraConfig(r=8, task_type="CAUSAL_LM"),\n    train_dataset')
      .replace('bf16=True', `bf16=True, per_device_train_batch_size=1${settings}`);
  test('a 4-bit base that is sharded is stored in the type of the other weights', async () => {
    const { changed, found } = await edited({ 'train.py': adapted(', fsdp="full_shard auto_wrap"') }, 'qlora', { ...one, gpu_count: 2 });
    expect(changed['train.py']).toContain('bnb_4bit_compute_dtype=torch.bfloat16, bnb_4bit_quant_storage=torch.bfloat16))');
    expect(found.notes.join('\n')).toMatch(/bnb_4bit_quant_storage/);
    const whole = await edited({ 'train.py': adapted('') }, 'qlora', one);
    expect(whole.changed['train.py']).not.toContain('bnb_4bit_quant_storage');
    expect(whole.found.notes.join('\n')).not.toMatch(/bnb_4bit_quant_storage/);
  });
  test('recomputation of a Hugging Face model says that its cache is off meanwhile', async () => {
    const { advice } = await advised(
      { 'train.py': plain.replace('num_train_epochs=1', 'num_train_epochs=1, per_device_train_batch_size=8') },
      { ...run, gpu_count: 1, seq_len: 8192 },
    );
    const found = advice.find(({ changes }) => changes.some(({ fact, to }) => fact === 'grad_ckpt' && to === true));
    expect(found?.notes.join('\n')).toMatch(/use_cache/);
  });
});
