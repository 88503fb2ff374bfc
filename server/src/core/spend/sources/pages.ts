import { fieldOf, textOf } from './json.js';
import { SourceError } from './source.js';

/** The token of the page behind an answer with `has_more` and `next_page`; empty at the end.
 * @errors SourceError where a server would send us round and round, or says that there is more and not where */
export function nextPage(answer: unknown, before: string): string {
  if (fieldOf(answer, 'has_more') === false) return '';
  const next = textOf(answer, 'next_page');
  if (next === '' && fieldOf(answer, 'has_more') === true) throw new SourceError('the answer has more pages and does not say where', 'try again later');
  if (next !== '' && next === before) throw new SourceError('the answer names the same page again', 'try again later');
  return next;
}
/** What names things only: a secret that may not see it leaves it out. Any other failure is one, else names would come and go. */
export async function ifAllowed<T>(otherwise: T, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof SourceError && (error.status === 401 || error.status === 403 || error.status === 404)) return otherwise;
    throw error;
  }
}
