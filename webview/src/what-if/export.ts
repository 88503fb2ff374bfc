import type { SwingsResult, WhatIfResult } from '../../../server/src/protocol/what-if.js';
import { csvText } from '../shared/csv.js';

/** A line a figure and column, numbers as they are; an unknown one has none, and what would make it known. */
export function figuresCsv({ rows, sides }: WhatIfResult): string {
  const lines = rows.flatMap((row) => row.figures.map((figure, at) => ({ row, figure, side: sides[at]?.name ?? '' })));
  return csvText(
    [
      ['figure', ({ row }) => row.key],
      ['label', ({ row }) => row.label],
      ['scenario', ({ side }) => side],
      ['unit', ({ row }) => row.unit],
      ['low', ({ figure }) => figure.value?.low],
      ['likely', ({ figure }) => figure.value?.likely],
      ['high', ({ figure }) => figure.value?.high],
      ['text', ({ figure }) => figure.text],
      ['change', ({ figure }) => figure.change],
      ['need', ({ figure }) => figure.need],
    ],
    lines,
  );
}
export function swingsCsv({ quantity, now, swings }: SwingsResult): string {
  return csvText(
    [
      ['figure', () => quantity],
      ['now', () => now],
      ['fact', ({ word }) => word],
      ['least', ({ low }) => low],
      ['most', ({ high }) => high],
      ['least_text', ({ lowText }) => lowText],
      ['most_text', ({ highText }) => highText],
      ['range', ({ origin }) => origin],
    ],
    swings,
  );
}
