/** A column of a saved table; an unknown cell is empty. */
export type Column<Row> = readonly [name: string, of: (row: Row) => string | number | undefined];

/** Rows as CSV (RFC 4180), numbers as they are, in the order shown. */
export function csvText<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string {
  return `${[columns.map(([name]) => cell(name)), ...rows.map((row) => columns.map(([, of]) => cell(of(row))))].map((line) => line.join(',')).join('\r\n')}\r\n`;
}

function cell(value: string | number | undefined): string {
  if (value === undefined) return '';
  if (typeof value === 'number') return String(value);
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value; // no formula in a spreadsheet
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
