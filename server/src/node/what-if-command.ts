import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Parsed, UsageError } from '../cli/options.js';
import type { Paint } from '../cli/report-table.js';
import { columnsOf, savedText, type Tried, type WhatIfFormat, whatIfText, workloadsNamed } from '../cli/what-if.js';
import { editSettings, placeOf, sensitivityOf, settingsFileName } from '../core/index.js';
import { changeNoise } from '../host/blame.js';
import type { Host } from '../host/host.js';
import { hasOwnMoney } from '../host/policy.js';
import { nowOf, supposed } from '../host/what-if.js';
import type { Scanned } from './scanned.js';

/** `mlcost what-if PATH`: the workloads as they would be, beside what is written now.
 * @errors UsageError for a word, a scenario, a workload or a quantity that does not exist */
export async function whatIfCommand(parsed: Parsed, host: Host, paint: Paint, write: (text: string) => void, scanned: Scanned): Promise<void> {
  // Here --set makes a column: what is written now is what the others are held against.
  const { set: _set, ...values } = parsed.values;
  const { engine, reports, relative } = await scanned({ ...parsed, values }, host);
  const root = engine.roots[0] ?? '';
  const { scenarios, ranges } = await engine.settingsOf(root);
  const columns = columnsOf(parsed, scenarios);
  const placed = reports
    .flatMap((report) => report.workloads)
    .filter(hasOwnMoney)
    .map((one) => {
      const { uri } = one.workload.span;
      const document = engine.document(uri);
      return { one, file: relative(uri), line: document ? placeOf(document, one.workload.span).line : 1 };
    });
  const chosen = workloadsNamed(placed, parsed.values['workload'] as readonly string[] | undefined);
  const quantity = parsed.values['of'];
  const swings = parsed.values['sensitivity'] === true || quantity !== undefined || columns.length === 0;
  const noise = await changeNoise(host);
  const all: Tried[] = [];
  for (const each of chosen) {
    const sensitivity = swings ? sensitivityOf(await nowOf(each.one, engine), ranges, typeof quantity === 'string' ? quantity : undefined) : undefined;
    all.push({ ...each, outcome: await supposed(each.one, columns, engine, noise), ...(sensitivity ? { sensitivity } : {}) });
  }
  if (typeof quantity === 'string' && all.length > 0 && all.every(({ sensitivity }) => !sensitivity)) {
    const known = [...new Set(all.flatMap(({ one }) => Object.keys(one.estimation.estimates)))].sort();
    throw new UsageError(`no workload here has a figure called '${quantity}'; there are ${known.join(', ')}`);
  }
  const { catalog } = await engine.context(root);
  write(
    all.length === 0
      ? 'No machine-learning workload found.\n'
      : whatIfText(all, (parsed.values['format'] as WhatIfFormat | undefined) ?? 'table', catalog, parsed.values['each'] === true, paint),
  );
  const [kept] = typeof parsed.values['save'] === 'string' ? columns.slice(-1) : [];
  if (!kept) return;
  const file = path.join(fileURLToPath(root), settingsFileName);
  const text = await readFile(file, 'utf8').catch(() => '');
  const { start, oldEnd, text: piece } = editSettings(text, { kind: 'scenario', ...kept });
  await writeFile(file, text.slice(0, start) + piece + text.slice(oldEnd));
  process.stderr.write(savedText(kept, file));
}
