import type { CompareResult, OfferRow } from '../../server/src/protocol/panel.js';

/** An offer for tests of the panel: a fitting H100 of aws, unless said otherwise. */
export function offer(change: Partial<OfferRow> = {}): OfferRow {
  const row: OfferRow = {
    key: '',
    accelerator: 'h100-sxm-80gb',
    acceleratorName: 'H100',
    count: 8,
    provider: 'aws',
    region: 'us-east-1',
    instance: 'p5.48xlarge',
    instances: 1,
    market: 'on-demand',
    own: false,
    paid: change.count ?? 8,
    overNetwork: false,
    stops: false,
    usd: { low: 41, likely: 52, high: 68 },
    usdText: '$52 (41–68)',
    usdShort: '$52',
    hours: { low: 1, likely: 2, high: 3 },
    hoursText: '2 h (1–3)',
    latencyText: '',
    memory: { low: 50, likely: 61, high: 70 },
    memorySize: 80,
    memoryText: '61/80 GiB',
    fits: 'fits',
    fitsText: '✓ fits',
    carbonText: '',
    asOf: '2026-01-01',
    ...change,
  };
  return { ...row, key: change.key ?? `${row.accelerator}/${row.provider}/${row.market}` };
}
/** An offer whose cost is unknown. */
export function unpriced(change: Partial<OfferRow> = {}): OfferRow {
  const { usd: _usd, ...row } = offer(change);
  return { ...row, usdText: '', usdShort: '' };
}
export function comparison(rows: readonly OfferRow[]): CompareResult {
  return {
    title: 'Fine-tune Llama-3.1-8B',
    locale: 'en-US',
    kind: 'training',
    per: 'run',
    assumptions: [{ label: 'epochs', value: '3', why: 'library default' }],
    missing: [],
    statedCount: 8,
    now: { usd: 52, text: '$52', on: '8×H100' },
    pricesFrom: '2026-01-01',
    pricesTo: '2026-02-01',
    regions: ['us-east-1'],
    commitments: [],
    rows,
  };
}
