import { argument, type Call, dotted } from '../../syntax/python/ast.js';
import type { PythonInput, PythonRecogniser, SeenWorkload } from '../types.js';
import { isTest } from './requests.js';
import { count, FactSet } from './training/fact-set.js';
import { addHyperparameters } from './training/hyperparameters.js';

/** Configurations of Kauldron: a trainer with its model, data and optimiser, which the library runs.
 * @source github.com/google-research/kauldron kauldron/train/trainer_lib.py */
export const kauldron: PythonRecogniser = {
  id: 'kauldron',
  language: 'python',
  marker: /\bkauldron\b/,
  doc: {
    format: 'Kauldron',
    reads: 'a trainer’s steps, model, optimiser and batch',
    example: 'kd.train.Trainer(num_train_steps=10_000, optimizer=optax.adafactor(1e-3))',
  },
  recognise: (input) => {
    const { program, evaluate } = input;
    if (isTest(input)) return [];
    return program.callsOf('Trainer').flatMap(({ call }) => (/^kauldron\b.*\.Trainer$/.test(evaluate.callee(call)) ? [workload(input, call)] : []));
  },
};

function workload(input: PythonInput, call: Call): SeenWorkload {
  const { document, evaluate } = input;
  const facts = new FactSet(input);
  facts.read('max_steps', argument(call, 'num_train_steps')?.value, count);
  for (const [name, keyword] of [
    ['model', 'model'],
    ['optimizer', 'optimizer'],
  ] as const) {
    const given = argument(call, keyword)?.value;
    const made = given && evaluate.expression(given);
    const written = made?.kind === 'call' ? dotted(made.callee)?.match(/\w+$/)?.[0] : undefined;
    if (made?.kind === 'call' && written && !/^(?:chain|named_chain|partial_updates|multi_transform)$/.test(written))
      facts.written(name, written, { start: made.callee.start, end: made.callee.end });
  }
  const data = argument(call, 'train_ds')?.value;
  const loaded = data && evaluate.expression(data);
  if (loaded?.kind === 'call') facts.read('batch_size', argument(loaded, 'batch_size')?.value, count);
  addHyperparameters(input, facts, undefined, /^batch_size$/);
  return { kind: 'training', framework: 'kauldron', title: 'Train', span: { uri: document.uri, start: call.start, end: call.end }, ...facts.result };
}
