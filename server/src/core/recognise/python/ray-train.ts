import type { PythonInput, PythonRecogniser, SeenWorkload } from '../types.js';
import { addTrials } from './study.js';
import { addAdapters, addCheckpointing } from './training/adapters.js';
import { addDataset, addLength } from './training/data-source.js';
import { amount, count, FactSet } from './training/fact-set.js';
import { addSettings, settingsOf } from './training/hf-settings.js';
import { addHyperparameters } from './training/hyperparameters.js';
import { addFabric, addLoopSettings, addOptimizer, trainLoader } from './training/loop-facts.js';
import { addModel } from './training/model-source.js';
import { rayTrainers } from './training/ray.js';
import { isTest } from './training/tests.js';

/** Trainings that Ray distributes: the workers come from the scaling configuration, the rest from the training function. */
export const rayTrain: PythonRecogniser = {
  id: 'ray-train',
  language: 'python',
  marker: /\bray\b[\s\S]*\w+Trainer\s*\(/,
  doc: {
    format: 'Ray Train',
    reads: 'TorchTrainer and its like with ScalingConfig, train_loop_config and the training function',
    example: 'TorchTrainer(train_func, scaling_config=ScalingConfig(num_workers=4, use_gpu=True))',
  },
  recognise: (input) => {
    const { document, program, evaluate } = input;
    if (isTest(document.path ?? document.uri)) return [];
    return program.callsOf(rayTrainers).flatMap(({ call }): SeenWorkload[] => {
      if (!/^ray\b/.test(evaluate.callee(call))) return [];
      const facts = new FactSet(input);
      addScaling(input, facts, evaluate.argument(call, 'scaling_config'));
      addInner(input, facts, call.start);
      addTrials(input, facts, call.start);
      return [
        {
          kind: 'training',
          framework: 'ray-train',
          title: 'Train',
          span: { uri: document.uri, start: program.statement(call.start).start, end: call.end },
          ...facts.result,
        },
      ];
    });
  },
};

function addScaling({ evaluate }: PythonInput, facts: FactSet, given: Parameters<typeof evaluate.expression>[0] | undefined): void {
  const config = given && evaluate.expression(given);
  if (config?.kind !== 'call') return;
  facts.read('num_nodes', evaluate.argument(config, 'num_workers', 1), count);
  const resources = evaluate.argument(config, 'resources_per_worker');
  const gpus = resources && evaluate.entry(resources, 'GPU');
  facts.read('gpu_count', gpus, amount);
  const use = evaluate.argument(config, 'use_gpu', 2);
  const value = use && evaluate.value(use);
  if (value?.known && value.value === true)
    facts.follows('gpu_count', 1, { start: config.start, end: config.callee.end }, { note: 'one GPU a worker with use_gpu' });
  facts.read('gpu_type', evaluate.argument(config, 'accelerator_type'));
}

function addInner(input: PythonInput, facts: FactSet, near: number): void {
  const { evaluate, program } = input;
  const made = program.callsOf(/TrainingArguments$/)[0];
  if (made) addSettings(input, facts, settingsOf(input, made.call));
  for (const { call } of program.callsOf(/^(?:Trainer|Fabric)$/)) {
    if (!/lightning/.test(evaluate.callee(call))) continue;
    const own = new FactSet(input);
    addFabric(input, own, call);
    // devices and strategy are Ray's to say
    for (const name of ['precision'] as const) facts.add(own.get(name));
    facts.read('epochs', evaluate.argument(call, 'max_epochs'), amount);
    facts.read('max_steps', evaluate.argument(call, 'max_steps'), count);
    facts.read('grad_accum', evaluate.argument(call, 'accumulate_grad_batches'), count);
  }
  const loader = trainLoader(input);
  if (loader) facts.read('batch_size', evaluate.argument(loader, 'batch_size', 1), count);
  addLoopSettings(input, facts);
  addOptimizer(input, facts);
  addModel(input, facts, undefined, near);
  addAdapters(input, facts, near);
  addCheckpointing(input, facts);
  addDataset(input, facts, undefined, near);
  addLength(input, facts);
  addHyperparameters(input, facts, undefined, /^(batch_size|epochs|max_steps|seq_len|grad_accum|model|lora_rank)$/);
}
