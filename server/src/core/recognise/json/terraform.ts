import { hclOfJson } from '../../syntax/hcl/from-json.js';
import { terraformWorkloads } from '../shared/terraform/workloads.js';
import type { JsonRecogniser } from '../types.js';

/** Terraform in its JSON form, as generators write it. */
export const terraformJson: JsonRecogniser = {
  id: 'terraform',
  language: 'json',
  marker: /"resource"\s*:|"module"\s*:|"variable"\s*:/,
  doc: {
    format: 'Terraform, OpenTofu (JSON)',
    reads: 'as in the native syntax',
    example: '{"resource": {"aws_instance": {"train": {"instance_type": "p5.48xlarge"}}}}',
  },
  recognise: ({ document, roots }) =>
    /\.(?:tf|tofu)\.json$/.test(document.uri) && roots[0] ? terraformWorkloads(document.uri, document.text, hclOfJson(roots[0], document.text)) : [],
};
