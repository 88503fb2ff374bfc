import type { SourceState } from './sources/plan.js';

/** Where the ledger of a workspace lies, below its root. */
export const ledgerFolder = '.mlcost/ledger';
export const manifestName = 'manifest.json';

/** Part of an import. */
export interface ImportedFile {
  readonly name: string;
  readonly bytes: number;
  readonly sha256: string;
}
export interface ImportRecord {
  readonly files: readonly ImportedFile[];
  readonly format: string;
  readonly rows: number;
  readonly rejected: number;
  readonly from: string | null;
  readonly to: string | null;
  /** What the file says was billed, by currency: exact decimals. */
  readonly billed: Readonly<Record<string, string>>;
  /** What it took the place of, by currency. */
  readonly replaced: Readonly<Record<string, string>>;
}
/** Files of one month, by their names below the ledger. */
export interface MonthFiles {
  readonly dictionary: string;
  readonly rollUp: string;
  readonly shards: Readonly<Record<string, string>>;
  /** Charges in it. */
  readonly charges: number;
  /** What was billed in it, by currency: exact decimals. */
  readonly billed: Readonly<Record<string, string>>;
}
/** The whole state of a ledger: what it names counts, anything else in its folder is left over. It tells no time, so that the same imports give the same bytes. */
export interface Manifest {
  readonly version: 1;
  readonly imports: readonly ImportRecord[];
  readonly months: Readonly<Record<string, MonthFiles>>;
  /** What was read from sources, by their names. */
  readonly sources?: Readonly<Record<string, SourceState>>;
  /** How often something of a source was put in. */
  readonly pulls?: number;
}
export const emptyManifest: Manifest = { version: 1, imports: [], months: {} };
/** A ledger that this version cannot read. */
export class UnreadableLedger extends Error {}

/** @errors UnreadableLedger */
export function readLedgerManifest(text: string | null): Manifest {
  if (text === null) return emptyManifest;
  try {
    const value = JSON.parse(text) as Manifest;
    if (value.version === 1) return value;
  } catch {}
  throw new UnreadableLedger(`${ledgerFolder}/${manifestName} is none that this version reads: move the folder away and import again`);
}
export const manifestText = (manifest: Manifest): string => `${JSON.stringify(sortedKeys(manifest), null, 1)}\n`;
const sortedKeys = (value: unknown): unknown =>
  Array.isArray(value)
    ? value.map(sortedKeys)
    : typeof value === 'object' && value !== null
      ? Object.fromEntries(
          Object.entries(value)
            .sort(([a], [b]) => (a < b ? -1 : 1))
            .map(([key, one]) => [key, sortedKeys(one)]),
        )
      : value;
/** All files that a manifest names. */
export const filesOf = ({ months, sources = {} }: Manifest): string[] => [
  ...Object.values(months).flatMap(({ dictionary, rollUp, shards }) => [dictionary, rollUp, ...Object.values(shards)]),
  ...Object.values(sources).flatMap(({ usage }) => Object.values(usage)),
];
/** Number of the next state: no file of one in force has it. */
export const nextGeneration = ({ imports, pulls = 0 }: Manifest): number => imports.length + pulls + 1;
