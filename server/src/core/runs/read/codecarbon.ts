import { readCsv } from '../../catalog/csv.js';
import type { RunPart } from '../../model/run.js';
import { folderOf } from '../../text/uri.js';
import { given, positiveOf, textOf } from './json.js';

/** Rows read of one file, the last ones: trackers append. */
const maxRows = 200;

/** CodeCarbon's `emissions.csv`: duration, energy and hardware of tracked code, a run a row. The place on the map is not read. */
export function readCodeCarbon(uri: string, text: string): RunPart[] {
  const end = text.indexOf('\n');
  if (end < 0 || !/\bduration\b.*\benergy_consumed\b/.test(text.slice(0, end))) return [];
  const rows = readCsv(text).slice(-maxRows);
  return rows.flatMap((row): RunPart[] => {
    const seconds = positiveOf(row['duration']);
    if (seconds === undefined) return [];
    const gpu = /^(?:(\d+) x )?(.+?)$/.exec(textOf(row['gpu_model']) ?? '');
    // `4 x A40 1 x A100`: of several kinds no one says which one computed.
    const mixed = /\d x .*\d x /.test(row['gpu_model'] ?? '');
    const count = positiveOf(row['gpu_count']);
    const at = textOf(row['timestamp'])?.slice(0, 19);
    const id = textOf(row['run_id']);
    return [
      {
        source: 'codecarbon',
        kind: 'unknown',
        // The Trainer's callback writes into the output folder: one row there belongs to the run.
        key: rows.length === 1 ? folderOf(uri) : `${uri}#${id ?? at ?? seconds}`,
        facts: mixed || !gpu || count === undefined ? {} : given({ gpu_type: gpu[2], gpu_count: count, region: textOf(row['cloud_region']) }),
        measured: given({ wall_hours: seconds / 3600, energy_kwh: positiveOf(row['energy_consumed']), carbon_kg: positiveOf(row['emissions']) }),
        ...(at === undefined ? {} : { at }),
      },
    ];
  });
}
