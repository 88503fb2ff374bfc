import { at, entriesOf, textOf, type Value } from '../../syntax/value.js';
import { ConfigFacts, countKeys, type Field, flag, integer, lower, number, positive, precision } from '../shared/config-facts.js';
import { asDevices } from '../shared/training-flags.js';
import type { YamlRecogniser } from '../types.js';

/** Arguments of Lightning's Trainer in a file of their own, as Hydra's groups have them. What trains is elsewhere. */
export const lightningTrainer: YamlRecogniser = {
  id: 'lightning-trainer',
  language: 'yaml',
  marker:
    /(?:^|[\s{,])(?:accumulate_grad_batches|limit_(?:train|val)_batches|check_val_every_n_epoch|val_check_interval|log_every_n_steps|gradient_clip_val|max_epochs)[ \t]*:/m,
  last: true,
  doc: {
    format: 'Lightning Trainer (YAML)',
    reads: 'devices, nodes, epochs or steps, precision, accumulation, strategy, time limit',
    example: '_target_: lightning.pytorch.Trainer\nmax_epochs: 10\ndevices: 8\nprecision: bf16-mixed',
  },
  recognise: ({ document, roots }) =>
    roots.flatMap((root) => {
      const trainer = [root, at(root, 'trainer'), at(root, 'lightning', 'trainer')].find(isTrainer);
      if (!trainer || entriesOf(root).some(({ key }) => key === 'apiVersion')) return [];
      const facts = new ConfigFacts(document.uri, trainer).fields(fields);
      return facts.facts.length === 0 ? [] : [{ ...facts.workload('training', 'lightning', 'Trainer', root), fragment: true as const }];
    }),
};

const keys = [
  'accelerator',
  'devices',
  'num_nodes',
  'max_epochs',
  'max_steps',
  'precision',
  'accumulate_grad_batches',
  'gradient_clip_val',
  'limit_train_batches',
  'limit_val_batches',
  'check_val_every_n_epoch',
  'val_check_interval',
  'log_every_n_steps',
  'num_sanity_val_steps',
  'strategy',
  'detect_anomaly',
];
const isTrainer = (value: Value | undefined): value is Value =>
  value?.kind === 'map' &&
  (countKeys(value, keys) >= 4 || (/\bTrainer$/.test(textOf(at(value, '_target_')) ?? '') && countKeys(value, keys) >= 2)) &&
  countKeys(value, ['max_epochs', 'max_steps', 'accumulate_grad_batches']) >= 1;

const fields: readonly Field[] = [
  ['gpu_count', 'devices', (value) => (textOf(value) === 'auto' ? undefined : (asDevices(textOf(value) ?? '') ?? undefined))],
  ['gpu_count', 'gpus', (value) => asDevices(textOf(value) ?? '')],
  ['num_nodes', 'num_nodes', integer],
  ['epochs', 'max_epochs', (value) => (Number(number(value)) > 0 ? number(value) : undefined)],
  ['max_steps', 'max_steps', positive],
  ['precision', 'precision', precision],
  ['grad_accum', 'accumulate_grad_batches', integer],
  ['strategy', 'strategy', lower],
  ['compile', 'compile', flag],
];
