import type { Workload } from '../model/workload.js';

/** True where a workload stands in a program: a configuration or a command has no place for a change of code. */
export const isCode = ({ span }: Workload): boolean => /\.(py|ipynb)$/.test(span.uri);
