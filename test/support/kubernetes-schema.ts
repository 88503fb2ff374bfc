import { Ajv, type ErrorObject } from 'ajv';

const text = { type: 'string' } as const;
const texts = { type: 'array', items: text } as const;
const listOf = (items: object, more: object = {}) => ({ type: 'array', items, ...more });
/** As `kubectl apply` takes it: a field that is not known is refused. */
const object = (properties: Record<string, object>, ...required: string[]) => ({ type: 'object', properties, required, additionalProperties: false });

const labels = {
  type: 'object',
  propertyNames: { pattern: '^(?:[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?/)?[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?$' },
  additionalProperties: { type: 'string', pattern: '^(?:[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?)?$' },
};
const metadata = object(
  { name: { type: 'string', pattern: '^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$' }, labels, annotations: { type: 'object', additionalProperties: text } },
  'name',
);
const selector = object({ matchLabels: labels, matchExpressions: listOf(object({ key: text, operator: text, values: texts }, 'key', 'operator')) });
const resourceRule = object(
  {
    apiGroups: texts,
    apiVersions: texts,
    operations: listOf({ enum: ['*', 'CREATE', 'UPDATE', 'DELETE', 'CONNECT'] }),
    resourceNames: texts,
    resources: texts,
    scope: { enum: ['*', 'Cluster', 'Namespaced'] },
  },
  'apiGroups',
  'apiVersions',
  'operations',
  'resources',
);
const matchResources = object({
  excludeResourceRules: listOf(resourceRule),
  matchPolicy: { enum: ['Exact', 'Equivalent'] },
  namespaceSelector: selector,
  objectSelector: selector,
  resourceRules: listOf(resourceRule, { minItems: 1 }),
});
const apiVersion = { const: 'admissionregistration.k8s.io/v1' };
/** @source Kubernetes OpenAPI of admissionregistration.k8s.io/v1 (1.30): fields, which are required; its documentation and the API server's validation: what values may be */
const kinds: Readonly<Record<string, object>> = {
  ValidatingAdmissionPolicy: object(
    {
      apiVersion,
      kind: text,
      metadata,
      spec: object(
        {
          auditAnnotations: listOf(object({ key: text, valueExpression: text }, 'key', 'valueExpression')),
          failurePolicy: { enum: ['Fail', 'Ignore'] },
          matchConditions: listOf(
            object(
              { name: { type: 'string', pattern: '^(?:[A-Za-z0-9][A-Za-z0-9_.-]*)?[A-Za-z0-9]$' }, expression: { type: 'string', minLength: 1 } },
              'name',
              'expression',
            ),
            { maxItems: 64 },
          ),
          matchConstraints: matchResources,
          paramKind: object({ apiVersion: text, kind: text }),
          validations: listOf(
            object(
              {
                expression: { type: 'string', minLength: 1 },
                // one line that is not empty
                message: { type: 'string', pattern: '^[^\\r\\n]*\\S[^\\r\\n]*$' },
                messageExpression: text,
                reason: { enum: ['Unauthorized', 'Forbidden', 'Invalid', 'RequestEntityTooLarge'] },
              },
              'expression',
            ),
            { minItems: 1 },
          ),
          variables: listOf(
            object({ name: { type: 'string', pattern: '^[A-Za-z_][A-Za-z0-9_]*$' }, expression: { type: 'string', minLength: 1 } }, 'name', 'expression'),
          ),
        },
        'matchConstraints',
        'validations',
      ),
    },
    'apiVersion',
    'kind',
    'metadata',
    'spec',
  ),
  ValidatingAdmissionPolicyBinding: object(
    {
      apiVersion,
      kind: text,
      metadata,
      spec: object(
        {
          matchResources,
          paramRef: object({ name: text, namespace: text, parameterNotFoundAction: { enum: ['Allow', 'Deny'] }, selector }),
          policyName: text,
          // what denies does not warn as well
          validationActions: listOf(
            { enum: ['Deny', 'Warn', 'Audit'] },
            { minItems: 1, uniqueItems: true, not: { allOf: [{ contains: { const: 'Deny' } }, { contains: { const: 'Warn' } }] } },
          ),
        },
        'policyName',
        'validationActions',
      ),
    },
    'apiVersion',
    'kind',
    'metadata',
    'spec',
  ),
};
const ajv = new Ajv({ allErrors: true, strict: false });
const validators = Object.fromEntries(Object.entries(kinds).map(([kind, schema]) => [kind, ajv.compile(schema)]));

/** What the API server would hold against a manifest; nothing where it is valid. */
export function kubernetesFaults(manifest: { readonly kind?: unknown }): Pick<ErrorObject, 'instancePath' | 'message'>[] {
  const validate = validators[String(manifest.kind)];
  if (!validate) return [{ instancePath: '/kind', message: `no schema of ${String(manifest.kind)}` }];
  validate(manifest);
  return (validate.errors ?? []).map(({ instancePath, message = '' }) => ({ instancePath, message }));
}
