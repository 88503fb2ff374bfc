import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import * as z from 'zod';
import { questions } from '../../client/src/common/questions.js';
import { hoverCommands } from '../../server/src/core/index.js';
import { tools } from '../../server/src/host/tools.js';
import { defaultSettings } from '../../server/src/protocol/protocol.js';

const root = path.join(import.meta.dirname, '../..');
const read = (name: string): string => readFileSync(path.join(root, name), 'utf8');
const manifest = JSON.parse(read('package.json'));
const sources = (folder: string): string =>
  readdirSync(path.join(root, folder), { recursive: true })
    .filter((name) => String(name).endsWith('.ts'))
    .map((name) => read(path.join(folder, String(name))))
    .join('\n');
const client = sources('client/src');
const commands: string[] = manifest.contributes.commands.map(({ command }: { command: string }) => command);

/** Run by lenses, hovers and the tree, with what they ask or where they lead: nobody picks them from the palette. */
const unlisted = ['mlCostLens.adviceTaken', 'mlCostLens.answer', 'mlCostLens.history', 'mlCostLens.reveal', 'mlCostLens.spendSource'];
test('each command is in the code, and in the manifest where a person picks it', () => {
  const registered = [...client.matchAll(/(?:command|withWorkload)\('(\w+)'/g)].map(([, name]) => `mlCostLens.${name}`);
  expect(registered.sort()).toEqual([...commands, ...unlisted].sort());
  expect(commands.length).toBeLessThanOrEqual(20);
  for (const command of hoverCommands) expect(registered).toContain(command);
  for (const command of hoverCommands) expect(read('client/src/common/command-ids.ts')).toContain(`'${command}'`);
});
test('each setting of the manifest is read with the same default, and no more than fifteen', () => {
  const keys = Object.fromEntries([...read('client/src/common/settings.ts').matchAll(/^ {2}(\w+): '([\w.]+)',$/gm)].map(([, name, key]) => [name, key]));
  expect(Object.keys(keys).sort()).toEqual(Object.keys(defaultSettings).sort());
  const properties: Record<string, { default: unknown }> = manifest.contributes.configuration.properties;
  for (const [name, key] of Object.entries(keys))
    expect(properties[`mlCostLens.${key}`]?.default, String(key)).toEqual(defaultSettings[name as keyof typeof defaultSettings]);
  const own = Object.keys(properties).filter((key) => !Object.values(keys).includes(key.replace('mlCostLens.', '')));
  expect(own).toEqual(['mlCostLens.statusBar.enabled']);
  expect(Object.keys(properties).length).toBeLessThanOrEqual(15);
});
test('every text of the manifest is there, and no other', () => {
  const used = [...new Set([...read('package.json').matchAll(/%([\w.]+)%/g)].map(([, key]) => key))];
  expect(Object.keys(JSON.parse(read('package.nls.json'))).sort()).toEqual(used.sort());
});
test('every file that the manifest names is there', () => {
  for (const [, name] of read('package.json').matchAll(/"(media\/[\w./-]+)"/g)) expect(existsSync(path.join(root, name ?? '')), name).toBe(true);
});
test('agents are offered the same tools in the editor as over MCP, with the same inputs', () => {
  const offered: { name: string; modelDescription: string; inputSchema: object }[] = manifest.contributes.languageModelTools;
  expect(offered.map(({ name, modelDescription, inputSchema }) => ({ name, modelDescription, inputSchema }))).toEqual(
    Object.entries(tools()).map(([name, { description, input }]) => {
      const { $schema: _draft, ...inputSchema } = z.toJSONSchema(input, { io: 'input' });
      return { name: `mlcost_${name}`, modelDescription: description, inputSchema };
    }),
  );
  const registered = /toolNames = \[([^\]]*)\]/.exec(client)?.[1]?.match(/\w+/g);
  expect(registered).toEqual(Object.keys(tools()));
});
test('the chat’s commands are the questions that are answered', () => {
  const [participant] = manifest.contributes.chatParticipants;
  expect(participant).toMatchObject({ id: 'mlCostLens.cost', name: 'cost' });
  expect(participant.commands.map(({ name }: { name: string }) => name)).toEqual([...questions]);
  expect(client).toContain(`'${participant.id}'`);
  expect(client).toContain(`'${manifest.contributes.mcpServerDefinitionProviders[0].id}'`);
});
