import * as z from 'zod';
import { type Decimal, decimal } from '../decimal.js';
import { type DimensionName, dimensionNames } from '../dimensions.js';
import { Columns } from '../formats/format.js';
import { plusDays, type Span } from '../period.js';
import { parts } from './settings.js';
import { type Charge, type SourceAnswer, SourceError, type SqlAnswer } from './source.js';

/** Lines of a roll-up that are taken at most: more is no roll-up. */
const mostRows = 200_000;
const own = ['day', 'billed', 'effective', 'service_category'] as const;
const columnNames = [...own, ...dimensionNames.filter((name) => name !== 'source')] as const;
type ColumnName = (typeof columnNames)[number];

/** A table or view with a charge a row, and which column says what. */
export const tableSettings = () => {
  const identifier = z.string().min(1).max(128);
  return {
    table: z
      .string()
      .regex(/^[^.\s"][^."]*(\.[^."]+){0,2}$/, 'a table is expected: finops.focus')
      .describe('Table or view with a charge a row; a view that follows FOCUS needs no `columns`.'),
    columns: z
      .partialRecord(z.enum(columnNames), z.union([identifier, z.strictObject({ column: identifier, key: z.string().min(1) })]))
      .optional()
      .describe('Which column says what, where it is not named as in FOCUS: `{ day: usage_date, billed: cost, team: { column: tags, key: team } }`.'),
    where: z.record(z.string(), z.string()).optional().describe('Only rows in which these columns have these values.'),
    currency: parts().currency.optional().describe('Currency of all rows, where no column says it.'),
  } as const;
};
export interface TableSettings {
  readonly table: string;
  readonly columns?: Readonly<Partial<Record<ColumnName, string | { readonly column: string; readonly key: string }>>> | undefined;
  readonly where?: Readonly<Record<string, string>> | undefined;
  readonly currency?: string | undefined;
}

/** What a column holds, as far as the roll-up has to know. */
export type ColumnKind = 'date' | 'timestamp' | 'zoned' | 'exact' | 'binary' | 'text' | 'json' | 'super' | 'map' | 'other';
/** How a server spells what the roll-up needs. Columns come quoted. */
export interface Dialect {
  readonly kindOf: (type: string) => ColumnKind;
  readonly day: (column: string, kind: ColumnKind) => string;
  /** A whole and exact number: sums of binary floating point are none. */
  readonly exact: (column: string, kind: ColumnKind) => string;
  readonly text: (expression: string) => string;
  /** @param parameter the key, as the statement has it */
  readonly key: (column: string, kind: ColumnKind, parameter: string) => string;
  /** @param at from 1 */
  readonly parameter: (at: number) => string;
  readonly time: (parameter: string) => string;
}
export type Run = (statement: string, parameters: readonly string[]) => Promise<SqlAnswer>;

const focusNames: Readonly<Partial<Record<ColumnName, readonly string[]>>> = {
  day: ['ChargePeriodStart'],
  billed: ['BilledCost'],
  effective: ['EffectiveCost'],
  service_category: ['ServiceCategory'],
  provider: ['ProviderName', 'ServiceProviderName'],
  account: ['BillingAccountId'],
  sub_account: ['SubAccountName', 'SubAccountId'],
  invoice: ['InvoiceId'],
  region: ['RegionId', 'RegionName'],
  service: ['ServiceName'],
  charge: ['ChargeCategory'],
  class: ['ChargeClass'],
  currency: ['BillingCurrency'],
};

/** Lets the server add up the charges of some days by everything that they are grouped by: rows stay where they are.
 * @errors SourceError where the table has not what is needed */
export async function rolledUp(settings: TableSettings, days: Span, dialect: Dialect, run: Run): Promise<SourceAnswer> {
  const table = settings.table.split('.').map(quoted).join('.');
  const { columns } = await run(`SELECT * FROM ${table} LIMIT 0`, []);
  const mapped = mapping(settings, columns);
  const [day, billed, effective] = [mapped.get('day'), mapped.get('billed'), mapped.get('effective')];
  if (!day || !billed)
    throw new SourceError(
      `${settings.table} has no column for ${day ? 'billed' : 'day'}`,
      `name it in columns:; the table has ${columns.map(({ name }) => name).join(', ')}`,
    );
  if (!mapped.has('currency') && settings.currency === undefined)
    throw new SourceError(`nothing says the currency of ${settings.table}`, 'name its column in columns:, or say currency: USD');
  const kind = (name: string): ColumnKind => dialect.kindOf(columns.find((one) => one.name === name)?.type ?? '');
  if (!['date', 'timestamp', 'zoned'].includes(kind(day.column)))
    throw new SourceError(`${day.column} is no date`, 'name a column of a date or timestamp type, or make a view that casts it');

  const parameters: string[] = [];
  const parameter = (value: string): string => dialect.parameter(parameters.push(value));
  const groups = [...mapped].filter(([name]) => !['day', 'billed', 'effective'].includes(name));
  const expressions = groups.map(([, { column, key }]) =>
    dialect.text(key === undefined ? quoted(column) : dialect.key(quoted(column), kind(column), parameter(key))),
  );
  const sum = ({ column }: Place): string => {
    if (!['exact', 'binary'].includes(kind(column)))
      throw new SourceError(`${column} is no number`, 'name a column of a numeric type, or make a view that casts it');
    return dialect.text(`SUM(${dialect.exact(quoted(column), kind(column))})`);
  };
  const selected = [
    dialect.text(dialect.day(quoted(day.column), kind(day.column))),
    ...expressions,
    sum(billed),
    dialect.text(`COUNT(*) - COUNT(${quoted(billed.column)})`),
    ...(effective ? [sum(effective), dialect.text(`COUNT(*) - COUNT(${quoted(effective.column)})`)] : []),
  ];
  const conditions = [
    `${quoted(day.column)} >= ${dialect.time(parameter(days.from))}`,
    `${quoted(day.column)} < ${dialect.time(parameter(plusDays(days.to, 1)))}`,
    ...Object.entries(settings.where ?? {}).map(([column, value]) => `${dialect.text(quoted(known(column, columns)))} = ${parameter(value)}`),
  ];
  const places = Array.from({ length: 1 + groups.length }, (_, at) => String(at + 1)).join(', ');
  const { rows } = await run(
    `SELECT ${selected.join(', ')} FROM ${table} WHERE ${conditions.join(' AND ')} GROUP BY ${places} LIMIT ${mostRows + 1}`,
    parameters,
  );
  if (rows.length > mostRows)
    throw new SourceError(
      `more than ${mostRows} combinations in ${days.from} to ${days.to}`,
      'make a view without the columns that have too many values (invoice, resource, run)',
    );
  return charged(
    rows,
    groups.map(([name]) => name),
    effective !== undefined,
    settings,
  );
}

interface Place {
  readonly column: string;
  readonly key?: string;
}
function mapping({ columns: written = {} }: TableSettings, columns: SqlAnswer['columns']): Map<ColumnName, Place> {
  const found = new Columns(columns.map(({ name }) => name));
  const places = new Map<ColumnName, Place>();
  for (const name of columnNames) {
    const said = written[name];
    if (said !== undefined) {
      const place = typeof said === 'string' ? { column: said } : said;
      places.set(name, { ...place, column: known(place.column, columns) });
      continue;
    }
    const cell = found.cell(...(focusNames[name] ?? []));
    const column = columns[cell]?.name;
    if (column !== undefined) places.set(name, { column });
  }
  for (const { tag, cell } of found.tags()) {
    const column = columns[cell]?.name;
    // only columns that are meant as tags: `project` may be anything
    if (column !== undefined && /^x_/i.test(column) && !places.has(tag)) places.set(tag, { column });
  }
  return places;
}
/** A column of the table by its name; case does not matter where only one fits.
 * @errors SourceError */
function known(name: string, columns: SqlAnswer['columns']): string {
  const exact = columns.find((one) => one.name === name) ?? columns.find((one) => one.name.toLowerCase() === name.toLowerCase());
  if (exact) return exact.name;
  throw new SourceError(`there is no column ${name}`, `the table has ${columns.map((one) => one.name).join(', ')}`);
}
function charged(rows: SqlAnswer['rows'], groups: readonly ColumnName[], hasEffective: boolean, settings: TableSettings): SourceAnswer {
  const charges: Charge[] = [];
  let without = 0;
  for (const row of rows) {
    const day = (row[0] ?? '').slice(0, 10);
    const values: Partial<Record<DimensionName, string>> = {};
    let serviceCategory = '';
    groups.forEach((name, at) => {
      const value = row[at + 1] ?? '';
      if (name === 'service_category') serviceCategory = value;
      else if (value !== '') values[name as DimensionName] = value;
    });
    const at = 1 + groups.length;
    const number = (cell: number): Decimal | undefined => {
      const text = row[cell];
      if (text === null || text === undefined) return undefined;
      const value = decimal(text);
      // NaN and Infinity are numbers to a database: money is never left out without a word
      if (!value) throw new SourceError(`a sum of ${day} is ${text.slice(0, 40)}, which is no amount`, 'look for NaN or Infinity in the column of the cost');
      return value;
    };
    without += Number(row[at + 1] ?? 0);
    const billed = number(at);
    // only rows without a cost: there is nothing to tell
    if (!billed) continue;
    const effective = hasEffective && Number(row[at + 3] ?? 1) === 0 ? number(at + 2) : undefined;
    const { currency: code = settings.currency ?? '', ...rest } = values;
    charges.push({ day, billed, currency: code, values: rest, serviceCategory, ...(effective ? { effective } : {}) });
  }
  return { charges, usage: [], notes: without === 0 ? [] : [`${without} rows have no cost: they are not counted`] };
}
export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;
