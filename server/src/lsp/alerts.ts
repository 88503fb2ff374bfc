import { type Alert, afterSnooze, afterTelling, alertsOf, dueAlerts, readMemory } from '../core/index.js';
import { type AlertsParams, type AlertsResult, alertsRequest } from '../protocol/protocol.js';
import { guarded, type Session } from './context.js';

/** What somebody has to hear of and was not told yet. The client keeps what was told: it outlives the server. */
export function onAlerts(session: Session): void {
  session.connection.onRequest(alertsRequest, ({ memory: text, snooze }: AlertsParams) =>
    guarded<AlertsResult>(
      session,
      'alerts',
      () => ({ alerts: [], memory: text }),
      async () => {
        const now = session.host.now();
        let memory = readMemory(text);
        if (snooze) memory = afterSnooze(memory, snooze.about, now + snooze.hours * 3_600_000, snooze.again);
        const due: Alert[] = [];
        for (const root of session.engine.roots) {
          const settings = await session.engine.settingsOf(root);
          due.push(...dueAlerts(alertsOf(await session.spend.states(root, settings)), memory, now));
        }
        for (const one of due) memory = afterTelling(memory, one, now);
        const alerts = due.map(({ about, severity, title, text: said, budget = '' }) => ({ about, severity, title, text: said, budget }));
        return { alerts, memory: JSON.stringify(memory) };
      },
    ),
  );
}
