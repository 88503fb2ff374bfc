import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { Engine } from '../../server/src/host/engine.js';
import { never } from '../../server/src/host/host.js';
import { nodeHost } from '../../server/src/node/node-host.js';
import { memoryHost } from '../support/memory-host.js';
import { randomOf, spoiled } from '../support/mutate.js';

const samples = path.resolve(import.meta.dirname, '../../samples/support-assistant');
const seeds = readdirSync(samples, { recursive: true, withFileTypes: true })
  // tables of spend are not read with the code
  .filter((entry) => entry.isFile() && !/\.(md|csv)$/.test(entry.name))
  .map((entry) => ({
    name: path.relative(samples, path.join(entry.parentPath, entry.name)),
    text: readFileSync(path.join(entry.parentPath, entry.name), 'utf8'),
  }));
/** Languages that the sample project has none of. */
const more = [
  {
    name: 'model/config.pbtxt',
    text: 'name: "m"\nbackend: "onnxruntime"\nmax_batch_size: 8\ninput [ { name: "a" dims: [ -1 ] }, { name: \'b\' } ]\ninstance_group [ { count: 1 kind: KIND_GPU gpus: [ 0, 1 ] } ]\nparameters { key: "x" value { string_value: "1" } }\n',
  },
  {
    name: 'train/job.toml',
    text: '[model]\nname = "llama3"\nflavor = "8B"\n[training]\nlocal_batch_size = 1 # a\nseq_len = 2048\nsteps = 10\n[parallelism]\na = [1, {b = \'c\'}]\nd = """\nx\\\n  y"""\n[activation_checkpoint]\nmode = "full"\n',
  },
  {
    name: 'image/Dockerfile',
    text: 'ARG T=1\nFROM vllm/vllm-openai:${T} AS a\nENV M=org/m N="2"\nRUN <<EOF\npip install x\nEOF\nENTRYPOINT ["python", "-m", "vllm.entrypoints.openai.api_server"]\nCMD ["--model", "$M", \\\n  "--tensor-parallel-size", "2"]\n',
  },
  {
    name: 'Makefile',
    text: 'MODEL ?= org/m\nTP := 2\nFLAGS += --dtype bfloat16 # c\n.PHONY: serve\nserve: build\n\t@vllm serve $(MODEL) --tensor-parallel-size $(TP) \\\n\t  $(FLAGS)\n\t-docker rm $$ID\ndefine x\nendef\n',
  },
  { name: 'Modelfile', text: 'FROM llama3:8b-q4_0\nPARAMETER num_ctx 4096\nSYSTEM """\nhi\n"""\n' },
  {
    name: 'infra/main.tf',
    text: `variable "gpu_type" {\n  default = "p5.48xlarge"\n}\nlocals {\n  pools = { a = { instance_types = [var.gpu_type], min_size = 1 } }\n  n     = var.gpu_type == "p5.48xlarge" ? max(1, 2) : local.n\n}\nresource "aws_instance" "a" {\n  count = local.n\n  instance_type = "\${var.gpu_type}"\n  user_data = <<-EOT\n    #!/bin/sh\n    EOT\n  dynamic "ebs" {\n    for_each = [for x in local.pools : x]\n    content { size = 1 }\n  }\n}\nmodule "gke" {\n  node_pools = [{ machine_type = "a2-highgpu-1g", accelerator_count = 1 }]\n}\n`,
  },
];
const good = {
  name: 'good.py',
  text: 'from openai import OpenAI\nOpenAI().chat.completions.create(model="gpt-4o", max_tokens=5, messages=[{"role": "user", "content": "hi"}])\n',
};
/** Longest time that one file may take; the machine may be slow and shared, a hang is none. */
const limitMs = 5000;

describe.each([...seeds, ...more])('spoiled copies of $name', ({ name, text }) => {
  test('never throw, never hang, and the rest of the workspace is still answered', async () => {
    const random = randomOf(name.length * 7919 + text.length);
    const host = memoryHost({ [good.name]: good.text });
    const engine = new Engine(host);
    engine.roots = ['file:///w'];
    const uri = `file:///w/${name}`;
    let slowest = 0;
    for (let n = 0; n < 250; n++) {
      const broken = spoiled(n % 3 === 0 ? spoiled(text, random) : text, random);
      engine.openText(uri, broken);
      const begin = performance.now();
      const report = await engine.report(uri);
      slowest = Math.max(slowest, performance.now() - begin);
      // a recogniser that throws is caught, and then it is a defect of ours
      expect(
        report.problems.filter((one) => one.code === 'internal'),
        `case ${n}: ${JSON.stringify(broken.slice(0, 300))}`,
      ).toEqual([]);
      engine.close(uri);
    }
    expect(slowest).toBeLessThan(limitMs);
    expect((await engine.report(`file:///w/${good.name}`)).workloads).toHaveLength(1);
  });
});

describe('hostile files', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'mlcost-bad-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const bomb = `a0: &a0 [base_model, micro_batch_size, sequence_len, adapter, datasets]\n${Array.from({ length: 30 }, (_, n) => `a${n + 1}: &a${n + 1} [${Array.from({ length: 9 }, () => `*a${n}`).join(', ')}]`).join('\n')}\nbase_model: x/y\nmicro_batch_size: 1\nsequence_len: 512\nadapter: lora\ndatasets:\n  - path: a/b\n`;
  const files: Record<string, string | Uint8Array> = {
    'good.py': good.text,
    'binary.py': Uint8Array.from({ length: 5000 }, (_, n) => n % 251),
    'utf16.py': new Uint8Array([0xff, 0xfe, ...Buffer.from(good.text, 'utf16le')]),
    'latin1.py': Uint8Array.from(Buffer.from(`# caf\u00e9\n${good.text}`, 'latin1')),
    'empty.py': '',
    'empty.json': '',
    'empty.yaml': '',
    'empty.ipynb': '',
    'empty.sh': '',
    'huge.py': `import openai\n${'x = 1\n'.repeat(8_500_000)}`,
    'deep.json': `{"train_micro_batch_size_per_gpu": 1, "zero_optimization": ${'['.repeat(100_000)}`,
    'deep.yaml': `base_model: a\nmicro_batch_size: ${'['.repeat(5000)}`,
    'deep.py': `import openai\nx = ${'('.repeat(20_000)}`,
    'bomb.yaml': bomb,
    'cycle.yaml': 'base_model: &a\n  micro_batch_size: *a\nsequence_len: 1\nadapter: lora\ndatasets: []\n',
    'notebook.ipynb':
      '{"cells": [{"cell_type": "code", "source": 5}, {"cell_type": "code"}, 7, null, {"cell_type": "code", "source": ["import openai\\n", 3]}]}',
    'deep.tf': `resource "aws_instance" "a" {\n  instance_type = ${'['.repeat(100_000)}`,
    'blocks.tf': `resource "aws_instance" "a" ${'{ gpu '.repeat(50_000)}`,
    'circle.tf': 'locals {\n  a = local.b\n  b = local.a\n}\nresource "aws_instance" "x" {\n  instance_type = local.a\n}\n',
    'bomb.tf': `locals {\n${Array.from({ length: 40 }, (_, n) => `  l${n} = "${`\${local.l${n + 1}}`.repeat(30)}"\n`).join('')}  l40 = "p5.48xlarge"\n}\nresource "aws_instance" "x" {\n  instance_type = local.l0\n}\n`,
    'circle.mk': 'A = $(B)$(B)\nB = $(A)$(A)\nx:\n\tvllm serve $(A)\n',
    'long.mk': `${'A += $(A) vllm\n'.repeat(3000)}x:\n\tvllm serve $(A)\n`,
    'deep.pbtxt': `backend: "x"\nparameters ${'{ a '.repeat(100_000)}`,
    'deep.toml': `[parallelism]\na = ${'[{a='.repeat(100_000)}`,
    'deep.Dockerfile': `FROM vllm/vllm-openai\nCMD ${'["'.repeat(100_000)}`,
    'long.Dockerfile': `FROM x\n${'RUN <<EOF\n'.repeat(50_000)}CMD vllm serve m\n`,
    'joined.Dockerfile': `FROM x\nENTRYPOINT ["vllm"]\n${'ENV A=1 \\\n'.repeat(50_000)}`,
    'binary.tf': Uint8Array.from({ length: 5000 }, (_, n) => (n * 7) % 256),
    'huge.tf': `resource "aws_instance" "a" { instance_type = "p5.48xlarge" }\n${'# x\n'.repeat(12_500_000)}`,
    'a.py': 'from b import X\nfrom openai import OpenAI\nOpenAI().chat.completions.create(model=X)\n',
    'b.py': 'from a import X\n',
  };
  test('each is answered or named, none stops the scan, none takes long', async () => {
    for (const [name, content] of Object.entries(files)) writeFileSync(path.join(folder, name), content);
    symlinkSync(folder, path.join(folder, 'loop'));
    symlinkSync('nowhere', path.join(folder, 'dangling.py'));
    const host = nodeHost('');
    const engine = new Engine({ ...memoryHost({}), readText: host.readText, listFiles: host.listFiles });
    const root = pathToFileURL(folder).href;
    engine.roots = [root];
    const uris = await host.listFiles(root, never);
    const begin = performance.now();
    const reports = await engine.scan(uris);
    expect(performance.now() - begin).toBeLessThan(limitMs * 4);
    expect(reports.flatMap((one) => one.problems).filter((one) => one.code === 'internal')).toEqual([]);
    const found = (name: string) => reports.find((one) => one.uri === `${root}/${name}`);
    for (const name of ['good.py', 'utf16.py', 'latin1.py', 'a.py']) expect(found(name)?.workloads, name).toHaveLength(1);
    expect(found('huge.py')?.problems, 'a file that is too large is named').toMatchObject([{ code: 'too-large' }]);
    expect(uris.some((uri) => uri.includes('/loop/'))).toBe(false);
  });
});
