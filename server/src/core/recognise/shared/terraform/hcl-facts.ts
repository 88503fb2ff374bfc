import type { Fact, FactValue, Origin, UnknownFact } from '../../../model/fact.js';
import type { WorkloadKind } from '../../../model/workload.js';
import type { HclExpr } from '../../../syntax/hcl/ast.js';
import type { SeenWorkload } from '../../types.js';
import type { Missing, Scope } from './scope.js';

interface Place {
  readonly start: number;
  readonly end: number;
}

/** Collects facts out of expressions. The first statement of a fact wins. */
export class HclFacts {
  readonly facts: Fact[] = [];
  readonly unknown: UnknownFact[] = [];
  private readonly uri: string;
  private readonly scope: Scope;
  constructor(uri: string, scope: Scope) {
    this.uri = uri;
    this.scope = scope;
  }
  has(name: string): boolean {
    return this.facts.some((fact) => fact.name === name) || this.unknown.some((fact) => fact.name === name);
  }
  put(name: string, value: FactValue, place: Place & { readonly origin: Origin; readonly param?: string }, note?: string): void {
    if (this.has(name)) return;
    const { start, end, origin, param } = place;
    this.facts.push({
      name,
      value,
      origin,
      span: { uri: this.uri, start, end },
      ...(param === undefined ? {} : { param }),
      ...(note === undefined ? {} : { note }),
    });
  }
  /** Takes what an expression says; what other files decide is unknown here. */
  take(name: string, expr: HclExpr, change: (value: FactValue) => FactValue | undefined): void {
    if (!this.takeIf(name, expr, change, true)) return;
  }
  /** Takes what an expression says where it is known; with `elsewhere` also that another file decides. */
  takeIf(name: string, expr: HclExpr, change: (value: FactValue) => FactValue | undefined, elsewhere = false): boolean {
    if (this.has(name)) return false;
    const found = this.scope.plain(expr);
    if ('missing' in found) {
      if (elsewhere && isName(found)) this.miss(name, expr, found);
      return false;
    }
    const value = change(found.value);
    if (value !== undefined) this.put(name, value, found);
    return value !== undefined;
  }
  /** A number of machines. None by a variable's default is no machine that costs nothing: somebody switches it on. */
  takeCount(name: string, expr: HclExpr, mayBeNone = false): void {
    if (this.has(name)) return;
    const found = this.scope.plain(expr);
    if ('missing' in found) {
      if (isName(found)) this.miss(name, expr, found);
      return;
    }
    const value = Number(found.value);
    if (!Number.isInteger(value) || value < 0 || typeof found.value === 'boolean') return;
    if (value > 0 || mayBeNone) this.put(name, value, found);
    else
      this.unknown.push({
        name,
        reason: found.origin === 'literal' ? 'none are started: 0 is written' : 'none are started by default',
        need: found.param === undefined ? 'say how many run' : `set ${found.param}`,
        span: { uri: this.uri, start: found.start, end: found.end },
        ...(found.param === undefined ? {} : { param: found.param }),
      });
  }
  workload(kind: WorkloadKind, framework: string, title: string, place: Place, tentative: boolean): SeenWorkload {
    return {
      kind,
      framework,
      title,
      span: { uri: this.uri, start: place.start, end: place.end },
      facts: this.facts,
      unknown: this.unknown,
      refs: [],
      ...(tentative ? { tentative: true as const } : {}),
    };
  }
  private miss(name: string, expr: HclExpr, { missing, steps }: Missing): void {
    const [kind, first, ...rest] = steps ?? [];
    const known = (kind === 'var' || kind === 'local') && typeof first === 'string';
    this.unknown.push({
      name,
      reason: `${missing} is set elsewhere`,
      need: `the value of ${missing}`,
      span: { uri: this.uri, start: expr.start, end: expr.end },
      ...(kind === 'var' ? { param: `var.${(steps ?? []).slice(1).join('.')}` } : {}),
      ...(known ? { imported: { module: '.', name: kind, path: [first, ...rest.map(String)] } } : {}),
    });
  }
}
/** A name that may be looked up, and no text that merely is not understood. */
const isName = ({ steps }: Missing): boolean => steps !== undefined && steps[0] !== 'path' && steps[0] !== 'terraform';
