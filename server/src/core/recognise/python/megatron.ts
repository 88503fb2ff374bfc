import { argument } from '../../syntax/python/ast.js';
import { factsOfTraining } from '../shared/training-flags.js';
import type { PythonRecogniser } from '../types.js';
import { dictFlags } from './platform.js';
import { isTest } from './requests.js';
import { FactSet } from './training/fact-set.js';

/** Megatron's `pretrain()`: its options are the command line's, with a script's own defaults.
 * @source NVIDIA/Megatron-LM megatron/training/training.py: pretrain(train_valid_test_dataset_provider, model_provider, model_type, forward_step_func, …, args_defaults) */
export const megatron: PythonRecogniser = {
  id: 'megatron',
  language: 'python',
  marker: /\bmegatron\b[\s\S]*\bpretrain\s*\(/,
  doc: {
    format: 'Megatron-LM (Python)',
    reads: 'a script that calls pretrain(), with its own defaults of options; the rest is its command line’s',
    example: 'pretrain(datasets_provider, model_provider, ModelType.encoder_or_decoder, forward_step)',
  },
  recognise: (input) => {
    const { program, evaluate, document } = input;
    if (isTest(input)) return [];
    return program.callsOf('pretrain').flatMap(({ call }) => {
      if (!/^megatron\b.*\bpretrain$/.test(evaluate.callee(call))) return [];
      const facts = new FactSet(input);
      const own = argument(call, 'args_defaults')?.value;
      for (const fact of factsOfTraining(document.uri, dictFlags(input, own))) facts.add('value' in fact ? { ...fact, origin: 'default' } : fact);
      const span = { uri: document.uri, start: program.statement(call.start).start, end: call.end };
      return [{ kind: 'training' as const, framework: 'megatron', title: 'Pretrain', span, ...facts.result }];
    });
  },
};
