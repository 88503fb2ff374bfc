import { isDay } from '../period.js';
import { fieldOf, listOf, textOf } from './json.js';
import { type HttpRequest, SourceError, type SourcePort } from './source.js';

/** The token of the page behind an answer with `has_more` and `next_page`; empty at the end.
 * @errors SourceError where a server would send us round and round, or says that there is more and not where */
function nextPage(answer: unknown, before: string): string {
  if (fieldOf(answer, 'has_more') === false) return '';
  const next = textOf(answer, 'next_page');
  if (next === '' && fieldOf(answer, 'has_more') === true) throw new SourceError('the answer has more pages and does not say where', 'try again later');
  if (next !== '' && next === before) throw new SourceError('the answer names the same page again', 'try again later');
  return next;
}
/** Results of all pages of daily buckets, with the day of their bucket.
 * @param dayOf the day that a bucket begins
 * @errors SourceError as nextPage, and for a bucket that does not say its day */
export async function* buckets(port: SourcePort, request: HttpRequest, dayOf: (bucket: unknown) => string): AsyncIterable<{ day: string; result: unknown }> {
  const { query = [] } = request;
  let page = '';
  do {
    const answer = await port.ask({ ...request, query: page === '' ? query : [...query, ['page', page]] });
    for (const bucket of listOf(answer, 'data')) {
      const day = dayOf(bucket);
      if (!isDay(day)) throw new SourceError('a bucket has no start', 'report it: the API has changed');
      for (const result of listOf(bucket, 'results')) yield { day, result };
    }
    page = nextPage(answer, page);
  } while (page !== '');
}
/** Names by id of a list that continues behind its last id; a key that may not see it leaves the ids.
 * @param after the parameter that takes the last id */
export const namesById = (port: SourcePort, request: HttpRequest, after: string): Promise<ReadonlyMap<string, string>> =>
  ifAllowed(new Map(), async () => {
    const names = new Map<string, string>();
    for (let before = ''; ; ) {
      const query = [['limit', '100'], ['include_archived', 'true'], ...(before === '' ? [] : [[after, before]])] as [string, string][];
      const answer = await port.ask({ ...request, query });
      for (const one of listOf(answer, 'data')) names.set(textOf(one, 'id'), textOf(one, 'name'));
      const last = textOf(answer, 'last_id');
      if (fieldOf(answer, 'has_more') !== true || last === '' || last === before) return names;
      before = last;
    }
  });
/** What names things only: a secret that may not see it leaves it out. Any other failure is one, else names would come and go. */
export async function ifAllowed<T>(otherwise: T, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof SourceError && (error.status === 401 || error.status === 403 || error.status === 404)) return otherwise;
    throw error;
  }
}
