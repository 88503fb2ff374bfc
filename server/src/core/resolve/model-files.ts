import type { Fact } from '../model/fact.js';
import type { WorkloadKind } from '../model/workload.js';
import type { Reference } from '../recognise/types.js';
import { type Candidates, ranks } from './candidates.js';
import type { Joins } from './placed.js';

/** The shape in the `config.json` of a model that lies in the workspace: explicit facts win over it, and it wins over the table of models. */
export function addModelShape(candidates: Candidates, kind: WorkloadKind, uri: string, refs: readonly Reference[], { files, input }: Joins): void {
  if (kind === 'api-call' || kind === 'resource') return;
  const named = refs.filter((ref) => ref.role === 'model-config').map((ref) => ({ from: uri, target: ref.target }));
  const model = candidates.value('model');
  if (typeof model?.value === 'string' && isFolder(model.value) && !input.catalog.model(model.value)) {
    named.push({ from: model.span?.uri ?? uri, target: model.value });
    if (model.span && model.span.uri !== uri) named.push({ from: uri, target: model.value });
  }
  for (const { from, target } of named) {
    const path = /\.json$/.test(target) ? target : `${target.replace(/\/+$/, '')}/config.json`;
    const found = files.path(from, path);
    if (!found?.modelShape) continue;
    const note = `of ${path}`;
    for (const fact of found.modelShape) {
      const [name, value] = shapeFact(fact, kind);
      if (name !== undefined && !candidates.has(name)) candidates.add({ ...fact, name, value, origin: 'other-file', note }, ranks.library);
    }
    return;
  }
}
/** A checkpoint's own number type is what an engine computes in; a trainer loads it as it is told. */
function shapeFact({ name, value }: Fact, kind: WorkloadKind): readonly [string | undefined, Fact['value']] {
  if (name === 'dtype') return [kind === 'training' ? undefined : 'precision', value];
  return [name, value];
}
/** A path and no name of a hub: those have one slash at most, and no dot in front. */
const isFolder = (model: string): boolean => !/^\w+:\/\/|\s/.test(model) && (/^\.{1,2}\/|\/$|\/.*\//.test(model) || /^[\w.-]+\/[\w.-]+$/.test(model));
