/** Waits for a condition itself, looking again and again. */
export async function until(holds: () => unknown, ms = 60_000): Promise<void> {
  for (const end = Date.now() + ms; ; ) {
    if (await holds()) return;
    if (Date.now() > end) throw new Error(`not within ${ms / 1000} s: ${holds}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
