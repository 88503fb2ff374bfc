import { at, entriesOf, hasKey, textOf, type Value } from '../../syntax/value.js';
import { kindOfCommands, runningBy } from '../config/command-kind.js';
import { commandsOf } from '../config/command-words.js';
import { takeAll } from '../config/engine-keys.js';
import { ConfigFacts, integer, positive } from '../shared/config-facts.js';
import type { SeenWorkload, YamlRecogniser } from '../types.js';

/** Experiments of Determined. */
export const determined: YamlRecogniser = {
  id: 'determined',
  language: 'yaml',
  marker: /(?:^|[ \t{,])slots_per_trial[ \t]*:/m,
  doc: { format: 'Determined', reads: 'slots of a trial, trials, length, batch', example: 'resources: {slots_per_trial: 8}' },
  recognise: ({ document, roots }) =>
    roots.flatMap((root) => (hasKey(at(root, 'resources'), 'slots_per_trial') ? [read(document.uri, document.text, root)] : [])),
};

/** A hyper-parameter is a value, or a constant with its type around it. */
const constant = (value: Value | undefined): Value | undefined => at(value, 'val') ?? value;

function read(uri: string, source: string, root: Value): SeenWorkload {
  const facts = new ConfigFacts(uri, root);
  const searcher = at(root, 'searcher');
  const parameters = at(root, 'hyperparameters');
  facts.take('gpu_count', at(root, 'resources', 'slots_per_trial'), integer);
  if (textOf(at(searcher, 'name')) !== 'single') facts.take('trials', at(searcher, 'max_trials'), integer);
  facts.take('concurrency', at(searcher, 'max_concurrent_trials'), integer);
  const length = at(searcher, 'max_length') ?? at(searcher, 'max_time');
  facts.take('epochs', at(length, 'epochs'), positive);
  facts.take('max_steps', at(length, 'batches'), positive);
  facts.take('global_batch_size', constant(at(parameters, 'global_batch_size')), integer);
  for (const { key, value } of entriesOf(parameters))
    if (key === 'batch_size' || key === 'per_device_train_batch_size') facts.take('batch_size', constant(value), integer);
  const found = kindOfCommands(uri, commandsOf(source, [at(root, 'entrypoint')]));
  if (found) takeAll(facts, found.facts);
  const seen = facts.workload('training', 'determined', 'Train');
  return runningBy(seen, found);
}
