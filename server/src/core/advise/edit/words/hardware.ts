import { one, oneOf, type Vocabulary, vocabulary } from '../vocabulary.js';

/** What a platform's file says of its machines, whatever runs on them.
 * @source SkyPilot documentation, YAML configuration: `resources`; GKE documentation, Spot VMs: a node selector alone asks for them */
const skypilot = vocabulary(/^accelerators$/, { spot: one('use_spot') });
const gke = vocabulary(/^cloud\.google\.com\/gke_accelerator$/, { spot: oneOf({ true: [{ key: 'cloud.google.com/gke-spot', value: '"true"' }] }) });
/** @source Kubernetes documentation, Jobs: `backoffLimit` is 6 where it is left out; Kubeflow training operator documentation: `restartPolicy` of a replica */
const job = vocabulary(/^backoff_limit$/, { restarts: oneOf({ true: [{ key: 'backoffLimit', value: 6 }] }) });
const operator = vocabulary(/^restart_policy$/, { restarts: oneOf({ true: [{ key: 'restartPolicy', value: 'OnFailure' }] }) });
export const platformVocabularies: readonly Vocabulary[] = [skypilot, gke, job, operator];

/** How platforms call the usual accelerators, by the key that the name stands under.
 * @source Modal documentation, GPU acceleration; SkyPilot documentation, `sky show-gpus`; NVIDIA GPU feature discovery, `nvidia.com/gpu.product`;
 * GKE documentation, GPU machine types; Baseten documentation, `resources.accelerator` */
const names: readonly (readonly [key: RegExp, byId: Readonly<Record<string, string>>])[] = [
  [
    /^gpu$/,
    {
      t4: 'T4',
      l4: 'L4',
      a10g: 'A10G',
      l40s: 'L40S',
      'a100-sxm-40gb': 'A100-40GB',
      'a100-sxm-80gb': 'A100-80GB',
      'h100-sxm-80gb': 'H100',
      'h200-sxm-141gb': 'H200',
    },
  ],
  [
    /^accelerators$/,
    {
      t4: 'T4',
      l4: 'L4',
      a10g: 'A10G',
      l40s: 'L40S',
      'a100-sxm-40gb': 'A100',
      'a100-sxm-80gb': 'A100-80GB',
      'h100-sxm-80gb': 'H100',
      'h200-sxm-141gb': 'H200',
    },
  ],
  [/^accelerator$/, { t4: 'T4', l4: 'L4', a10g: 'A10G', 'a100-sxm-80gb': 'A100', 'h100-sxm-80gb': 'H100' }],
  [
    /^nvidia\.com\/gpu\.product$/,
    {
      t4: 'Tesla-T4',
      l4: 'NVIDIA-L4',
      a10g: 'NVIDIA-A10G',
      l40s: 'NVIDIA-L40S',
      'a100-sxm-80gb': 'NVIDIA-A100-SXM4-80GB',
      'h100-sxm-80gb': 'NVIDIA-H100-80GB-HBM3',
    },
  ],
  [
    /^cloud\.google\.com\/gke-accelerator$/,
    { t4: 'nvidia-tesla-t4', l4: 'nvidia-l4', 'a100-sxm-40gb': 'nvidia-tesla-a100', 'a100-sxm-80gb': 'nvidia-a100-80gb', 'h100-sxm-80gb': 'nvidia-h100-80gb' },
  ],
];

/** An accelerator's name as it is written under a key; undefined where the platform is not known to have it. */
export const acceleratorName = (key: string, id: string): string | undefined => names.find(([pattern]) => pattern.test(key))?.[1][id];
