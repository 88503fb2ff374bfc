/** HashiCorp's configuration language (Terraform, OpenTofu, Nomad) as plain data with places. */
interface Located {
  readonly start: number;
  readonly end: number;
}
export type HclExpr = Located &
  (
    | { readonly kind: 'literal'; readonly value: string | number | boolean | null }
    /** A text with expressions in it: `"${var.name}-gpu"`. */
    | { readonly kind: 'template'; readonly parts: readonly (string | HclExpr)[] }
    | { readonly kind: 'list'; readonly items: readonly HclExpr[] }
    | { readonly kind: 'object'; readonly entries: readonly HclEntry[] }
    /** `var.pools[0].size`, `each.value["type"]`: names and indices. */
    | { readonly kind: 'path'; readonly steps: readonly (string | number)[] }
    | { readonly kind: 'call'; readonly name: string; readonly args: readonly HclExpr[] }
    | { readonly kind: 'choice'; readonly test: HclExpr; readonly yes: HclExpr; readonly no: HclExpr }
    | { readonly kind: 'operation'; readonly operator: string; readonly left: HclExpr; readonly right: HclExpr }
    /** What is not followed: loops, splats, unfinished text. */
    | { readonly kind: 'other' }
  );
export interface HclEntry {
  readonly key: string;
  readonly keyStart: number;
  readonly value: HclExpr;
}
export interface HclBlock extends Located {
  readonly type: string;
  readonly labels: readonly string[];
  readonly body: HclBody;
}
export interface HclBody {
  readonly attributes: readonly HclEntry[];
  readonly blocks: readonly HclBlock[];
}

export const attributeOf = (body: HclBody, ...names: readonly string[]): HclEntry | undefined =>
  names.map((name) => body.attributes.findLast((entry) => entry.key === name)).find((entry) => entry !== undefined);
