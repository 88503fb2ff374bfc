import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { batchScript, taskBudget } from '../../../server/src/core/index.js';
import { specOf } from '../../../server/src/host/engine.js';
import { advised, edited, type Files } from '../../support/advised.js';

const openai = 'from openai import OpenAI\nclient = OpenAI()\nclient.chat.completions.create(model="gpt-4o", max_tokens=300, messages=m)\n';
const anthropic = 'import anthropic\nclient = anthropic.Anthropic()\nclient.messages.create(model="claude-sonnet-4-5", max_tokens=500, system=s, messages=m)\n';

async function callOf(text: string) {
  const { engine } = await advised({ 'call.py': text });
  const one = (await engine.scan(['file:///w/call.py'])).flatMap((report) => report.workloads)[0];
  if (!one) throw new Error('no call is seen');
  return { workload: one.workload, spec: specOf(one.workload), catalog: (await engine.context()).catalog };
}
function python(folder: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const done = spawnSync('python3', [...args], { cwd: folder, encoding: 'utf8', env: { ...process.env, PYTHONPATH: folder, ...env } });
  if (done.error) throw new Error('python3 is needed to run what is generated');
  return done;
}
const folderOf = (name: string): string => mkdtempSync(path.join(tmpdir(), `${name}-`));

/** Clients that keep what they are sent in a file and answer at the second question. */
const doubles: Readonly<Record<string, string>> = {
  openai: `import json, os, types
LOG = "sent.jsonl"
class OpenAI:
    def __init__(self):
        self.files = types.SimpleNamespace(create=self.upload, content=self.content)
        self.batches = types.SimpleNamespace(create=self.start, retrieve=self.look)
    def upload(self, file, purpose):
        assert purpose == "batch"
        with open(LOG, "ab") as log: log.write(file[1] + b"\\n")
        return types.SimpleNamespace(id="file-1")
    def start(self, input_file_id, endpoint, completion_window):
        assert (endpoint, completion_window) == ("/v1/chat/completions", "24h")
        return types.SimpleNamespace(id="batch-1")
    def look(self, name):
        asked = os.path.exists("asked")
        open("asked", "w").close()
        return types.SimpleNamespace(status="completed" if asked else "in_progress", output_file_id="out", error_file_id=None, errors=None)
    def content(self, name):
        ids = [json.loads(one)["custom_id"] for one in open(LOG) if one.strip()]
        return types.SimpleNamespace(text="\\n".join(json.dumps({"custom_id": one}) for one in ids if one != "lost"))
`,
  anthropic: `import json, os, types
LOG = "sent.jsonl"
class Answer:
    def __init__(self, name): self.name = name
    def to_dict(self): return {"custom_id": self.name}
class Anthropic:
    def __init__(self):
        self.messages = types.SimpleNamespace(batches=types.SimpleNamespace(create=self.start, retrieve=self.look, results=self.results))
    def start(self, requests):
        with open(LOG, "a") as log: log.writelines(json.dumps(one) + "\\n" for one in requests)
        return types.SimpleNamespace(id="batch-1")
    def look(self, name):
        asked = os.path.exists("asked")
        open("asked", "w").close()
        return types.SimpleNamespace(processing_status="ended" if asked else "in_progress")
    def results(self, name): return [Answer(json.loads(one)["custom_id"]) for one in open(LOG)]
`,
};
const requests = (ids: readonly string[]): string =>
  ids
    .map((id) =>
      JSON.stringify({
        id,
        messages: [
          { role: 'system', content: 'be brief' },
          { role: 'user', content: 'é\nline' },
        ],
      }),
    )
    .join('\n');

describe('the program that sends calls in batches', () => {
  test.each([
    ['openai', openai],
    ['anthropic', anthropic],
  ] as const)('%s: sends each request once, waits, and writes the answers', async (name, text) => {
    const { workload, spec } = await callOf(text);
    const made = batchScript(workload, spec);
    if (!made.made) throw new Error(made.lacks.join());
    const folder = folderOf('batch');
    writeFileSync(path.join(folder, made.name), made.text);
    writeFileSync(path.join(folder, `${name}.py`), doubles[name] ?? '');
    writeFileSync(path.join(folder, 'in.jsonl'), requests(['a', 'b']));
    const run = () => python(folder, [made.name, 'in.jsonl', 'out.jsonl'], { BATCH_PAUSES: '0.01' });
    expect(run()).toMatchObject({ status: 0, stdout: expect.stringContaining('2 answers in out.jsonl') });
    const sent = readFileSync(path.join(folder, 'sent.jsonl'), 'utf8').trim().split('\n');
    const first = JSON.parse(sent[0] ?? '') as Record<string, Record<string, unknown>>;
    const body = first['body'] ?? first['params'];
    expect(first['custom_id']).toBe('a');
    expect(body).toMatchObject(
      name === 'openai' ? { model: 'gpt-4o', max_completion_tokens: 300 } : { model: 'claude-sonnet-4-5', max_tokens: 500, system: 'be brief' },
    );
    // Started again it sends only what is new.
    writeFileSync(path.join(folder, 'in.jsonl'), requests(['a', 'b', 'c']));
    expect(run().status).toBe(0);
    expect(readFileSync(path.join(folder, 'sent.jsonl'), 'utf8').trim().split('\n')).toHaveLength(3);
  });
  test('says which requests have no answer', async () => {
    const { workload, spec } = await callOf(openai);
    const made = batchScript(workload, spec);
    const folder = folderOf('batch');
    writeFileSync(path.join(folder, 'batch.py'), made.made ? made.text : '');
    writeFileSync(path.join(folder, 'openai.py'), doubles['openai'] ?? '');
    writeFileSync(path.join(folder, 'in.jsonl'), requests(['a', 'lost']));
    expect(python(folder, ['batch.py', 'in.jsonl', 'out.jsonl'], { BATCH_PAUSES: '0.01' })).toMatchObject({
      status: 1,
      stdout: expect.stringContaining('1 without one'),
    });
  });
  test.each([
    ['a provider without a known interface', 'from groq import Groq\nGroq().chat.completions.create(model="llama-3.1-8b-instant", messages=m)\n'],
    ['a model that is decided at run time', 'from openai import OpenAI\nOpenAI().chat.completions.create(model=pick(), messages=m)\n'],
  ])('%s has none', async (_name, text) => {
    const { workload, spec } = await callOf(text);
    expect(batchScript(workload, spec)).toMatchObject({ made: false });
  });
});

describe('what bounds a task', () => {
  const program = (more: string): string => `
from types import SimpleNamespace as Answer
from task_budget import BudgetSpent, TaskBudget

class Failed(Exception):
    def __init__(self, status, after=None):
        self.status_code = status
        self.response = Answer(headers={"retry-after": after} if after else {})
asked = []
def ask(*results):
    left = list(results)
    def send():
        asked.append(1)
        one = left.pop(0)
        if isinstance(one, Exception): raise one
        return one
    return send
ok = Answer(usage=Answer(prompt_tokens=1000, completion_tokens=100))
${more}
`;
  test.each<[name: string, code: string, printed: string]>([
    ['tokens', 't = TaskBudget(tokens=2000)\nt.call(ask(ok)); t.call(ask(ok))\ntry: t.call(ask(ok))\nexcept BudgetSpent as e: print(e)', '2200 tokens'],
    ['dollars', 't = TaskBudget(usd=0.003)\nt.call(ask(ok))\ntry: t.call(ask(ok))\nexcept BudgetSpent as e: print(e)', '0.0035 dollars'],
    ['steps', 't = TaskBudget(steps=1)\nt.call(ask(ok))\ntry: t.call(ask(ok))\nexcept BudgetSpent as e: print(e)', '1 steps'],
    ['seconds', 't = TaskBudget(seconds=0)\ntry: t.call(ask(ok))\nexcept BudgetSpent as e: print(e)', '0 seconds'],
    [
      'a pause that is longer than what is left',
      't = TaskBudget(seconds=1, longest_pause=60)\ntry: t.call(ask(Failed(429, "30"), ok))\nexcept BudgetSpent as e: print(e)',
      '1 seconds',
    ],
    [
      'repeats of what may work the next time',
      't = TaskBudget(first_pause=0.001)\nt.call(ask(Failed(529), Failed(429, "0"), ok)); print(len(asked), t.used_steps)',
      '3 1',
    ],
    [
      'a few repeats at most',
      't = TaskBudget(tries=3, first_pause=0.001)\ntry: t.call(ask(*[Failed(500)] * 9))\nexcept Failed as e: print(e.status_code, len(asked))',
      '500 3',
    ],
    ['no repeat of what fails again', 't = TaskBudget()\ntry: t.call(ask(Failed(400), ok))\nexcept Failed as e: print(e.status_code, len(asked))', '400 1'],
  ])('%s', async (_name, code, printed) => {
    const { workload, spec, catalog } = await callOf(openai);
    const made = taskBudget(workload, spec, catalog);
    if (!made.made) throw new Error(made.lacks.join());
    const folder = folderOf('budget');
    writeFileSync(path.join(folder, made.name), made.text);
    writeFileSync(path.join(folder, 'run.py'), program(code));
    const done = python(folder, ['run.py']);
    expect(done.stderr).toBe('');
    expect(done.stdout.trim()).toBe(printed);
  });
  test('a model without a listed price is not bounded in dollars', async () => {
    const { workload, spec, catalog } = await callOf(openai.replace('gpt-4o', 'ft:nobody-lists-this'));
    const made = taskBudget(workload, spec, catalog);
    expect(made).toMatchObject({ made: true, text: expect.stringContaining('INPUT_USD = None') });
  });
});

describe('a limit of the output, in the words of the interface', () => {
  const usual = { input_tokens: 1000, output_tokens: 300, calls_per_month: 1000 };
  test.each<[file: string, text: string, before: string, after: string]>([
    ['chat.py', openai.replace(' max_tokens=300,', ''), 'messages=m)', 'messages=m, max_completion_tokens=1280)'],
    [
      'respond.py',
      'from openai import OpenAI\nOpenAI().responses.create(\n    model="gpt-4o",\n    input=question,\n)\n',
      '    input=question,\n',
      '    input=question,\n    max_output_tokens=1280,\n',
    ],
    [
      'fast.py',
      'from groq import Groq\nGroq().chat.completions.create(model="llama-3.1-8b-instant", messages=m)\n',
      'messages=m)',
      'messages=m, max_tokens=1280)',
    ],
    [
      'chain.py',
      'from langchain_openai import ChatOpenAI\nmodel = ChatOpenAI(model="gpt-4o", temperature=0)\nmodel.invoke(question)\n',
      'temperature=0)',
      'temperature=0, max_tokens=1280)',
    ],
    [
      'chat.ts',
      "import OpenAI from 'openai';\nconst client = new OpenAI();\nexport const ask = (messages) => client.chat.completions.create({ model: 'gpt-4o', messages });\n",
      "model: 'gpt-4o',",
      "model: 'gpt-4o', max_completion_tokens: 1280,",
    ],
    [
      'provider.js',
      "import OpenAI from 'openai';\nconst client = new OpenAI();\nconst chosen = 'gpt-4o';\nexport const ask = (input) => client.responses.create({ model: chosen, stream: true, input });\n",
      'model: chosen,',
      'model: chosen, max_output_tokens: 1280,',
    ],
    [
      'raw.py',
      'from openai import OpenAI\nOpenAI().chat.completions.with_raw_response.create(model="gpt-4o", messages=m)\n',
      'messages=m)',
      'messages=m, max_completion_tokens=1280)',
    ],
  ])('%s', async (file, text, before, after) => {
    const files: Files = { [file]: text };
    const { changed, found } = await edited(files, 'output-limit', usual);
    expect(changed[file]).toBe(text.replace(before, after));
    expect(found.saving.percent).toBeUndefined();
    expect(found.notes.join('\n')).toMatch(/no call costs more than about \$/);
    expect((await advised(changed, usual)).advice.filter(({ id }) => id.endsWith('/output-limit'))).toEqual([]);
  });
  test('pictures and speech are not bounded in tokens', async () => {
    const { advice } = await advised({ 'a.py': 'from openai import OpenAI\nOpenAI().images.generate(model="dall-e-3", prompt="a cat")\n' }, usual);
    expect(advice.filter(({ id }) => id.endsWith('/output-limit'))).toEqual([]);
  });
  test('a limit that stands stays, and without a usual answer none is made up', async () => {
    expect((await advised({ 'a.py': openai }, usual)).advice.filter(({ id }) => id.endsWith('/output-limit'))).toEqual([]);
    const open = await advised({ 'a.py': openai.replace(' max_tokens=300,', '') }, { input_tokens: 1000, calls_per_month: 1000 });
    expect(open.advice.filter(({ id }) => id.endsWith('/output-limit'))).toEqual([]);
  });
});
