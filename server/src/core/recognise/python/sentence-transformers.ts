import type { Call } from '../../syntax/python/ast.js';
import type { PythonInput, PythonRecogniser, SeenWorkload } from '../types.js';
import { addDataset, addLength } from './training/data-source.js';
import { visibleDevices } from './training/devices.js';
import { amount, count, FactSet } from './training/fact-set.js';
import { trainLoader } from './training/loop-facts.js';
import { addModel } from './training/model-source.js';
import { isTest } from './training/tests.js';

/** Trainings through `fit()` of sentence-transformers, as it was before it had a Trainer. */
export const sentenceTransformers: PythonRecogniser = {
  id: 'sentence-transformers',
  language: 'python',
  marker: /sentence_transformers[\s\S]*\.fit\s*\(|\btrain_objectives\b/,
  doc: {
    format: 'sentence-transformers fit()',
    reads: 'fit() with its loaders, epochs, use_amp; the model and its max_seq_length',
    example: 'model.fit(train_objectives=[(loader, loss)], epochs=1)',
  },
  recognise: (input) => {
    if (isTest(input.document.uri)) return [];
    return input.program.callsOf(/^(?:old_)?fit$/).flatMap(({ call }): SeenWorkload[] => {
      const loader = call.callee.kind === 'attribute' ? loaderOf(input, call) : undefined;
      return loader === undefined ? [] : [workload(input, call, loader)];
    });
  },
};

/** What a call trains on: the first objective's loader, or a cross-encoder's only one. Undefined for the `fit()` of others. */
function loaderOf({ evaluate }: PythonInput, call: Call): Call | 'open' | undefined {
  const objectives = evaluate.argument(call, 'train_objectives');
  const given = objectives ?? evaluate.argument(call, 'train_dataloader');
  if (!given) return undefined;
  const list = evaluate.expression(given);
  const first = list.kind === 'list' || list.kind === 'tuple' ? list.items[0] : list;
  const pair = first && evaluate.expression(first);
  const loader = pair?.kind === 'tuple' || pair?.kind === 'list' ? pair.items[0] && evaluate.expression(pair.items[0]) : pair;
  return loader?.kind === 'call' ? loader : 'open';
}

function workload(input: PythonInput, call: Call, given: Call | 'open'): SeenWorkload {
  const { document, evaluate, program } = input;
  const facts = new FactSet(input);
  facts.read('epochs', evaluate.argument(call, 'epochs'), amount);
  facts.read('max_steps', evaluate.argument(call, 'steps_per_epoch'), count);
  const loader = given === 'open' ? trainLoader(input) : given;
  if (loader) facts.read('batch_size', evaluate.argument(loader, 'batch_size', 1), count);
  const amp = evaluate.argument(call, 'use_amp');
  facts.read('precision', amp, (value) => (value === true ? 'fp16' : undefined));
  if (call.callee.kind === 'attribute') addModel(input, facts, call.callee.object, call.start);
  addDataset(input, facts, loader && evaluate.argument(loader, 'dataset', 0), call.start);
  addLength(input, facts);
  visibleDevices(input, facts);
  return {
    kind: 'training',
    framework: 'sentence-transformers',
    title: 'Fine-tune',
    span: { uri: document.uri, start: program.statement(call.start).start, end: call.end },
    ...facts.result,
  };
}
