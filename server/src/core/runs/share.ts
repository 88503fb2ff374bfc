import type { Catalog } from '../catalog/catalog.js';
import type { FactValue } from '../model/fact.js';
import { factNames } from '../model/fact-names.js';
import type { MeasuredRun } from '../model/run.js';
import { isFigure } from './read/shared.js';
import { runHash } from './run-hash.js';

/** Facts that say what was computed and on what. Paths, data sets and texts stay where they are. */
const kept = (name: string): boolean =>
  !/^(?:dataset|prompt_text|output_dir|region|provider|calls_per_month)$/.test(name) &&
  (Object.hasOwn(factNames, name) || /^(?:params|engine|engine_version|weights|framework|torch|transformers|mode|observed)$/.test(name));

/** A run as a row of the shared file: shape, hardware, library versions and figures. No code, no paths of a machine, no names of people.
 * @param workload path of the workload's file in the repository */
export function sharedRow(run: MeasuredRun, workload: string | undefined, catalog: Catalog): string | undefined {
  const facts: Record<string, FactValue> = {};
  for (const [name, value] of Object.entries(run.facts)) {
    if (!kept(name)) continue;
    if (name === 'model') facts[name] = catalog.model(String(value))?.id ?? hubName(String(value));
    else if (name === 'gpu_type') facts[name] = catalog.accelerator(String(value))?.id ?? value;
    else facts[name] = value;
  }
  const measured = Object.fromEntries(Object.entries(run.measured).filter(([name]) => isFigure(name)));
  if (run.kind === 'unknown' || Object.keys(measured).length === 0) return undefined;
  const source = run.sources.includes('out-of-memory') ? 'out-of-memory' : run.sources[0];
  const { at, commit } = run;
  return JSON.stringify({
    id: runHash(run),
    kind: run.kind,
    facts,
    measured,
    source,
    ...(at === undefined ? {} : { date: at.slice(0, 10) }),
    ...(commit === undefined ? {} : { commit }),
    ...(workload === undefined ? {} : { workload }),
  });
}

/** `owner/name` of a hub, or the last part of a path. */
const hubName = (model: string): string =>
  /^[\w.-]+\/[\w.-]+$/.test(model)
    ? model
    : (model
        .replace(/[\\/]+$/, '')
        .split(/[\\/]/)
        .at(-1) ?? '');
