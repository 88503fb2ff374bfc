import { entriesOf, hasKey, type Value } from '../../syntax/value.js';
import { takeEngineKeys } from '../config/engine-keys.js';
import { ConfigFacts } from '../shared/config-facts.js';
import type { YamlRecogniser } from '../types.js';

/** Options of vLLM's server in a file of their own (`vllm serve --config`): the names of its flags.
 * @source docs.vllm.ai/en/stable/configuration/serve_args */
export const vllmOptions: YamlRecogniser = {
  id: 'vllm-options',
  language: 'yaml',
  marker: /^(?:model|served[-_]model[-_]name)[ \t]*:[ \t]*\S/m,
  doc: { format: 'vLLM server options', reads: 'model and engine options', example: 'model: Qwen/Qwen3-8B\nmax-model-len: 8192\ntensor-parallel-size: 2' },
  recognise({ document, roots }) {
    return roots.filter(isServer).map((root) => {
      const facts = new ConfigFacts(document.uri, root);
      takeEngineKeys(facts, root, 'vllm');
      return facts.workload('serving', 'vllm', 'vLLM');
    });
  },
};

/** Options that only the engine has: two of them beside a model, and nothing that trains. */
const own =
  /^(?:tensor-parallel-size|pipeline-parallel-size|data-parallel-size|gpu-memory-utilization|max-model-len|max-num-seqs|max-num-batched-tokens|kv-cache-dtype|enable-prefix-caching|enable-chunked-prefill|enforce-eager|speculative-config|compilation-config|swap-space|cpu-offload-gb|enable-expert-parallel|tool-call-parser|enable-auto-tool-choice|reasoning-parser|limit-mm-per-prompt|served-model-name|disable-log-requests)$/;
const isServer = (root: Value): boolean =>
  hasKey(root, 'model') &&
  entriesOf(root).every(({ value }) => value.kind !== 'map' || value.entries.every((entry) => entry.value.kind === 'scalar')) &&
  entriesOf(root).filter(({ key }) => own.test(key.replaceAll('_', '-'))).length >= 2 &&
  !entriesOf(root).some(({ key }) => /learning[-_]rate|(?:num_train_)?epochs|dataset|train/.test(key));
