import {
  type Advice,
  type AdviceBook,
  advise,
  applied,
  type Catalog,
  comparable,
  type EstimateContext,
  type Estimation,
  estimate,
  type Objective,
  objectiveOf,
  type QualityTable,
  Rulings,
  type Spec,
  serveWays,
  storedEdits,
  type TextEdit,
  type WaysOrLack,
  type Workload,
  writeChanges,
} from '../core/index.js';
import { contextFor, type Engine, type Estimated, specOf } from './engine.js';
import type { Host } from './host.js';

/** Advice with the edits that put it into force: applied to a copy, read again, and found to do what is promised. */
export interface ProvenAdvice extends Advice {
  /** Measured on `Engine.fileOf`. Absent: nothing here can be edited so that it holds; a person has to. */
  readonly edits?: readonly TextEdit[];
}

/** Finds what makes workloads cheaper, and proves its edits before they are offered. */
export class Advisor {
  private readonly engine: Engine;
  private readonly host: Host;
  private loading: Promise<AdviceBook> | undefined;
  /** Advice follows from a workload's estimate: the same one is not asked twice. */
  private readonly known = new WeakMap<object, readonly Advice[]>();
  constructor(engine: Engine, host: Host) {
    this.engine = engine;
    this.host = host;
  }

  /** True once the tables are there: an answer then takes milliseconds. */
  warm = false;
  /** The advice for a workload, if it is known already. */
  ready({ workload, estimation }: Estimated): readonly Advice[] | undefined {
    const found = this.known.get(estimation);
    // Workloads of equal facts share an estimation, and ids are of one workload.
    return found?.[0] && found[0].workload !== workload.id
      ? found.map((advice) => ({ ...advice, workload: workload.id, id: advice.id.replace(advice.workload, workload.id) }))
      : found;
  }
  /** What to advise for a workload, the best first; without edits: this is quick enough for a lens. */
  async of(one: Estimated): Promise<readonly Advice[]> {
    const { workload, estimation } = one;
    let found = this.ready(one);
    if (!found) {
      this.loading ??= this.load();
      const context = contextFor(one, await this.engine.context(workload.span.uri));
      found = advise(workload, specOf(workload), estimation, await this.loading, context);
      this.known.set(estimation, found);
    }
    return found;
  }

  /** Which way to serve a service's or a call's traffic; undefined for what serves nothing. */
  async ways(one: Estimated): Promise<WaysOrLack | undefined> {
    const { workload } = one;
    if (workload.kind !== 'serving' && workload.kind !== 'api-call') return undefined;
    return serveWays(specOf(workload), contextFor(one, await this.engine.context(workload.span.uri)));
  }

  /** Advice with edits, each one tried on a copy of the texts. Edits of a text that changed meanwhile are left out: they would garble it. */
  async proven(one: Estimated): Promise<ProvenAdvice[]> {
    const found: ProvenAdvice[] = [];
    const measured = new Map<string, string | undefined>();
    for (const advice of await this.of(one)) {
      const edits = await this.edits(one, advice, measured);
      found.push({ ...advice, ...(edits ? { edits } : {}) });
    }
    const isStale = ({ uri }: TextEdit): boolean => measured.get(uri) !== this.engine.document(uri)?.text;
    return found.map(({ edits, ...advice }) => (edits && !edits.some(isStale) ? { ...advice, edits } : advice));
  }

  /** @param measured the texts that edits were measured on, the first of each document; it is filled here */
  private async edits(one: Estimated, advice: Advice, measured: Map<string, string | undefined>): Promise<readonly TextEdit[] | undefined> {
    const { workload, estimation } = one;
    if (!advice.editable) return undefined;
    const edits = writeChanges(workload, advice.changes, this.engine.texts);
    if (!edits || edits.length === 0) return undefined;
    const texts = new Map<string, string>();
    for (const uri of new Set(edits.map((edit) => edit.uri))) {
      const text = this.engine.document(uri)?.text ?? '';
      if (!measured.has(uri)) measured.set(uri, text);
      texts.set(
        uri,
        applied(
          text,
          edits.filter((edit) => edit.uri === uri),
        ),
      );
    }
    const { sound, workloads } = await this.engine.reread(texts, workload.span.uri);
    const after = workloads.find(({ id }) => id === workload.id);
    if (!sound || !after) return undefined;
    const context = contextFor(one, await this.engine.context(workload.span.uri));
    const holds =
      keepsPromise(advice, after, context.catalog) &&
      savesAsPromised(advice, compared(workload, estimation, { ...specOf(after), facts: { ...advice.supposed, ...specOf(after).facts } }, context));
    return holds ? this.asStored(edits) : undefined;
  }

  /** Edits of programs as edits of files: a stored notebook's program is not its file's text. */
  private async asStored(edits: readonly TextEdit[]): Promise<readonly TextEdit[] | undefined> {
    const found: TextEdit[] = [];
    for (const uri of new Set(edits.map((edit) => edit.uri))) {
      const own = edits.filter((edit) => edit.uri === uri);
      const document = this.engine.document(uri);
      if (document?.cells?.some((cell) => cell.uri === undefined) !== true) found.push(...own);
      else {
        const raw = await this.engine.rawNotebook(uri);
        const inFile = raw === undefined ? undefined : storedEdits(document, raw, own);
        if (!inFile) return undefined;
        found.push(...inFile.map((edit) => ({ uri, ...edit })));
      }
    }
    return found;
  }

  private async load(): Promise<AdviceBook> {
    const [rulings, quality] = await Promise.all([this.host.readAssetText('legality.csv'), this.host.readAssetText('quality.json')]);
    this.warm = true;
    return { rulings: new Rulings(rulings), quality: JSON.parse(quality) as QualityTable };
  }
}

/** The figure that was promised to fall, as it is and as it is with the edits. */
function compared(workload: Workload, estimation: Estimation, after: Spec, context: EstimateContext): Objective | undefined {
  const changed = estimate(after, context);
  return objectiveOf(comparable(specOf(workload), estimation, context).estimation, comparable(after, changed, context).estimation);
}

/** Every fact that the advice changes is in force. */
export function keepsPromise({ changes }: Advice, after: Workload, catalog: Catalog): boolean {
  return changes.every(({ fact, to }) => {
    const now = after.facts.find(({ name }) => name === fact)?.value;
    // A switch that is gone is off, unless something else says that it is on.
    if (to === false && now === undefined) return true;
    // Platforms have names of their own for a chip.
    if (fact === 'gpu_type') return typeof now === 'string' && catalog.accelerator(now)?.id === to;
    return now === to || (typeof now === 'string' && typeof to === 'string' && plain(now) === plain(to));
  });
}
/** Frameworks spell one value in several ways: `4bit` of a switch is NF4, `bitsandbytes.optim.PagedAdamW8bit` is `paged_adamw_8bit`. */
const plain = (value: string): string =>
  value
    .toLowerCase()
    .replace(/^(bnb\.)?(nf4|4bit)$/, 'nf4')
    .replace(/^bitsandbytes\.(optim\.)?/, '')
    .replaceAll(/[_-]/g, '');
/** The text as edited is estimated to save what the alternative did, to a percent. */
function savesAsPromised({ saving }: Advice, objective: Objective | undefined): boolean {
  if (saving.percent === undefined) return true;
  if (!objective) return false;
  return Math.abs((1 - objective.after.likely / objective.before.likely) * 100 - saving.percent) <= 1;
}
