import manifest from '../../package.json' with { type: 'json' };
import texts from '../../package.nls.json' with { type: 'json' };
import schema from '../../schemas/mlcost.schema.json' with { type: 'json' };
import { factNames } from '../../server/src/core/model/fact-names.js';
import { schemas } from '../../server/src/core/settings/schema.js';
import { cell, table } from './markdown.js';

interface Setting {
  readonly type: string;
  readonly default: unknown;
  readonly markdownDescription: string;
  readonly enum?: readonly string[];
  readonly enumDescriptions?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly scope?: string;
}
interface Schema {
  readonly description?: string;
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly const?: string | boolean | number;
  readonly enum?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
}

/** A file with most of what can be said; the test reads it without a problem. */
export const exampleFile = `accelerator: H100
provider: aws
region: us-east-1
market: on-demand
assumptions:
  - fact: dataset_size
    value: 52000
    files: train/**
    note: the cleaned set of October
  - fact: precision
    value: bf16
    override: true
traffic:
  calls_per_month: 100000
  input_tokens: 420
scenarios:
  - name: black friday
    files: deploy/**
    set:
      traffic: 3x
      commitment: on-demand
ranges:
  output_tokens: [150, 600]
prices:
  - accelerator: H100
    usd_per_hour: 2.10
    as_of: 2026-11-01
  - provider: aws
    discount_percent: 12
budgets:
  - name: ml-platform
    owner: { team: ml-platform }
    amount: 25000
    currency: USD
    period: month
    thresholds: [70, 90, 100]
silence:
  - files: attic/**
  - code: may-not-fit
    until: 2026-12-31
    reason: the new nodes come in December
runs:
  since: 2026-10-01
  ignore: [outputs/attic/**]
policy:
  - max_usd_per_run: 500
  - max_gpus: 16
    files: experiments/**
    level: warn
waivers:
  - rule: max_gpus
    files: experiments/scaling/**
    reason: the scaling study
    owner: ana
    expires: 2026-12-31
spend:
  rates:
    - { from: EUR, to: USD, rate: 1.08, as_of: 2026-11-01 }
  shares:
    - { name: gpu-cluster, match: { service: Amazon Elastic Kubernetes Service }, usage: usage/gpu-hours.csv }
  units:
    - { name: requests, per: 1000, owner: { feature: assistant }, counts: { 2026-11: 1200000 } }
  sources:
    - { name: openai, kind: openai, token_env: OPENAI_ADMIN_KEY, refresh_hours: 6 }
tags:
  team: ml-platform
`;

/** The page of settings: those of the editor, the keys of \`.mlcost.yaml\`, and the facts that it can state. */
export function settingsPage(): string {
  return `${[
    '# Settings',
    'Written from the manifest and the schema by `npm run pages`.',
    'What one person likes is a setting of the editor; what holds for the team stands in `.mlcost.yaml`.',
    '## Settings of the editor',
    editorSettings(),
    '## `.mlcost.yaml`',
    'At the root of a workspace folder, or of a folder below it for which it then holds alone. The command line takes the nearest one at or above what it is asked about, up to the root of the repository. Every key may be left out; a mistake is a problem at its line, and the rest of the file still holds. The JSON Schema is `schemas/mlcost.schema.json`; the editor completes and explains keys, facts and values.',
    `\`\`\`yaml\n${exampleFile}\`\`\``,
    keysOf(schema as Schema, ''),
    ...nested(schema as Schema),
    ...sourceKinds(),
    '## Facts',
    'What `assumptions` can state. A value that the code states wins, unless the assumption has `override: true`.',
    table(
      ['fact', 'called', 'what it is', 'type'],
      Object.entries(factNames).map(([name, { label, meaning, type, values }]) => [
        `\`${name}\``,
        cell(label),
        cell(meaning),
        values ? values.map((one) => `\`${one}\``).join(', ') : type,
      ]),
    ),
  ].join('\n\n')}\n`;
}

function editorSettings(): string {
  const properties = manifest.contributes.configuration.properties as unknown as Readonly<Record<string, Setting>>;
  const rows = Object.entries(properties).map(([name, one]) => [
    `\`${name}\``,
    `\`${JSON.stringify(one.default)}\``,
    [said(one.markdownDescription), choices(one), range(one), one.scope === 'resource' ? 'Can differ by folder.' : ''].filter(Boolean).join(' '),
  ]);
  return table(
    ['setting', 'default', 'what it does'],
    rows.map((row) => row.map(cell)),
  );
}

const said = (key: string): string => (texts as Readonly<Record<string, string>>)[key.replaceAll('%', '')] ?? key;
const choices = ({ enum: values, enumDescriptions: words }: Setting): string =>
  values === undefined || words === undefined ? '' : values.map((value, at) => `\`${value}\`: ${lower(said(words[at] ?? ''))}`).join(' ');
const lower = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);
const range = ({ minimum, maximum }: Setting): string => (minimum === undefined ? '' : `${minimum} to ${maximum ?? 'any'}.`);

/** Keys of an object with their form. */
function keysOf(object: Schema, within: string): string {
  const rows = Object.entries(object.properties ?? {}).map(([key, one]) => [
    `\`${within}${key}\`${object.required?.includes(key) ? ' (needed)' : ''}`,
    formOf(one),
    one.description ?? '',
  ]);
  return table(
    ['key', 'form', 'what it says'],
    rows.map((row) => row.map(cell)),
  );
}

/** A section for each key that holds objects. */
function nested(whole: Schema): string[] {
  return Object.entries(whole.properties ?? {}).flatMap(([key, one]) => {
    const objects = objectsIn(one);
    if (objects.length === 0) return [];
    const isList = one.items !== undefined || one.anyOf?.some((form) => form.items !== undefined);
    return [`### \`${key}\``, ...objects.map((object) => keysOf(object, isList ? '- ' : '')), ...(key === 'prices' ? [rules()] : [])];
  });
}
const objectsIn = (one: Schema): Schema[] => [
  ...(one.properties === undefined ? [] : [one]),
  ...(one.items === undefined ? [] : objectsIn(one.items)),
  ...(one.anyOf ?? []).flatMap(objectsIn),
];

/** A table for the keys that all sources of spend have, and one for each kind. */
function sourceKinds(): string[] {
  const forms = (schema as Schema).properties?.['spend']?.properties?.['sources']?.items?.oneOf ?? [];
  const shared = Object.keys(forms[0]?.properties ?? {}).filter(
    (key) => key !== 'kind' && forms.every((form) => form.properties?.[key]?.description === forms[0]?.properties?.[key]?.description),
  );
  const only = (form: Schema | undefined, keys: (key: string) => boolean): Schema => ({
    ...form,
    properties: Object.fromEntries(Object.entries(form?.properties ?? {}).filter(([key]) => keys(key))),
  });
  return [
    '### `spend.sources`',
    'Every source has',
    keysOf(
      only(forms[0], (key) => shared.includes(key)),
      '- ',
    ),
    ...forms.flatMap((form) => [
      `\`kind: ${form.properties?.['kind']?.const}\` has besides`,
      keysOf(
        only(form, (key) => key !== 'kind' && !shared.includes(key)),
        '- ',
      ),
    ]),
  ];
}

/** What a row of prices must hold beyond its keys: the messages of the schema's own checks. */
function rules(): string {
  const messages = (schemas().price.safeParse({ accelerator: 'a', model: 'b', discount_percent: 1 }).error?.issues ?? []).map(({ message }) => message);
  return messages.map((message) => `- ${message}`).join('\n');
}

function formOf(one: Schema): string {
  if (one.oneOf !== undefined) return 'keys below, by `kind`';
  if (one.anyOf !== undefined) return [...new Set(one.anyOf.map(formOf))].join(', or ');
  if (one.const !== undefined) return `\`${one.const}\``;
  if (one.enum !== undefined) return one.enum.map((value) => `\`${value}\``).join(', ');
  if (Array.isArray(one.type)) return one.type.join(' or ');
  if (one.type === 'array') return one.items === undefined ? 'list' : `list of: ${formOf(one.items)}`;
  if (one.type === 'object')
    return one.properties === undefined ? `map of ${formOf(typeof one.additionalProperties === 'object' ? one.additionalProperties : {})}` : 'keys below';
  if (one.pattern !== undefined) return one.pattern.includes('\\d{4}') ? 'day, `2026-11-01`' : one.pattern === '^[A-Z]{3}$' ? 'three capital letters' : 'text';
  const least = one.minimum ?? one.exclusiveMinimum;
  const most = one.exclusiveMaximum ?? (one.maximum === Number.MAX_SAFE_INTEGER ? undefined : one.maximum);
  const bounds = [
    least === undefined ? '' : `${one.minimum === undefined ? 'above' : 'from'} ${least}`,
    most === undefined ? '' : `${one.exclusiveMaximum === undefined ? 'to' : 'below'} ${most}`,
  ].filter(Boolean);
  return [String(one.type ?? 'value'), ...bounds].join(' ');
}
