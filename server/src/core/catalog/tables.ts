import type {
  Accelerator,
  Cpu,
  DataSet,
  GridCarbon,
  HostedPrice,
  InferenceModel,
  ModelShape,
  Offer,
  RequestShape,
  SampleModel,
  StoragePrice,
} from './types.js';

/** A row of published single-pass models: the model, and every name it goes by. */
export interface InferenceRow {
  readonly model: InferenceModel;
  readonly names: readonly string[];
}
/** A sample model whose pattern is still its text. */
export type SampleRow = Omit<SampleModel, 'pattern'> & { readonly pattern: string };

/** The rows of the catalog, plain data. */
export interface Tables {
  readonly accelerators: readonly Accelerator[];
  readonly models: readonly ModelShape[];
  readonly offers: readonly Offer[];
  readonly hosted: readonly HostedPrice[];
  readonly carbon: readonly GridCarbon[];
  readonly storage: readonly StoragePrice[];
  readonly cpus: readonly Cpu[];
  readonly requestShapes: readonly RequestShape[];
  readonly inferenceModels: readonly InferenceRow[];
  readonly sampleModels: readonly SampleRow[];
  readonly dataSets: readonly DataSet[];
}
const tableNames = [
  'accelerators',
  'models',
  'offers',
  'hosted',
  'carbon',
  'storage',
  'cpus',
  'requestShapes',
  'inferenceModels',
  'sampleModels',
  'dataSets',
] as const satisfies readonly (keyof Tables)[];

/** The tables in one text, as the build ships them: one a line, in the order of their names. ASCII: one other letter would double the whole text's memory. */
export const packTables = (tables: Tables): string => tableNames.map((name) => `${ascii(JSON.stringify(tables[name]))}\n`).join('');
const ascii = (json: string): string => json.replace(/[^\0-\x7f]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`);

/** The tables of a packed text, each read when it is first asked for: one file asks for few of them. */
export function unpackTables(packed: string): Tables {
  const lines = packed.split('\n');
  const known: Partial<Record<keyof Tables, unknown>> = {};
  const tables = {};
  for (const [at, name] of tableNames.entries())
    Object.defineProperty(tables, name, {
      enumerable: true,
      get: () => {
        known[name] ??= JSON.parse(lines[at] ?? '[]');
        lines[at] = '[]';
        return known[name];
      },
    });
  return tables as Tables;
}
