/** A generator of valid FOCUS 1.2 exports: the same seed gives the same rows on every machine. */
export interface FocusOptions {
  readonly rows: number;
  readonly seed?: number;
  /** First day, and how many. */
  readonly from?: string;
  readonly days?: number;
  readonly currency?: string;
  /** Runs that tags name: how many values one tag takes. */
  readonly runs?: number;
}
export const focusColumns = [
  'BilledCost',
  'BillingAccountId',
  'BillingAccountName',
  'BillingCurrency',
  'BillingPeriodEnd',
  'BillingPeriodStart',
  'ChargeCategory',
  'ChargeClass',
  'ChargeDescription',
  'ChargeFrequency',
  'ChargePeriodEnd',
  'ChargePeriodStart',
  'ConsumedQuantity',
  'ConsumedUnit',
  'ContractedCost',
  'EffectiveCost',
  'InvoiceId',
  'ListCost',
  'PricingCategory',
  'ProviderName',
  'RegionId',
  'ResourceId',
  'ServiceCategory',
  'ServiceName',
  'SkuId',
  'SubAccountId',
  'SubAccountName',
  'Tags',
] as const;

export class Random {
  private state: number;
  constructor(seed: number) {
    this.state = seed >>> 0 || 1;
  }
  /** From 0 to below 1. */
  next(): number {
    this.state = (Math.imul(this.state, 1664525) + 1013904223) >>> 0;
    let word = this.state;
    word = Math.imul(word ^ (word >>> 15), 0x2c1b3c6d);
    word ^= word >>> 13;
    return (word >>> 0) / 2 ** 32;
  }
  below = (limit: number): number => Math.floor(this.next() * limit);
  pick = <T>(list: readonly T[]): T => list[this.below(list.length)] as T;
  normal = (): number => Math.sqrt(-2 * Math.log(1 - this.next())) * Math.cos(2 * Math.PI * this.next());
}

const services = [
  ['Amazon Elastic Compute Cloud', 'Compute', 'p5.48xlarge, on demand, per hour', 'Hours'],
  ['Amazon SageMaker', 'AI and Machine Learning', 'USE1-Train:ml.p4d.24xlarge', 'Hours'],
  ['Amazon Bedrock', 'AI and Machine Learning', 'Input tokens, "large" model', 'Tokens'],
  ['Amazon Simple Storage Service', 'Storage', 'TimedStorage-ByteHrs, first 50 TB', 'GB-Mo'],
  ['AWS Data Transfer', 'Networking', 'DataTransfer-Out-Bytes', 'GB'],
] as const;
const teams = ['ml-platform', 'search', 'Übersetzung', 'vision', ''] as const;

/** Rows one after the other. Costs are exact decimals of up to ten digits behind the point; a row in fifty is a credit, a row in two hundred a correction, one in a hundred tax. */
export function* focusRows({ rows, seed = 7, from = '2026-10-01', days = 31, currency = 'USD', runs = 500 }: FocusOptions): Generator<readonly string[]> {
  const random = new Random(seed);
  const start = Date.parse(`${from}T00:00:00Z`);
  for (let row = 0; row < rows; row++) {
    const hour = new Date(start + random.below(days * 24) * 3_600_000);
    const end = new Date(hour.getTime() + 3_600_000);
    const [service, category, description, unit] = random.pick(services);
    const kind = random.next();
    const charge = kind < 0.02 ? 'Credit' : kind < 0.03 ? 'Tax' : 'Usage';
    const sign = charge === 'Credit' ? '-' : '';
    const cost = `${sign}${random.below(90)}.${String(random.below(10_000_000_000))
      .padStart(10, '0')
      .slice(0, 2 + random.below(9))}`;
    // a run belongs to one team, one model and one place, as it does in life
    const run = random.below(runs);
    const team = teams[run % teams.length] as string;
    const tags = team === '' ? {} : { team, env: run % 3 === 0 ? 'dev' : 'prod', model_id: `model-${run % 20}`, experiment_run: `run-${run}` };
    const [year, month] = [hour.getUTCFullYear(), hour.getUTCMonth()];
    yield [
      cost,
      '123456789012',
      'Example, Inc.',
      currency,
      new Date(Date.UTC(year, month + 1, 1)).toISOString().replace('.000', ''),
      new Date(Date.UTC(year, month, 1)).toISOString().replace('.000', ''),
      charge,
      random.next() < 0.005 ? 'Correction' : '',
      description,
      'Usage-Based',
      end.toISOString().replace('.000', ''),
      hour.toISOString().replace('.000', ''),
      String(random.below(1000) / 8),
      unit,
      cost,
      charge === 'Tax' ? '0' : cost,
      'INV-1',
      cost,
      'Standard',
      'AWS',
      run % 2 === 0 ? 'us-east-1' : 'eu-west-1',
      `arn:aws:ec2:us-east-1:123456789012:instance/i-${String(row).padStart(9, '0')}`,
      category,
      service,
      `SKU${random.below(40)}`,
      '210987654321',
      'research',
      JSON.stringify(tags),
    ];
  }
}
const cell = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
export const csvRow = (cells: readonly string[]): string => `${cells.map(cell).join(',')}\n`;
export function focusCsv(options: FocusOptions): string {
  let text = csvRow(focusColumns);
  for (const row of focusRows(options)) text += csvRow(row);
  return text;
}
