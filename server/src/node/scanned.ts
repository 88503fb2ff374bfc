import type { Parsed } from '../cli/options.js';
import type { Engine, FileReport } from '../host/engine.js';
import type { Host } from '../host/host.js';

/** Reads what the paths of a command line hold, with what it chose. */
export type Scanned = (
  parsed: Parsed,
  host: Host,
) => Promise<{ readonly engine: Engine; readonly reports: readonly FileReport[]; readonly relative: (uri: string) => string }>;
