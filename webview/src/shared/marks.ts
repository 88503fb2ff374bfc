/** Shapes of a mark, so that colour is not the only sign: tick, triangle, cross, question mark. Around 0, 10 px wide. */
export const markPaths = {
  good: 'M-5 0l3.5 4l6.5 -8',
  warn: 'M0 -5l5.5 9.5h-11z',
  bad: 'M-4.5 -4.5l9 9M4.5 -4.5l-9 9',
  unknown: 'M0 3.5v1M-3 -2.5a3 3 0 1 1 4.4 2.6q-1.4 .7 -1.4 2',
} as const;
