import { stringify } from 'yaml';
import { type Admission, admissionConditions, admissionVariables } from '../core/index.js';

/** What the policy is asked of. */
const resourceRules = [
  { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] },
  { apiGroups: ['apps'], apiVersions: ['v1'], operations: ['CREATE', 'UPDATE'], resources: ['deployments', 'replicasets', 'statefulsets'] },
  { apiGroups: ['batch'], apiVersions: ['v1'], operations: ['CREATE', 'UPDATE'], resources: ['jobs', 'cronjobs'] },
];

/** A policy and its binding for what blocks, and for what warns.
 * @source Kubernetes API admissionregistration.k8s.io/v1: ValidatingAdmissionPolicy, ValidatingAdmissionPolicyBinding */
export function admissionYaml({ rules, left }: Admission, name: string): string {
  const head = [
    '# Made from the policy in .mlcost.yaml by `mlcost policy admission`. Make it again when the policy changes.',
    '# Only what asks for accelerators is judged: Pods, Deployments, ReplicaSets, StatefulSets, Jobs and CronJobs.',
    ...(left.length > 0 ? ['# A cluster cannot hold:', ...left.map(({ rule, why }) => `#   ${oneLine(rule)}: ${oneLine(why)}`)] : []),
  ];
  const documents = (['block', 'warn'] as const).flatMap((level) => {
    const own = rules.filter((one) => one.level === level);
    const called = level === 'block' ? name : `${name}-warnings`;
    const meta = { name: called, labels: { 'app.kubernetes.io/managed-by': 'mlcost' } };
    if (own.length === 0) return [];
    return [
      {
        apiVersion: 'admissionregistration.k8s.io/v1',
        kind: 'ValidatingAdmissionPolicy',
        metadata: meta,
        spec: {
          failurePolicy: level === 'block' ? 'Fail' : 'Ignore',
          matchConstraints: { resourceRules },
          matchConditions: admissionConditions,
          variables: admissionVariables,
          validations: own.map(({ expression, message }) => ({ expression, message: oneLine(message) })),
        },
      },
      {
        apiVersion: 'admissionregistration.k8s.io/v1',
        kind: 'ValidatingAdmissionPolicyBinding',
        metadata: meta,
        spec: { policyName: called, validationActions: [level === 'block' ? 'Deny' : 'Warn'] },
      },
    ];
  });
  return [`${head.join('\n')}\n`, ...documents.map((one) => stringify(one, { lineWidth: 0, aliasDuplicateObjects: false }))].join('---\n');
}
const oneLine = (text: string): string => text.replace(/\s*[\r\n]+\s*/g, ' ');
