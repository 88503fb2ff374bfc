import { argument, dotted, type Expr } from '../../../syntax/python/ast.js';
import { type Recipe, withKeyword } from './recipe.js';
import { callWithin } from './trainer.js';

/** Seconds that a job of SageMaker may run where nobody says another limit. @source SageMaker Python SDK documentation, EstimatorBase: `max_run` */
const usualLimit = 24 * 60 * 60;

/** Managed spot training: interruptible machines, the time that is waited for them, and where checkpoints are kept meanwhile.
 * @source SageMaker documentation, managed spot training: `max_wait` is at least `max_run`; checkpoints in /opt/ml/checkpoints are copied to `checkpoint_s3_uri` */
export const sagemakerSpot: Recipe = {
  facts: ['spot'],
  write(code, to) {
    const { program, workload } = code;
    if (to('spot') !== true || workload.framework !== 'sagemaker') return undefined;
    const call = callWithin(code, /^(?:HuggingFace|PyTorch|TensorFlow|Estimator)$/, (one) => argument(one, 'instance_type') !== undefined);
    if (!call || !/^sagemaker\b/.test(program.qualified(dotted(call.callee) ?? '')) || call.args.some((arg) => arg.spread !== undefined)) return undefined;
    const given = (name: string): Expr | undefined => argument(call, name)?.value;
    if (given('use_spot_instances') ?? given('max_wait')) return undefined;
    const limit = given('max_run');
    const output = given('output_path');
    const kept = given('checkpoint_s3_uri') ? '' : checkpoints(program.text, output);
    if (kept === undefined || (limit && limit.kind !== 'number')) return undefined;
    const wait = 2 * (limit?.kind === 'number' ? Number(limit.value) : usualLimit);
    const first = withKeyword(code, call, 'use_spot_instances=True');
    const rest = [`max_wait=${wait}`, ...(kept === '' ? [] : [`checkpoint_s3_uri=${kept}`])].map((keyword) => withKeyword(code, call, keyword).text);
    return [{ ...first, text: first.text + rest.join('') }];
  },
};

/** A folder beside the results. */
function checkpoints(text: string, output: Expr | undefined): string | undefined {
  if (output?.kind === 'string') return JSON.stringify(`${output.value.replace(/\/$/, '')}/checkpoints`);
  if (!output || dotted(output) === undefined) return undefined;
  return `f"{${text.slice(output.start, output.end)}}/checkpoints"`;
}
