import { at, hasKey, itemsOf, textOf } from '../../syntax/value.js';
import { ConfigFacts, integer, text } from '../shared/config-facts.js';
import type { JsonRecogniser } from '../types.js';

/** How a RunPod template is deployed: `.runpod/hub.json`.
 * @source docs.runpod.io/hub/publishing-guide and docs.runpod.io/references/gpu-types: a pool stands for several cards */
export const runpodHub: JsonRecogniser = {
  id: 'runpod-hub',
  language: 'json',
  marker: /"(?:gpuIds|gpuCount)"\s*:/,
  doc: {
    format: 'RunPod hub',
    reads: 'GPUs of a worker, the model of its presets',
    example: '{"type": "serverless", "config": {"gpuIds": "ADA_80_PRO", "gpuCount": 1}}',
  },
  recognise({ document, roots }) {
    return roots
      .filter((root) => hasKey(at(root, 'config'), 'gpuIds') || hasKey(at(root, 'config'), 'gpuCount'))
      .map((root) => {
        const facts = new ConfigFacts(document.uri, root);
        const config = at(root, 'config');
        facts.take('gpu_count', at(config, 'gpuCount'), integer);
        const ids = at(config, 'gpuIds');
        const pools = (textOf(ids) ?? '').split(',').flatMap((one) => (one.trim() === '' || one.trim().startsWith('-') ? [] : [one.trim()]));
        const cards = new Set(pools.map((pool) => cardOfPool[pool] ?? pool));
        const [card] = cards;
        if (ids && cards.size === 1 && card !== undefined && !/_/.test(card)) facts.put('gpu_type', card, ids);
        else if (ids) facts.open('gpu_type', `RunPod takes what is free of ${pools.join(', ')}`, 'state the card that it mostly runs on', ids);
        const preset = itemsOf(at(config, 'presets'))[0];
        facts.take('model', at(preset, 'defaults', 'MODEL_NAME') ?? at(preset, 'defaults', 'MODEL_ID'), text);
        return facts.workload('serving', 'runpod', textOf(at(root, 'title')) ?? 'RunPod');
      });
  },
};
const cardOfPool: Readonly<Record<string, string>> = {
  ADA_24: 'RTX 4090',
  ADA_48_PRO: 'L40S',
  AMPERE_80: 'A100-80GB',
  ADA_80_PRO: 'H100',
  HOPPER_141: 'H200',
};
