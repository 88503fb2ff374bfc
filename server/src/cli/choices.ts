import { type Assumption, type FactValue, factNames, type MlcostSettings, readMlcostFile } from '../core/index.js';
import type { Preferences } from '../host/engine.js';
import { nearest, type Parsed, UsageError } from './options.js';

const text = (values: Parsed['values'], name: string): string | undefined => {
  const value = values[name];
  return typeof value === 'string' ? value : undefined;
};

/** What a command line chose: it wins over every `.mlcost.yaml`.
 * @param read text of a file named by `--assume`
 * @errors UsageError for a fact that does not exist, a value that is none, a file that cannot be read */
export async function choicesOf(
  { values, otherwise }: Parsed,
  read: (path: string) => Promise<string>,
): Promise<{ preferences: Preferences; files: readonly MlcostSettings[] }> {
  const assumptions: Assumption[] = [];
  for (const written of (values['set'] as readonly string[] | undefined) ?? []) {
    const [, fact, value] = /^([\w.]+)=(.*)$/s.exec(written) ?? [];
    if (fact === undefined || value === undefined || value === '') throw new UsageError(`--set takes FACT=VALUE, not '${written}'`);
    if (!Object.hasOwn(factNames, fact)) throw new UsageError(`there is no fact '${fact}'${nearest(fact, Object.keys(factNames))}`);
    assumptions.push({ fact, value: parseValue(value), override: true });
  }
  const accelerator = text(values, 'accelerator');
  if (accelerator !== undefined) assumptions.push({ fact: 'gpu_type', value: accelerator });
  const gpus = text(values, 'gpus');
  if (gpus !== undefined) {
    const count = Number(gpus);
    if (!Number.isInteger(count) || count < 1) throw new UsageError(`--gpus takes a whole number from 1, not '${gpus}'`);
    assumptions.push({ fact: 'gpu_count', value: count });
  }
  const files: MlcostSettings[] = [];
  const assume = text(values, 'assume');
  if (assume !== undefined) {
    const content = await read(assume).catch((error: unknown) => {
      throw new UsageError(`${assume}: ${error instanceof Error ? error.message : String(error)}`);
    });
    const { settings, problems } = readMlcostFile(assume, content);
    const wrong = problems.find((one) => one.severity === 'error');
    if (wrong) throw new UsageError(`${assume}: ${wrong.message}`);
    files.push(settings);
    assumptions.push(...settings.assumptions);
  }
  const provider = text(values, 'provider') ?? files[0]?.provider;
  const region = text(values, 'region') ?? files[0]?.region;
  const market = values['spot'] === true ? ('spot' as const) : files[0]?.market;
  return {
    preferences: {
      assumptions,
      ...(provider ? { provider } : {}),
      ...(region ? { region } : {}),
      ...(market ? { market } : {}),
      ...(otherwise ? { otherwise } : {}),
    },
    files,
  };
}

function parseValue(written: string): FactValue {
  if (/^(true|false)$/i.test(written)) return /^true$/i.test(written);
  const number = Number(written.replace(/(?<=\d)_(?=\d)/g, ''));
  return Number.isFinite(number) ? number : written;
}
