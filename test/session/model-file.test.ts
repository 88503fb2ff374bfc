import { afterEach, expect, test } from 'vitest';
import { type ModelFileParams, type ModelFileResult, modelFileRequest } from '../../server/src/protocol/model-file.js';
import { Editor, root } from '../support/session.js';

let editor: Editor;
afterEach(() => editor?.stop());

const header = '{"w":{"dtype":"F32","shape":[5,4],"data_offsets":[0,80]}}';
const weights = `${String.fromCharCode(header.length)}${'\0'.repeat(7)}${header}${'\0'.repeat(80)}`;
const code = 'from safetensors.torch import load_file\n\nstate = load_file("models/w.safetensors")\nother = load_file("models/gone.safetensors")\n';

test('a model file that code names has a lens, where it stands in the workspace', async () => {
  editor = await Editor.start({ files: { 'models/w.safetensors': weights } });
  await editor.open('load.py', code);
  const lenses = await editor.lenses('load.py');
  expect(lenses).toEqual(['3: w.safetensors · 20 parameters · 80 bytes float32']);
});

test('the editor of model files is told what the file is made of, or what is wrong with it', async () => {
  editor = await Editor.start({ files: { 'models/w.safetensors': weights, 'models/half.safetensors': weights.slice(0, 30) } });
  const ask = (name: string): Promise<ModelFileResult> => {
    const params: ModelFileParams = { uri: `${root}/models/${name}`, shapes: {} };
    return editor.connection.sendRequest(modelFileRequest, params);
  };
  expect(await ask('w.safetensors')).toMatchObject({
    view: { headline: '20 parameters · 80 bytes float32', isOnnx: false, types: [{ type: 'float32', share: 1 }] },
  });
  expect(await ask('half.safetensors')).toEqual({ problem: expect.stringMatching(/^the file is cut off/) });
  expect(await ask('none.safetensors')).toEqual({ problem: 'The file is no longer there.' });
});
