import type { CompareResult } from '../../../server/src/protocol/panel.js';
import { distinct, marketOf, measureNames, measures, type View } from './offers.js';

interface ControlsProps {
  readonly data: CompareResult;
  readonly view: View;
  readonly count: number | null;
  readonly onView: (change: Partial<View>) => void;
  readonly onCount: (count: number | null) => void;
  readonly region: string;
  readonly onRegion: (region: string) => void;
}
const counts = [1, 2, 4, 8, 16, 32, 64, 128, 256];

/** What is shown: native controls, so that they obey the theme, the keyboard and forced colours by themselves. */
export function Controls({ data, view, count, region, onView, onCount, onRegion }: ControlsProps) {
  const markets = distinct(data.rows, ({ market }) => market);
  const toggle = (market: string, on: boolean): void =>
    onView({ hiddenMarkets: on ? view.hiddenMarkets.filter((one) => one !== market) : [...view.hiddenMarkets, market] });
  const numbers = [...new Set([...counts, ...(count === null ? [] : [count])])].sort((a, b) => a - b);
  return (
    <form class="controls" aria-label="What is compared" onSubmit={(event) => event.preventDefault()}>
      <fieldset>
        <legend>Market</legend>
        {markets.map((market) => (
          <label key={market}>
            <input
              type="checkbox"
              name="market"
              value={market}
              checked={!view.hiddenMarkets.includes(market)}
              onChange={({ currentTarget }) => toggle(market, currentTarget.checked)}
            />
            {marketOf({ market, own: false })}
          </label>
        ))}
      </fieldset>
      <label>
        Provider
        <select id="provider" value={view.provider} onChange={({ currentTarget }) => onView({ provider: currentTarget.value })}>
          <option value="">all</option>
          {distinct(data.rows, ({ provider }) => provider).map((provider) => (
            <option key={provider} value={provider}>
              {provider}
            </option>
          ))}
        </select>
      </label>
      <label>
        Region
        <select id="region" value={region} onChange={({ currentTarget }) => onRegion(currentTarget.value)}>
          <option value="">cheapest of each provider</option>
          {[...new Set([...data.regions, ...(region === '' ? [] : [region])])].map((one) => (
            <option key={one} value={one}>
              {one}
            </option>
          ))}
        </select>
      </label>
      <label>
        Accelerators
        <select id="count" value={count ?? ''} onChange={({ currentTarget }) => onCount(currentTarget.value === '' ? null : Number(currentTarget.value))}>
          <option value="">{data.statedCount === undefined ? 'as written (unknown)' : `as written (${data.statedCount})`}</option>
          {numbers.map((one) => (
            <option key={one} value={String(one)}>
              {String(one)}
            </option>
          ))}
        </select>
      </label>
      <label>
        Chart
        <select id="against" value={view.against} onChange={({ currentTarget }) => onView({ against: currentTarget.value as View['against'] })}>
          <option value="">cost</option>
          {measureNames
            .filter((one) => one === view.against || data.rows.some(measures[one].range))
            .map((one) => (
              <option key={one} value={one}>
                {`cost against ${measures[one].name}`}
              </option>
            ))}
        </select>
      </label>
      <label>
        Find
        <input
          id="search"
          type="search"
          value={view.search}
          placeholder="H100 us-east"
          onInput={({ currentTarget }) => onView({ search: currentTarget.value })}
        />
      </label>
      <label>
        <input id="fits" type="checkbox" checked={view.onlyFits} onChange={({ currentTarget }) => onView({ onlyFits: currentTarget.checked })} />
        Only what fits
      </label>
    </form>
  );
}
