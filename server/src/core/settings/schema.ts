import * as z from 'zod';
import { policyRow, waiver } from './policy-schema.js';

// The one source of `.mlcost.yaml`: what is valid, the JSON Schema that editors read, and the texts of completion and hover.

const day = z.string().regex(/^\d{4}-\d{2}-\d{2}$/, 'a day is written YYYY-MM-DD');
const value = z.union([z.string(), z.number(), z.boolean()]);
const positive = z.number().positive();
const market = z.enum(['on-demand', 'spot', 'reserved-1y', 'reserved-3y']);
const glob = z.string().min(1);

export const assumption = z
  .strictObject({
    fact: z.string().min(1).describe('Name of the fact, as the hover shows it: `seq_len`, `gpu_type`, `dataset_size`.'),
    value: value.describe('The value to take.'),
    files: glob.optional().describe('Only in files that match this glob, relative to the workspace folder: `train/**`.'),
    override: z.boolean().optional().describe('Wins over what the code says. Without it the value only fills what is unknown.'),
    note: z.string().optional().describe('Why: shown with the number.'),
  })
  .describe('A value that the code does not say.');
export const price = z
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
  .refine((row) => (row.accelerator ?? row.instance) === undefined || row.usd_per_hour !== undefined, 'a rate of an accelerator or instance needs usd_per_hour')
  .refine((row) => row.model === undefined || row.input_usd !== undefined, 'a hosted model needs input_usd')
  .refine((row) => row.discount_percent === undefined || row.provider !== undefined, 'a discount needs its provider')
  .refine(
    (row) => [row.accelerator ?? row.instance, row.model, row.discount_percent].filter((one) => one !== undefined).length === 1,
    'say one of accelerator, instance, model or discount_percent',
  )
  .describe('A rate of your own: it wins over every list price.');
export const budget = z
  .strictObject({
    name: z.string().optional().describe('Shown in the status bar; the team if it is not said.'),
    team: z.string().optional().describe('Team that owns it.'),
    owner: z.record(z.string(), z.string()).optional().describe('Who owns it: team, project or model.'),
    amount: positive.describe('Money for one period.'),
    currency: z
      .string()
      .regex(/^[A-Z]{3}$/, 'a currency is three capital letters: USD')
      .optional()
      .describe('USD if it is not said.'),
    period: z.enum(['day', 'week', 'month', 'quarter', 'year']).optional().describe('month if it is not said.'),
    thresholds: z.array(z.number().positive().max(1000)).optional().describe('Percent at which it warns; 70, 90 and 100 if it is not said.'),
  })
  .describe('What a team may spend.');
export const silence = z
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

export const sections = {
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
  silence: z.array(silence).describe('What is not shown.'),
  runs: z
    .strictObject({
      use: z.boolean().optional().describe('false: measured runs are listed and correct nothing.'),
      since: day.optional().describe('Runs before this day correct nothing: a fresh start after the code or the machines changed.'),
      ignore: z.array(glob).optional().describe('Folders and files of runs that are left out, relative to the workspace folder: `outputs/old/**`.'),
    })
    .describe('How measured runs of this workspace (trainer states, W&B, MLflow, benchmarks) correct the estimates. All of them do if it is not said.'),
  policy: z.array(policyRow).describe('Rules that `mlcost check` holds workloads against.'),
  waivers: z.array(waiver).describe('Dated exceptions from the policy.'),
  tags: z.record(z.string(), z.string()).describe('Tags of everything here: team, project, environment.'),
} as const;

/** The whole file. */
export const mlcostSchema = z.strictObject(sections).partial().describe('Assumptions, prices and budgets of ML Cost Lens for this workspace.');
export type SectionName = keyof typeof sections;
export type PriceRow = z.infer<typeof price>;
export type BudgetRow = z.infer<typeof budget>;
export type SilenceRow = z.infer<typeof silence>;
