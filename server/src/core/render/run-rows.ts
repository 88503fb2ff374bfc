import type { Catalog } from '../catalog/catalog.js';
import type { MeasuredRun } from '../model/run.js';
import type { Workload } from '../model/workload.js';
import type { TeamRuns } from '../runs/learn.js';
import { ownerOf, unmatchedWhy } from '../runs/match.js';
import { escapeMarkdown, table } from './markdown.js';
import { type NumberStyle, plain, shortNumber, withUnit } from './number.js';
import { acceleratorOf } from './words.js';

/** A run with the workload that it is taken for. */
export interface RunRow {
  readonly run: MeasuredRun;
  /** Of several workloads the one that it fits best; absent: none, and `why` says why. */
  readonly workload?: Workload;
  readonly why: string;
  /** Measured over estimated time or memory, where both are known. */
  readonly ratio?: { readonly value: number; readonly by: string };
  /** Why it corrects nothing, where it does not. */
  readonly unused?: string;
}

/** Every run that was found, newest first, matched or not and why. */
export function runRows(
  all: readonly MeasuredRun[],
  chosen: readonly MeasuredRun[],
  estimated: readonly { readonly workload: Workload; readonly team?: TeamRuns }[],
  roots: readonly string[],
  catalog: Catalog,
): RunRow[] {
  const workloads = estimated.map(({ workload }) => workload);
  const used = new Set(chosen);
  return all.map((run): RunRow => {
    const owner = ownerOf(run, workloads, roots, catalog);
    if (!owner) return { run, why: unmatchedWhy(run, workloads) };
    const compared = estimated.find(({ workload }) => workload === owner.workload)?.team?.runs.find((one) => one.run === run)?.compared;
    const found = compared?.time ?? compared?.memory;
    const unused = !used.has(run) ? 'left out by `runs` in .mlcost.yaml' : compared?.without;
    return {
      run,
      workload: owner.workload,
      why: owner.match.why + (owner.match.differs.length > 0 ? `; another ${owner.match.differs.join(', ')}` : ''),
      ...(found ? { ratio: { value: Math.exp(found.log), by: found.by } } : {}),
      ...(unused === undefined ? {} : { unused }),
    };
  });
}

/** Short cells of a run: day, what, on what, figures, whose, how it compares. */
export function runCells({ run, workload, why, ratio, unused }: RunRow, catalog: Catalog, style: NumberStyle = plain): string[] {
  const { facts, measured } = run;
  const chip = facts['gpu_type'];
  const count = facts['gpus'] ?? facts['gpu_count'];
  const figures = [
    ...(measured['wall_hours'] === undefined ? [] : [withUnit(measured['wall_hours'], 'h', style)]),
    ...(measured['step_time_s'] === undefined ? [] : [`${withUnit(measured['step_time_s'], 's', style)} a step`]),
    ...(measured['output_tokens_per_s'] === undefined ? [] : [withUnit(measured['output_tokens_per_s'], 'tokens/s', style)]),
    ...(measured['decode_tokens_per_s'] === undefined ? [] : [`${withUnit(measured['decode_tokens_per_s'], 'tokens/s', style)} decode`]),
    ...(measured['peak_memory_gib'] === undefined ? [] : [withUnit(measured['peak_memory_gib'], 'GiB', style)]),
    ...(measured['needed_memory_gib'] === undefined ? [] : [`needed ≥ ${withUnit(measured['needed_memory_gib'], 'GiB', style)}`]),
    ...(measured['energy_kwh'] === undefined ? [] : [withUnit(measured['energy_kwh'], 'kWh', style)]),
  ];
  return [
    run.at?.slice(0, 10) ?? '',
    run.id,
    run.sources.join(' + '),
    chip === undefined ? '' : `${typeof count === 'number' ? `${count}×` : ''}${acceleratorOf(String(chip), catalog)}`,
    figures.slice(0, 3).join(', '),
    workload ? workload.id : 'none',
    ratio ? `× ${shortNumber(ratio.value, style, 3)} of the estimate` : '',
    [why, unused].filter(Boolean).join('; '),
  ];
}
export const runHeader: readonly string[] = ['day', 'run', 'from', 'on', 'measured', 'workload', 'against', 'why'];

/** The runs as a Markdown document, with what they change and how to start afresh. */
export function runsMarkdown(rows: readonly RunRow[], corrections: readonly string[], catalog: Catalog, style: NumberStyle = plain): string {
  if (rows.length === 0)
    return '# Measured runs\n\nNone was found. Runs are read out of `trainer_state.json`, W&B and MLflow folders, TensorBoard events, `emissions.csv`, benchmark JSON and `.mlcost/measurements.jsonl`.\n';
  const cells = rows.map((row) => runCells(row, catalog, style).map(escapeMarkdown));
  return [
    '# Measured runs',
    `${rows.length} found, ${rows.filter(({ workload }) => workload).length} matched to a workload.`,
    ...(corrections.length > 0 ? [`## What they change\n\n${corrections.map((line) => `- ${escapeMarkdown(line)}`).join('\n')}`] : []),
    `## Each run\n\n${table(runHeader, cells)}`,
    'To start afresh, `runs: { since: 2026-01-31 }` in `.mlcost.yaml` leaves earlier runs out, `ignore:` single folders, and `use: false` all of them.',
  ].join('\n\n');
}
