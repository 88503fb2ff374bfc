import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Fact, FactValue, UnknownFact } from '../../server/src/core/model/fact.js';
import type { SeenWorkload, Sighting } from '../../server/src/core/recognise/types.js';
import { Candidates, type Rank, ranks } from '../../server/src/core/resolve/candidates.js';
import { resolve } from '../../server/src/core/resolve/resolve.js';
import type { Assumption, ResolveInput } from '../../server/src/core/resolve/types.js';
import { shippedCatalog } from '../support/catalog.js';

const catalog = shippedCatalog();
const runs = { numRuns: 300, seed: 20261126 };
const names = ['model', 'batch_size', 'seq_len', 'epochs', 'max_steps', 'gpu_type', 'gpu_count', 'precision', 'dataset_size'];
const value: fc.Arbitrary<FactValue> = fc.oneof(fc.integer({ min: 0, max: 64 }), fc.constantFrom('auto', 'h100', 'bf16', 'a/b'), fc.boolean());
const rank = fc.constantFrom<Rank>(...Object.values(ranks));

test('of the candidates for a fact the highest rank is in force, auto never is while another is there, and a fact is never known and unknown', () => {
  const given = fc.array(fc.tuple(fc.constantFrom(...names), value, rank), { maxLength: 12 });
  fc.assert(
    fc.property(given, fc.subarray(names), (list, gaps) => {
      const candidates = new Candidates();
      for (const [name, one, place] of list) candidates.add({ name, value: one, origin: 'literal' }, place);
      for (const name of gaps) candidates.addUnknown({ name, reason: 'decided at run time', need: 'say it' });
      const { facts, unknown, conflicts } = candidates.settle();
      expect(facts.map(({ name }) => name).sort()).toEqual([...new Set(list.map(([name]) => name))].sort());
      for (const { name, value: won } of facts) {
        const own = list.filter(([other]) => other === name);
        const real = own.filter(([, one]) => one !== 'auto');
        const pool = real.length > 0 ? real : own;
        const best = Math.max(...pool.map(([, , place]) => place));
        expect(pool.some(([, one, place]) => one === won && place === best)).toBe(true);
        expect(conflicts.some((one) => one.name === name && one.value === won && typeof one.value === typeof won)).toBe(false);
      }
      expect(unknown.map(({ name }) => name).sort()).toEqual(gaps.filter((name) => !list.some(([other]) => other === name)).sort());
    }),
    runs,
  );
});

const span = { uri: '', start: 0, end: 1 };
const fact: fc.Arbitrary<Fact> = fc
  .tuple(fc.constantFrom(...names), value, fc.constantFrom<Fact['origin']>('literal', 'variable', 'default'), fc.boolean())
  .map(([name, one, origin, param]) => ({ name, value: one, origin, span, ...(param ? { param: name } : {}) }));
const gap: fc.Arbitrary<UnknownFact> = fc
  .tuple(fc.constantFrom(...names), fc.boolean())
  .map(([name, param]) => ({ name, reason: 'decided at run time', need: 'say it', ...(param ? { param: name } : {}) }));
const seen = (launch: boolean): fc.Arbitrary<SeenWorkload> =>
  fc
    .record({
      kind: fc.constantFrom<SeenWorkload['kind']>('training', 'serving', 'api-call', 'resource'),
      framework: fc.constantFrom('transformers', 'trl', 'pytorch', 'vllm', 'openai'),
      facts: fc.uniqueArray(fact, { selector: ({ name }) => name, maxLength: 5 }),
      unknown: fc.uniqueArray(gap, { selector: ({ name }) => name, maxLength: 3 }),
      flags: fc.array(fc.tuple(fc.constantFrom(...names), value), { maxLength: 3 }),
    })
    .map(({ flags, unknown, ...rest }) => ({
      ...rest,
      unknown: unknown.filter(({ name }) => !rest.facts.some((one) => one.name === name)),
      span,
      refs: [],
      ...(launch
        ? { launch: { span, target: { kind: 'script' as const, name: 'train.py' }, flags: flags.map(([name, one]) => ({ name, value: one, span })) } }
        : {}),
    }));
const sighting = (uri: string, launch: boolean): fc.Arbitrary<Sighting> =>
  fc.array(seen(launch), { maxLength: 2 }).map((workloads) => ({ uri, workloads, problems: [] }));
const files = fc
  .tuple(sighting('file:///w/train.py', false), sighting('file:///w/run.sh', true), sighting('file:///w/other.sh', true))
  .map((list) => new Map(list.map((one) => [one.uri, one])));
const input = (known: ResolveInput['files'], assumptions: readonly Assumption[] = []): ResolveInput => ({
  files: known,
  roots: ['file:///w'],
  catalog,
  assumptions,
});

test('each workload has one value a fact, none that is known and unknown, and money is counted once along a chain', () => {
  fc.assert(
    fc.property(files, (known) => {
      const { workloads } = resolve(input(known));
      const ids = new Set(workloads.map(({ id }) => id));
      expect(ids.size).toBe(workloads.length);
      for (const { id, facts, unknown, countedIn } of workloads) {
        const told = facts.map(({ name }) => name);
        expect(new Set(told).size, id).toBe(told.length);
        expect(
          unknown.filter(({ name }) => told.includes(name)),
          id,
        ).toEqual([]);
        if (countedIn !== undefined) expect(ids.has(countedIn) && countedIn !== id, id).toBe(true);
      }
      // following `countedIn` ends at a workload that counts itself
      const next = new Map(workloads.map((one) => [one.id, one.countedIn]));
      for (const { id } of workloads) {
        let at: string | undefined = id;
        for (let step = 0; at !== undefined && step <= ids.size; step++) at = next.get(at);
        expect(at, `${id} is counted in a circle`).toBeUndefined();
      }
    }),
    runs,
  );
});

test('what a file leaves unknown stays unknown until something says it, and an assumption changes nothing that a file says', () => {
  fc.assert(
    fc.property(files, fc.constantFrom(...names), fc.integer({ min: 100, max: 200 }), (known, name, assumed) => {
      const before = resolve(input(known)).workloads;
      const after = resolve(input(known, [{ fact: name, value: assumed }])).workloads;
      expect(after.map(({ id }) => id)).toEqual(before.map(({ id }) => id));
      before.forEach((one, at) => {
        const now = after[at];
        for (const fact of one.facts) {
          const same = now?.facts.find((other) => other.name === fact.name);
          // `auto` and a library's default are no word of a file
          const written = fact.value !== 'auto' && !(fact.origin === 'default' && fact.span === undefined);
          if (written) expect(same?.value).toBe(fact.value);
        }
        for (const missing of one.unknown) {
          const told = now?.facts.find((other) => other.name === missing.name);
          expect(told === undefined ? undefined : [told.name, told.value, told.origin]).toEqual(
            missing.name === name ? [name, assumed, 'assumption'] : undefined,
          );
        }
      });
    }),
    runs,
  );
});
