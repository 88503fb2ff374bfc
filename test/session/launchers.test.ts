import { afterEach, describe, expect, test } from 'vitest';
import { Editor, root } from '../support/session.js';

let editor: Editor;
afterEach(() => editor?.stop());
const script = [
  'from transformers import AutoModelForCausalLM, Trainer, TrainingArguments',
  'model = AutoModelForCausalLM.from_pretrained("meta-llama/Llama-3.1-8B")',
  'trainer = Trainer(model=model, args=TrainingArguments(per_device_train_batch_size=1), train_dataset=data)',
  'trainer.train()',
].join('\n');
const launch = (gpus: number): string => `#!/bin/bash\n#SBATCH --gres=gpu:h100:${gpus}\ntorchrun --nproc_per_node ${gpus} train.py\n`;
const launched = async (gpus: number): Promise<void> => {
  expect(await editor.lensesWith('train.py', new RegExp(`${gpus}×H100`))).not.toEqual([]);
};

describe('a script is launched as the files around it say', () => {
  test('after the launch script was open and is closed again', async () => {
    editor = await Editor.start({ files: { 'run.sh': launch(8), 'train.py': script } });
    await editor.open('run.sh');
    await editor.open('train.py');
    await launched(8);
    await editor.replace('run.sh', ['gpu:h100:8', 'gpu:h100:4'], ['node 8', 'node 4']);
    await launched(4);
    // what was not saved is gone
    await editor.close('run.sh');
    await launched(8);
    await editor.replace('train.py', ['size=1', 'size=2']);
    await launched(8);
  });
  test('after the launch script changed on disk, and after one came to be', async () => {
    editor = await Editor.start({ files: { 'train.py': script } });
    await editor.open('train.py');
    expect(await editor.lenses('train.py')).toEqual([expect.stringContaining('GPU unknown')]);
    for (const [gpus, type] of [
      [8, 1],
      [4, 2],
    ] as const) {
      editor.files.set(`${root}/run.sh`, launch(gpus));
      await editor.connection.sendNotification('workspace/didChangeWatchedFiles', { changes: [{ uri: `${root}/run.sh`, type }] });
      await launched(gpus);
    }
  });
});
