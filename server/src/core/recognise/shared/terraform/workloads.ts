import { attributeOf, type HclBlock, type HclBody, type HclExpr } from '../../../syntax/hcl/ast.js';
import type { SeenWorkload } from '../../types.js';
import { countsOf, type Ground, machinesOf } from './machines.js';
import { type Part, partsOf, partsOfValue } from './parts.js';
import { Scope } from './scope.js';
import { type Named, variableGroups } from './variables.js';

export const isValuesFile = (uri: string): boolean => /\.(?:auto\.)?tfvars(?:\.json)?$/.test(uri);

/** What one file of a module says, in the native syntax or in JSON. */
export function terraformWorkloads(uri: string, text: string, body: HclBody): SeenWorkload[] {
  const values = isValuesFile(uri);
  const scope = new Scope(body, text, values);
  const found = body.blocks.flatMap((block) => ofBlock(uri, text, block, body, scope));
  const named: Named[] = values
    ? body.attributes.map(({ key, keyStart, value }) => ({ name: key, value, start: keyStart, end: value.end }))
    : body.blocks.flatMap((block) => {
        const value = block.type === 'variable' ? attributeOf(block.body, 'default')?.value : undefined;
        return value ? [{ name: block.labels[0] ?? '', value, start: block.start, end: block.end }] : [];
      });
  const ground = { uri, scope, kind: 'resource' as const, framework: 'terraform', type: '' };
  const objects = named.flatMap(({ name, value, start, end }) => machinesOf(partsOfValue(name, value, start, end), { ...ground, title: name }));
  const locals = body.blocks
    .filter(({ type }) => type === 'locals')
    .flatMap((block) => block.body.attributes)
    .flatMap(({ key, keyStart, value }) => machinesOf(partsOfValue(key, value, keyStart, value.end), { ...ground, title: key }));
  return [...found, ...objects, ...locals, ...variableGroups(uri, named, scope)];
}

function ofBlock(uri: string, text: string, block: HclBlock, body: HclBody, scope: Scope): SeenWorkload[] {
  const [type = '', name = ''] = block.labels;
  if (block.type === 'module') {
    return ofCopies(block, partsOf(block), { uri, scope, kind: 'resource', framework: 'terraform', type: '', title: type });
  }
  if (block.type !== 'resource' || rentsNothing.test(type)) return [];
  const root = partsOf(block);
  const serves = /sagemaker_endpoint_configuration$/.test(type);
  const ground: Ground = {
    uri,
    scope,
    kind: serves ? 'serving' : 'resource',
    framework: serves ? 'sagemaker' : 'terraform',
    type,
    title: name,
    region: regionOfProvider(type, body),
  };
  const template = templateType.test(type);
  const user =
    template && body.blocks.find((one) => one.type === 'resource' && one.labels[0] !== type && text.slice(one.start, one.end).includes(`${type}.${name}.`));
  const found = ofCopies(block, root, ground);
  return user ? found.map((seen) => withCounts(seen, countsOf(partsOf(user), ground))) : found;
}
/** A block's machines; where its `for_each` has them and is no group of machines itself, those of each copy. */
function ofCopies(block: HclBlock, root: Part, ground: Ground): SeenWorkload[] {
  const found = machinesOf(root, ground);
  const each = attributeOf(block.body, 'for_each')?.value;
  if (found.some(({ tentative }) => !tentative) || !each) return found;
  const followed = ground.scope.follow(each);
  // Objects that look like machines are workloads where they stand.
  if (!('missing' in followed) && machinesOf(partsOfValue('', followed.expr, followed.expr.start, followed.expr.end), ground).length > 0) return found;
  const copies = ground.scope.copies(each).flatMap(({ name, scope }) => machinesOf(root, { ...ground, scope, title: `${ground.title} ${name}` }));
  return copies.length > 0 ? copies : found;
}
const templateType = /template$|launch_configuration$/;
/** Resources that name machine types and rent none. */
const rentsNothing =
  /polic(?:y|ies)|quota|budget|alarm|dashboard|parameter|constraint|_iam_|scaling_plan|secret|role|null_resource|random_|template_file|local_file|config_map|schedule$/;

function regionOfProvider(type: string, body: HclBody): HclExpr | undefined {
  const own = body.blocks.filter((block) => block.type === 'provider' && type.startsWith(`${block.labels[0]}_`));
  const provider = own.find((block) => !attributeOf(block.body, 'alias'));
  return provider && attributeOf(provider.body, 'region')?.value;
}

/** A launch template's machines are as many as the group that uses it has. */
function withCounts(seen: SeenWorkload, counts: Pick<SeenWorkload, 'facts' | 'unknown'>): SeenWorkload {
  const open = ({ name }: { readonly name: string }): boolean => ![...seen.facts, ...seen.unknown].some((one) => one.name === name);
  return { ...seen, facts: [...seen.facts, ...counts.facts.filter(open)], unknown: [...seen.unknown, ...counts.unknown.filter(open)] };
}
