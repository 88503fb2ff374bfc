import { describe, expect, test } from 'vitest';
import { seen } from '../support/recognise.js';

const short = async (text: string, name = 'a.py') => (await seen(name, text)).short;

describe('Hugging Face trainers', () => {
  test('arguments, model, data set and length', async () => {
    expect(
      await short(`from transformers import AutoModelForCausalLM, AutoTokenizer, Trainer, TrainingArguments
from datasets import load_dataset
NAME = "facebook/opt-125m"
tok = AutoTokenizer.from_pretrained(NAME)
model = AutoModelForCausalLM.from_pretrained(NAME, attn_implementation="flash_attention_2")
data = load_dataset("imdb", split="train[:2000]").map(lambda b: tokenizer(b["text"], max_length=256))
args = TrainingArguments(
    per_device_train_batch_size=4, gradient_accumulation_steps=2 * 4, num_train_epochs=1.5,
    bf16=True, optim="adafactor", gradient_checkpointing=True, torch_compile=False, fsdp="full_shard auto_wrap",
)
trainer = Trainer(model, args, train_dataset=data)
trainer.train()
`),
    ).toEqual([
      'training transformers 11-12 {batch_size=4@8, grad_accum=8@8, epochs=1.5@8, optimizer=adafactor@9, precision=bf16@9, grad_ckpt=true@9, compile=false@9, strategy=fsdp@9, model=facebook/opt-125m@3 variable, flash_attention=true@5, dataset=imdb@6, dataset_size=2000@6, seq_len=256@6}',
    ]);
  });
  test('checkpoints and evaluation', async () => {
    expect(
      await short(`from transformers import Trainer, TrainingArguments
args = TrainingArguments(max_steps=1000, save_steps=100, save_total_limit=2, eval_strategy="no")
Trainer(model, args).train()
`),
    ).toEqual(['training transformers 3-3 {max_steps=1000@2, save_steps=100@2, save_total_limit=2@2, eval_strategy=no@2}']);
  });
  test('parsed settings: declared defaults, and the size that the library takes', async () => {
    expect(
      await short(`import transformers
@dataclass
class ModelArguments:
    model_name_or_path: str = field(default="gpt2")
@dataclass
class TrainingArguments(transformers.TrainingArguments):
    optim: str = field(default="adamw_torch")
def train():
    parser = transformers.HfArgumentParser((ModelArguments, TrainingArguments))
    model_args, training_args = parser.parse_args_into_dataclasses()
    model = transformers.AutoModel.from_pretrained(model_args.model_name_or_path)
    trainer = transformers.Trainer(model=model, args=training_args, train_dataset=d)
    trainer.train()
`),
    ).toEqual([
      'training transformers 12-13 {optimizer=adamw_torch@7 default, model=gpt2@4 default, epochs=3@6 default, batch_size=8@6 default, grad_accum=1@6 default}',
    ]);
    const { sighting } = await seen(
      'a.py',
      'from transformers import *\np = HfArgumentParser(TrainingArguments)\n(a,) = p.parse_args_into_dataclasses()\nt = Trainer(model=m, args=a, train_dataset=d)\nt.train()\n',
    );
    expect(sighting.workloads).toHaveLength(1);
  });
  test('an option overrides by its name', async () => {
    const { sighting } = await seen(
      'a.py',
      'from trl import SFTTrainer, SFTConfig\np.add_argument("--bs", type=int, default=2)\nargs = p.parse_args()\nt = SFTTrainer(model="Qwen/Qwen3-4B", args=SFTConfig(per_device_train_batch_size=args.bs, max_length=2048, packing=True))\nt.train()\n',
    );
    expect(sighting.workloads[0]!.facts.find((fact) => fact.name === 'batch_size')).toMatchObject({ value: 2, origin: 'default', param: 'bs' });
  });
  test('quantised loading with an adapter', async () => {
    expect(
      await short(`import torch
from peft import LoraConfig, get_peft_model, prepare_model_for_kbit_training
from transformers import AutoModelForCausalLM, BitsAndBytesConfig
from trl import SFTTrainer
bnb = BitsAndBytesConfig(load_in_4bit=True, bnb_4bit_quant_type="nf4", bnb_4bit_compute_dtype=torch.bfloat16)
model = AutoModelForCausalLM.from_pretrained("m/x", quantization_config=bnb, torch_dtype=torch.bfloat16)
model = prepare_model_for_kbit_training(model)
model = get_peft_model(model, LoraConfig(r=16))
trainer = SFTTrainer(model=model, train_dataset=d, max_seq_length=512)
trainer.train()
`),
    ).toEqual([
      'training trl 9-10 {seq_len=512@9, model=m/x@6, precision=bf16@6, quantization=nf4@5, finetune_method=qlora@8, lora_rank=16@8, grad_ckpt=true@7 default}',
    ]);
  });
  test('policy training counts prompts and completions apart', async () => {
    expect(
      await short(
        'from trl import GRPOTrainer, GRPOConfig\nc = GRPOConfig(max_prompt_length=256, max_completion_length=512, num_generations=8, use_vllm=True, max_steps=50)\nt = GRPOTrainer(model="a/b", args=c, train_dataset=d)\nt.train()\n',
      ),
    ).toEqual(['training trl 3-4 {max_steps=50@2, seq_len=256@2, max_tokens=512@2, num_generations=8@2, rollout_engine=vllm@2, model=a/b@3}']);
  });
  test('unsloth: what its loading takes by itself', async () => {
    expect(
      await short(`from unsloth import FastLanguageModel, is_bfloat16_supported
from trl import SFTTrainer
from transformers import TrainingArguments
model, tokenizer = FastLanguageModel.from_pretrained(model_name="unsloth/llama-3-8b", max_seq_length=2048)
model = FastLanguageModel.get_peft_model(model, r=16, lora_alpha=16, use_gradient_checkpointing="unsloth")
trainer = SFTTrainer(model=model, args=TrainingArguments(max_steps=60, fp16=not is_bfloat16_supported(), bf16=is_bfloat16_supported()))
trainer.train()
`),
    ).toEqual([
      'training trl 6-7 {max_steps=60@6, precision=auto@6, model=unsloth/llama-3-8b@4, quantization=4bit@4 default, seq_len=2048@4, finetune_method=qlora@5, lora_rank=16@5, grad_ckpt=true@5}',
    ]);
  });
  test('DeepSpeed: a path is a reference, a dict is read', async () => {
    const path = await seen(
      'a.py',
      'from transformers import Trainer, TrainingArguments\nt = Trainer(model="m", args=TrainingArguments(max_steps=5, deepspeed="ds_zero3.json"))\nt.train()\n',
    );
    expect(path.short).toEqual(['training transformers 2-3 {max_steps=5@2, strategy=zero3@2, model=m@2}']);
    expect(path.sighting.workloads[0]!.refs).toMatchObject([{ role: 'config', target: 'ds_zero3.json' }]);
    expect(
      await short(
        'from transformers import Trainer, TrainingArguments\nds = {"zero_optimization": {"stage": 2, "offload_optimizer": {"device": "cpu"}}}\nt = Trainer(model="m", args=TrainingArguments(max_steps=5, deepspeed=ds))\nt.train()\n',
      ),
    ).toEqual(['training transformers 3-4 {max_steps=5@3, strategy=zero2@2, offload=cpu@2, model=m@3}']);
  });
  test('an adapter under an option that is off says nothing', async () => {
    const [line] = await short(
      'from transformers import Trainer\nfrom peft import LoraConfig\np.add_argument("--lora", action="store_true")\nargs = p.parse_args()\nif args.lora:\n    c = LoraConfig(r=8)\nt = Trainer(model="m", args=a)\nt.train()\n',
    );
    expect(line).not.toContain('lora');
  });
  test('two constructions of one trainer are one training, two trained ones are two', async () => {
    expect(await short('from transformers import Trainer\nif x:\n    t = Trainer(model="a")\nelse:\n    t = Trainer(model="b")\nt.train()\n')).toHaveLength(1);
    expect(await short('from transformers import Trainer\nt = Trainer(model="a")\nt.train()\nt = Trainer(model="b")\nt.train()\n')).toHaveLength(2);
  });
  test('a search multiplies', async () => {
    const [line] = await short(
      'from transformers import Trainer, TrainingArguments\nt = Trainer(model_init=f, args=TrainingArguments(output_dir="o"))\nt.hyperparameter_search(n_trials=5)\n',
    );
    expect(line).toContain('trials=5@3');
    expect(line).toContain('epochs=3@2 default');
  });
  test('a notebook: earlier cells, lines of the stored file', async () => {
    const cell = (...lines: string[]) => ({ cell_type: 'code', source: lines.map((line) => `${line}\n`) });
    const text = JSON.stringify(
      { cells: [cell('MODEL = "a/b" #@param'), cell('!pip install x \\', '  y', 'from transformers import Trainer', 't = Trainer(model=MODEL)', 't.train()')] },
      null,
      1,
    );
    const [line] = await short(text, 'n.ipynb');
    expect(line).toMatch(/^training transformers \d+-\d+ \{model=a\/b@\d+ variable\}$/);
    const at = (what: string) => text.split('\n').findIndex((one) => one.includes(what)) + 1;
    expect(line).toContain(`transformers ${at('Trainer(model')}-${at('t.train')}`);
  });
  test.each([
    ["a tutorial's own Trainer", 'import transformers\nclass Trainer:\n    pass\nt = Trainer(model=m, args=a)\nt.train()\n'],
    ['a library that defines one', 'from transformers import Trainer\nclass MyTrainer(Trainer):\n    def __init__(self):\n        super().__init__(model=m)\n'],
    ['only evaluation', 'from transformers import Trainer\nt = Trainer(model=m)\nt.evaluate()\n'],
    ["the tokenizers' trainer", 'import transformers\nfrom tokenizers.trainers import BpeTrainer\nt = BpeTrainer(vocab_size=3)\ntok.train(files, t)\n'],
    ['a text', 'import transformers\nx = "Trainer(model=m).train()"\n'],
  ])('none: %s', async (_, text) => {
    expect(await short(text)).toEqual([]);
  });
  test('none: a test file', async () => {
    expect(await short('from transformers import Trainer\nt = Trainer(model="a")\nt.train()\n', 'tests/test_a.py')).toEqual([]);
  });
  test('a broken file still says what it can', async () => {
    expect(await short('from transformers import Trainer\nt = Trainer(model="a")\nt.train()\ndef broken(:\n  x = [\n')).toHaveLength(1);
  });
});
