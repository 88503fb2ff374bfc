import { attributeOf, type HclBlock, type HclBody, type HclExpr } from '../../syntax/hcl/ast.js';
import type { Entry, Value } from '../../syntax/value.js';
import { at } from '../../syntax/value.js';
import { kindOfCommands, runningBy } from '../config/command-kind.js';
import { commandsOf, environmentOf } from '../config/command-words.js';
import { takeAll } from '../config/engine-keys.js';
import { ConfigFacts, integer, text } from '../shared/config-facts.js';
import { titleOfEngine } from '../shared/engine-flags.js';
import { Scope } from '../shared/terraform/scope.js';
import type { HclRecogniser, SeenWorkload } from '../types.js';

/** Tasks of Nomad jobs that reserve devices.
 * @source developer.hashicorp.com/nomad/docs/job-specification: device count 1, group count 1 */
export const nomad: HclRecogniser = {
  id: 'nomad',
  language: 'hcl',
  marker: /^[ \t]*device[ \t]+"[^"]*gpu[^"]*"/m,
  doc: {
    format: 'Nomad',
    reads: 'devices of a task, copies of its group, what its container runs',
    example: 'device "nvidia/gpu" { count = 2 }',
  },
  recognise: ({ document, body }) => {
    const scope = new Scope(body, document.text, false);
    return body.blocks
      .filter(({ type }) => type === 'job')
      .flatMap((job) =>
        inner(job.body, 'group').flatMap((group) =>
          inner(group.body, 'task').flatMap((task) => ofTask(document.uri, document.text, job, group, task, scope) ?? []),
        ),
      );
  },
};
const inner = (body: HclBody, type: string): readonly HclBlock[] => body.blocks.filter((block) => block.type === type);

function ofTask(uri: string, source: string, job: HclBlock, group: HclBlock, task: HclBlock, scope: Scope): SeenWorkload | undefined {
  const resources = inner(task.body, 'resources')[0];
  const device = resources && inner(resources.body, 'device').find(({ labels }) => /gpu/i.test(labels[0] ?? ''));
  if (!device) return undefined;
  const facts = new ConfigFacts(uri, { kind: 'map', entries: [], start: task.start, end: task.end });
  const value = (body: HclBody, name: string): Value | undefined => {
    const found = attributeOf(body, name)?.value;
    return found && plainOf(found, scope);
  };
  const devices = value(device.body, 'count');
  if (devices) facts.take('gpu_count', devices, integer);
  else facts.put('gpu_count', 1, device, 'default', 'a device without a count');
  const name = /^nvidia\/gpu\/(.+)$/.exec(device.labels[0] ?? '')?.[1];
  if (name !== undefined) facts.put('gpu_type', name, device);
  facts.take('replicas', value(group.body, 'count'), integer);
  facts.take('cpu', resources && value(resources.body, 'cores'), text);
  facts.take('memory', resources && value(resources.body, 'memory'), text);
  const config = inner(task.body, 'config')[0];
  const env = inner(task.body, 'env')[0];
  const environment = environmentOf(env && bodyOf(env.body, scope));
  const command = config && value(config.body, 'command');
  const args = config && value(config.body, 'args');
  const image = config && at(bodyOf(config.body, scope), 'image');
  const listed: Value | undefined = command && args?.kind === 'seq' ? { ...args, items: [command, ...args.items] } : (args ?? command);
  const found = kindOfCommands(uri, commandsOf(source, [listed], environment), String(image?.kind === 'scalar' ? image.value : ''), environment);
  const title = task.labels[0] ?? job.labels[0] ?? 'Nomad task';
  if (!found) return facts.workload('resource', 'nomad', title, task);
  takeAll(facts, found.facts);
  return runningBy(facts.workload(found.kind, found.framework, found.kind === 'serving' ? titleOfEngine(found.framework) : 'Train', task), found);
}

/** An expression as a plain value, as far as the file decides it. */
function plainOf(expr: HclExpr, scope: Scope): Value {
  const { start, end } = expr;
  if (expr.kind === 'list') return { kind: 'seq', items: expr.items.map((item) => plainOf(item, scope)), start, end };
  if (expr.kind === 'object')
    return {
      kind: 'map',
      entries: expr.entries.map(({ key, keyStart, value }) => ({ key, keyStart, keyEnd: keyStart, value: plainOf(value, scope) })),
      start,
      end,
    };
  const found = scope.plain(expr);
  const value = 'missing' in found ? '\u00a7unknown\u00a7' : found.value;
  return { kind: 'scalar', value, raw: String(value), start, end };
}
function bodyOf(body: HclBody, scope: Scope): Value {
  const entries = body.attributes.map(({ key, keyStart, value }): Entry => ({ key, keyStart, keyEnd: keyStart, value: plainOf(value, scope) }));
  return { kind: 'map', entries, start: entries[0]?.keyStart ?? 0, end: entries.at(-1)?.value.end ?? 0 };
}
