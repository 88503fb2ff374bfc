import type { FactValue } from '../model/fact.js';
import type { WorkloadKind } from '../model/workload.js';
import type { Sighting } from '../recognise/types.js';
import { type Candidates, ranks } from './candidates.js';
import { type LibraryDefaults, libraryDefaults } from './defaults.js';
import { normalValue } from './normalise.js';
import type { Joins } from './placed.js';
import { type InForce, versionInForce } from './versions.js';

/** Library defaults of the version that the project pins fill what no file says; what the code decides at run time stays unknown. */
export function addDefaults(
  candidates: Candidates,
  { kind, framework, title = '' }: { readonly kind: WorkloadKind; readonly framework: string; readonly title?: string },
  sightings: readonly Sighting[],
  joins: Joins,
): void {
  for (const row of libraryDefaults) {
    if (!row.frameworks.includes(framework) || !row.kinds.includes(kind) || row.method?.test(title) === false) continue;
    if (row.where && !row.where[1].test(String(candidates.value(row.where[0])?.value))) continue;
    const version = row.library && versionInForce(row.library, row.of, sightings, joins);
    for (const fact of version?.facts ?? []) candidates.add(fact, fact.origin === 'default' ? ranks.library : ranks.file);
    for (const [name, value] of Object.entries({ ...row.facts, ...valuesOf(row, version) })) {
      if (candidates.has(name) || candidates.hasUnknown(name)) continue;
      if (name === 'epochs' && candidates.has('max_steps')) continue;
      if (name === 'batch_size' && candidates.has('global_batch_size')) continue;
      candidates.add({ name, value, origin: 'default', note: `default of ${version?.words ?? row.of}` }, ranks.library);
    }
    // transformers 5 trains weights in the type that they are stored in.
    const dtype = row.library === 'transformers' && !candidates.has('precision') && !candidates.hasUnknown('precision') && storedType(candidates, joins);
    if (dtype)
      candidates.add({ name: 'precision', value: dtype, origin: 'default', note: `type of the checkpoint, as ${version?.words} loads it` }, ranks.library);
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
function storedType(candidates: Candidates, { input }: Joins): FactValue | undefined {
  const model = candidates.value('model')?.value;
  const dtype = typeof model === 'string' ? input.catalog.model(model)?.dtype : undefined;
  return dtype === undefined ? undefined : normalValue('precision', dtype);
}
function valuesOf({ changed }: LibraryDefaults, version: InForce | undefined): Record<string, FactValue> {
  return Object.fromEntries(
    Object.entries(changed ?? {}).flatMap(([name, steps]) => {
      const value = steps.findLast(({ from }) => version?.from(from) ?? true)?.value;
      return value === undefined ? [] : [[name, value]];
    }),
  );
}
