import { awsCur } from './aws-cur.js';
import { azure } from './azure.js';
import { focus } from './focus.js';
import type { Columns, SpendFormat } from './format.js';
import { gcp } from './gcp.js';

export const spendFormats: readonly SpendFormat[] = [focus, awsCur, gcp, azure];
/** The format that a header belongs to. */
export const formatOf = (columns: Columns): SpendFormat | undefined => spendFormats.find((one) => one.is(columns));
