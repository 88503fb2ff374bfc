import { ConfigFacts, positive } from '../shared/config-facts.js';
import type { TextRecogniser } from '../types.js';

/** A model that Ollama serves under a name of its own.
 * @source github.com/ollama/ollama docs/modelfile.mdx */
export const ollamaModelfile: TextRecogniser = {
  id: 'modelfile',
  language: 'modelfile',
  marker: /^[ \t]*FROM[ \t]+\S/im,
  doc: { format: 'Ollama Modelfile', reads: 'base model, quantization in its name, context length, longest answer', example: 'FROM llama3.1:8b' },
  recognise({ document }) {
    const { text, uri } = document;
    const from = /^[ \t]*FROM[ \t]+(\S+)/im.exec(text);
    if (!from?.[1]) return [];
    const facts = new ConfigFacts(uri, scalarAt(text, 0, text.length));
    const start = from.index + from[0].length - from[1].length;
    const place = { start, end: start + from[1].length };
    facts.put('model', from[1], place);
    const quantized = /(?:^|[:\-_.])((?:i?q\d(?:_\w+?)*|fp16|f16|bf16))(?:\.gguf)?$/i.exec(from[1])?.[1];
    if (quantized !== undefined && /^i?q/i.test(quantized))
      facts.put('quantization', quantized.toLowerCase(), place, 'default', 'the name of the model says so');
    for (const parameter of text.matchAll(/^[ \t]*PARAMETER[ \t]+(num_ctx|num_predict)[ \t]+(-?\d+)/gim)) {
      const at = parameter.index + parameter[0].length - (parameter[2] ?? '').length;
      facts.take(parameter[1]?.toLowerCase() === 'num_ctx' ? 'max_model_len' : 'max_tokens', scalarAt(text, at, at + (parameter[2] ?? '').length), positive);
    }
    return [facts.workload('serving', 'ollama', 'Ollama')];
  },
};
const scalarAt = (text: string, start: number, end: number) => {
  const value = text.slice(start, end);
  return { kind: 'scalar' as const, value, raw: value, start, end };
};
