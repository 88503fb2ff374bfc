// Tries every advice on a copy: `npm run advice -- [--set FACT=VALUE]… [--by-hand] FOLDER…`, each folder a workspace.
// An edit counts as right where a fresh reading of the edited copy has the promised facts and saving, parses as before,
// and a second application changes nothing. `--by-hand` lists which advice has no edit, by framework and rule.
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { choicesOf } from '../server/src/cli/choices.js';
import { parse } from '../server/src/cli/options.js';
import { nodeHost } from '../server/src/node/node-host.js';
import { type Tried, tryAll } from './advice/try.js';
import { root } from './calibrate/rows.js';

const args = process.argv.slice(2);
const byHand = args.includes('--by-hand');
const parsed = parse(['advise', ...args.filter((arg) => arg !== '--by-hand')]);
const { preferences } = await choicesOf(parsed, async () => '');
const host = nodeHost(path.join(root, 'dist'));

const tried: Tried[] = [];
for (const folder of parsed.args) tried.push(...(await tryAll(host, pathToFileURL(path.resolve(folder)).href, preferences)));

const advice = tried.flatMap((one) => one.advice);
const withEdit = advice.filter(({ edited }) => edited);
const wrong = withEdit.filter(({ fault }) => fault !== undefined);
const editable = advice.filter((one) => one.editable);
const share = (part: number, of: number): string => (of === 0 ? '–' : `${((100 * part) / of).toFixed(0)} %`);
const times = tried.map(({ milliseconds }) => milliseconds).sort((a, b) => a - b);
console.log(
  [
    `${tried.length} workloads, ${tried.filter((one) => one.advice.length > 0).length} with advice`,
    `${advice.length} advices, ${editable.length} of them settings`,
    `with an edit: ${withEdit.length}; of the settings ${share(editable.filter(({ edited }) => edited).length, editable.length)}`,
    `edits right on a fresh reading of a copy, and done once: ${withEdit.length - wrong.length} of ${withEdit.length}, ${share(withEdit.length - wrong.length, withEdit.length)}`,
    `time of all advice of a workload: median ${times[Math.floor(times.length / 2)]?.toFixed(1)} ms, 9 of 10 below ${times[Math.floor(0.9 * times.length)]?.toFixed(1)} ms`,
    ...wrong.map(({ id, fault }) => `wrong: ${id}: ${fault}`),
  ].join('\n'),
);
if (byHand) {
  const lacking = new Map<string, string[]>();
  for (const one of editable.filter(({ edited }) => !edited)) lacking.set(one.kind, [...(lacking.get(one.kind) ?? []), one.id]);
  for (const [kind, ids] of [...lacking].sort((a, b) => b[1].length - a[1].length))
    console.log(`by hand: ${String(ids.length).padStart(4)}  ${kind}  ${ids.slice(0, 3).join('  ')}`);
}
process.exitCode = wrong.length > 0 ? 1 : 0;
