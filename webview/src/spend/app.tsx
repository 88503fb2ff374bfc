import type { ComponentChildren } from 'preact';
import type { SavedFormat } from '../../../server/src/protocol/panel.js';
import type { SpendPanelResult, SpendPlace, SpendQuery, SpendView } from '../../../server/src/protocol/spend-panel.js';
import { BarsChart } from './bars-chart.js';
import { BudgetChart } from './budget-chart.js';
import { BudgetTable, State } from './budget-table.js';
import { Code } from './code.js';
import { barsCsv, budgetDaysCsv, budgetsCsv, treeCsv, varianceCsv } from './export.js';
import { figuresOf } from './figures.js';
import { Findings, Sources, Units } from './findings.js';
import { Head } from './head.js';
import { TreeMap } from './tree-map.js';
import { TreeTable } from './tree-table.js';
import { Variance } from './variance-chart.js';
import { chosen, type View, visible } from './view.js';

/** What is saved: a drawing of the page, or figures. */
export interface Saved {
  readonly name: string;
  readonly format: SavedFormat;
  readonly drawing?: string;
  readonly csv: () => string;
}
export interface AppProps {
  /** Undefined: nothing has come yet. */
  readonly data: SpendView | undefined;
  readonly roots: SpendPanelResult['roots'];
  readonly root: string;
  readonly trouble: string;
  readonly status: string;
  readonly view: View;
  readonly onView: (change: Partial<View>) => void;
  readonly onSave: (what: Saved) => void;
  /** What only an editor can do; absent in a report. */
  readonly editor?: {
    readonly onQuery: (root: string, query: SpendQuery) => void;
    readonly onPlace: (place: SpendPlace) => void;
    readonly onSettings: () => void;
    readonly onRefresh: () => void;
  };
}

/** The whole panel: in the editor, and as a report. */
export function App(props: AppProps) {
  const { data, trouble, status, editor } = props;
  return (
    <main>
      {data ? (
        <Content {...props} data={data} />
      ) : (
        <>
          <h1>Spend against budgets</h1>
          {trouble === '' ? (
            <p id="loading">Reading the ledger …</p>
          ) : (
            <>
              <div class="note" role="alert">
                {trouble}
              </div>
              {editor && (
                <button type="button" id="retry" onClick={editor.onRefresh}>
                  Try again
                </button>
              )}
            </>
          )}
        </>
      )}
      <p role="status" id="status">
        {status || null}
      </p>
    </main>
  );
}

function Content({ data, roots, root, trouble, view, onView, onSave, editor }: AppProps & { readonly data: SpendView }) {
  const { head, budgets, bars, tree } = data;
  const figures = figuresOf(head.locale, head.currency);
  const budget = chosen(budgets, view.budget);
  const open = new Set(view.open);
  const head_ = <Head head={head} trouble={trouble} roots={roots} root={root} {...(editor ? { onQuery: editor.onQuery } : {})} />;
  if (head.empty)
    return (
      <>
        {head_}
        <section class="empty" aria-label="How to begin">
          <p>{head.empty.text}</p>
          <ol>
            {head.empty.steps.map((step) => (
              <li key={step}>
                <Code text={step} />
              </li>
            ))}
          </ol>
          {editor && (
            <button type="button" onClick={editor.onSettings}>
              Open .mlcost.yaml
            </button>
          )}
        </section>
      </>
    );
  return (
    <>
      {head_}
      <section aria-labelledby="h-budget">
        {budget ? (
          <>
            <Title id="h-budget" text={budget.name}>
              <State state={budget.state} text={budget.stateText} />
              <span class="minor">{[budget.owner, budget.periodText].filter(Boolean).join(' · ')}</span>
              {budget.from !== '' && (
                <Save
                  name={`spend-${budget.name}`}
                  drawing="#budget-chart"
                  csv={() => budgetDaysCsv(budget)}
                  what={`the days of ${budget.name}`}
                  onSave={onSave}
                />
              )}
            </Title>
            <p class="minor">
              {[
                `${budget.spentText} of ${budget.allowedText}`,
                budget.remainingText,
                budget.planText,
                budget.ahead.likely.length > 0 ? `forecast ${budget.forecastText}` : '',
              ]
                .filter((text) => text !== '' && text !== 'unknown' && text !== 'no plan')
                .join(' · ')}
            </p>
            {budget.notes.map((note) => (
              <p key={note} class="note">
                {note}
              </p>
            ))}
            {budget.from !== '' && <BudgetChart budget={budget} locale={head.locale} />}
          </>
        ) : (
          <>
            <Title id="h-budget" text="Budgets" />
            <p class="note">
              <Code text="There is no budget to hold this against: write `budgets: [{ name: my-team, amount: 5000 }]` into .mlcost.yaml." />
              {editor && (
                <button type="button" class="link" onClick={editor.onSettings}>
                  Open .mlcost.yaml
                </button>
              )}
            </p>
          </>
        )}
      </section>
      {budgets.length > 0 && (
        <section aria-labelledby="h-budgets">
          <Title id="h-budgets" text="All budgets">
            <Save name="budgets" csv={() => budgetsCsv(budgets)} what="all budgets" onSave={onSave} />
          </Title>
          <BudgetTable
            budgets={budgets}
            chosen={budget?.name ?? ''}
            all={view.all}
            onChoose={(name) => onView({ budget: name })}
            onAll={() => onView({ all: !view.all })}
          />
        </section>
      )}
      <section aria-labelledby="h-bars">
        <Title id="h-bars" text={`Spend by ${bars.by}`}>
          {bars.parts.length > 0 && (
            <Save name={`spend-by-${bars.by}`} drawing="#bars-chart" csv={() => barsCsv(bars)} what={`spend by ${bars.by}`} onSave={onSave} />
          )}
        </Title>
        {bars.parts.length > 0 ? (
          <BarsChart bars={bars} figures={figures} />
        ) : (
          <p class="minor">{head.known ? `Nothing was spent in ${head.period}, as far as the ledger knows.` : `No spend of ${head.period} is known.`}</p>
        )}
      </section>
      {tree.length > 0 && (
        <section aria-labelledby="h-tree">
          <Title id="h-tree" text="Where it went">
            <Save name="attribution" drawing="#tree-map" csv={() => treeCsv(visible(tree, open))} what="where it went" onSave={onSave} />
          </Title>
          <TreeMap lines={tree} area={view.area} onArea={(area) => onView({ area })} {...(editor ? { onPlace: editor.onPlace } : {})} />
          <TreeTable
            lines={tree}
            open={open}
            onToggle={(id) => onView({ open: open.has(id) ? view.open.filter((one) => one !== id) : [...view.open, id] })}
            {...(editor ? { onPlace: editor.onPlace } : {})}
          />
        </section>
      )}
      <section aria-labelledby="h-variance">
        <Title id="h-variance" text="Estimated against billed">
          {data.variance.lines.length > 0 && (
            <Save
              name="estimated-against-billed"
              {...(data.variance.lines.some(({ drawn }) => drawn) ? { drawing: '#variance-chart' } : {})}
              csv={() => varianceCsv(data.variance)}
              what="estimated against billed"
              onSave={onSave}
            />
          )}
        </Title>
        {data.variance.lines.length === 0 && (
          <p class="minor">
            <Code text="No charge of this period is a workload’s of this folder: charges that carry `model_id`, `workflow` or `experiment_run` are found by their names, others by a rule under `spend.workloads` in .mlcost.yaml." />
          </p>
        )}
        <Variance variance={data.variance} onPlace={editor?.onPlace} />
      </section>
      <div class="columns">
        <section aria-labelledby="h-anomalies">
          <Title id="h-anomalies" text="Days that stand out" />
          <Findings
            id="anomalies"
            lines={data.anomalies}
            none={head.known ? 'No day is far from the same weekdays before it.' : 'No day of this period is known.'}
            onPlace={editor?.onPlace}
          />
        </section>
        <section aria-labelledby="h-waste">
          <Title id="h-waste" text="Waste" />
          <Findings
            id="waste"
            lines={data.waste.lines}
            none={data.waste.total === 'unknown' ? 'It could not be worked out: the notes say why.' : 'No waste is found in what is known.'}
            onPlace={editor?.onPlace}
          />
          {data.waste.unseen.length > 0 && (
            <details>
              <summary>{`${data.waste.unseen.length} kinds of waste that nothing here tells of`}</summary>
              <ul>
                {data.waste.unseen.map((kind) => (
                  <li key={kind}>{kind}</li>
                ))}
              </ul>
            </details>
          )}
        </section>
      </div>
      <section aria-labelledby="h-units">
        <Title id="h-units" text="What one costs" />
        <Units units={data.units} />
      </section>
      <section aria-labelledby="h-sources">
        <Title id="h-sources" text="Where the figures come from" />
        <Sources sources={head.sources} />
      </section>
    </>
  );
}

const Title = ({ id, text, children }: { readonly id: string; readonly text: string; readonly children?: ComponentChildren }) => (
  <div class="title">
    <h2 id={id}>{text}</h2>
    {children}
  </div>
);
function Save({ name, drawing, csv, what, onSave }: Omit<Saved, 'format'> & { readonly what: string; readonly onSave: (what: Saved) => void }) {
  const formats: readonly SavedFormat[] = drawing === undefined ? ['csv'] : ['svg', 'png', 'csv'];
  return (
    <span class="saves">
      {formats.map((format) => (
        <button
          key={format}
          type="button"
          class="link"
          data-save={`${name}.${format}`}
          aria-label={`Save ${what} as ${format.toUpperCase()}`}
          onClick={() => onSave({ name, format, csv, ...(drawing === undefined ? {} : { drawing }) })}
        >
          {format.toUpperCase()}
        </button>
      ))}
    </span>
  );
}
