import { describe, expect, test } from 'vitest';
import { namedModelFiles } from '../../../server/src/core/index.js';
import { modelFileMarker } from '../../../server/src/core/recognise/model-file-names.js';

const named = (text: string): readonly string[] => namedModelFiles({ uri: 'file:///w/a.py', text }).map(({ path }) => path);

describe('model files that a text names', () => {
  test.each<[string, string, readonly string[]]>([
    ['a session', 'ort.InferenceSession("models/net.onnx", providers=["CPUExecutionProvider"])', ['models/net.onnx']],
    ['a path with a variable in front', 'Path(HERE) / "weights" / "net.onnx"', ['net.onnx']],
    ['a flag of a server', 'llama-server -m ./models/Qwen3-8B-Q4_K_M.gguf -c 8192', ['./models/Qwen3-8B-Q4_K_M.gguf']],
    ['a value', 'model_path: /models/a.safetensors', ['/models/a.safetensors']],
    ['in TypeScript', "await ort.InferenceSession.create('./public/net.onnx')", ['./public/net.onnx']],
    ['on Windows', 'open("models\\\\net.onnx")', ['models/net.onnx']],
    ['several, each once', 'a("x.onnx"); b("y.gguf"); c("x.onnx")', ['x.onnx', 'y.gguf']],
    ['a comment', '# like model.onnx\nx = 1  # and b.onnx', ['b.onnx']],
    ['a name with a hole', 'f"model-{size}.onnx"', []],
    ['a pattern', 'glob("*.safetensors")', []],
    ['an index of shards', '"model.safetensors.index.json"', []],
    ['a module', 'import torch.onnx\ntorch.onnx.export(m)', ['torch.onnx']],
    ['nothing', 'print("onnx")', []],
  ])('%s', (_, text, paths) => {
    expect(named(text)).toEqual(paths);
    if (paths.length > 0) expect(text).toMatch(modelFileMarker);
  });
});
