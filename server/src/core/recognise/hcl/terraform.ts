import { terraformWorkloads } from '../shared/terraform/workloads.js';
import type { HclRecogniser } from '../types.js';

/** Machines with accelerators that Terraform or OpenTofu rents. */
export const terraform: HclRecogniser = {
  id: 'terraform',
  language: 'hcl',
  // Words of accelerators, and attributes that hold machine types.
  marker:
    /gpu|accelerator|nvidia|\b(?:\w+_)?(?:instance_?types?|machine_types?|vm_size|shape|flavor(?:_name)?|node_type_id|instance_type_name)\b|["'](?:ml\.)?(?:p[2-9]|g[3-9]|trn|inf|dl)\w*\.\w*(?:large|metal)|Standard_N|BM\.GPU|\b(?:h100|h200|b200|a100|l40s?|a10|l4|t4|mi300x)\b/i,
  doc: {
    format: 'Terraform, OpenTofu',
    reads:
      'machines with accelerators of any provider: instances, templates, node pools, endpoints, module arguments; how many, spot, region; variables, locals, values files',
    example: 'resource "aws_instance" "train" { instance_type = "p5.48xlarge" }',
  },
  recognise: ({ document, body }) => (body.blocks.some(({ type }) => type === 'job') ? [] : terraformWorkloads(document.uri, document.text, body)),
};
