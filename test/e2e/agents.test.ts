import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type HostKind, Ide } from './ide.js';

const cli = path.resolve('dist/cli.js');
const names = ['mlcost_advise', 'mlcost_budget', 'mlcost_compare', 'mlcost_diff', 'mlcost_estimate', 'mlcost_policy'];
const calls: readonly [tool: string, input: object][] = [
  ['mlcost_estimate', { path: 'agent/triage.py', set: { calls_per_month: 5 } }],
  ['mlcost_advise', { path: '.' }],
  ['mlcost_budget', {}],
  ['mlcost_policy', {}],
  ['mlcost_compare', { path: 'train/run.sh' }],
];
const wrong: readonly [tool: string, input: object][] = [
  ['mlcost_estimate', {}],
  ['mlcost_estimate', { path: 3 }],
  ['mlcost_diff', { base: 'HEAD' }],
  ['mlcost_policy', { where: 'x' }],
];
interface Answers {
  models: number;
  tools: { name: string; description: string; inputSchema?: { type: string } }[];
  answers: { text?: string; error?: string }[];
}

// Beside our extension stands one that calls tools as an agent of the editor does, and offers a model, without which the chat asks nobody.
describe.each<HostKind>(['node', 'web'])('in the %s host', (kind) => {
  let ide: Ide;
  beforeAll(async () => {
    ide = await Ide.start(kind, 'plain.py', { unpacked: [path.join(import.meta.dirname, 'agent')], settings: { 'chat.disableAIFeatures': false } });
  });
  afterAll(() => ide?.stop());
  /** What an agent gets that calls tools one after another. */
  async function call(asked: readonly [tool: string, input: object][]): Promise<Answers> {
    const [input, output] = ['calls.json', 'answers.json'].map((name) => path.join(ide.host.root, name)) as [string, string];
    writeFileSync(input, JSON.stringify(asked));
    await ide.run('Test Agent: Call');
    try {
      return await ide.until('answers', async () => existsSync(output) && asJson<Answers>(readFileSync(output, 'utf8')));
    } finally {
      for (const file of [input, output]) rmSync(file, { force: true });
    }
  }
  const mlcost = (...args: string[]): string =>
    execFileSync(process.execPath, [cli, ...args, '--format', 'json'], { cwd: ide.host.root, encoding: 'utf8', maxBuffer: 1 << 27 });
  async function focusChat(): Promise<void> {
    const input = ide.page.locator('.interactive-input-part .monaco-editor').first();
    if (!(await input.isVisible())) await ide.page.keyboard.press('Control+Alt+I');
    await input.waitFor({ state: 'visible' });
    await input.click();
  }
  async function ask(question: string, answer: RegExp): Promise<void> {
    await focusChat();
    await ide.page.keyboard.insertText(`${question} `);
    const unsent = ide.page.locator('.interactive-input-part .view-line', { hasText: '@cost' });
    await ide.until('the question sent', async () => {
      if ((await unsent.count()) === 0) return true;
      await ide.page.keyboard.press('Escape'); // what is proposed
      await ide.page.keyboard.press('Enter');
      return false;
    });
    await ide.until(`an answer like ${answer}`, async () => {
      const texts: string[] = await ide.page.locator('.interactive-response').allInnerTexts();
      return texts.slice(-1).find((text) => answer.test(text));
    });
  }

  test('the editor lists our tools, and says of each what it takes', async () => {
    const { tools, models } = await call([]);
    const ours = tools.filter(({ name }) => name.startsWith('mlcost_'));
    expect(ours.map(({ name }) => name).sort()).toEqual(names);
    for (const { description, inputSchema } of ours) {
      expect(description.length).toBeGreaterThan(40);
      expect(inputSchema?.type).toBe('object');
    }
    expect(models).toBe(1);
  });
  test('what is wrong is said to the agent', async () => {
    const { answers } = await call(wrong);
    expect(answers.map(({ text }) => text)).toEqual(wrong.map(() => undefined));
    expect(answers.map(({ error }) => error)).toEqual([
      expect.stringMatching(/path: /),
      expect.stringMatching(/path: /),
      expect.stringMatching(kind === 'node' ? /is in no git repository/ : /git and programs are not reached/),
      expect.stringMatching(/where/),
    ]);
  });
  if (kind === 'web') {
    test('what needs neither git nor facts to take instead is answered here', async () => {
      const { answers } = await call([['mlcost_estimate', { path: 'agent/triage.py' }], ...calls]);
      expect(answers.map(({ text, error }) => text ?? error)).toEqual([
        expect.stringMatching(/^\| workload \| cost \| file \|[\s\S]*agent\/triage\.py/),
        expect.stringMatching(/set: facts to take instead are not looked at here/),
        expect.stringMatching(/\| workload \| change \| saves \|/),
        expect.stringMatching(/\| assistant \| \\\$36,000 a month planned \|/),
        'No policy is written in `.mlcost.yaml`.',
        expect.stringMatching(/\*\*Fine-tune Llama-3\\?\.1-8B\*\* train\/run\.sh[\s\S]*\| 8×/),
      ]);
      expect(answers[0]?.text).not.toContain('train/run.sh');
    });
    // without a server behind it, this workbench's chat sends nothing
    test('the chat proposes the participant and its questions', async () => {
      await focusChat();
      await ide.page.keyboard.type('@cost /');
      await ide.page.locator('.suggest-widget .monaco-list-row', { hasText: '/cheaper' }).first().waitFor({ state: 'visible' });
      await ide.screenshot('chat');
    });
    return;
  }
  test('tools answer what the commands print', async () => {
    const { answers } = await call(calls);
    expect(answers.map(({ text }) => figures(text))).toEqual(
      [
        mlcost('estimate', 'agent/triage.py', '--set', 'calls_per_month=5'),
        mlcost('advise', '.'),
        mlcost('budget'),
        mlcost('check'),
        mlcost('compare', 'train/run.sh', '--limit', '20'),
      ].map(figures),
    );
  });
  test('the chat answers with computed figures, in words of its own and in those of a model', async () => {
    // an answer grows while it is drawn: each is waited for up to what it must say
    await ask('@cost /top', /Dearest workloads[\s\S]*claude-sonnet-4-5\s+at most \$[\d.]+ a call[\s\S]*In all/);
    await ide.screenshot('chat-top');
    await ask('@cost what would be cheaper?', /What is cheaper[\s\S]*batch interface[\s\S]*same results/);
    await ask('@cost /why', /Why costs changed[\s\S]*is in no git repository/);
    // no word of the question tells; the model does
    await ask('@cost how full are our pockets', /Budgets[\s\S]*assistant\s+\$36,000 a month planned/);
    await ask('@cost hm', /Ask which workload costs most/);
    await ide.page.locator('.interactive-input-followups', { hasText: '/budget' }).first().waitFor({ state: 'visible' });
    await ide.screenshot('chat');
  });
  test('the editor starts the MCP server that it is told of, and finds its tools', async () => {
    const { page } = ide;
    // one list after another: the command ends with a choice
    await page.keyboard.press('F1');
    const input = page.locator('.quick-input-widget input[type="text"]');
    await input.waitFor({ state: 'visible' });
    await input.fill('>MCP: List Servers');
    const rows = page.locator('.quick-input-list .monaco-list-row');
    await rows.filter({ hasText: 'MCP: List Servers' }).first().click();
    await rows.filter({ hasText: 'ML Cost Lens: workspace' }).first().click();
    const [start, stop] = ['Start Server', 'Stop Server'].map((name) => rows.filter({ hasText: name }).first());
    await start.or(stop).first().waitFor({ state: 'visible' });
    await ide.screenshot('mcp');
    // the chat may have started it by itself
    if (await start.isVisible()) await start.click();
    else await page.keyboard.press('Escape');
    await page.locator('.quick-input-widget').waitFor({ state: 'hidden' });
    const found = await ide.until('its tools', async () => {
      const { tools } = await call([]);
      const own = tools.filter(({ name }) => /^mcp_.*_(?:estimate|compare|advise|diff|policy|budget)$/.test(name)).map(({ name }) => name);
      return own.length === names.length && own;
    });
    const budget = found.find((name) => name.endsWith('_budget')) as string;
    expect((await call([[budget, {}]])).answers.map(({ text }) => figures(text))).toEqual([figures(mlcost('budget'))]);
  });
});

/** An answer without the last digits of its numbers: the editor's Node may be another, and powers differ there. */
const figures = (text: string | undefined): unknown =>
  JSON.parse(text ?? 'null', (_, value) => (typeof value === 'number' ? Number(value.toPrecision(10)) : value));
function asJson<T>(text: string): T | undefined {
  try {
    return JSON.parse(text) as T;
  } catch {
    return undefined; // not all of it is written yet
  }
}
