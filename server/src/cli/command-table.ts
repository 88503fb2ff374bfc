import { scenarioWords, spendKeys, usageMetrics } from '../core/index.js';

/** Commands and options of `mlcost`: the one table that parsing, help and shell completion are made of. */
export interface Option {
  readonly name: string;
  readonly short?: string;
  /** What stands for the value in the help; absent: a switch. */
  readonly value?: string;
  readonly many?: true;
  readonly choices?: readonly string[];
  readonly help: string;
}
export interface Command {
  readonly name: string;
  readonly usage: string;
  readonly help: string;
  readonly options: readonly Option[];
  /** Smallest and largest number of arguments. */
  readonly takes: readonly [number, number];
}

const where: readonly Option[] = [
  { name: 'accelerator', value: 'NAME', help: 'accelerator to run on where the files do not say one (h100, a100-80gb, l4 …)' },
  { name: 'gpus', value: 'N', help: 'number of accelerators where the files do not say it' },
  { name: 'provider', value: 'NAME', help: 'who rents the hardware: aws, gcp, azure, lambda, coreweave …' },
  { name: 'region', value: 'NAME', help: "the provider's region" },
  { name: 'spot', help: 'spot prices instead of on-demand' },
  { name: 'set', value: 'FACT=VALUE', many: true, help: 'set a fact of every workload, whatever the files say (repeatable)' },
  { name: 'assume', value: 'FILE', help: 'read assumptions, prices and choices from this file as well as from .mlcost.yaml' },
];
const formats: Option = { name: 'format', short: 'f', value: 'FORMAT', choices: ['table', 'json'], help: 'table (default) or json' };
const checkFormats = ['table', 'json', 'sarif', 'junit', 'markdown', 'github', 'gitlab'] as const;
const workspace: Option = { name: 'workspace', short: 'w', value: 'FOLDER', help: 'folder of .mlcost.yaml and of the ledger (default: the working folder)' };
const dates: readonly Option[] = [
  { name: 'from', value: 'DAY', help: 'first day, 2026-11-01' },
  { name: 'to', value: 'DAY', help: 'last day, which counts' },
  {
    name: 'cost',
    value: 'KIND',
    choices: ['billed', 'effective'],
    help: 'billed (default): as invoiced; effective: commitments spread over what they cover',
  },
  { name: 'currency', value: 'CODE', help: 'convert to this currency, by the rates of .mlcost.yaml' },
];
const reportFormats: Option = {
  ...formats,
  choices: ['table', 'json', 'csv', 'markdown', 'html'],
  help: 'table (default), json, csv, markdown or html',
};
const quiet: Option = { name: 'quiet', short: 'q', help: 'no progress on standard error' };

export const commands: readonly Command[] = [
  {
    name: 'estimate',
    usage: 'estimate [PATH…]',
    help: 'what the workloads in files and folders will cost',
    options: [formats, ...where, { name: 'explain', short: 'e', help: 'with the terms that make each number and where each input stands' }, quiet],
    takes: [0, 1000],
  },
  {
    name: 'advise',
    usage: 'advise [PATH…]',
    help: 'what makes the workloads cheaper, with the edits that do it',
    options: [
      formats,
      ...where,
      { name: 'apply', value: 'ID', many: true, help: 'write the edits of this advice (repeatable)' },
      { name: 'apply-all-safe', help: 'write the best edit of each workload that changes no result' },
      quiet,
    ],
    takes: [0, 1000],
  },
  {
    name: 'autoscale',
    usage: 'autoscale PATH',
    help: 'cost-aware autoscaling for the Deployment in a file: the Prometheus rule that makes inference_cost_per_1k_usd, and what holds it',
    options: [...where, { name: 'scaler', value: 'KIND', choices: ['hpa', 'keda'], help: 'hpa (default, with prometheus-adapter) or keda' }, quiet],
    takes: [1, 1],
  },
  {
    name: 'calls',
    usage: 'calls PATH',
    help: 'a helper for the hosted calls of a file: the program that sends them through the provider’s batch interface, or what bounds a task',
    options: [
      ...where,
      {
        name: 'helper',
        value: 'KIND',
        choices: ['batch', 'budget'],
        help: 'batch (default), or budget: tokens, dollars, steps, seconds and retries of a task',
      },
      quiet,
    ],
    takes: [1, 1],
  },
  {
    name: 'prove',
    usage: 'prove PATH',
    help: 'the script that proves an advice on quality: the same tasks and load before and after',
    options: [
      ...where,
      { name: 'advice', value: 'ID', help: 'the advice, as `mlcost advise` names it (default: the first with a risk)' },
      { name: 'guard', help: 'the workflow that runs the script before a change is merged' },
      quiet,
    ],
    takes: [1, 1],
  },
  {
    name: 'compare',
    usage: 'compare PATH',
    help: 'each workload on every offer that can run it, cheapest first, and from which use on a commitment pays',
    options: [
      { ...formats, choices: ['table', 'json', 'csv', 'markdown', 'html'], help: 'table (default), json, csv, markdown or html' },
      ...where,
      {
        name: 'market',
        value: 'NAME',
        many: true,
        choices: ['on-demand', 'spot', 'reserved-1y', 'reserved-3y'],
        help: 'only offers of this market (repeatable)',
      },
      {
        name: 'limit',
        value: 'N',
        help: 'offers shown for each workload: the cheapest of each accelerator, provider and market (default: 12 in a table, all in json)',
      },
      quiet,
    ],
    takes: [1, 1],
  },
  {
    name: 'what-if',
    usage: 'what-if PATH',
    help: 'the workloads as they would be, beside what is written now: cost, memory, latency, hours, energy and carbon',
    options: [
      { ...formats, choices: ['table', 'json', 'markdown', 'html', 'csv'], help: 'table (default), json, markdown, html or csv' },
      {
        name: 'set',
        value: 'WORD=VALUE,…',
        many: true,
        help: `a column of suppositions (repeatable): ${Object.entries(scenarioWords)
          .map(([word, { example }]) => `${word}=${example.split(',')[0]}`)
          .join(' ')}, or any fact`,
      },
      {
        name: 'scenario',
        value: 'NAME',
        many: true,
        help: 'a scenario of .mlcost.yaml as a column (repeatable); all of them if neither this nor --set is given',
      },
      { name: 'save', value: 'NAME', help: 'keep the --set under this name in the scenarios of .mlcost.yaml' },
      { name: 'workload', value: 'NAME', many: true, help: 'only this one: its file, file:line, id, or a part of its title (repeatable)' },
      { name: 'each', help: 'of several workloads, every figure of each one' },
      { name: 'sensitivity', short: 's', help: 'which fact moves the cost most, each over its plausible range' },
      { name: 'of', value: 'QUANTITY', help: 'with the sensitivity of another figure: usd_per_1m_tokens, peak_memory_gib …' },
      ...where.filter(({ name }) => name !== 'set'),
      quiet,
    ],
    takes: [1, 1],
  },
  {
    name: 'diff',
    usage: 'diff BASE [HEAD]',
    help: 'what a change does to the costs, and because of what: two commits, BASE...HEAD, or BASE against the tracked files as they stand',
    options: [
      {
        ...formats,
        choices: ['table', 'json', 'markdown', 'sarif', 'junit'],
        help: 'table (default), json, sarif, junit, or markdown: one comment for a pull request',
      },
      ...where,
      { name: 'project', value: 'FOLDER', help: 'folder of the project in the repository (default: the working folder)' },
      { name: 'staged', help: 'BASE against what is staged' },
    ],
    takes: [1, 2],
  },
  {
    name: 'blame',
    usage: 'blame FILE',
    help: 'what each line of a file costs or saves now, and which commit it comes from',
    options: [formats, ...where, { name: 'project', value: 'FOLDER', help: 'folder whose files are read together (default: the working folder)' }, quiet],
    takes: [1, 1],
  },
  {
    name: 'history',
    usage: 'history FILE|WORKLOAD',
    help: 'how the estimates of a file’s workloads, or of one, changed over the commits, and because of what; with its measured runs',
    options: [
      { ...formats, choices: ['table', 'json', 'csv', 'html', 'svg'], help: 'table (default), json, csv, html (with a plot) or svg (the plot alone)' },
      ...where,
      { name: 'project', value: 'FOLDER', help: 'folder of the project in the repository (default: the working folder)' },
      { name: 'to', value: 'COMMIT', help: 'the last commit that counts (default: HEAD)' },
      { name: 'limit', value: 'N', help: 'how many commits are looked at (default: all)' },
      { name: 'no-cache', help: 'keep nothing in .mlcost/history and read nothing from there' },
      { name: 'progress', help: 'say how far it is in lines, for a program that waits' },
      quiet,
    ],
    takes: [1, 1],
  },
  {
    name: 'check',
    usage: 'check [PATH…]',
    help: 'hold the workloads against the policy in .mlcost.yaml; exit status 1 where a rule that blocks is broken',
    options: [
      { ...formats, choices: checkFormats, help: `${checkFormats.join(', ')} (default table)` },
      ...where,
      { name: 'base', value: 'COMMIT', help: 'rules of change too: from this commit to the tracked files as they stand (COMMIT...HEAD for two commits)' },
      { name: 'staged', help: 'with --base: to what is staged' },
      { name: 'audit', help: 'write the outcome into the audit log, also where there is none yet' },
      quiet,
    ],
    takes: [0, 1000],
  },
  {
    name: 'policy admission',
    usage: 'policy admission',
    help: 'what a Kubernetes cluster can hold of the policy, as a ValidatingAdmissionPolicy to apply; the rest is named in its head',
    options: [workspace, { name: 'name', value: 'NAME', help: 'name of the policy in the cluster (default ml-cost)' }],
    takes: [0, 0],
  },
  {
    name: 'mcp',
    usage: 'mcp [FOLDER]',
    help: 'answer agents about the project in FOLDER over the Model Context Protocol on standard input and output',
    options: [],
    takes: [0, 1],
  },
  {
    name: 'runs',
    usage: 'runs [PATH…]',
    help: 'measured runs that were found, whose each one is or why no one’s, and what they change',
    options: [
      formats,
      ...where,
      { name: 'export', help: 'write them to .mlcost/measurements.jsonl of PATH, to share: figures, hardware and settings, no code and no names' },
      { name: 'reset', help: 'from today on: earlier runs correct nothing (`runs.since` in .mlcost.yaml of PATH)' },
      quiet,
    ],
    takes: [0, 1000],
  },
  {
    name: 'oom',
    usage: 'oom LOG [PROJECT]',
    help: 'an out-of-memory error or a server’s start-up log (- for standard input): which part of the memory, whose, and the smallest change that fits',
    options: [
      formats,
      ...where,
      { name: 'keep', help: 'add what was measured to .mlcost/measurements.jsonl of PROJECT, so that it corrects later estimates' },
      quiet,
    ],
    takes: [1, 2],
  },
  {
    name: 'onnx',
    usage: 'onnx FILE',
    help: 'a model file (.onnx, .safetensors, .gguf): parameters, size by type, work by operator, measured latency, smaller weights',
    options: [
      formats,
      { name: 'shape', value: 'NAME=DIMS', many: true, help: 'size of an input (image=1,3,224,224) or of a named dimension (batch=1) (repeatable)' },
      { name: 'measure', help: 'time it on this machine with onnxruntime-web, which has to be installed (npm i onnxruntime-web)' },
      { name: 'quantize', help: 'write a copy with 8-bit weights beside it (NAME.int8.onnx)' },
      { name: 'keep-embeddings', help: 'with --quantize: leave tables of embeddings as they are' },
      { name: 'runtime', value: 'FOLDER', help: 'folder that onnxruntime-web is installed in, if it is not found from here' },
      { name: 'threads', value: 'N', help: 'threads to measure with (default 1)' },
      { name: 'runs', value: 'N', help: 'runs to measure (default 30)' },
      ...where,
    ],
    takes: [1, 1],
  },
  {
    name: 'predict',
    usage: 'predict [FILE]',
    help: 'estimates for explicit specifications, one JSON object a line, from FILE or standard input',
    options: [
      { ...formats, choices: ['jsonl'], help: 'jsonl' },
      { name: 'terms', help: 'with the terms that make each number' },
    ],
    takes: [0, 1],
  },
  {
    name: 'spend import',
    usage: 'spend import FILE…',
    help: 'bring exports of spend (FOCUS, AWS, GCP, Azure; CSV, CSV.gz, Parquet) into the ledger of this folder',
    options: [workspace, { ...formats, help: 'table (default) or json' }, quiet],
    takes: [1, 10_000],
  },
  {
    name: 'spend report',
    usage: 'spend report [--by KEY,…]',
    help: 'what was spent, out of the ledger of this folder',
    options: [
      workspace,
      reportFormats,
      { name: 'by', value: 'KEY,…', help: `what to group by: ${spendKeys.join(', ')}` },
      ...dates.slice(0, 3),
      { name: 'where', value: 'KEY=VALUE', many: true, help: 'only charges with this value; nothing after the = for charges without one (repeatable)' },
      ...dates.slice(3),
      { name: 'html', value: 'FILE', help: 'write the panel with its charts as one HTML file instead: budgets, attribution, what stands out' },
      { name: 'expect', value: 'AMOUNT', help: 'exit 1 unless the total is this, to the cent: an invoice' },
    ],
    takes: [0, 0],
  },
  {
    name: 'spend pull',
    usage: 'spend pull [NAME…]',
    help: 'read the sources of .mlcost.yaml (all, or those named) into the ledger of this folder; exit 1 if one could not be read',
    options: [
      workspace,
      { ...formats, help: 'table (default) or json' },
      { name: 'from', value: 'DAY', help: 'read again from this day on, whatever is known' },
      { name: 'forget', help: 'take out everything that the named sources ever said, instead' },
      quiet,
    ],
    takes: [0, 100],
  },
  {
    name: 'spend sources',
    usage: 'spend sources',
    help: 'the sources of .mlcost.yaml: how old what they told is, what failed and what to do about it',
    options: [workspace, { ...formats, help: 'table (default) or json' }],
    takes: [0, 0],
  },
  {
    name: 'spend usage',
    usage: 'spend usage [--by KEY,…]',
    help: 'what sources measured beside money: GPU-hours and idle ones, tokens, requests',
    options: [
      workspace,
      reportFormats,
      { name: 'by', value: 'KEY,…', help: 'what to group by: the keys of spend report, and accelerator' },
      { name: 'metric', value: 'NAME', choices: Object.keys(usageMetrics), help: `one of ${Object.keys(usageMetrics).join(', ')}` },
      ...dates.slice(0, 2),
    ],
    takes: [0, 0],
  },
  {
    name: 'spend statement',
    usage: 'spend statement [--by KEY]',
    help: 'whose the money is: own charges, and shares by the rules of .mlcost.yaml; adds up to the bill',
    options: [
      workspace,
      {
        ...formats,
        choices: ['table', 'json', 'csv', 'focus', 'markdown', 'html'],
        help: 'table (default), json, csv, focus (CSV in FOCUS columns), markdown or html',
      },
      { name: 'by', value: 'KEY', help: 'owner: team (default), project, model_id …' },
      ...dates,
    ],
    takes: [0, 0],
  },
  {
    name: 'spend week',
    usage: 'spend week',
    help: 'report of a week: spend by team against the week before, budgets, days that stand out, price of one, waste',
    options: [
      workspace,
      { ...formats, choices: ['markdown', 'html', 'csv'], help: 'markdown (default), html or csv' },
      { name: 'by', value: 'KEY', help: 'owner: team (default), project, model_id …' },
      { name: 'at', value: 'DAY', help: 'a day of the week (default: one of the last whole week)' },
      ...dates.slice(2),
    ],
    takes: [0, 0],
  },
  {
    name: 'spend waste',
    usage: 'spend waste',
    help: 'what brought nothing for its money: crashed and repeated runs, idle GPUs, replicas without traffic, memory, checkpoints, traffic between zones, cache misses; each with a fix',
    options: [workspace, reportFormats, ...dates],
    takes: [0, 0],
  },
  {
    name: 'spend units',
    usage: 'spend units',
    help: 'what one of something costs, by spend.units of .mlcost.yaml: 1k requests, a user, a successful task; by month, on the days that were counted',
    options: [workspace, reportFormats, ...dates],
    takes: [0, 0],
  },
  {
    name: 'spend variance',
    usage: 'spend variance',
    help: 'spend against budget and plan, and what was billed against what the code said that it costs, by workload and commit, with whether it lies in the interval',
    options: [workspace, reportFormats, ...dates],
    takes: [0, 0],
  },
  {
    name: 'budget',
    usage: 'budget',
    help: 'how the budgets of .mlcost.yaml stand: spent, left, forecast to the end of the period, day of exhaustion',
    options: [
      workspace,
      formats,
      { name: 'at', value: 'DAY', help: 'as of this day, 2026-11-15 (default: today)' },
      { name: 'check', help: 'exit 1 if one is used up' },
    ],
    takes: [0, 0],
  },
  {
    name: 'alert',
    usage: 'alert',
    help: 'tell the targets of spend.alerts (Slack, Teams, JSON) of budgets that crossed a threshold or will not last, each once; for CI and cron; exit 1 where a message did not arrive',
    options: [
      workspace,
      formats,
      { name: 'at', value: 'DAY', help: 'as of this day, 2026-11-15 (default: today)' },
      { name: 'currency', value: 'CODE', help: 'of days that stand out' },
      { name: 'state', value: 'FILE', help: 'file that holds what was told (default: .mlcost/alerts/told.json)' },
      { name: 'dry-run', help: 'say what would be sent, and send nothing' },
    ],
    takes: [0, 0],
  },
  {
    name: 'run',
    usage: 'run [--preflight] -- COMMAND…',
    help: 'run a command and meter it: time, GPU use, energy, commit; its exit status is passed through',
    options: [
      workspace,
      { name: 'preflight', help: 'do not start it where a budget that it belongs to has nothing left (exit 1)' },
      { name: 'tag', value: 'KEY=VALUE', many: true, help: 'whose it is: team=…, model_version=… (repeatable); those of .mlcost.yaml hold as well' },
    ],
    takes: [1, 100_000],
  },
  {
    name: 'audit verify',
    usage: 'audit verify',
    help: 'check the chain of the audit log of this folder: exit 1 if it is broken',
    options: [
      workspace,
      formats,
      { name: 'head', value: 'HASH', help: 'hash that the last record must have, as printed before: finds records cut off at the end' },
    ],
    takes: [0, 0],
  },
  { name: 'accelerators', usage: 'accelerators [NAME]', help: 'accelerators that are known, with memory, speed and prices', options: [formats], takes: [0, 1] },
  { name: 'completion', usage: 'completion SHELL', help: 'script that completes commands and options in bash, zsh or fish', options: [], takes: [1, 1] },
];
