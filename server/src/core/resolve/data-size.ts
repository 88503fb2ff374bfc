import type { Fact } from '../model/fact.js';
import type { WorkloadKind } from '../model/workload.js';
import { isDataFile } from '../recognise/data-set.js';
import { baseName } from '../text/uri.js';
import { type Candidates, ranks } from './candidates.js';
import type { Joins } from './placed.js';

/** The number of samples of the data set that a workload names: counted in a file of the workspace, or published.
 * Several data sets are known together or not at all.
 * @unknown a data set that is neither; what the program does to its rows afterwards is its own recogniser's to say */
export function addDataSize(candidates: Candidates, kind: WorkloadKind, framework: string, uri: string, joins: Joins): void {
  if (kind !== 'training' && kind !== 'batch-inference') return;
  if (candidates.has('dataset_size') || candidates.hasUnknown('dataset_size')) return;
  const data = candidates.value('dataset');
  if (typeof data?.value !== 'string') return;
  const from = [...new Set([data.span?.uri ?? uri, uri])];
  const parts = data.value.split(',').map((name) => name.trim());
  const sizes = parts.map((name) => (/llama-?factory/.test(framework) ? registeredSize(name, from, joins) : sizeOf(name, from, joins)));
  const known = sizes.flatMap((one) => one ?? []);
  const [first] = known;
  if (!first || known.length < sizes.length) return;
  const value = known.reduce((sum, one) => sum + Number(one.value), 0);
  const note = known.length === 1 ? first.note : known.map((one) => `${one.value} ${one.note}`).join(' + ');
  candidates.add({ ...first, value, ...(note === undefined ? {} : { note }) }, first.origin === 'default' ? ranks.library : ranks.file);
}

function sizeOf(name: string, from: readonly string[], { files, input }: Joins): Fact | undefined {
  if (isDataFile(name)) {
    for (const uri of from) {
      const found = files.path(uri, name);
      if (found?.items === undefined) continue;
      const span = { uri: found.uri, start: 0, end: 0 };
      return { name: 'dataset_size', value: found.items, origin: 'other-file', span, note: `samples in ${baseName(found.uri)}` };
    }
    return undefined;
  }
  const published = input.catalog.dataSet(name);
  return (
    published && { name: 'dataset_size', value: published.rows, origin: 'default', note: `rows of ${published.id}, split ${published.split}, as published` }
  );
}
/** A name of LLaMA-Factory's `dataset_info.json`, in its usual folder or beside the configuration. */
function registeredSize(name: string, from: readonly string[], joins: Joins): Fact | undefined {
  for (const uri of from) {
    for (const path of ['data/dataset_info.json', 'dataset_info.json']) {
      const list = joins.files.path(uri, path);
      const target = list?.registered?.[name];
      if (list && target !== undefined) return sizeOf(target, [list.uri], joins);
    }
  }
  return sizeOf(name, from, joins);
}
