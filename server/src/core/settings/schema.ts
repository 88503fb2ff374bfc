import * as z from 'zod';
import { once } from '../model/once.js';
import { alertKinds } from '../spend/alerts.js';
import { dimensionNames, ownerKey } from '../spend/dimensions.js';
import { isZone } from '../spend/period.js';
import { sourceSettings } from '../spend/sources/registry.js';
import { policySchemas } from './policy-schema.js';
import { scenarioSchemas } from './scenario-schema.js';

// The one source of `.mlcost.yaml`: what is valid, the JSON Schema that editors read, and the texts of completion and hover.
export const schemas = once(() => {
  const policy = policySchemas();
  const { ends, scenario } = scenarioSchemas();
  const day = z.string().regex(/^\d{4}-\d{2}-\d{2}$/, 'a day is written YYYY-MM-DD');
  const value = z.union([z.string(), z.number(), z.boolean()]);
  const positive = z.number().positive();
  const market = z.enum(['on-demand', 'spot', 'reserved-1y', 'reserved-3y']);
  const glob = z.string().min(1);
  const currency = z.string().regex(/^[A-Z]{3}$/, 'a currency is three capital letters: USD');

  const assumption = z
    .strictObject({
      fact: z.string().min(1).describe('Name of the fact, as the hover shows it: `seq_len`, `gpu_type`, `dataset_size`.'),
      value: value.describe('The value to take.'),
      files: glob.optional().describe('Only in files that match this glob, relative to the workspace folder: `train/**`.'),
      override: z.boolean().optional().describe('Wins over what the code says. Without it the value only fills what is unknown.'),
      note: z.string().optional().describe('Why: shown with the number.'),
    })
    .describe('A value that the code does not say.');
  const price = z
    .strictObject({
      accelerator: z.string().optional().describe('Accelerator that the rate is for: `H100`.'),
      instance: z.string().optional().describe('Machine type that the rate is for: `p5.48xlarge`.'),
      model: z.string().optional().describe('Hosted model that the token prices are for: `gpt-4o`.'),
      count: z.number().int().positive().optional().describe('Accelerators in the machine; 1 if it is not said.'),
      usd_per_hour: positive.optional().describe('Dollars an hour: of the whole instance, or of one accelerator.'),
      input_usd: positive.optional().describe('Dollars per 1M input tokens of a hosted model.'),
      output_usd: positive.optional().describe('Dollars per 1M output tokens of a hosted model.'),
      cached_input_usd: positive.optional().describe('Dollars per 1M cached input tokens of a hosted model.'),
      discount_percent: z.number().gt(0).lt(100).optional().describe('Discount on the list prices of `provider`, in percent.'),
      provider: z.string().optional().describe('Who sells it: `aws`, `gcp`, `azure`, `lambda` …'),
      region: z.string().optional().describe('Region that the rate holds in; everywhere if it is not said.'),
      market: market.optional().describe('on-demand if it is not said.'),
      as_of: day.optional().describe('The day that the rate holds for.'),
      note: z.string().optional().describe('Contract, quote, or whatever names the source.'),
    })
    .refine(
      (row) => (row.accelerator ?? row.instance) === undefined || row.usd_per_hour !== undefined,
      'a rate of an accelerator or instance needs usd_per_hour',
    )
    .refine((row) => row.model === undefined || row.input_usd !== undefined, 'a hosted model needs input_usd')
    .refine((row) => row.discount_percent === undefined || row.provider !== undefined, 'a discount needs its provider')
    .refine(
      (row) => [row.accelerator ?? row.instance, row.model, row.discount_percent].filter((one) => one !== undefined).length === 1,
      'say one of accelerator, instance, model or discount_percent',
    )
    .describe('A rate of your own: it wins over every list price.');
  const owner = z
    .record(z.string(), z.string())
    .refine((said) => Object.keys(said).every((key) => ownerKey(key) !== undefined), `an owner is one or more of ${['model', ...dimensionNames].join(', ')}`)
    .describe(
      'Whose charges count, by tags or by the bill: `team`, `project`, `model`, `env`, `workflow`, `agent`, `task`, `service` … All of them must match.',
    );
  const ownerName = z.string().refine((key) => ownerKey(key) !== undefined, `one of ${['model', ...dimensionNames].join(', ')} is expected`);
  const budget = z
    .strictObject({
      name: z.string().optional().describe('Shown in the status bar; the team if it is not said.'),
      team: z.string().optional().describe('Team that owns it.'),
      owner: owner.optional(),
      amount: positive.describe('Money for one period.'),
      currency: currency.optional().describe('USD if it is not said.'),
      period: z.enum(['day', 'week', 'month', 'quarter', 'year', 'sprint', 'fixed']).optional().describe('month if it is not said.'),
      sprint: z
        .strictObject({
          start: day.describe('First day of any sprint.'),
          days: z.number().int().positive().describe('Days of one: 14.'),
        })
        .optional()
        .describe('Of `period: sprint`.'),
      from: day.optional().describe('First day of `period: fixed`.'),
      to: day.optional().describe('Last day of `period: fixed`, which counts.'),
      time_zone: z
        .string()
        .refine(isZone, 'a time zone is written as Europe/Berlin')
        .optional()
        .describe('Where a day ends for this budget, `Europe/Berlin`; UTC if it is not said. Charges keep the days of the bill.'),
      thresholds: z.array(z.number().positive().max(1000)).optional().describe('Percent at which it warns; 70, 90 and 100 if it is not said.'),
      plan: z
        .record(z.string().regex(/^\d{4}-\d{2}$/, 'a month is written 2026-11'), z.number().nonnegative())
        .optional()
        .describe('What is planned for each month: `2026-11: 20000`. Evenly over the days if it is not said.'),
      roll_over: z
        .enum(['none', 'unspent', 'both'])
        .optional()
        .describe('What a period hands on to the next: nothing (if it is not said), what was left, or what was overspent as well.'),
      cost: z.enum(['billed', 'effective']).optional().describe('billed, as invoiced, if it is not said; effective: commitments spread over what they cover.'),
      part_of: z.string().optional().describe('Name of the budget that this one is part of: what is spent here is spent there too, once.'),
      quotas: z
        .array(
          z.strictObject({
            name: z.string().optional().describe('Shown behind the budget’s name.'),
            owner,
            amount: positive.describe('Money for one period.'),
          }),
        )
        .optional()
        .describe('Limits within this budget: a sandbox, an environment, one agent.'),
      contacts: z.array(z.string().min(1)).optional().describe('Whom to ask or tell: addresses, channels.'),
    })
    .refine(({ period, sprint }) => (period === 'sprint') === (sprint !== undefined), '`period: sprint` and `sprint: {start, days}` go together')
    .refine(
      ({ period, from, to }) => (period === 'fixed' ? from !== undefined && to !== undefined && from <= to : from === undefined && to === undefined),
      '`period: fixed` goes with `from` and `to`',
    )
    .describe('What a team may spend.');
  const silence = z
    .union([
      z.string().min(1),
      z.strictObject({
        files: glob.optional().describe('Files that match this glob.'),
        code: z.string().optional().describe('A diagnostic’s code: `does-not-fit`.'),
        workload: z.string().optional().describe('A workload’s id.'),
        until: day.optional().describe('The last day that it holds.'),
        reason: z.string().optional().describe('Why.'),
      }),
    ])
    .describe('What is not shown: a glob of files, a code, a workload.');

  const sections = {
    accelerator: z
      .union([z.string().min(1), z.strictObject({ type: z.string().min(1), count: z.number().int().positive().optional() })])
      .describe('Accelerator that this workspace runs on where the code does not say: `H100`, or `type` and `count`.'),
    provider: z.string().min(1).describe('Who rents out the machines: `aws`, `gcp`, `azure`, `lambda`, `runpod` …'),
    region: z.string().min(1).describe('Region of the provider, as the provider names it: `us-east-1`.'),
    market: market.describe('How machines are rented: on-demand, spot, reserved-1y or reserved-3y.'),
    assumptions: z
      .union([z.record(z.string(), value), z.array(assumption)])
      .describe('Values that the code does not say, by fact: a map, or a list where some hold only for some files.'),
    traffic: z
      .strictObject({
        calls_per_month: positive.optional().describe('Calls of each hosted model a month.'),
        requests_per_s: positive.optional().describe('Requests a second at each served model.'),
        input_tokens: positive.optional().describe('Prompt tokens a call.'),
        cached_input_tokens: z.number().nonnegative().optional().describe('Prompt tokens of these that come out of the cache.'),
        output_tokens: positive.optional().describe('Answer tokens a call.'),
        utilisation: z.number().gt(0).max(1).optional().describe('Share of the time that servers are busy.'),
      })
      .describe('How much is asked of hosted and served models. Without it prices are per call.'),
    prices: z.array(price).describe('Rates of your own. They win over list prices.'),
    budgets: z.array(budget).describe('What teams may spend.'),
    scenarios: z.array(scenario).describe('What-ifs with a name: `mlcost what-if` shows them beside what is written now.'),
    ranges: z
      .record(z.string(), ends)
      .describe(
        'How far facts may plausibly move, for what moves the cost most: `calls_per_month: [50000, 200000]`. Without one, numbers are halved and doubled.',
      ),
    silence: z.array(silence).describe('What is not shown.'),
    runs: z
      .strictObject({
        use: z.boolean().optional().describe('false: measured runs are listed and correct nothing.'),
        since: day.optional().describe('Runs before this day correct nothing: a fresh start after the code or the machines changed.'),
        ignore: z.array(glob).optional().describe('Folders and files of runs that are left out, relative to the workspace folder: `outputs/old/**`.'),
      })
      .describe('How measured runs of this workspace (trainer states, W&B, MLflow, benchmarks) correct the estimates. All of them do if it is not said.'),
    policy: z.array(policy.row).describe('Rules that `mlcost check` holds workloads against.'),
    waivers: z.array(policy.waiver).describe('Dated exceptions from the policy.'),
    spend: z
      .strictObject({
        files: z
          .array(z.string().min(1))
          .optional()
          .describe(
            'CSV exports of spend below the workspace folder (FOCUS, AWS, Google Cloud, Azure), read where nothing was imported: `spend/2026-11.csv`. A later one corrects an earlier one.',
          ),
        rates: z
          .array(
            z.strictObject({
              from: currency.describe('Currency of the bill.'),
              to: currency.describe('Currency to show.'),
              rate: positive.describe('What one unit of `from` is in units of `to`.'),
              as_of: day.optional().describe('The day that the rate is of.'),
            }),
          )
          .optional()
          .describe('Rates of exchange. Money of two currencies is never added without one; none is looked up.'),
        shares: z
          .array(
            z
              .strictObject({
                name: z.string().min(1).describe('Stands beside each line that the rule makes.'),
                match: owner.describe('Charges that are divided: `service: …`, `sub_account: …`; an empty text stands for none.'),
                from: day.optional().describe('First day that it holds for.'),
                to: day.optional().describe('Last day that it holds for.'),
                weights: z.record(z.string(), z.number().nonnegative()).optional().describe('Fixed weights by owner: `search: 2`.'),
                usage: z
                  .string()
                  .min(1)
                  .optional()
                  .describe('CSV file of the use of each day, with columns `day`, the owner’s key and an amount (GPU-hours, bytes, requests).'),
              })
              .refine(({ weights, usage }) => (weights === undefined) !== (usage === undefined), 'say one of weights or usage'),
          )
          .optional()
          .describe('How charges that several share are divided. The first rule that matches a charge divides it.'),
        units: z
          .array(
            z.strictObject({
              name: z.string().min(1).describe('What is counted: requests, users, tasks.'),
              per: positive.optional().describe('How many the price is for: 1000; 1 if it is not said.'),
              owner: owner.optional(),
              by: ownerName.optional().describe('A price for each value of it: `feature`, `agent`, `team` …'),
              counts: z
                .record(z.string().regex(/^\d{4}-\d{2}$/, 'a month is written 2026-11'), z.number().nonnegative())
                .optional()
                .describe('How many there were, by month: `2026-11: 1200000`. Of other months a column of `usage` tells.'),
              measure: z.string().min(1).optional().describe('Column of the tables under `usage` that counts them; the name if it is not said.'),
            }),
          )
          .optional()
          .describe('What one of something costs.'),
        workloads: z
          .array(
            z.strictObject({
              files: glob.describe('Workloads in files that match this glob.'),
              workload: z.string().optional().describe('Only the workload with this id.'),
              owner: owner.describe('The charges that are theirs.'),
            }),
          )
          .optional()
          .describe('Which charges are those of which workload: what the code said that it costs is held against what was billed.'),
        usage: z
          .array(z.string().min(1))
          .optional()
          .describe(
            'CSV files of what was measured each day: `day`, `resource`, owners (`team`, `feature` …), and amounts: `gpu`, `gpu_hours`, `utilisation`, `peak_memory_gib`, `requests`, `stored_gb` with `last_used`, `input_tokens` with `cached_input_tokens`, `cost`, and what units are counted by.',
          ),
        alerts: z
          .array(
            z.strictObject({
              kind: z.enum(['slack', 'teams', 'json']).describe('Form of the message.'),
              url_env: z
                .string()
                .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'the name of an environment variable is expected, not the address')
                .describe('Environment variable that holds the address, which is a secret.'),
              host: z
                .string()
                .regex(/^[\w.-]+(:\d+)?$/, 'a host is expected: hooks.slack.com')
                .describe('Host of the address: it is asked and no other.'),
              budgets: z.array(z.string().min(1)).optional().describe('Names of budgets; all if it is not said.'),
              on: z
                .array(z.enum(alertKinds))
                .optional()
                .describe('What it is told: thresholds that are reached, forecasts that are over, days that stand out; the first two if it is not said.'),
            }),
          )
          .optional()
          .describe('Who is told by `mlcost alert`, once for each crossing.'),
        sources: z
          .array(sourceSettings())
          .optional()
          .describe('Servers that tell what was spent: read by `mlcost spend pull`, and by the editor where `refresh_hours` says how often.'),
      })
      .describe('How real spend is read.'),
    tags: z.record(z.string(), z.string()).describe('Tags of everything here: team, project, environment.'),
  } as const;

  /** The whole file. */
  const file = z.strictObject(sections).partial().describe('Assumptions, prices and budgets of ML Cost Lens for this workspace.');

  return { assumption, price, budget, silence, sections, file };
});
type Schemas = ReturnType<typeof schemas>;
export type SectionName = keyof Schemas['sections'];
export type PriceRow = z.infer<Schemas['price']>;
export type BudgetRow = z.infer<Schemas['budget']>;
export type SpendRow = z.infer<Schemas['sections']['spend']>;
export type SilenceRow = z.infer<Schemas['silence']>;
