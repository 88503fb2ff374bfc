import { describe, expect, test } from 'vitest';
import { fromBytes, modelFileHeadline, summariseModelFile } from '../../../server/src/core/index.js';

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const read = (name: string, bytes: Uint8Array) => summariseModelFile(name, fromBytes(bytes), {}, async () => undefined);
const joined = (parts: readonly Uint8Array[]): Uint8Array => Uint8Array.from(parts.flatMap((one) => [...one]));
const long = (value: number): Uint8Array => new Uint8Array(BigUint64Array.of(BigInt(value)).buffer);
const word = (value: number): Uint8Array => new Uint8Array(Uint32Array.of(value).buffer);
const text = (value: string): Uint8Array => joined([long(utf8(value).length), utf8(value)]);

describe('safetensors', () => {
  test('parameters, bytes by type and metadata', async () => {
    const header = utf8(
      JSON.stringify({
        __metadata__: { format: 'pt' },
        'model.embed': { dtype: 'BF16', shape: [100, 16], data_offsets: [0, 3200] },
        'model.norm': { dtype: 'F32', shape: [16], data_offsets: [3200, 3264] },
        position_ids: { dtype: 'I64', shape: [1, 4], data_offsets: [3264, 3296] },
      }),
    );
    const summary = await read('model.safetensors', joined([long(header.length), header, new Uint8Array(3296)]));
    expect(summary).toMatchObject({ parameters: 1616, tensors: 3, weightBytes: 3296, metadata: [['format', 'pt']], untold: [] });
    expect(summary.types.map(({ type, bytes }) => [type, bytes])).toEqual([
      ['bfloat16', 3200],
      ['float32', 64],
      ['int64', 32],
    ]);
    expect(modelFileHeadline(summary)).toBe('1,620 parameters · 3.22 KiB mostly bfloat16');
  });
});

describe('GGUF', () => {
  const value = (key: string, type: number, bytes: Uint8Array): Uint8Array => joined([text(key), word(type), bytes]);
  const tensor = (name: string, dims: readonly number[], type: number, offset: number): Uint8Array =>
    joined([text(name), word(dims.length), ...dims.map(long), word(type), long(offset)]);
  const file = (types: readonly number[], data: number): Uint8Array => {
    const head = joined([
      utf8('GGUF'),
      word(3),
      long(types.length),
      long(4),
      value('general.architecture', 8, text('llama')),
      value('llama.block_count', 4, word(2)),
      value('tokenizer.ggml.tokens', 9, joined([word(8), long(40), ...Array.from({ length: 40 }, (_, at) => text(`t${at}`))])),
      value('tokenizer.ggml.scores', 9, joined([word(6), long(40), new Uint8Array(160)])),
      ...types.map((type, at) => tensor(`blk.${at}.weight`, [256, 4], type, at * 4096)),
    ]);
    return joined([head, new Uint8Array(Math.ceil(head.length / 32) * 32 - head.length + data)]);
  };
  test('parameters, bytes by type of block, metadata; long lists only by their length', async () => {
    // 1024 weights: 4 blocks of 144 bytes, 4 of 210, 32 of 34
    const summary = await read('model.gguf', file([12, 14, 8], 2 * 4096 + 32 * 34));
    expect(summary).toMatchObject({ parameters: 3072, tensors: 3, weightBytes: 4 * 144 + 4 * 210 + 32 * 34, untold: [] });
    expect(Object.fromEntries(summary.types.map(({ type, bytes }) => [type, bytes]))).toEqual({ q4_k: 576, q6_k: 840, q8_0: 1088 });
    expect(Object.fromEntries(summary.metadata)).toEqual({
      'general.architecture': 'llama',
      'llama.block_count': '2',
      'tokenizer.ggml.tokens': '40 values',
      'tokenizer.ggml.scores': '40 values',
    });
  });
  test('a type that is not known has no bytes, and says so', async () => {
    const summary = await read('model.gguf', file([99], 4096));
    expect([summary.parameters, summary.untold[0]?.what]).toEqual([1024, 'bytes of type 99']);
  });
  test('weights that are not all there are named', async () => {
    expect((await read('model.gguf', file([8], 100))).untold[0]?.need).toBe('the file is cut off: 1088 bytes of weights are listed, 100 are there');
  });
});
