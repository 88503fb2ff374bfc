/** How likely answers or models get worse, and what is known about it. `none`: the computation is the same. */
export interface Risk {
  readonly level: 'none' | 'low' | 'medium' | 'high' | 'unmeasured';
  readonly evidence: readonly string[];
  /** What published results keep of the score, in percent of the unchanged model. */
  readonly recovery?: { readonly low: number; readonly median: number; readonly high: number };
}
