import type { Catalog } from '../catalog/catalog.js';
import type { FactValue } from '../model/fact.js';
import { factLabel } from '../model/fact-names.js';
import type { MeasuredRun } from '../model/run.js';
import type { Workload } from '../model/workload.js';
import { baseName, folderOf, relativeTo } from '../text/uri.js';
import { endsWithPath } from './collect.js';

/** A run of a workload, and why it is taken for one. */
export interface Match {
  readonly run: MeasuredRun;
  readonly strength: 'stated' | 'output folder' | 'program' | 'settings';
  readonly why: string;
  /** Names of facts that the run had otherwise than the workload has them now. Empty: the same job. */
  readonly differs: readonly string[];
}
const strengths = ['stated', 'output folder', 'program', 'settings'];

/** Whether a run was made by a workload: its row names the file, it wrote to the workload's output folder, its program is the workload's,
 * or its model and at least three settings are the workload's and none is another. */
export function matchOf(run: MeasuredRun, workload: Workload, roots: readonly string[], catalog: Catalog): Match | undefined {
  if (workload.fragment || workload.kind === 'api-call' || workload.kind === 'resource') return undefined;
  const kind = workload.kind === 'training' ? 'training' : 'serving';
  if (run.kind !== 'unknown' && run.kind !== kind) return undefined;
  const { same, differs } = agreement(run, workload, catalog);
  const found = (strength: Match['strength'], why: string): Match => ({ run, strength, why, differs });
  const path = relativeTo(workload.span.uri, roots);
  if (run.workload !== undefined) return run.workload === path ? found('stated', `its row names ${path}`) : undefined;
  const output = text(workload, 'output_dir');
  const written = run.outputDir ?? run.uri;
  if (output !== undefined && wroteTo(written, output, workload.span.uri)) return found('output folder', `it wrote to ${output}`);
  if (run.program !== undefined) {
    const program = [workload.span.uri, workload.program].find((uri) => uri !== undefined && isProgram(run.program ?? '', uri, roots));
    if (program !== undefined && run.kind !== 'serving') return found('program', `it ran ${relativeTo(program, roots)}`);
  }
  // What another program made is not this one's, however alike the settings are.
  if (run.program !== undefined && /\.py$/.test(run.program) && kind === 'training') return undefined;
  const least = kind === 'training' ? 3 : 0;
  if (same.includes('model') && same.length - 1 >= least && differs.length === 0)
    return found('settings', `same ${same.slice(0, 4).map(factLabel).join(', ')}`);
  return undefined;
}

/** The best matches of the runs for one workload, newest first. */
export const matchesOf = (runs: readonly MeasuredRun[], workload: Workload, roots: readonly string[], catalog: Catalog): Match[] =>
  runs.flatMap((run) => matchOf(run, workload, roots, catalog) ?? []);

/** Of several workloads the one that a run belongs to: the strongest match, of equal ones the one that agrees most, and that has the money. */
export function ownerOf(
  run: MeasuredRun,
  workloads: readonly Workload[],
  roots: readonly string[],
  catalog: Catalog,
): { workload: Workload; match: Match } | undefined {
  return workloads
    .flatMap((workload) => {
      const match = matchOf(run, workload, roots, catalog);
      return match ? [{ workload, match }] : [];
    })
    .sort(
      (a, b) =>
        strengths.indexOf(a.match.strength) - strengths.indexOf(b.match.strength) ||
        a.match.differs.length - b.match.differs.length ||
        Number(a.workload.countedIn !== undefined) - Number(b.workload.countedIn !== undefined),
    )[0];
}

/** Why no workload has a run, for a person. */
export function unmatchedWhy(run: MeasuredRun, workloads: readonly Workload[]): string {
  const alike = workloads.filter(({ kind }) => (kind === 'training') === (run.kind !== 'serving'));
  if (alike.length === 0) return `no ${run.kind === 'serving' ? 'serving' : 'training'} workload is in these files`;
  if (run.workload !== undefined) return `its row names ${run.workload}, which has no such workload`;
  if (run.program !== undefined) return `no workload is in or runs ${run.program}`;
  const model = run.facts['model'];
  return typeof model === 'string'
    ? `no workload has the model ${model} with three equal settings`
    : 'neither its folder, its program nor its model is one of a workload';
}

/** Facts that decide what a run costs: compared where both sides know them. */
const decisive = [
  'model',
  'batch_size',
  'grad_accum',
  'seq_len',
  'epochs',
  'max_steps',
  'optimizer',
  'lora_rank',
  'precision',
  'finetune_method',
  'quantization',
  'grad_ckpt',
  'dataset_size',
  'gpu_type',
  'gpus',
  'gpu_count',
  'max_model_len',
  'tensor_parallel',
  'input_tokens',
  'output_tokens',
  'concurrency',
];
/** Without these the settings of two runs are the same by default, which says little. */
const telling = new Set(['model', 'batch_size', 'grad_accum', 'seq_len', 'epochs', 'max_steps', 'optimizer', 'lora_rank', 'precision', 'dataset_size']);

function agreement(run: MeasuredRun, workload: Workload, catalog: Catalog): { same: string[]; differs: string[] } {
  const same: string[] = [];
  const differs: string[] = [];
  const limited = workload.facts.some(({ name, value }) => name === 'max_steps' && Number(value) > 0);
  for (const name of decisive) {
    // A run that ended by its epochs has a number of steps as well, and it follows from them.
    if (name === 'max_steps' && !limited) continue;
    if (name === 'epochs' && limited) continue;
    const theirs = run.facts[name];
    const ours = workload.facts.find((fact) => fact.name === name)?.value;
    if (theirs === undefined || ours === undefined) continue;
    if (equal(name, theirs, ours, catalog)) {
      if (telling.has(name)) same.push(name);
    } else differs.push(name);
  }
  return { same, differs };
}

function equal(name: string, a: FactValue, b: FactValue, catalog: Catalog): boolean {
  if (name === 'gpu_type') return (catalog.accelerator(String(a))?.id ?? a) === (catalog.accelerator(String(b))?.id ?? b);
  if (name === 'model') return modelKey(String(a)) === modelKey(String(b));
  if (name === 'optimizer') return plain(a).replace(/fused$/, '') === plain(b).replace(/fused$/, '');
  if (typeof a === 'number' && typeof b === 'number') return Math.abs(a - b) <= 1e-6 * Math.max(Math.abs(a), Math.abs(b));
  return plain(a) === plain(b);
}
const plain = (value: FactValue): string =>
  String(value)
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '');
const modelKey = (name: string): string =>
  (name.replace(/\/+$/, '').split('/').at(-1) ?? '')
    .replace(/@.*$/, '')
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '');

const text = (workload: Workload, name: string): string | undefined => {
  const value = workload.facts.find((fact) => fact.name === name)?.value;
  return typeof value === 'string' ? value : undefined;
};

/** Folder names that many programs write to: they tell only beside the program itself. */
const common = /^(?:\.?\/)?(?:outputs?|results?|checkpoints?|ckpts?|logs?|models?|runs|tmp|out|save[ds]?)\/?$/i;
function wroteTo(folder: string, output: string, program: string): boolean {
  if (common.test(output) && !folder.startsWith(`${folderOf(program)}/`)) return false;
  return endsWithPath(folder, output) || endsWithPath(folderOf(folder), output);
}

function isProgram(written: string, uri: string, roots: readonly string[]): boolean {
  const path = relativeTo(uri, roots);
  const name = written.replaceAll('\\', '/').replace(/^\.\//, '');
  if (baseName(uri) !== name.split('/').at(-1)) return false;
  if (!name.includes('/') || name === path) return true;
  // An absolute path, or one from another folder: the folder that it lies in is the same too.
  return !path.includes('/') || name.endsWith(`/${path}`) || path.endsWith(`/${name}`);
}
