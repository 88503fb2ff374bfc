import { afterEach, describe, expect, test } from 'vitest';
import { manifest } from '../support/manifest.js';
import { Editor, type SessionOptions } from '../support/session.js';

let editor: Editor;
const start = async (options?: SessionOptions) => {
  editor = await Editor.start(options);
  return editor;
};
afterEach(() => editor?.stop());

const call = 'from openai import OpenAI\nclient = OpenAI()\nr = client.chat.completions.create(\n    model="gpt-4o",\n    max_tokens=300,\n)\n';

describe.each([['in process'], ['as a process over stdio']])('lenses, %s', (how) => {
  const spawned = how !== 'in process';
  test('follow the text as it is typed', async () => {
    await start({ spawned });
    await editor.open('a.py', call);
    expect(await editor.lenses('a.py')).toEqual([expect.stringMatching(/^3: gpt-4o · \$2\.50 in \/ \$10 out per 1M tok · answer at most \$0\.003 a call/)]);
    await editor.replace('a.py', ['300', '600']);
    expect(await editor.lenses('a.py')).toEqual([expect.stringContaining('answer at most $0.006 a call')]);
    await editor.replace('a.py', ['from openai', '# 😀\nfrom openai'], ['gpt-4o', 'gpt-4o-mini']);
    expect(await editor.lenses('a.py')).toEqual([expect.stringMatching(/^4: gpt-4o-mini · \$0\.15 in/)]);
  });
  test('follow the text of a TypeScript and of a TSX file', async () => {
    await start({ spawned });
    const typed = "import { generateText } from 'ai';\nconst limit = <number>300;\ngenerateText({\n  model: 'openai/gpt-4o',\n  maxOutputTokens: limit,\n});\n";
    await editor.open('a.ts', typed);
    expect(await editor.lenses('a.ts')).toEqual([expect.stringMatching(/^3: gpt-4o · \$2\.50 in \/ \$10 out per 1M tok · answer at most \$0\.003 a call/)]);
    await editor.replace('a.ts', ['300', '600']);
    expect(await editor.lenses('a.ts')).toEqual([expect.stringContaining('answer at most $0.006 a call')]);
    await editor.replace('a.ts', ['import', '// 😀\nimport'], ['gpt-4o', 'gpt-4o-mini']);
    expect(await editor.lenses('a.ts')).toEqual([expect.stringMatching(/^4: gpt-4o-mini · \$0\.15 in/)]);
    await editor.open('page.tsx', `export const Page = () => <p>{title}</p>;\n${typed.replace('<number>', '')}`);
    expect(await editor.lenses('page.tsx')).toEqual([expect.stringMatching(/^4: gpt-4o · /)]);
  });
});

test('a program without a marker is not parsed: its grammar is not even read', async () => {
  const asked: string[] = [];
  await start({
    asset: (name, otherwise) => {
      asked.push(name);
      return otherwise();
    },
  });
  await editor.open('menu.ts', "export const models = [{ id: 'openai/gpt-4o', label: 'GPT-4o' }];\n");
  expect(await editor.lenses('menu.ts')).toEqual([]);
  expect(asked.filter((name) => name.endsWith('.wasm'))).toEqual([]);
});

test('lines do not jump while a call is half typed', async () => {
  await start();
  await editor.open('a.py', call);
  expect(await editor.lenses('a.py')).toHaveLength(1);
  await editor.replace('a.py', ['client.chat', 'x = (\nclient.chat']);
  expect(await editor.lenses('a.py')).toEqual([expect.stringMatching(/^4: gpt-4o/)]);
  await editor.replace('a.py', ['    model="gpt-4o",\n    max_tokens=300,\n)', '']);
  expect(await editor.lenses('a.py')).toHaveLength(1);
  await editor.replace('a.py', ['x = (\nclient.chat.completions.create(', 'pass']);
  await editor.replace('a.py', ['r = pass', 'pass']);
  expect(await editor.lenses('a.py')).toEqual([]);
});

test('edits at several places at once, over surrogate pairs, leave the text that was typed', async () => {
  await start();
  await editor.open('a.py', `# 😀 one\n${call}# 😀 two\n`);
  await editor.lenses('a.py');
  await editor.replace('a.py', ['😀 one', '😀😀\n# three'], ['gpt-4o', 'gpt-4o-mini'], ['300', '3_000']);
  const typed = editor.text('a.py').getText();
  const changed = await editor.lenses('a.py');
  await editor.open('fresh.py', typed);
  expect(changed).toEqual(await editor.lenses('fresh.py'));
  expect(changed).toEqual([expect.stringMatching(/^5: gpt-4o-mini .*\$0\.0018 a call/)]);
});

test('a missing file of ours is said, and the next request tries again', async () => {
  let missing = true;
  await start({
    asset: (name, otherwise) => (missing && name === 'tree-sitter-python.wasm' ? Promise.reject(new Error(`${name} is missing`)) : otherwise()),
  });
  await editor.open('a.py', call);
  expect(await editor.lenses('a.py')).toEqual([]);
  expect((await editor.problems('a.py')).map(({ message }) => message)).toEqual([expect.stringContaining('tree-sitter-python.wasm is missing')]);
  expect(editor.log.join()).toContain('tree-sitter-python.wasm is missing');
  missing = false;
  expect(await editor.lenses('a.py')).toHaveLength(1);
});

test('a notebook is one program: a lens stands in the cell, facts come from earlier cells', async () => {
  await start();
  const cell = (id: string) => `vscode-notebook-cell:/w/n.ipynb#${id}`;
  await editor.connection.sendNotification('notebookDocument/didOpen', {
    notebookDocument: {
      uri: 'memfs:/w/n.ipynb',
      notebookType: 'jupyter-notebook',
      version: 1,
      cells: [1, 2].map((n) => ({ kind: 2, document: cell(`c${n}`) })),
    },
    cellTextDocuments: [
      { uri: cell('c1'), languageId: 'python', version: 1, text: '%pip install openai\nMODEL = "gpt-4o"' },
      {
        uri: cell('c2'),
        languageId: 'python',
        version: 1,
        text: '# run\nimport openai\nc = openai.OpenAI()\nc.chat.completions.create(model=MODEL, max_tokens=5)',
      },
    ],
  });
  expect(await editor.lenses(cell('c1'))).toEqual([]);
  expect(await editor.lenses(cell('c2'))).toEqual([expect.stringMatching(/^4: gpt-4o /)]);
  await editor.connection.sendNotification('notebookDocument/didChange', {
    notebookDocument: { uri: 'memfs:/w/n.ipynb', version: 2 },
    change: {
      cells: {
        textContent: [
          {
            document: { uri: cell('c1'), version: 2 },
            changes: [{ range: { start: { line: 1, character: 15 }, end: { line: 1, character: 15 } }, text: '-mini' }],
          },
        ],
      },
    },
  });
  expect(await editor.lenses(cell('c2'))).toEqual([expect.stringMatching(/^4: gpt-4o-mini /)]);
});

test('a scan answers with progress', async () => {
  const files = Object.fromEntries(Array.from({ length: 120 }, (_, at) => [`f${at}.py`, at % 2 === 0 ? call : 'x = 1\n']));
  await start({ files });
  const scan = () => editor.connection.sendRequest('mlcost/scan', { token: 't' }) as Promise<{ summary: string; cancelled: boolean }>;
  expect(await scan()).toMatchObject({ cancelled: false, summary: expect.stringContaining('60 workloads in 60 files') });
  expect(editor.progress.at(-1)).toMatchObject({ done: 120, total: 120 });
});

test('the end of the line can say it instead, and nothing at all', async () => {
  await start({ settings: { display: 'lineEnd' } });
  await editor.open('a.py', call);
  expect(await editor.lenses('a.py')).toEqual([]);
  expect((await editor.hints('a.py')).map(({ label, position }) => [position.line, label])).toEqual([[2, expect.stringContaining('$2.50 in/1M tok')]]);
  const { defaultSettings } = await import('../../server/src/protocol/protocol.js');
  await editor.connection.sendNotification('mlcost/settings', { ...defaultSettings, display: 'off' });
  expect(await editor.hints('a.py')).toEqual([]);
});

test('a machine in a Terraform file is priced where it stands', async () => {
  await start({ files: { 'infra/variables.tf': 'variable "workers" {\n  default = 2\n}\n' } });
  await editor.open('infra/main.tf', 'resource "aws_instance" "train" {\n  count         = var.workers\n  instance_type = "p4d.24xlarge"\n}\n', 'terraform');
  expect(await editor.lenses('infra/main.tf')).toEqual([expect.stringMatching(/^1: .*16×A100.*\$/)]);
  await editor.replace('infra/main.tf', ['p4d.24xlarge', 'm6g.large']);
  expect(await editor.lenses('infra/main.tf')).toEqual([]);
});

test('a second lens says what makes it cheaper, its list and the light bulb make the edit', async () => {
  await start();
  await editor.open('.mlcost.yaml', 'accelerator: H100\nassumptions:\n  gpu_count: 1\n');
  await editor.open('serve.sh', 'vllm serve meta-llama/Llama-3.1-8B-Instruct --max-model-len 8192 --gpu-memory-utilization 0.9\n');
  // The first lens does not wait for the second: the editor is asked to draw again.
  const lenses = await editor.lensesWith('serve.sh', /FP8/);
  expect(lenses[1]).toMatch(/^1: −\d+ %: .*FP8/);
  const actions = await editor.actions('serve.sh', 0);
  const fp8 = actions.find(({ title }) => /^−\d+ %: FP8 weights \(/.test(title));
  expect(fp8?.kind).toBe('quickfix');
  expect(fp8?.edit?.documentChanges).toEqual([
    { textDocument: { uri: editor.uri('serve.sh'), version: 1 }, edits: [expect.objectContaining({ newText: ' --quantization fp8' })] },
  ]);
});

test('an edit names the version of the text that it is made for; an editor that takes no versions gets it plain', async () => {
  const serve = 'vllm serve meta-llama/Llama-3.1-8B-Instruct --max-model-len 8192 --gpu-memory-utilization 0.9\n';
  const fp8 = async () => (await editor.actions('serve.sh', 0)).find(({ title }) => /^−\d+ %: FP8 weights \(/.test(title))?.edit;
  await start();
  await editor.open('.mlcost.yaml', 'accelerator: H100\nassumptions:\n  gpu_count: 1\n');
  await editor.open('serve.sh', serve);
  await editor.replace('serve.sh', ['8192', '4096'], ['0.9\n', '0.95\n']);
  const { version } = editor.text('serve.sh');
  expect(version).toBeGreaterThan(1);
  expect((await fp8())?.documentChanges).toEqual([expect.objectContaining({ textDocument: { uri: editor.uri('serve.sh'), version } })]);
  await editor.stop();
  await start({ versionedEdits: false });
  await editor.open('.mlcost.yaml', 'accelerator: H100\nassumptions:\n  gpu_count: 1\n');
  await editor.open('serve.sh', serve);
  const plain = await fp8();
  expect(plain?.documentChanges).toBeUndefined();
  expect(plain?.changes?.[editor.uri('serve.sh')]).toEqual([expect.objectContaining({ newText: ' --quantization fp8' })]);
});

test('the policy speaks while one types, at the fact to change', async () => {
  await start({
    files: {
      '.mlcost.yaml':
        'policy:\n  - max_tokens: 200\n    level: warn\n    message: ask ana\nwaivers:\n  - { rule: nothing, reason: a, owner: b, expires: 2999-01-01 }\n',
    },
  });
  await editor.open('a.py', call);
  const said = async (name: string) => (await editor.problems(name)).map(({ code, severity, message, range }) => [range.start.line, code, severity, message]);
  expect(await said('a.py')).toContainEqual([4, 'policy', 2, 'gpt-4o: 300 output tokens are over 200. ask ana [max_tokens]']);
  await editor.replace('a.py', ['max_tokens=300', 'max_tokens=100']);
  expect((await said('a.py')).filter(([, code]) => code === 'policy')).toEqual([]);
  await editor.open('.mlcost.yaml');
  expect(await said('.mlcost.yaml')).toContainEqual([5, 'policy', 2, expect.stringContaining('this waiver does nothing')]);
});

test('a Deployment is offered files that hold its cost and prove its quality; none is made where something is not known', async () => {
  await start();
  const files = async () => (await editor.actions('k8s/deploy.yaml', 0)).filter(({ kind }) => kind === 'refactor');
  await editor.open('k8s/deploy.yaml', manifest);
  expect((await files()).map(({ title }) => title)).toEqual([expect.stringMatching(/^Write the benchmark that proves: FP8 weights/)]);
  await editor.open('.mlcost.yaml', 'assumptions:\n  input_tokens: 1000\n  output_tokens: 300\n');
  const offered = await files();
  expect(offered.map(({ title }) => title.replace(/: .*/, ''))).toEqual([
    'Generate cost-aware autoscaling (HPA)',
    'Generate cost-aware autoscaling (KEDA)',
    'Write the benchmark that proves',
  ]);
  const [create, write] = offered[0]?.edit?.documentChanges ?? [];
  expect(create).toMatchObject({ kind: 'create', uri: expect.stringMatching(/\/k8s\/chat-autoscaling\.yaml$/), options: { overwrite: false } });
  expect(JSON.stringify(write)).toContain('HorizontalPodAutoscaler');
});
