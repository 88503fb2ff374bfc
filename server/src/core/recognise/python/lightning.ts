import { type Call, dotted } from '../../syntax/python/ast.js';
import type { PythonInput, PythonRecogniser, SeenWorkload } from '../types.js';
import { addTrials } from './study.js';
import { addAdapters, addCheckpointing } from './training/adapters.js';
import { addDataset, addLength } from './training/data-source.js';
import { visibleDevices } from './training/devices.js';
import { amount, count, FactSet } from './training/fact-set.js';
import { addHabits } from './training/habits.js';
import { addHyperparameters } from './training/hyperparameters.js';
import { addFabric, addLoopSettings, addOptimizer, trainLoader } from './training/loop-facts.js';
import { addModel } from './training/model-source.js';
import { isRayDriven } from './training/ray.js';
import { isTest } from './training/tests.js';

/** Trainings through Lightning's Trainer, or its command line. */
export const lightning: PythonRecogniser = {
  id: 'lightning',
  language: 'python',
  marker: /lightning[\s\S]*\b(Trainer|LightningCLI)\b/,
  doc: {
    format: 'Lightning',
    reads: 'Trainer, LightningCLI; loaders, optimisers and models of the LightningModule and LightningDataModule',
    example: 'L.Trainer(max_epochs=10, devices=8, precision="bf16-mixed").fit(model, datamodule=dm)',
  },
  recognise: (input) => {
    const { document, program, evaluate } = input;
    if (isTest(document.path ?? document.uri) || isRayDriven(input)) return [];
    return program.callsOf(/^(?:Trainer|LightningCLI|from_argparse_args)$/).flatMap(({ call }): SeenWorkload[] => {
      const name = evaluate.callee(call).replace(/\.from_argparse_args$/, '');
      if (!/^(lightning|pytorch_lightning|nemo\.lightning)(\.\w+)*\.(Trainer|LightningCLI)$/.test(name) && !isStar(input, name)) return [];
      const used = use(input, call);
      return used === undefined ? [] : [workload(input, call, used)];
    });
  },
};
const isStar = ({ program }: PythonInput, name: string): boolean =>
  /^(Trainer|LightningCLI)$/.test(name) && program.starImports.some((module) => /lightning/.test(module));

/** End of the `fit()` of a trainer; undefined where it only tests or predicts. */
function use({ program, evaluate }: PythonInput, call: Call): { end: number; fit?: Call } | undefined {
  if (/LightningCLI$/.test(evaluate.callee(call))) return { end: call.end };
  const scope = program.scopeOf(call.start);
  const fits = program.callsOf('fit');
  const chained = fits.find((site) => site.call.start === call.start);
  if (chained) return { end: chained.call.end, fit: chained.call };
  const statement = program.statement(call.start);
  const target = program.text.slice(statement.start, call.start).match(/^\s*([\w.]+)\s*(?::[^=]+)?=\s*$/)?.[1];
  const own =
    fits.find((site) => site.at > call.end && dotted(site.call.callee) === `${target}.fit`) ??
    fits.find((site) => site.at > call.end && /trainer\.fit$/i.test(dotted(site.call.callee) ?? ''));
  if (own) return { end: program.scopeOf(own.at) === scope ? own.call.end : call.end, fit: own.call };
  if (fits.length > 0) return { end: call.end, fit: fits[0]!.call };
  // Without a fit of its own it trains where it is handed over for that: `llm.train(model, trainer=trainer)`.
  const handed = target === undefined ? undefined : program.uses(target.replace(/^.*\./, '')).map((at) => program.callAround(at));
  const isTrained = handed?.some((one) => one && /(^|\.|_)(train|fit|finetune|pretrain|run|main)$|Runner$/.test(dotted(one.callee) ?? ''));
  return isTrained || new RegExp(`\\breturn\\b[^\\n]*\\b${target ?? 'trainer'}\\b`).test(program.text) ? { end: call.end } : undefined;
}

function workload(input: PythonInput, call: Call, { end, fit }: { end: number; fit?: Call }): SeenWorkload {
  const { document, evaluate, program } = input;
  const facts = new FactSet(input);
  addFabric(input, facts, call);
  facts.read('epochs', evaluate.argument(call, 'max_epochs'), amount);
  facts.read('max_steps', evaluate.argument(call, 'max_steps'), count);
  facts.read('grad_accum', evaluate.argument(call, 'accumulate_grad_batches'), count);
  const loader = trainLoader(input);
  if (loader) facts.read('batch_size', evaluate.argument(loader, 'batch_size', 1), count);
  addOptimizer(input, facts);
  addHabits(input, facts, { loader });
  addModel(input, facts, fit && evaluate.argument(fit, 'model', 0), call.start);
  addAdapters(input, facts, call.start);
  addCheckpointing(input, facts);
  addLoopSettings(input, facts);
  addDataset(input, facts, loader && evaluate.argument(loader, 'dataset', 0), call.start);
  addLength(input, facts);
  addHyperparameters(input, facts, undefined, /^(batch_size|epochs|max_steps|seq_len|image_size|grad_accum|model|dataset|n_layer|n_embd|n_head|vocab_size)$/);
  visibleDevices(input, facts);
  addTrials(input, facts, call.start);
  return {
    kind: 'training',
    framework: 'lightning',
    title: 'Train',
    span: { uri: document.uri, start: program.statement(call.start).start, end },
    ...facts.result,
  };
}
