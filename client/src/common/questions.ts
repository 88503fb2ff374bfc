import type { Question } from '../../../server/src/protocol/protocol.js';

export const questions: readonly Question[] = ['top', 'why', 'cheaper', 'budget'];
/** Words of a question in plain language, the most telling first. */
const words: readonly (readonly [Question, RegExp])[] = [
  ['budget', /\b(?:budgets?|left|remaining|exhaust\w*|forecast)\b/i],
  ['why', /\b(?:why|chang\w*|rose|ris\w*|increas\w*|went up|because|since|diff)\b/i],
  ['cheaper', /\b(?:cheap\w*|sav(?:e|ing)\w*|reduc\w*|lower|less|optimi[sz]\w*|cut)\b/i],
  ['top', /\b(?:top|most|dear\w*|expensive|highest|biggest|costs?|workloads?|spend\w*)\b/i],
];
/** The question that a person's words are; a command of the chat says it outright. */
export const questionOf = (command: string | undefined, prompt: string): Question | undefined =>
  questions.find((one) => one === command) ?? words.find(([, pattern]) => pattern.test(prompt))?.[0];
/** A commit that is named: `HEAD~3`, a hash, `since main`. */
export const baseOf = (prompt: string): string | undefined =>
  /\b(HEAD(?:[~^]\d*)*|[0-9a-f]{7,40})(?![\w~^])/.exec(prompt)?.[1] ?? /\b(?:since|from|against) (?:commit |branch )?([\w./-]+)/i.exec(prompt)?.[1];
