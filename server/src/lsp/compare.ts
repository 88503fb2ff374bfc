import { bestOffers, compare, compareMarkdown, compareText, subject } from '../core/index.js';
import { specOf } from '../host/engine.js';
import { type CompareResult, compareRequest, type WorkloadRef } from '../protocol/protocol.js';
import { guarded, type Session } from './context.js';
import { findWorkload } from './view.js';

const maxRows = 200;

/** One workload over the offers that can run it, cheapest first. */
export function onCompare(session: Session): void {
  session.connection.onRequest(compareRequest, (ref: WorkloadRef) =>
    guarded<CompareResult | null>(
      session,
      'compare',
      () => null,
      async () => {
        const found = await findWorkload(session, ref);
        if (!found) return null;
        const context = await session.engine.context(ref.uri);
        const { region: _region, provider: _provider, ...anywhere } = context;
        const style = { locale: session.locale };
        const rows = bestOffers(compare(specOf(found.workload), anywhere)).slice(0, maxRows);
        const texts = rows.map((row) => compareText(row, context.catalog, style));
        const title = `${subject(found.workload)} on other accelerators and providers`;
        return {
          title,
          markdown: compareMarkdown(title, texts),
          rows: rows.map((row, at) => ({
            label: `${texts[at]?.accelerator} ${texts[at]?.cost}`,
            description: texts[at]?.offer ?? '',
            detail: [texts[at]?.hours, texts[at]?.fits, row.asOf === '' ? '' : `price of ${row.asOf}`].filter(Boolean).join(' · '),
            accelerator: row.accelerator,
            provider: row.provider,
            region: row.region,
            fits: row.fits,
          })),
        };
      },
    ),
  );
}
