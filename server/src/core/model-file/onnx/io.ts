/** An input or an output of a model. */
export interface InputRow {
  readonly name: string;
  readonly type?: string;
  /** As the file says: numbers, names, `null` for what it leaves open; absent: not even how many. */
  readonly dims?: readonly (number | string | null)[];
  /** At the stated shapes. */
  readonly shape?: readonly (number | null)[];
  /** Whole numbers choose from a stored table with this many rows. */
  readonly below?: number;
}
