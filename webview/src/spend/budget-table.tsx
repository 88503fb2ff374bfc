import type { BudgetView, SpendState } from '../../../server/src/protocol/spend-panel.js';
import { Heads } from '../shared/heads.js';
import { markPaths } from '../shared/marks.js';
import { daysBetween } from './figures.js';
import { line, round, scale } from './geometry.js';
import { nested } from './view.js';

/** Budgets before all are asked for. */
const firstBudgets = 12;

interface BudgetTableProps {
  readonly budgets: readonly BudgetView[];
  readonly chosen: string;
  readonly all: boolean;
  readonly onChoose: (name: string) => void;
  readonly onAll: () => void;
}

/** All budgets, each with its days as a small line; a click draws one of them large. */
export function BudgetTable({ budgets, chosen, all, onChoose, onAll }: BudgetTableProps) {
  const rows = nested(budgets);
  const shown = all ? rows : rows.slice(0, firstBudgets);
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard */}
      <section class="scroll" tabIndex={0} aria-label="Table of budgets">
        <table id="budgets">
          <thead>
            <tr>
              <Heads titles={['Budget', 'State', 'Spent', 'Used', 'Days', 'Forecast', 'Used up', 'Against plan']} numbers={['Spent']} />
            </tr>
          </thead>
          <tbody>
            {shown.map(({ budget, depth }) => (
              <tr key={budget.name} class={budget.name === chosen ? 'selected' : ''} data-key={budget.name}>
                <th scope="row" class={`in${Math.min(depth, 5)}`}>
                  <button type="button" aria-pressed={budget.name === chosen} onClick={() => onChoose(budget.name)}>
                    {budget.name}
                  </button>
                  <span class="minor below">{budget.owner}</span>
                </th>
                <td>
                  <State state={budget.state} text={budget.stateText} />
                </td>
                <td class="number">
                  {budget.spentText}
                  <span class="minor below">{`of ${budget.allowedText}`}</span>
                </td>
                <td>
                  <Used budget={budget} />
                  {budget.remainingText !== '' && <span class="minor below">{budget.remainingText}</span>}
                </td>
                <td>
                  <Days budget={budget} />
                </td>
                <td>{budget.forecastText}</td>
                <td>{budget.exhaustionText}</td>
                <td>{budget.planText}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      {rows.length > firstBudgets && (
        <button type="button" class="second" id="all-budgets" aria-expanded={all} onClick={onAll}>
          {all ? `Only the first ${firstBudgets} budgets` : `All ${rows.length} budgets`}
        </button>
      )}
    </>
  );
}

const marks: Readonly<Record<SpendState, keyof typeof markPaths>> = { ok: 'good', warn: 'warn', over: 'bad', unknown: 'unknown' };
/** A state by shape, colour and word. */
export const State = ({ state, text }: { readonly state: SpendState; readonly text: string }) => (
  <span class={`state ${state}`}>
    <svg class="key" width="14" height="14" viewBox="-7 -7 14 14" aria-hidden="true">
      <path class="mark" d={markPaths[marks[state]]} />
    </svg>
    {text}
  </span>
);

/** How much of a budget is used, with its thresholds. */
function Used({ budget }: { readonly budget: BudgetView }) {
  const { percent, thresholds, state, forecast, allowed } = budget;
  if (percent === undefined) return <>unknown</>;
  const end = Math.max(100, percent);
  const x = scale(0, end, 0, 110);
  const likely = forecast && allowed > 0 ? Math.min(end, (100 * forecast.likely) / allowed) : percent;
  return (
    <span class="used">
      <svg class={`meter ${state}`} width="110" height="12" viewBox="0 0 110 12" aria-hidden="true">
        <rect class="track" y="1" width="110" height="10" />
        {likely > percent && <rect class="likely-part" x={round(x(percent))} y="1" width={round(x(likely) - x(percent))} height="10" />}
        <rect class="full" y="1" width={round(Math.max(1, x(Math.max(0, percent))))} height="10" />
        {thresholds.map((one) => (
          <path key={one.percent} class="tick" d={`M${round(Math.min(109.5, x(one.percent)))} 0V12`} />
        ))}
      </svg>
      {`${Math.round(percent)} %`}
    </span>
  );
}

const spark = { width: 132, height: 30 };
/** A budget's period as a small line; the large drawing has its figures. */
function Days({ budget }: { readonly budget: BudgetView }) {
  const { days, ahead, allowed } = budget;
  if (days.length === 0) return <span class="minor">no data</span>;
  const count = daysBetween(budget.from, budget.to);
  const x = scale(0, Math.max(1, count), 1, spark.width - 1);
  const most = Math.max(allowed, days.at(-1) ?? 0, ahead.likely.at(-1) ?? 0) || 1;
  const y = scale(Math.min(0, ...days), most, spark.height - 2, 3);
  const last = days.length - 1;
  return (
    <svg class="spark" width={spark.width} height={spark.height} viewBox={`0 0 ${spark.width} ${spark.height}`} aria-hidden="true">
      <path class="limit" d={`M0 ${round(y(allowed))}H${spark.width}`} />
      {ahead.likely.length > 0 && <path class="likely" d={line([days[last] as number, ...ahead.likely], last, x, y)} />}
      <path class="spent" d={line(days, 0, x, y)} />
      <circle class="dot" cx={round(x(last))} cy={round(y(days[last] as number))} r="2" />
    </svg>
  );
}
