import type { FromHistory, HistoryResult, HistoryState } from '../../../server/src/protocol/history.js';
import type { SavedFormat } from '../../../server/src/protocol/panel.js';
import { Heads } from '../shared/heads.js';
import { Chart } from './chart.js';
import { keyOf } from './events.js';

interface AppProps {
  readonly data: HistoryResult | undefined;
  /** How far the commits are; undefined while nothing is being read. */
  readonly progress: { readonly done: number; readonly total: number } | undefined;
  /** Why there is nothing, or nothing newer. */
  readonly trouble: string;
  readonly status: string;
  readonly view: Pick<HistoryState, 'selected' | 'along'>;
  readonly onView: (change: Partial<HistoryState>) => void;
  readonly onSave: (format: SavedFormat) => void;
  readonly post: (message: FromHistory) => void;
}

/** The whole panel. */
export function App({ data, progress, trouble, status, view, onView, onSave, post }: AppProps) {
  return (
    <main>
      <header>
        <h1>{data ? `History: ${data.title}` : 'History'}</h1>
        {data && (
          <p class="minor">
            {`${plural(data.commits, 'commit')}, every state with the prices and tables of today: what changes is the project.`}{' '}
            <button type="button" class="link" onClick={() => post({ type: 'reveal' })}>
              Go to source
            </button>{' '}
            <button type="button" class="link" id="refresh" disabled={progress !== undefined} onClick={() => post({ type: 'refresh' })}>
              Read again
            </button>
          </p>
        )}
        {data?.isShallow && <p class="note">The oldest commits are not in this clone: `git fetch --unshallow` brings them.</p>}
      </header>
      {progress && <Progress {...progress} onStop={() => post({ type: 'stop' })} />}
      {trouble !== '' && (
        <p class="note" id="trouble">
          {trouble}{' '}
          <button type="button" class="link" onClick={() => post({ type: 'refresh' })}>
            Try again
          </button>
        </p>
      )}
      {data && <Content data={data} view={view} onView={onView} onSave={onSave} post={post} />}
      <p role="status" id="status">
        {status || null}
      </p>
    </main>
  );
}

function Progress({ done, total, onStop }: { readonly done: number; readonly total: number; readonly onStop: () => void }) {
  return (
    <p class="controls">
      <label for="progress">{total === 0 ? 'Reading the commits …' : `${done} of ${total} commits`}</label>
      <progress id="progress" {...(total === 0 ? {} : { max: total, value: done })} />
      <button type="button" class="second" id="stop" onClick={onStop}>
        Stop
      </button>
    </p>
  );
}

function Content({ data, view, onView, onSave, post }: Pick<AppProps, 'view' | 'onView' | 'onSave' | 'post'> & { readonly data: HistoryResult }) {
  const { steps, runs } = data;
  const isDrawn = steps.some(({ value }) => value);
  return (
    <>
      {isDrawn ? (
        <>
          <p class="controls">
            <label>
              Changes stand
              <select id="along" value={view.along} onChange={({ currentTarget }) => onView({ along: currentTarget.value === 'steps' ? 'steps' : 'time' })}>
                <option value="time">where they are in time</option>
                <option value="steps">one beside the other</option>
              </select>
            </label>
          </p>
          <Chart data={data} along={view.along} selected={view.selected} onSelect={(selected) => onView({ selected })} />
        </>
      ) : (
        <p class="note">{`No figure is known at any commit, so nothing is drawn: ${steps.at(-1)?.because || 'the hover in the editor says what is missing'}.`}</p>
      )}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard */}
      <section class="scroll" tabIndex={0} aria-labelledby="steps-caption">
        <table id="steps">
          <caption id="steps-caption">
            {steps.length < 2
              ? 'Nothing has changed this estimate since it came to be'
              : `${plural(steps.length, 'change')} of this estimate, the newest first`}
          </caption>
          <thead>
            <tr>
              <Heads titles={['Day', 'Commit', 'Estimate', 'Change', 'Because', 'Subject', 'Author']} />
            </tr>
          </thead>
          <tbody>
            {[...steps].reverse().map((step) => (
              <tr key={keyOf(step)} class={keyOf(step) === view.selected ? 'selected' : ''} onClick={() => onView({ selected: keyOf(step) })}>
                <td>{step.day}</td>
                <td>
                  {step.oid !== '' && (
                    <button type="button" title="Copy the whole name of the commit" onClick={() => post({ type: 'copy', oid: step.oid })}>
                      <code>{step.oid.slice(0, 9)}</code>
                    </button>
                  )}
                </td>
                <td>{step.text}</td>
                <td>{step.change}</td>
                <td class="why">{step.because}</td>
                <th scope="row" class="why">
                  {step.subject}
                </th>
                <td>{step.author}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      {runs.length > 0 && <Runs runs={runs} />}
      <p class="actions">
        {(isDrawn ? (['csv', 'svg', 'png'] as const) : (['csv'] as const)).map((format) => (
          <button key={format} type="button" class="second" data-save={format} onClick={() => onSave(format)}>
            {`Save as ${format.toUpperCase()}`}
          </button>
        ))}
      </p>
    </>
  );
}

const Runs = ({ runs }: Pick<HistoryResult, 'runs'>) => (
  // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
  <section class="scroll" tabIndex={0} aria-labelledby="runs-caption">
    <table id="runs">
      <caption id="runs-caption">{`${plural(runs.length, 'measured run')} of this workload`}</caption>
      <thead>
        <tr>
          <Heads titles={['Day', 'Commit', 'Measured', 'At the price of the estimate', 'Run']} />
        </tr>
      </thead>
      <tbody>
        {runs.map((run) => (
          <tr key={run.id}>
            <td>{run.day}</td>
            <td>
              <code>{run.commit.slice(0, 9)}</code>
            </td>
            <td>{run.text}</td>
            <td>{run.usdText}</td>
            <th scope="row">{run.id}</th>
          </tr>
        ))}
      </tbody>
    </table>
  </section>
);
const plural = (count: number, word: string): string => `${count} ${word}${count === 1 ? '' : 's'}`;
