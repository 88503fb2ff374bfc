import { entriesOf, hasKey, itemsOf, textOf, type Value } from '../../syntax/value.js';
import { kindOfCommands, runningBy } from '../config/command-kind.js';
import { commandsOfText, environmentOf } from '../config/command-words.js';
import { takeAll } from '../config/engine-keys.js';
import { ConfigFacts } from '../shared/config-facts.js';
import { titleOfEngine } from '../shared/engine-flags.js';
import type { SeenWorkload, YamlRecogniser } from '../types.js';

/** Commands that a file of no known format holds as texts: a test's server, the launch of a benchmark. */
export const commandsYaml: YamlRecogniser = {
  id: 'commands',
  language: 'yaml',
  marker:
    /\b(?:vllm serve|vllm\.entrypoints|sglang\.launch_server|sglang serve|trtllm-serve|text-generation-launcher|llama-server|torchrun|accelerate launch|deepspeed) /,
  last: true,
  doc: {
    format: 'commands in settings (YAML)',
    reads: 'servers and trainings that a text under `cmd`, `command` or `run` starts, where no known format has them',
    example: 'server_cmd: vllm serve Qwen/Qwen3-8B --tensor-parallel-size 2',
  },
  recognise: ({ document, roots }) =>
    roots.flatMap((root) => (others.some((key) => hasKey(root, key)) ? [] : walk(document.uri, document.text, root, root, 0))),
};
/** Pipelines, lists of tasks and objects of a cluster run texts on machines that stand elsewhere. */
const others = ['apiVersion', 'kind', 'on', 'jobs', 'stages', 'steps', 'tasks', 'services', 'pipelines', 'workflows', 'repos', 'nav'];
const runs = /(?:^|_)(?:cmd|command|run|launch|entry_?point|script|server)s?$/i;
const deepest = 6;

function walk(uri: string, source: string, root: Value, value: Value, depth: number): SeenWorkload[] {
  if (depth > deepest) return [];
  const environment = environmentOf(...entriesOf(value).flatMap((entry) => (/^envs?$|^environment$/.test(entry.key) ? [entry.value] : [])));
  return [
    ...entriesOf(value).flatMap((entry): SeenWorkload[] => {
      if (entry.value.kind !== 'scalar') return walk(uri, source, root, entry.value, depth + 1);
      if (!runs.test(entry.key) || textOf(entry.value) === undefined) return [];
      const found = kindOfCommands(uri, commandsOfText(source, entry.value, environment), '', environment);
      if (!found || !(found.kind === 'training' || found.facts.some((fact) => fact.name === 'model'))) return [];
      const facts = new ConfigFacts(uri, root);
      takeAll(facts, found.facts);
      const title = found.kind === 'serving' ? titleOfEngine(found.framework) : found.kind === 'training' ? 'Train' : undefined;
      return [runningBy(facts.workload(found.kind, found.framework, title, { start: entry.keyStart, end: entry.value.end }), found)];
    }),
    ...itemsOf(value).flatMap((item) => walk(uri, source, root, item, depth + 1)),
  ];
}
