import { argument, type Call, dotted, type Expr } from '../../../syntax/python/ast.js';
import type { PythonInput } from '../../types.js';
import { count, type FactSet, flag } from './fact-set.js';

/** What a training does beside its steps: how it loads samples, when it evaluates, whether it stops early and goes on where it was interrupted. */
export interface Habits {
  /** A setting by its keyword, where settings stand in one object. */
  readonly field?: (name: string) => Expr | undefined;
  readonly loader?: Call | undefined;
}
export function addHabits({ program, evaluate }: PythonInput, facts: FactSet, { field, loader }: Habits): void {
  facts.read('loader_workers', field?.('dataloader_num_workers') ?? (loader && evaluate.argument(loader, 'num_workers', undefined)), whole);
  const isPlain = loader && /(?:^|\.)DataLoader$/.test(dotted(loader.callee) ?? '') && !loader.args.some((arg) => arg.spread !== undefined);
  if (isPlain && !facts.has('loader_workers') && !facts.isOpen('loader_workers') && !argument(loader, 'num_workers'))
    facts.follows('loader_workers', 0, loader.callee, { note: 'default of DataLoader' });
  facts.read('eval_steps', field?.('eval_steps'), count);
  const stops = program.callsOf(/^EarlyStopping(?:Callback)?$/).find(({ at }) => !evaluate.isOff(at));
  if (stops) facts.follows('early_stopping', true, stops.call.callee);
  const resumes =
    field?.('resume_from_checkpoint') ??
    program.callsOf(/^(?:train|fit)$/).flatMap(({ call }) => argument(call, 'resume_from_checkpoint')?.value ?? argument(call, 'ckpt_path')?.value ?? [])[0];
  if (resumes && !/^(?:None|False)$/.test(program.text.slice(resumes.start, resumes.end))) facts.follows('resume', true, resumes);
  const restores = program
    .callsOf(/^(?:load_state_dict|load_state|BackupAndRestore|load_checkpoint)$/)
    .find(({ call }) => /optim\w*\.load_state_dict$|\.load_(?:state|checkpoint)$|BackupAndRestore$/.test(dotted(call.callee) ?? ''));
  if (restores) facts.follows('resume', true, restores.call.callee);
  const [site] = program.callsOf(/^AdamW?$/).filter(({ call }) => /^torch\.optim\b/.test(evaluate.callee(call)));
  facts.read('fused_optimizer', site && evaluate.argument(site.call, 'fused'), flag);
}
const whole = (value: unknown): number | undefined => (typeof value === 'number' && Number.isInteger(value) && value >= 0 ? value : undefined);
