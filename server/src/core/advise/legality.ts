import { readCsv } from '../catalog/csv.js';
import type { Accelerator } from '../catalog/types.js';
import { before, type Release, releaseOf } from '../estimate/serving/version.js';
import type { FactValue } from '../model/fact.js';

/** What a chip and an engine make of a setting: at its speed, without it, or not at all. */
export type Legality = 'native' | 'fallback' | 'refused';
export interface Ruling {
  readonly answer: Legality;
  /** Why not native. */
  readonly reason?: string;
  readonly source: string;
  readonly asOf: string;
}
interface Row extends Ruling {
  readonly setting: string;
  readonly value: string;
  readonly engine: string;
  readonly vendor: string;
  readonly from?: number;
  readonly below?: number;
  /** It speaks of releases of the engine before this one; of an unknown release it does not. */
  readonly belowRelease?: Release;
}

/** Which settings go together with which chip and engine, from `server/data/legality.csv`. */
export class Rulings {
  private readonly rows: readonly Row[];
  constructor(text: string) {
    this.rows = readCsv(text).map((row) => ({
      setting: row['setting'] ?? '',
      value: row['value'] ?? '',
      engine: row['engine'] ?? '*',
      vendor: row['vendor'] ?? '*',
      ...(row['from_cc'] === undefined ? {} : { from: Number(row['from_cc']) }),
      ...(row['below_cc'] === undefined ? {} : { below: Number(row['below_cc']) }),
      ...belowRelease(row['below_release']),
      answer: row['answer'] as Legality,
      ...(row['reason'] === undefined ? {} : { reason: row['reason'] }),
      source: row['source'] ?? '',
      asOf: row['as_of'] ?? '',
    }));
  }

  /** The first row that speaks of the setting on this chip under this engine.
   * @unknown undefined: nothing is known, so nothing may be advised */
  of(setting: string, value: FactValue, chip: Accelerator, engine: string, release?: Release): Ruling | undefined {
    const kind = settingValue(setting, value);
    const capability = chip.computeCapability;
    return this.rows.find(
      (row) =>
        row.setting === setting &&
        row.value === kind &&
        (row.engine === '*' || row.engine === engine) &&
        (row.vendor === chip.vendor || (row.vendor === '*' && chip.vendor !== 'NVIDIA' && states(setting, kind, chip))) &&
        (row.from === undefined || (capability !== undefined && capability >= row.from)) &&
        (row.belowRelease === undefined || before(release, row.belowRelease)) &&
        (row.below === undefined || (capability !== undefined && capability < row.below)),
    );
  }
  /** Settings that the table speaks of: every other one is the same on all chips. */
  speaksOf(setting: string): boolean {
    return this.rows.some((row) => row.setting === setting);
  }
}

function belowRelease(written: string | undefined): Pick<Row, 'belowRelease'> {
  const release = releaseOf(written);
  return release ? { belowRelease: release } : {};
}
/** Optimizers are one setting by the size of their states. */
function settingValue(setting: string, value: FactValue): string {
  if (setting === 'optimizer') return /8bit/.test(String(value)) ? '8bit' : 'plain';
  return String(value)
    .replace(/^fp8_.*/, 'fp8')
    .replace(/^4bit$/, 'nf4');
}
/** Other vendors' chips compute in what their data sheet gives a rate for. */
const states = (setting: string, value: string, chip: Accelerator): boolean =>
  setting !== 'precision' || (value === 'bf16' ? chip.bf16Tflops : value === 'fp8' ? chip.fp8Tflops : chip.fp16Tflops) !== undefined;
