import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { type ByteSource, fromBytes, isOnnxSummary, ModelFileError, summariseModelFile } from '../../../server/src/core/index.js';
import { summaryAt } from '../../../server/src/host/model-files.js';
import { nodeHost } from '../../../server/src/node/node-host.js';
import { families } from '../../support/onnx-families.js';
import { block, GraphWriter, tensor, weights, whole } from '../../support/onnx-writer.js';

const read = (name: string, source: ByteSource) => summariseModelFile(name, source, {}, async () => undefined);
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const joined = (...parts: readonly (Uint8Array | readonly number[])[]): Uint8Array => Uint8Array.from(parts.flatMap((one) => [...one]));
const long = (value: number): Uint8Array => new Uint8Array(BigUint64Array.of(BigInt(value)).buffer);

describe('files that are cut off or no model', () => {
  const model = families[0]!().bytes;
  test.each([
    ['nothing in it', 'a.onnx', new Uint8Array(), /the file is empty/],
    ['a text', 'a.onnx', utf8('this is no model at all, but a readme'), /no file of this format|damaged|no graph|broken/],
    ['what git-lfs leaves behind', 'a.onnx', utf8('version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n'), /Git LFS pointer/],
    ['half a model', 'a.onnx', model.slice(0, model.length >> 1), /'graph' says it is \d+ bytes long, but only \d+ are left/],
    ['a tensor with fewer bytes than its size', 'a.onnx', broken(), /takes 160 bytes, but 4 are stored/],
    ['a length beyond everything', 'a.onnx', joined([0x3a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f]), /'graph' says it is/],
    ['nothing in it', 'a.safetensors', new Uint8Array(), /no header/],
    ['a header that is longer than the file', 'a.safetensors', joined(long(5000), utf8('{"a":1')), /cut off: its header takes 5008 bytes/],
    ['a header of a terabyte', 'a.safetensors', joined(long(2 ** 40), utf8('{')), /the format allows/],
    [
      'offsets that do not fit the shape',
      'a.safetensors',
      safetensors({ w: { dtype: 'F32', shape: [4], data_offsets: [0, 8] } }, 8),
      /does not fit the 8 bytes/,
    ],
    ['a text', 'a.gguf', utf8('GGML and more'), /does not begin with GGUF/],
    ['a million million tensors', 'a.gguf', joined(utf8('GGUF'), [3, 0, 0, 0], long(10 ** 12), long(0)), /more than the file can hold/],
    ['a text longer than the file', 'a.gguf', joined(utf8('GGUF'), [3, 0, 0, 0], long(0), long(1), long(10 ** 9), utf8('general.name')), /cut off/],
  ])('%s in %s', async (_, name, bytes, message) => {
    await expect(read(name, fromBytes(bytes))).rejects.toThrow(message);
  });
  test('weights that are not all there are named, and the rest is still said', async () => {
    const summary = await read('a.safetensors', fromBytes(safetensors({ w: { dtype: 'F32', shape: [10, 10], data_offsets: [0, 400] } }, 100)));
    expect([summary.parameters, summary.untold[0]?.need]).toEqual([100, 'the file is cut off: 400 bytes of weights are listed, 100 are there']);
  });
  test('any spoilt file ends in an answer or in a message for a person', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...families.map((make) => make().bytes.subarray(0, 6000))),
        fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 6 }),
        fc.nat(),
        async (model, changes, cut) => {
          const bytes = Uint8Array.from(model);
          for (const [at, value] of changes) bytes[at % bytes.length] = value;
          await read('a.onnx', fromBytes(bytes.subarray(0, cut % 2 === 0 ? bytes.length : cut % bytes.length))).catch((error: unknown) => {
            expect(error).toBeInstanceOf(ModelFileError);
          });
        },
      ),
      { numRuns: 150 },
    );
  });
  test('nesting without end is refused', async () => {
    let graph = new GraphWriter();
    for (let depth = 0; depth < 100; depth++) {
      const outer = new GraphWriter(`d${depth}`);
      outer.node('If', ['c'], { then_branch: { graph } });
      graph = outer;
    }
    await expect(read('a.onnx', fromBytes(graph.model()))).rejects.toThrow(/nest too deep/);
  });
});

describe('files of any size', () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'mlcost-onnx-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const host = nodeHost(folder);

  /** Counts what is read of a source that has no bytes in its middle. */
  const sparse = (head: Uint8Array, size: number) => {
    const counted = { read: 0, largest: 0 };
    const source: ByteSource = {
      size,
      read: async (at, length) => {
        counted.read += length;
        counted.largest = Math.max(counted.largest, length);
        const bytes = new Uint8Array(Math.min(length, size - at));
        bytes.set(head.subarray(at, at + bytes.length));
        return bytes;
      },
    };
    return { source, counted };
  };
  test('of a model with a tensor of 2 GB only its frame is read', async () => {
    const elements = 2 ** 29 - 64;
    const head = tensorHead(elements);
    const { source, counted } = sparse(head, head.length + elements * 4);
    const summary = await read('a.onnx', source);
    expect(isOnnxSummary(summary) && [summary.parameters, summary.weightBytes]).toEqual([elements, elements * 4]);
    expect(counted.read).toBeLessThan(1 << 19);
  });
  test('a sparse file of 2 GB on the disk is answered, with bounded memory', async () => {
    const file = path.join(folder, 'large.onnx');
    const elements = 2 ** 29 - 64;
    const head = tensorHead(elements);
    writeFileSync(file, head);
    truncateSync(file, head.length + elements * 4);
    const before = process.memoryUsage().rss;
    const summary = await summaryAt(host, pathToFileURL(file).href, {});
    expect(summary?.parameters).toBe(elements);
    expect(process.memoryUsage().rss - before).toBeLessThan(200e6);
  });
  test('a sparse file that is no model says so without being read through', async () => {
    const file = path.join(folder, 'zeros.onnx');
    writeFileSync(file, '');
    truncateSync(file, 2 ** 31);
    await expect(summaryAt(host, pathToFileURL(file).href, {})).rejects.toThrow(/no file of this format/);
  });
  test('weights in a file beside the model are found, missed, or found too short', async () => {
    const g = new GraphWriter();
    const x = g.input('x', [1, 8]);
    g.named('y', 'MatMul', [x, g.stored({ ...weights(8, 4), external: { location: 'weights.bin', offset: 64 } })]);
    const file = path.join(folder, 'outside.onnx');
    writeFileSync(file, g.output('y', [1, 4]).model());
    const untold = async () => (await summaryAt(host, pathToFileURL(file).href, {}))?.untold;
    expect(await untold()).toEqual([{ what: 'weights in weights.bin', need: 'put weights.bin beside the model' }]);
    writeFileSync(path.join(folder, 'weights.bin'), new Uint8Array(100));
    expect((await untold())?.[0]?.need).toBe('weights.bin is cut off: 192 bytes are named, 100 are there');
    writeFileSync(path.join(folder, 'weights.bin'), new Uint8Array(192));
    expect(await untold()).toEqual([]);
  });
  test('a name that leaves the folder is not followed', async () => {
    const g = new GraphWriter();
    g.stored({ ...weights(8, 4), external: { location: '../../../../etc/passwd', offset: 0 } });
    const asked: string[] = [];
    await summariseModelFile('a.onnx', fromBytes(g.model()), {}, async (name) => {
      asked.push(name);
      return 10_000;
    });
    expect(asked).toEqual([]);
  });
});

/** A model up to the bytes of its one tensor, which is the last thing in the file. */
function tensorHead(elements: number): Uint8Array {
  const bytes = elements * 4;
  const inner = joined(whole(1, elements), whole(2, 1), block(8, utf8('w')), header(9, bytes));
  const graph = joined(header(5, inner.length + bytes), inner);
  return joined(whole(1, 8), header(7, graph.length + bytes), graph);
}
/** Tag and length of a field whose bytes come later. */
function header(field: number, length: number): Uint8Array {
  const digits: number[] = [];
  let rest = length;
  for (; rest >= 128; rest = Math.floor(rest / 128)) digits.push((rest % 128) | 128);
  return Uint8Array.of(field * 8 + 2, ...digits, rest);
}
function broken(): Uint8Array {
  const g = new GraphWriter();
  g.stored({ ...tensor([5, 8], Float32Array.of(1)) });
  return g.model();
}
function safetensors(tensors: Readonly<Record<string, object>>, bytes: number): Uint8Array {
  const text = utf8(JSON.stringify({ __metadata__: { format: 'pt' }, ...tensors }));
  return joined(long(text.length), text, new Uint8Array(bytes));
}
