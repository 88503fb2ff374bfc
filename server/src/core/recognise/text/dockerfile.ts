import { readDockerfile, type Stage } from '../../syntax/dockerfile.js';
import { readShell } from '../../syntax/shell/read.js';
import type { Value } from '../../syntax/value.js';
import { kindOfCommands } from '../config/command-kind.js';
import { titleOfEngine } from '../shared/engine-flags.js';

import { sortFacts } from '../shared/facts.js';
import type { SeenWorkload, TextRecogniser } from '../types.js';

/** What a container image runs when it is started. */
export const dockerfile: TextRecogniser = {
  id: 'dockerfile',
  language: 'dockerfile',
  marker:
    /^[ \t]*FROM[ \t][^\n]*(?:vllm|sglang|text-generation|text-embeddings|llama|trtllm|tensorrt|triton|lmdeploy|serve)|^[ \t]*(?:CMD|ENTRYPOINT)\b[\s\S]{0,2000}?(?:torchrun|accelerate|deepspeed|python|\.py\b|vllm|sglang|text-generation|text-embeddings|llama|trtllm|lmdeploy|triton|torchserve|composer)/im,
  doc: {
    format: 'Dockerfile, Containerfile',
    reads: 'ENTRYPOINT and CMD of each stage in both forms, with ENV and ARG; flags of engines whose image a stage starts from',
    example: 'ENTRYPOINT ["vllm", "serve", "Qwen/Qwen3-8B"]',
  },
  recognise: ({ document }) => readDockerfile(document.text).flatMap((stage) => ofStage(document.uri, stage) ?? []),
};

function ofStage(uri: string, { image, imageStart, shell, command }: Stage): SeenWorkload | undefined {
  const script = readShell(shell);
  const environment = new Map<string, Value>(
    script.variables.flatMap(({ name, value }): [string, Value][] =>
      value.open ? [] : [[name, { kind: 'scalar', value: value.text, raw: value.text, start: value.start, end: value.end }]],
    ),
  );
  const commands = script.commands.map(({ words }) => words);
  const found = kindOfCommands(uri, commands, image, environment);
  if (!found) return undefined;
  // An image that only builds on an engine's serves nothing that is known: its model comes with the container.
  if (command === undefined && !found.facts.some((fact) => fact.name === 'model' && 'value' in fact)) return undefined;
  const place = command ?? { start: imageStart, end: imageStart + image.length };
  return {
    kind: found.kind,
    framework: found.framework,
    title: found.kind === 'serving' ? titleOfEngine(found.framework) : 'Train',
    span: { uri, ...place },
    refs: found.refs ?? [],
    ...(found.launch && { launch: found.launch }),
    ...sortFacts(found.facts),
  };
}
