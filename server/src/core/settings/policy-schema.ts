import * as z from 'zod';
import { once } from '../model/once.js';

export const policySchemas = once(() => {
  const positive = z.number().positive();
  const whole = z.number().int().nonnegative();
  const names = z.array(z.string().min(1)).min(1);
  const day = z.string().regex(/^\d{4}-\d{2}-\d{2}$/, 'a day is written YYYY-MM-DD');

  /** The rules of a policy: what each one limits. A row has exactly one of them. */
  const limits = {
    max_gpus: positive.describe('Most accelerators that one workload takes.'),
    max_gpu_hours: positive.describe('Most GPU-hours of one run.'),
    max_usd_per_run: positive.describe('Most dollars of one run.'),
    max_usd_per_month: positive.describe('Most dollars of one service or hosted model a month.'),
    max_usd_per_1k_inferences: positive.describe('Most dollars of a thousand requests or calls.'),
    max_params: positive.describe('Largest model, in parameters: `8.5e9`.'),
    max_tokens: positive.describe('Most output tokens of a call. A call without a limit breaks it.'),
    max_steps: positive.describe('Most steps, turns or iterations of an agent. An agent without a limit breaks it.'),
    max_retries: whole.describe('Most repeats of a failed call.'),
    max_checkpoints_kept: whole.describe('Most checkpoints that a training keeps. One that keeps all of them breaks it.'),
    max_kwh: positive.describe('Most energy of a run, or of a service a month.'),
    max_carbon_kg: positive.describe('Most carbon dioxide equivalent of a run, or of a service a month.'),
    max_increase_percent: positive.describe('Most that a change may make a workload dearer, in percent. Judged where two states are compared.'),
    max_increase_usd: positive.describe('Most that a change may make a workload dearer, in dollars a run or a month.'),
    max_decrease_percent: positive.describe('A workload that a change makes cheaper by more than this asks for a look: work may have been lost.'),
    max_decrease_usd: positive.describe('A workload that a change makes cheaper by more dollars than this, a run or a month, asks for a look.'),
    allowed_accelerators: names.describe('Accelerators that may be used.'),
    allowed_instances: names.describe('Machine types that may be used, as globs: `p4d.*`.'),
    allowed_providers: names.describe('Providers that may be used.'),
    allowed_regions: names.describe('Regions that may be used, as globs: `eu-*`.'),
    allowed_markets: z
      .array(z.enum(['on-demand', 'spot', 'reserved-1y', 'reserved-3y']))
      .min(1)
      .describe('How machines may be rented.'),
    required_precision: names.describe('Precision or weight format that is asked for: `[fp8, awq]`.'),
    required_tags: names.describe('Tags that `tags` must have: `[team, model_id]`.'),
    spot_needs_checkpoints: z.literal(true).describe('A training on spot capacity must save checkpoints.'),
    no_idle_replicas: z.literal(true).describe('A service that always stands must have traffic stated.'),
    cost_needs_gain: z
      .strictObject({
        file: z.string().min(1).describe('JSON file of metrics, relative to the workspace folder, as both states have it.'),
        metric: z.string().min(1).describe('Path of the metric in it: `eval.accuracy`.'),
        min_gain: z.number().describe('What the metric must gain for a dearer run.'),
        from_percent: positive.optional().describe('Increase of cost from which on it is asked; 5 if it is not said.'),
        lower_is_better: z.boolean().optional().describe('true for a loss.'),
      })
      .describe('A dearer run must be a better one (cost against quality).'),
    expression: z.string().min(1).describe('A rule of your own in CEL that must be true: `facts.gpu_type != "h100" || tags.env == "prod"`.'),
  } as const;
  const ruleNames = Object.keys(limits) as (keyof typeof limits)[];

  const row = z
    .strictObject({
      id: z.string().min(1).optional().describe('Name of the rule, for waivers and reports; what it limits if it is not said.'),
      ...(Object.fromEntries(ruleNames.map((name) => [name, limits[name].optional()])) as { [K in keyof typeof limits]: z.ZodOptional<(typeof limits)[K]> }),
      level: z.enum(['block', 'warn']).optional().describe('block (if it is not said) fails `mlcost check`; warn only says so.'),
      files: z.string().min(1).optional().describe('Only workloads in files that match this glob: `deploy/prod/**`.'),
      kinds: z
        .array(z.enum(['training', 'serving', 'batch-inference', 'api-call', 'resource']))
        .min(1)
        .optional()
        .describe('Only workloads of these kinds.'),
      tags: z.record(z.string(), z.string()).optional().describe('Only where `tags` has these values: `{ env: prod }`.'),
      below_usd: positive.optional().describe('Quiet for workloads that cost less than this a run or a month.'),
      unknown: z
        .enum(['pass', 'warn', 'block'])
        .optional()
        .describe('What it says where the figure is unknown; pass if it is not said, and the report counts it.'),
      always: z.literal(true).optional().describe('Says with a tick where it is kept, too.'),
      message: z.string().min(1).optional().describe('What to do, for whoever breaks it.'),
    })
    .refine((said) => ruleNames.filter((name) => said[name] !== undefined).length === 1, `say one rule a row: ${ruleNames.slice(0, 4).join(', ')} …`)
    .describe('One rule.');

  const waiver = z
    .strictObject({
      rule: z.string().min(1).describe('Id or kind of the rule.'),
      files: z.string().min(1).optional().describe('Only for workloads in files that match this glob.'),
      workload: z.string().min(1).optional().describe('Only for the workload with this id.'),
      reason: z.string().min(1).describe('Why.'),
      owner: z.string().min(1).describe('Who answers for it.'),
      expires: day.describe('Its last day.'),
    })
    .describe('A dated exception from a rule.');

  return { limits, ruleNames, row, waiver };
});
type Schemas = ReturnType<typeof policySchemas>;
export type RuleName = Schemas['ruleNames'][number];
export type PolicyRow = z.infer<Schemas['row']>;
export type WaiverRow = z.infer<Schemas['waiver']>;
