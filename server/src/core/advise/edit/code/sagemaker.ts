import { argument, type Call, dotted, type Expr } from '../../../syntax/python/ast.js';
import { type Code, type Recipe, withKeyword } from './recipe.js';
import { callWithin } from './trainer.js';

/** Seconds that a job of SageMaker may run where nobody says another limit. @source SageMaker Python SDK documentation, EstimatorBase: `max_run` */
const usualLimit = 24 * 60 * 60;

/** Managed spot training: interruptible machines, the time that is waited for them, and where checkpoints are kept meanwhile.
 * @source SageMaker documentation, managed spot training: `max_wait` is at least `max_run`; checkpoints in /opt/ml/checkpoints are copied to `checkpoint_s3_uri` */
export const sagemakerSpot: Recipe = {
  facts: ['spot'],
  write(code, to) {
    const call = to('spot') === true ? estimatorOf(code) : undefined;
    if (!call) return undefined;
    const given = (name: string): Expr | undefined => argument(call, name)?.value;
    // A pool that is kept is never of interruptible machines.
    if (given('use_spot_instances') ?? given('max_wait') ?? given('keep_alive_period_in_seconds')) return undefined;
    const limit = given('max_run');
    const kept = given('checkpoint_s3_uri') ? '' : checkpoints(code, call);
    if (kept === undefined || (limit && limit.kind !== 'number')) return undefined;
    const wait = 2 * (limit?.kind === 'number' ? Number(limit.value) : usualLimit);
    const first = withKeyword(code, call, 'use_spot_instances=True');
    const rest = [`max_wait=${wait}`, ...(kept === '' ? [] : [`checkpoint_s3_uri=${kept}`])].map((keyword) => withKeyword(code, call, keyword).text);
    return [{ ...first, text: first.text + rest.join('') }];
  },
};

/** Machines that wait for the next job.
 * @source SageMaker documentation, managed warm pools: up to an hour, billed while they wait, never of spot machines; SageMaker Python SDK from 2.110 on */
export const sagemakerPool: Recipe = {
  facts: ['keep_alive'],
  write(code, to) {
    const call = to('keep_alive') === undefined ? undefined : estimatorOf(code);
    if (!call || ['keep_alive_period_in_seconds', 'use_spot_instances', 'max_wait'].some((name) => argument(call, name))) return undefined;
    return [withKeyword(code, call, `keep_alive_period_in_seconds=${String(to('keep_alive'))}`)];
  },
};

/** The one call that says a job's machines. */
function estimatorOf(code: Code): Call | undefined {
  const { program, workload } = code;
  if (workload.framework !== 'sagemaker') return undefined;
  const call = callWithin(code, /^(?:HuggingFace|PyTorch|TensorFlow|Estimator)$/, (one) => argument(one, 'instance_type') !== undefined);
  return call && /^sagemaker\b/.test(program.qualified(dotted(call.callee) ?? '')) && !call.args.some((arg) => arg.spread !== undefined) ? call : undefined;
}

/** A folder beside the results, else in the session's own bucket; one for each kind of job: a job that finds checkpoints of another goes on from them. */
function checkpoints({ program }: Code, call: Call): string | undefined {
  const given = (name: string): Expr | undefined => argument(call, name)?.value;
  const written = (one: Expr): string => `{${program.text.slice(one.start, one.end)}}`;
  const place = (one: Expr | undefined): string | undefined =>
    one?.kind === 'string' ? one.value.replace(/\/$/, '') : one && dotted(one) !== undefined ? written(one) : undefined;
  const session = given('sagemaker_session');
  const output = given('output_path');
  const made = sessionsIn(program.text);
  const bucket = session
    ? dotted(session) === undefined
      ? undefined
      : `{${dotted(session)}.default_bucket()}`
    : made.length === 1
      ? `{${made[0]}.default_bucket()}`
      : undefined;
  const base = output ? place(output) : bucket && `s3://${bucket}`;
  const job = given('base_job_name');
  const name = job && place(job);
  if (base === undefined || (!output && name === undefined)) return undefined;
  const path = `${base}/checkpoints${name === undefined ? '' : `/${name}`}`;
  return `${path.includes('{') ? 'f' : ''}"${path}"`;
}
const sessionsIn = (text: string): string[] => [...text.matchAll(/^([A-Za-z_]\w*)[ \t]*=[ \t]*sagemaker\.Session\(/gm)].flatMap(([, name]) => name ?? []);
