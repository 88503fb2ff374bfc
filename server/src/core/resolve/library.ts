import type { FactValue } from '../model/fact.js';
import type { WorkloadKind } from '../model/workload.js';
import type { Sighting } from '../recognise/types.js';
import type { Version } from '../recognise/version.js';
import { type Candidates, ranks } from './candidates.js';
import { type LibraryDefaults, libraryDefaults } from './defaults.js';
import { normalValue } from './normalise.js';
import type { Joins } from './placed.js';
import { type InForce, versionInForce } from './versions.js';

/** Library defaults of the version that the project pins fill what no file says; what the code decides at run time stays unknown. */
export function addDefaults(
  candidates: Candidates,
  {
    kind,
    framework,
    title = '',
    plain = false,
  }: { readonly kind: WorkloadKind; readonly framework: string; readonly title?: string; readonly plain?: boolean | undefined },
  sightings: readonly Sighting[],
  joins: Joins,
): void {
  for (const row of libraryDefaults) {
    if (!row.frameworks.includes(framework) || !row.kinds.includes(kind) || row.method?.test(title) === false) continue;
    if (row.plain && !plain) continue;
    if (row.where && !row.where[1].test(String(candidates.value(row.where[0])?.value))) continue;
    const version = row.library && versionInForce(row.library, row.of, sightings, joins);
    for (const fact of version?.facts ?? []) candidates.add(fact, fact.origin === 'default' ? ranks.library : ranks.file);
    if (row.stored) addStoredType(candidates, row.stored, sightings, joins);
    for (const [name, value] of Object.entries({ ...row.facts, ...valuesOf(row, version) })) {
      if (candidates.has(name) || candidates.hasUnknown(name)) continue;
      if (name === 'epochs' && candidates.has('max_steps')) continue;
      if (name === 'batch_size' && candidates.has('global_batch_size')) continue;
      candidates.add({ name, value, origin: 'default', note: `default of ${version?.words ?? row.of}` }, ranks.library);
    }
  }
}
/** Hugging Face's Trainer under torchrun copies the model to every process, unless FSDP or DeepSpeed is asked for.
 * @source huggingface/transformers docs, `Trainer`: distributed training defaults to DistributedDataParallel */
export function addReplication(candidates: Candidates, { kind, framework }: { readonly kind: WorkloadKind; readonly framework: string }): void {
  if (kind !== 'training' || !/^(?:transformers|hf-trainer|trl|axolotl|llama-?factory)$/.test(framework)) return;
  if (candidates.has('strategy') || candidates.hasUnknown('strategy')) return;
  candidates.add(
    { name: 'strategy', value: 'ddp', origin: 'default', note: 'torchrun without FSDP or DeepSpeed: every process holds the whole model' },
    ranks.library,
  );
}
/** Weights of a published model keep the type that they are stored in, where the release that loads them does not widen them. */
function addStoredType(candidates: Candidates, from: Version, sightings: readonly Sighting[], joins: Joins): void {
  if (candidates.has('precision') || candidates.hasUnknown('precision')) return;
  const model = candidates.value('model')?.value;
  const dtype = typeof model === 'string' ? joins.input.catalog.model(model)?.dtype : undefined;
  const value = dtype === undefined ? undefined : normalValue('precision', dtype);
  const version = value === undefined ? undefined : versionInForce('transformers', 'transformers', sightings, joins);
  if (value === undefined || !version?.from(from)) return;
  candidates.add({ name: 'precision', value, origin: 'default', note: `type of the checkpoint, as ${version.words} loads it` }, ranks.library);
}
function valuesOf({ changed }: LibraryDefaults, version: InForce | undefined): Record<string, FactValue> {
  return Object.fromEntries(
    Object.entries(changed ?? {}).flatMap(([name, steps]) => {
      const value = steps.findLast(({ from }) => version?.from(from) ?? true)?.value;
      return value === undefined ? [] : [[name, value]];
    }),
  );
}
