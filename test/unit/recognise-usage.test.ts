import { expect, test } from 'vitest';
import { seen } from '../support/recognise.js';

const script = (usage: string, config = 'SFTConfig'): string => `# Copyright
"""
${usage}
"""
from trl import SFTTrainer, ${config}, ScriptArguments, TrlParser
parser = TrlParser((ScriptArguments, ${config}))
script_args, training_args = parser.parse_args_and_config()
trainer = SFTTrainer(model=script_args.model, args=training_args)
trainer.train()
`;

test.each<[what: string, name: string, text: string, expected: string]>([
  [
    'the first command of the docstring that runs this file',
    'tune.py',
    script(
      'Full:\n```\npython examples/other.py --num_train_epochs 9\npython examples/tune.py \\\n    --model_name_or_path org/m-1.5B \\\n    --per_device_train_batch_size 2 \\\n    --bf16\n```\nLoRA:\npython examples/tune.py --use_peft --per_device_train_batch_size 7',
    ),
    'training trl 17-18 {model=org/m-1.5B@7 default, batch_size=2@8 default, precision=bf16@9 default, epochs=3@17 default, grad_accum=1@17 default}',
  ],
  [
    'a command that runs another file',
    'tune.py',
    script('python other.py --per_device_train_batch_size 2'),
    'training trl 8-9 {epochs=3@8 default, batch_size=8@8 default, grad_accum=1@8 default}',
  ],
])('%s', async (_what, name, text, expected) => {
  expect((await seen(name, text)).short).toEqual([expected]);
});
test('what the code says goes before the usage; a file that reads no command line has none', async () => {
  const { short } = await seen(
    'tune.py',
    '"""\npython tune.py --per_device_train_batch_size 2\n"""\nfrom trl import SFTTrainer, SFTConfig\nSFTTrainer(model="org/m", args=SFTConfig(per_device_train_batch_size=4)).train()\n',
  );
  expect(short[0]).toContain('batch_size=4@5');
});
test('a pipeline that is given a loaded model', async () => {
  const { short } = await seen(
    'a.py',
    'from transformers import AutoModelForCausalLM, BitsAndBytesConfig, pipeline\nmodel = AutoModelForCausalLM.from_pretrained("org/m", quantization_config=BitsAndBytesConfig(load_in_4bit=True))\npipe = pipeline("text-generation", model=model, tokenizer=t, max_new_tokens=512)\npipe("Hi")\n',
  );
  expect(short).toEqual(['batch-inference transformers 3-3 {model=org/m@2 variable, max_tokens=512@3, quantization=4bit@2}']);
});
