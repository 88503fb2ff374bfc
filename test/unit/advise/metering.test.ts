import { describe, expect, test } from 'vitest';
import { applied, librariesIn, type MeteringLibrary, meteringEdits } from '../../../server/src/core/index.js';
import { Engine } from '../../../server/src/host/engine.js';
import { memoryHost } from '../../support/memory-host.js';

const uri = 'file:///w/app.py';
/** The program with what is metered at a line, and the facts that are read of it before and after. */
async function metered(text: string, line: number, library: MeteringLibrary = 'opentelemetry', tags: Record<string, string> = { team: 'search' }) {
  const engine = new Engine(memoryHost({ 'app.py': text }));
  engine.roots = ['file:///w'];
  engine.openText(uri, text, 'python');
  const { workloads } = await engine.report(uri);
  const one = workloads.find(({ workload }) => text.slice(0, workload.span.start).split('\n').length === line);
  if (!one) throw new Error(`no workload at line ${line}`);
  const edits = engine.texts.python(uri, (program) => meteringEdits(program, one.workload, library, tags));
  if (!edits) return undefined;
  const after = applied(text, edits);
  const read = await engine.reread(new Map([[uri, after]]), uri);
  const facts = (all: readonly (typeof one.workload)[]) => all.map(({ kind, facts }) => [kind, facts.map(({ name, value }) => `${name}=${value}`)]);
  expect(read.sound).toBe(true);
  expect(facts(read.workloads)).toEqual(facts(workloads.map(({ workload }) => workload)));
  return after;
}
const head = 'from openai import OpenAI\n';
const otel = `from time import perf_counter
from opentelemetry import metrics as cost_metrics

# Cost metering, by the tags of .mlcost.yaml
COST_TAGS = {"team": "search"}
COST_SECONDS = cost_metrics.get_meter("ml-cost-lens").create_histogram("gen_ai.client.operation.duration", unit="s")
COST_TOKENS = cost_metrics.get_meter("ml-cost-lens").create_histogram("gen_ai.client.token.usage", unit="{token}")
`;

describe('metering', () => {
  test('a call whose answer has a name counts time and tokens, in the function’s own words', async () => {
    const text = `${head}client = OpenAI()\n\ndef ask(question):\n    reply = client.chat.completions.create(model="gpt-4o", messages=[question], max_tokens=5)  # short\n    return reply.choices[0].message.content\n`;
    expect(await metered(text, 5)).toBe(`${head}${otel}client = OpenAI()

def ask(question):
    cost_start = perf_counter()
    reply = client.chat.completions.create(model="gpt-4o", messages=[question], max_tokens=5)  # short
    cost_labels = {**COST_TAGS, "gen_ai.operation.name": "ask", "gen_ai.request.model": "gpt-4o"}
    COST_SECONDS.record(perf_counter() - cost_start, cost_labels)
    if reply.usage:
        COST_TOKENS.record(reply.usage.prompt_tokens, {**cost_labels, "gen_ai.token.type": "input"})
        COST_TOKENS.record(reply.usage.completion_tokens, {**cost_labels, "gen_ai.token.type": "output"})
    return reply.choices[0].message.content
`);
  });
  test('an answer that is returned at once gets a name; Prometheus takes labels', async () => {
    const text =
      'from anthropic import AsyncAnthropic\nclient = AsyncAnthropic()\nMODEL = "claude-sonnet-4-5"\nasync def ask(q):\n    return await client.messages.create(model=MODEL, messages=[q], max_tokens=9)\n';
    const after = await metered(text, 5, 'prometheus_client', { team: 'search', 'cost-center': 'c "1"' });
    expect(after).toContain('import prometheus_client\n');
    expect(after).toContain('COST_TAGS = {"team": "search", "cost_center": "c \\"1\\""}');
    expect(after).toContain(`    cost_answer = await client.messages.create(model=MODEL, messages=[q], max_tokens=9)
    cost_labels = {**COST_TAGS, "operation": "ask", "model": MODEL}
    COST_SECONDS.labels(**cost_labels).observe(perf_counter() - cost_start)
    if cost_answer.usage:
        COST_TOKENS.labels(direction="input", **cost_labels).inc(cost_answer.usage.input_tokens)
        COST_TOKENS.labels(direction="output", **cost_labels).inc(cost_answer.usage.output_tokens)
    return cost_answer
`);
  });
  test.each<[string, string]>([
    ['of which only a part is taken', '    text = client.chat.completions.create(model="gpt-4o", messages=[], max_tokens=5).choices[0]\n'],
    ['that streams', '    parts = client.chat.completions.create(model="gpt-4o", messages=[], max_tokens=5, stream=True)\n'],
  ])('an answer %s counts time alone', async (_, line) => {
    const after = await metered(`${head}client = OpenAI()\ndef ask():\n${line}`, 4);
    expect(after).toContain('COST_SECONDS.record');
    expect(after).not.toContain('COST_TOKENS.record');
  });
  test('a second call takes what is there; the same one is left alone', async () => {
    const call = (name: string): string => `def ${name}():\n    reply = client.chat.completions.create(model="gpt-4o", messages=[], max_tokens=5)\n`;
    const once = (await metered(`${head}client = OpenAI()\n${call('a')}${call('b')}`, 4)) ?? '';
    const lines = once.split('\n');
    const [first, second] = lines.flatMap((line, at) => (line.includes('reply = client') ? [at + 1] : []));
    expect(await metered(once, first as number)).toBeUndefined();
    const twice = (await metered(once, second as number)) ?? '';
    expect(twice.match(/# Cost metering/g)).toHaveLength(1);
    expect(twice.match(/cost_start = perf_counter\(\)/g)).toHaveLength(2);
    // one library in a file
    expect(await metered(once, second as number, 'prometheus_client')).toBeUndefined();
  });
  test('line ends, tabs and a docstring stay as the file has them', async () => {
    const text =
      '"""Asks."""\r\nfrom __future__ import annotations\r\nfrom openai import OpenAI\r\ndef ask():\r\n\treply = OpenAI().chat.completions.create(model="gpt-4o", messages=[], max_tokens=5)';
    const after = (await metered(text, 5)) ?? '';
    expect(after.replaceAll('\r\n', '')).not.toContain('\n');
    expect(after).toContain('\tcost_start = perf_counter()\r\n\treply = ');
    expect(after.indexOf('from time')).toBeGreaterThan(after.indexOf('from openai'));
  });
  test('a training counts its time, with the model that is known', async () => {
    const text =
      'from transformers import AutoModelForCausalLM, Trainer, TrainingArguments\nmodel = AutoModelForCausalLM.from_pretrained("gpt2")\ndef main():\n    trainer = Trainer(model=model, args=TrainingArguments("out", max_steps=5))\n    trainer.train()\n';
    const after = await metered(text, 4);
    expect(after).toContain(
      '    cost_start = perf_counter()\n    trainer.train()\n    cost_labels = {**COST_TAGS, "gen_ai.operation.name": "main", "gen_ai.request.model": "gpt2"}',
    );
    expect(await metered(text.replace('trainer.train()', 'run(trainer)'), 4)).toBeUndefined();
  });
  test.each<[string, string, number]>([
    ['the head of a loop', 'def ask():\n    for part in client.chat.completions.create(model="gpt-4o", messages=[], stream=True):\n        print(part)\n', 4],
    ['a comprehension', 'def ask(all):\n    return [client.chat.completions.create(model="gpt-4o", messages=[q]) for q in all]\n', 4],
    ['a lambda', 'ask = lambda q: client.chat.completions.create(model="gpt-4o", messages=[q])\n', 3],
    ['one of several on a line', 'def ask():\n    print(1); reply = client.chat.completions.create(model="gpt-4o", messages=[])\n', 4],
    ['a body on its head’s line', 'def ask(): return client.chat.completions.create(model="gpt-4o", messages=[])\n', 3],
    ['beside a name of ours that means something else', 'COST_TAGS = 3\nreply = client.chat.completions.create(model="gpt-4o", messages=[])\n', 4],
  ])('%s is left alone', async (_, body, line) => {
    expect(await metered(`${head}client = OpenAI()\n${body}`, line)).toBeUndefined();
  });
});

test.each<[string, MeteringLibrary[]]>([
  ['from opentelemetry import trace', ['opentelemetry']],
  ['prometheus-client==0.20\n', ['prometheus_client']],
  ['opentelemetry-sdk\nprometheus_client\n', ['opentelemetry', 'prometheus_client']],
  ['requests\n', []],
])('%j speaks of %j', (text, libraries) => expect(librariesIn(text)).toEqual(libraries));
