import type { Anomaly } from './anomaly.js';
import type { BudgetState } from './budget.js';
import { compare, type Decimal, round, toText } from './decimal.js';

/** Where alerts are sent, as `.mlcost.yaml` says. The address is a secret: it stands in the environment, and is for this host only. */
export interface AlertTarget {
  readonly kind: 'slack' | 'teams' | 'json';
  /** Environment variable that holds the address. */
  readonly urlVariable: string;
  readonly host: string;
  /** Names of budgets; none: all. */
  readonly budgets: readonly string[];
  readonly on: readonly AlertKind[];
}
export const alertKinds = ['threshold', 'forecast', 'anomaly'] as const;
export type AlertKind = (typeof alertKinds)[number];
/** Something that somebody has to hear of, once. */
export interface Alert {
  /** The same for the same crossing, in every process and on every day. */
  readonly id: string;
  readonly kind: AlertKind;
  /** What is put off together: a budget in a period. */
  readonly about: string;
  readonly severity: 'warn' | 'over';
  readonly title: string;
  readonly text: string;
  readonly budget?: string;
  readonly contacts: readonly string[];
  readonly facts: readonly (readonly [string, string])[];
  /** Ids of crossings that this one says as well: of 70 and 90 % in one step only the higher is told. */
  readonly covers: readonly string[];
}
/** What was told already, and what somebody does not want to hear of until when. */
export interface AlertMemory {
  /** When, by id: ISO 8601. */
  readonly told: Readonly<Record<string, string>>;
  /** Until when, by what it is about: ISO 8601. */
  readonly snoozed: Readonly<Record<string, string>>;
}
export const emptyMemory: AlertMemory = { told: {}, snoozed: {} };
/** Days after which what was told is forgotten: its period is long over. */
const keptDays = 800;

/** Crossings of budgets, and days that stand out. A budget tells the highest threshold that is reached, and apart from it that its forecast is over. */
export function alertsOf(states: readonly BudgetState[], anomalies: readonly Anomaly[] = [], currency = ''): Alert[] {
  return [...states.flatMap(ofBudget), ...anomalies.map((one) => ofDay(one, currency))];
}
function ofBudget(state: BudgetState): Alert[] {
  const { budget, period, spent, allowed, percent, forecast, exhaustion, reached, through } = state;
  if (!spent) return [];
  const about = `${budget.name}|${period.from}`;
  const money = (amount: Decimal): string => `${toText(round(amount, 2))} ${budget.currency}`;
  const facts: [string, string][] = [
    ['Spent', `${money(spent)} of ${money(allowed)}${percent === undefined ? '' : ` (${percent} %)`}`],
    ['Period', `${period.from} to ${period.to}`],
    ...(forecast ? ([['Forecast (80 %)', `${money(forecast.likely)} (${money(forecast.low)} to ${money(forecast.high)})`]] as [string, string][]) : []),
    ...(exhaustion === null ? [] : ([['Used up', exhaustion]] as [string, string][])),
    ['Data until', through ?? 'unknown'],
  ];
  const base = { about, budget: budget.name, contacts: budget.contacts, facts };
  const over = compare(spent, allowed) >= 0;
  const steps = [...new Set([...reached, ...(over ? [100] : [])])].sort((a, b) => a - b);
  const idOf = (step: number | string): string => `${about}|${step}`;
  const highest = steps.at(-1);
  const soon = !over && forecast !== undefined && compare(forecast.likely, allowed) >= 0;
  return [
    ...(highest === undefined
      ? []
      : [
          {
            ...base,
            id: idOf(highest),
            kind: 'threshold' as const,
            severity: over ? ('over' as const) : ('warn' as const),
            title: over ? `Budget ${budget.name} is used up` : `Budget ${budget.name} has reached ${highest} %`,
            text: `${money(spent)} of ${money(allowed)} is spent${exhaustion === null || over ? '' : `; it is used up on ${exhaustion} if it goes on so`}.`,
            covers: [...steps.slice(0, -1).map(idOf), ...(over ? [idOf('forecast')] : [])],
          },
        ]),
    ...(soon
      ? [
          {
            ...base,
            id: idOf('forecast'),
            kind: 'forecast' as const,
            severity: 'warn' as const,
            title: `Budget ${budget.name} will not last`,
            text: `${money(forecast.likely)} is forecast where ${money(allowed)} may be spent${exhaustion === null ? '' : `: used up on ${exhaustion}`}.`,
            covers: [],
          },
        ]
      : []),
  ];
}
function ofDay({ day, cost, expected, causes }: Anomaly, currency: string): Alert {
  const amount = (value: number): string => `${value.toFixed(2)} ${currency}`;
  const because = causes.map(({ key, value, share, kind }) => `${key} ${value} (${kind}, ${Math.round(100 * share)} %)`).join(', ') || 'no one tag';
  return {
    id: `day|${day}`,
    kind: 'anomaly',
    about: `day|${day}`,
    severity: 'warn',
    title: `${day} stands out: ${amount(cost)} where ${amount(expected)} is usual`,
    text: `Because of ${because}.`,
    contacts: [],
    facts: [
      ['Cost', amount(cost)],
      ['Usual', amount(expected)],
      ['Because of', because],
    ],
    covers: [],
  };
}
/** What nobody was told of yet, and nobody has put off. */
export const dueAlerts = (alerts: readonly Alert[], { told, snoozed }: AlertMemory, now: number): Alert[] =>
  alerts.filter(({ id, about }) => told[id] === undefined && !(Date.parse(snoozed[about] ?? '') > now));
/** The memory after an alert was told. */
export function afterTelling(memory: AlertMemory, { id, covers }: Alert, now: number): AlertMemory {
  const at = new Date(now).toISOString();
  const kept = Object.entries(memory.told).filter(([, when]) => now - Date.parse(when) < keptDays * 86_400_000);
  return { ...memory, told: { ...Object.fromEntries(kept), ...Object.fromEntries([...covers, id].map((one) => [one, memory.told[one] ?? at])) } };
}
/** The memory after somebody put something off.
 * @param until milliseconds since the epoch
 * @param again true: what was told of it is told once more then */
export function afterSnooze({ told, snoozed }: AlertMemory, about: string, until: number, again: boolean): AlertMemory {
  const kept = Object.entries(snoozed).filter(([, when]) => until - Date.parse(when) < keptDays * 86_400_000);
  return {
    told: again ? Object.fromEntries(Object.entries(told).filter(([id]) => !id.startsWith(`${about}|`))) : told,
    snoozed: { ...Object.fromEntries(kept), [about]: new Date(until).toISOString() },
  };
}
/** A memory as it was written; what is none remembers nothing. */
export function readMemory(text: string | null | undefined): AlertMemory {
  try {
    const found = JSON.parse(text ?? '') as Partial<AlertMemory> | null;
    const texts = (value: unknown): Record<string, string> =>
      Object.fromEntries(Object.entries(typeof value === 'object' && value !== null ? value : {}).filter(([, one]) => typeof one === 'string'));
    return { told: texts(found?.told), snoozed: texts(found?.snoozed) };
  } catch {
    return emptyMemory;
  }
}
/** Whether a target wants to hear of an alert. */
export const isFor = ({ budgets, on }: AlertTarget, { kind, budget }: Alert): boolean =>
  on.includes(kind) && (budgets.length === 0 || (budget !== undefined && budgets.includes(budget)));
