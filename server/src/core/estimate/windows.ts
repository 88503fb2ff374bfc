/** Share of a family's layers whose attention stops at the window: Gemma 2 and gpt-oss alternate windowed and full layers, Gemma 3 and 4 keep five of six windowed, others window every layer.
 * @source arXiv:2408.00118 §2, arXiv:2503.19786 §2, arXiv:2508.10925 §2, arXiv:2310.06825 §2 */
export function slidingShare(id: string): number {
  if (/gemma-?2|gpt-oss/i.test(id)) return 0.5;
  if (/gemma-?[34]/i.test(id)) return 5 / 6;
  if (/qwen/i.test(id)) return 0; // the configured window is off by default (use_sliding_window false)
  return 1;
}
