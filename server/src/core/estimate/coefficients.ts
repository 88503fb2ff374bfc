/** Fitted numbers, written by `npm run calibrate` to `server/data/coefficients.json` and read from there.
 * Each domain owns its section's shape (`training.ts`, `serving.ts` say what is in it). */
export interface Coefficients {
  readonly training: Readonly<Record<string, unknown>>;
  readonly serving: Readonly<Record<string, unknown>>;
}
