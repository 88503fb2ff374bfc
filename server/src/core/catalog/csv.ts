/** Rows of a CSV text with a header (RFC 4180 quoting), each a record by column name. Empty cells are left out: unknown is not "". */
export function readCsv(text: string): Record<string, string>[] {
  const rows = records(text);
  const header = rows.shift() ?? [];
  return rows
    .filter((row) => row.length > 1 || row[0] !== '')
    .map((row) => {
      const record: Record<string, string> = {};
      header.forEach((name, at) => {
        const cell = row[at];
        if (cell !== undefined && cell !== '') record[name] = cell;
      });
      return record;
    });
}

function records(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let at = 0;
  while (at < text.length) {
    let cell: string;
    if (text[at] === '"') {
      let end = text.indexOf('"', at + 1);
      while (end >= 0 && text[end + 1] === '"') end = text.indexOf('"', end + 2);
      if (end < 0) end = text.length;
      cell = text.slice(at + 1, end).replaceAll('""', '"');
      at = end + 1;
    } else {
      let end = at;
      while (end < text.length && text[end] !== ',' && text[end] !== '\n' && text[end] !== '\r') end++;
      cell = text.slice(at, end);
      at = end;
    }
    row.push(cell);
    if (text[at] === ',') {
      at++;
      if (at === text.length || text[at] === '\n' || text[at] === '\r') row.push('');
    }
    if (at >= text.length || text[at] === '\n' || text[at] === '\r') {
      if (text[at] === '\r') at++;
      if (text[at] === '\n') at++;
      rows.push(row);
      row = [];
    }
  }
  return rows;
}
