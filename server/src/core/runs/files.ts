import { baseName } from '../text/uri.js';

/** A file that may tell of a measured run, as the host read it. */
export type RunFile = { readonly uri: string } & ({ readonly text: string } | { readonly bytes: Uint8Array });

/** Row file of measured runs that a team keeps in its repository, below the workspace root. */
export const sharedRunsFile = '.mlcost/measurements.jsonl';

/** Bounds of one look for runs: a folder of experiments may hold millions of files.
 * @unit files; B */
export const runLimits = { files: 4000, bytes: 8_000_000 } as const;

const names =
  /^(?:trainer_state\.json|training_args\.json|(?:all|train)_results\.json|adapter_config\.json|emissions\.csv|wandb-(?:summary|metadata)\.json|mlflow\.db|mlruns\.db)$/;
const benchmark = /(?:qps|bench|throughput|serving|genai[_-]?perf)[^/]*\.json$/i;
const mlflow =
  /\/mlruns\/[^/]+\/[^/]+\/(?:meta\.yaml|params\/[\w.-]+|metrics\/(?:train_\w+|total_flos|epoch|samples_per_second|tokens_per_second|system\/gpu_0_memory_usage_megabytes)|tags\/mlflow\.(?:source\.name|source\.git\.commit|runName))$/;

/** True for files whose names say that they may tell of a measured run. */
export function isRunFile(uri: string): boolean {
  const name = baseName(uri);
  return (
    names.test(name) ||
    name.startsWith('events.out.tfevents.') ||
    uri.endsWith(`/${sharedRunsFile}`) ||
    /\/wandb\/[^/]+\/files\/config\.yaml$/.test(uri) ||
    mlflow.test(uri) ||
    (benchmark.test(name) && !/\/node_modules\//.test(uri))
  );
}
/** True for what only a trainer or tracker writes: nobody's configuration, whatever is in it. */
export const isRunRecord = (uri: string): boolean =>
  /\/(?:trainer_state|(?:all|train)_results|wandb-(?:summary|metadata))\.json$/.test(uri) || /\/wandb\/[^/]+\/files\//.test(uri);
/** True for those that are no text. */
export const isBinaryRun = (uri: string): boolean => /\.db$|\/events\.out\.tfevents\./.test(uri);
