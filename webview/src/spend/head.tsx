import type { SpendHead, SpendPanelResult, SpendQuery } from '../../../server/src/protocol/spend-panel.js';
import { State } from './budget-table.js';
import { Code } from './code.js';

interface HeadProps {
  readonly head: SpendHead;
  readonly trouble: string;
  readonly roots: SpendPanelResult['roots'];
  readonly root: string;
  /** Absent: a report, which shows what it was made of. */
  readonly onQuery?: (root: string, query: SpendQuery) => void;
}

/** What is looked at, how old it is, what it lacks, and the figures that a person wants first. */
export function Head({ head, trouble, roots, root, onQuery }: HeadProps) {
  return (
    <header>
      <h1>{head.title}</h1>
      <p id="age" class={head.stale ? 'age stale' : 'age'}>
        <strong>{head.period}</strong>
        {' · '}
        {head.stale && <span aria-hidden="true">⚠ </span>}
        {head.age}
      </p>
      {trouble !== '' && (
        <div class="note" role="alert">
          {`Not up to date: ${trouble}`}
        </div>
      )}
      {onQuery && !head.empty && <Filters head={head} roots={roots} root={root} onQuery={onQuery} />}
      {head.notes.length > 0 && (
        <ul class="note" id="notes">
          {head.notes.map((note) => (
            <li key={note}>
              <Code text={note} />
            </li>
          ))}
        </ul>
      )}
      {head.empty ? null : <Cards cards={head.cards} />}
    </header>
  );
}
const Cards = ({ cards }: Pick<SpendHead, 'cards'>) => (
  <dl class="cards">
    {cards.map(({ label, value, detail, state }) => (
      <div key={label} class={state ? `card ${state}` : 'card'}>
        <dt>{label}</dt>
        <dd>
          <span class="value">{state ? <State state={state} text={value} /> : value}</span>
          <span class="minor below">{detail}</span>
        </dd>
      </div>
    ))}
  </dl>
);

function Filters({ head, roots, root, onQuery }: Required<Pick<HeadProps, 'onQuery'>> & Pick<HeadProps, 'head' | 'roots' | 'root'>) {
  const { query } = head;
  const ask = (change: Partial<SpendQuery>): void => onQuery(root, { ...query, ...change });
  const everyone = '\n';
  return (
    <form class="controls" aria-label="What is shown" onSubmit={(event) => event.preventDefault()}>
      {roots.length > 1 && (
        <Select id="root" label="Folder" value={root} choices={roots.map(({ uri, label }) => ({ key: uri, label }))} onChoose={(uri) => onQuery(uri, query)} />
      )}
      <Select id="period" label="Period" value={query.period} choices={head.periods} onChoose={(period) => ask({ period })} />
      <Select
        id="team"
        label="Team"
        value={query.team ?? everyone}
        choices={[{ key: everyone, label: 'all teams' }, ...head.teams]}
        onChoose={(team) => ask({ team: team === everyone ? null : team })}
      />
      <Select id="by" label="Bars by" value={query.by} choices={head.dimensions} onChoose={(by) => ask({ by })} />
      <Select id="cost" label="Cost" value={query.cost} choices={head.costs} onChoose={(cost) => ask({ cost })} />
    </form>
  );
}
interface SelectProps {
  readonly id: string;
  readonly label: string;
  readonly value: string;
  readonly choices: readonly { readonly key: string; readonly label: string }[];
  readonly onChoose: (key: string) => void;
}
const Select = ({ id, label, value, choices, onChoose }: SelectProps) => (
  <label>
    {label}
    <select id={id} value={value} onChange={({ currentTarget }) => onChoose(currentTarget.value)}>
      {choices.some(({ key }) => key === value) ? null : <option value={value}>{value}</option>}
      {choices.map((one) => (
        <option key={one.key} value={one.key}>
          {one.label}
        </option>
      ))}
    </select>
  </label>
);
