import type { WorkloadKind } from '../../../model/workload.js';
import type { HclEntry, HclExpr } from '../../../syntax/hcl/ast.js';
import type { SeenWorkload } from '../../types.js';
import { isAcceleratorName, machineOfName } from '../machine-types.js';
import { HclFacts } from './hcl-facts.js';
import {
  acceleratorCountKey,
  acceleratorKey,
  acceleratorPart,
  countFields,
  machineKey,
  onlyMachineKey,
  ownCountKeys,
  plainAcceleratorCountKey,
  plainAcceleratorKey,
  providers,
  regionKeys,
  regionOf,
  spotOf,
} from './machine-keys.js';
import { around, isInside, type Part, within } from './parts.js';
import type { Plain, Scope } from './scope.js';

/** Where machines are looked for, and what is known of it all. */
export interface Ground {
  readonly uri: string;
  readonly scope: Scope;
  readonly kind: WorkloadKind;
  readonly framework: string;
  readonly title: string;
  /** `aws_instance`; empty where no resource is written. */
  readonly type: string;
  /** The provider's own region, where the machine names none. */
  readonly region?: HclExpr | undefined;
}

/** How many machines a resource says that it has, whatever they are. */
export function countsOf(root: Part, { uri, scope }: Ground): HclFacts {
  const facts = new HclFacts(uri, scope);
  takeCounts(facts, { part: root, open: false }, [], scope);
  return facts;
}

interface Found {
  readonly part: Part;
  readonly machine?: HclEntry;
  readonly chip?: HclEntry;
  readonly chips?: HclEntry;
  /** True where only a value of another file tells whether there are accelerators. */
  readonly open: boolean;
}

const maxGroups = 60;

/** The groups of machines with accelerators in a resource, a module or an object: one of equal machines, or each of several. */
export function machinesOf(root: Part, ground: Ground): SeenWorkload[] {
  const found = [...within(root)].flatMap((part) => foundIn(part, ground) ?? []).slice(0, maxGroups);
  // What a value of another file decides gives way to what is written in it or around it.
  const groups = outermost([...found.filter(({ open }) => !open), ...found.filter(({ open }) => open)]);
  return groups.map((group) => read(group, groups, root, ground));
}

function foundIn(part: Part, { scope }: Ground): Found | undefined {
  let machine: HclEntry | undefined;
  let open: HclEntry | undefined;
  for (const entry of part.entries) {
    if (!machineKey.test(entry.key)) continue;
    if (scope.all(entry.value).some(({ value }) => machineOfName(String(value)) !== undefined)) machine ??= entry;
    else if (!elsewhere.test(part.name) && isElsewhere(entry.value, scope)) open ??= entry;
  }
  const inner = part.children.filter(asksForAccelerators);
  const chip =
    part.entries.find((entry) => plainAcceleratorKey.test(entry.key) && isChip(entry, scope)) ??
    inner.flatMap(({ entries }) => entries).find((entry) => acceleratorKey.test(entry.key) && isChip(entry, scope));
  const chips =
    part.entries.find((entry) => plainAcceleratorCountKey.test(entry.key) && isCount(entry, scope)) ??
    inner
      .filter(({ name }) => name !== 'node_selector')
      .flatMap((one) =>
        one.entries.filter((entry) => (/^(?:limits|requests)$/.test(one.name) ? plainAcceleratorCountKey : acceleratorCountKey).test(entry.key)),
      )
      .find((entry) => isCount(entry, scope));
  if (asksForAccelerators(part)) return undefined;
  if (!machine && !chip && !(chips && hasChips(chips, scope))) return open && { part, machine: open, open: true };
  // Accelerators are added to a machine whose own type has none.
  const type = machine ?? open ?? part.entries.find((entry) => onlyMachineKey.test(entry.key));
  return { part, ...(type && { machine: type }), ...(chip && { chip }), ...(chips && { chips }), open: false };
}
/** A group of machines may be called `gpu`, too: it has a machine type. */
const asksForAccelerators = ({ name, entries }: Part): boolean =>
  acceleratorPart.test(name) && !entries.some(({ key }) => key !== 'type' && machineKey.test(key));
const isElsewhere = (value: HclExpr, scope: Scope): boolean => {
  const found = scope.plain(value);
  return 'missing' in found && (found.steps?.[0] === 'var' || found.steps?.[0] === 'local');
};
function isChip(entry: HclEntry, scope: Scope): boolean {
  const found = scope.all(entry.value)[0];
  return found !== undefined
    ? isAcceleratorName(String(found.value)) || machineOfName(String(found.value)) !== undefined
    : entry.key !== 'type' || isElsewhere(entry.value, scope);
}
const isCount = (entry: HclEntry, scope: Scope): boolean => {
  const found = scope.plain(entry.value);
  return 'missing' in found || Number.isFinite(Number(found.value));
};
const hasChips = (entry: HclEntry, scope: Scope): boolean => {
  const found = scope.plain(entry.value);
  return !('missing' in found) && Number(found.value) > 0;
};

/** Of finds inside each other one remains; alternatives of one group (`override` blocks) count once. */
function outermost(found: readonly Found[]): Found[] {
  const kept: Found[] = [];
  for (const one of found) {
    const other = kept.findIndex(
      (two) => isInside(one.part, two.part) || isInside(two.part, one.part) || (alternative.test(one.part.name) && one.part.parent === two.part.parent),
    );
    const before = kept[other];
    if (!before) kept.push(one);
    else kept[other] = { ...one, ...before, ...(before.machine ? {} : one.machine && { machine: one.machine }) };
  }
  return kept;
}
const alternative = /^(?:override|launch_template_config|launch_specification|overrides|instance_type_configs|accelerator_configs)$/;

function read(found: Found, groups: readonly Found[], root: Part, ground: Ground): SeenWorkload {
  const { scope, uri } = ground;
  const facts = new HclFacts(uri, scope);
  const types = found.machine ? scope.all(found.machine.value) : [];
  const first = types.find(({ value }) => machineOfName(String(value))) ?? types[0];
  if (first) facts.put('instance_type', first.value, first);
  else if (found.machine) facts.take('instance_type', found.machine.value, (value) => String(value));
  if (found.chip) facts.take('gpu_type', found.chip.value, (value) => String(value));
  if (found.chips) facts.take('gpu_count', found.chips.value, (value) => (Number.isInteger(Number(value)) ? Number(value) : undefined));
  takeName(facts, found, first, scope);
  takeCounts(facts, found, groups, scope);
  takeMarket(facts, found, groups, root, ground);
  const alone = groups.length === 1;
  const place = alone ? root : found.part;
  const title = alone ? ground.title : ([...around(found.part)].find(({ name }) => !plainPart.test(name))?.name ?? ground.title);
  return facts.workload(ground.kind, ground.framework, title, place, found.open);
}
const plainPart = /^(?:node_config|production_variants|instance_groups?|node_pools?|template|config|override)$/;

/** Chips that the machine type's own name tells. */
function takeName(facts: HclFacts, { part }: Found, machine: Plain | undefined, scope: Scope): void {
  const named = part.entries.filter((entry) => machineKey.test(entry.key)).flatMap((entry) => scope.all(entry.value).slice(0, 1));
  for (const value of machine ? [machine, ...named] : named) {
    const told = machineOfName(String(value.value));
    const note = `the name ${value.value} says so`;
    if (told?.gpuType !== undefined) facts.put('gpu_type', told.gpuType, { ...value, origin: 'default' }, note);
    if (told?.gpuCount !== undefined) facts.put('gpu_count', told.gpuCount, { ...value, origin: 'default' }, note);
  }
}

/** Parts that say something about one group: its own, and those around it that hold no other group. */
function* reach(found: Found, groups: readonly Found[]): Generator<Part> {
  const others = groups.filter((one) => one !== found).map(({ part }) => part);
  const seen = new Set<Part>();
  for (const outer of around(found.part))
    for (const part of within(outer, (child) => seen.has(child) || others.some((other) => isInside(other, child)))) {
      if (seen.has(part) || (part !== outer && elsewhere.test(part.name))) continue;
      seen.add(part);
      yield part;
    }
}
/** Parts of a machine whose counts and kinds are not the machine's. */
const elsewhere = /disk|volume|storage|network|subnet|tags|labels|metadata|health|timeouts|guest_accelerator|metric|boot|image|port/;

function takeCounts(facts: HclFacts, found: Found, groups: readonly Found[], scope: Scope): void {
  const parts = [...reach(found, groups)];
  for (const [fact, keys] of countFields) {
    const entry = keys.flatMap((key) => parts.flatMap((part) => part.entries.find((one) => one.key === key) ?? []))[0];
    // A pool that scales has a number of machines now; how many there are, the bounds tell.
    const name = fact === 'num_nodes' && (facts.has('min_replicas') || facts.has('max_replicas')) ? 'replicas' : fact;
    if (entry) facts.takeCount(name, entry.value, fact === 'min_replicas');
  }
  if (facts.has('instance_count') || facts.has('num_nodes') || facts.has('replicas')) return;
  const root = [...around(found.part)].at(-1);
  const own = [found.part, ...(root && root !== found.part ? [root] : [])];
  for (const part of own) {
    const entry = part.entries.find(
      ({ key }) => ownCountKeys.includes(key) && !(key === 'size' && scope.all(entryOf(part, key)).some(({ value }) => typeof value !== 'number')),
    );
    if (entry && entry !== found.machine && entry !== found.chips) {
      facts.takeCount('instance_count', entry.value);
      return;
    }
  }
}
const entryOf = (part: Part, key: string): HclExpr => part.entries.find((entry) => entry.key === key)!.value;

function takeMarket(facts: HclFacts, found: Found, groups: readonly Found[], root: Part, ground: Ground): void {
  for (const part of reach(found, groups)) {
    for (const entry of part.entries)
      if (!facts.has('spot'))
        facts.takeIf(
          'spot',
          entry.value,
          (value) => spotOf(entry.key, value),
          /capacity_type$|^priority$|^spot$|^preemptible$|^provisioning_model$/.test(entry.key),
        );
  }
  if (/^aws_spot_/.test(ground.type)) facts.put('spot', true, { start: root.start, end: root.start + 1, origin: 'default' }, ground.type);
  for (const part of around(found.part))
    for (const key of regionKeys) {
      const entry = part.entries.find((one) => one.key === key);
      if (entry) facts.takeIf('region', entry.value, (value) => regionOf(key, value));
    }
  if (ground.region) facts.takeIf('region', ground.region, (value) => regionOf('region', value));
  const provider = providers[ground.type.split('_')[0] ?? ''];
  if (provider !== undefined) facts.put('provider', provider, { start: root.start, end: root.start + 1, origin: 'default' }, ground.type);
}
