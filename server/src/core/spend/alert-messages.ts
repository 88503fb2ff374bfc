import type { Alert, AlertTarget } from './alerts.js';

/** What a target is sent: the body of a POST, as JSON. Nothing in it names the address.
 * @source Slack: incoming webhooks, Block Kit section blocks, escaping of text; Microsoft Teams: workflows that post an adaptive card to a channel, Adaptive Cards 1.4 */
export function messageFor(kind: AlertTarget['kind'], alert: Alert): object {
  if (kind === 'slack') return slack(alert);
  return kind === 'teams' ? teams(alert) : plain(alert);
}
const plain = ({ id, kind, severity, title, text, budget, contacts, facts }: Alert): object => ({
  version: 1,
  id,
  kind,
  severity,
  title,
  text,
  budget: budget ?? null,
  contacts,
  facts: Object.fromEntries(facts),
});
/** Slack reads these three as its own. */
const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
const slack = ({ title, text, severity, contacts, facts }: Alert): object => ({
  text: escaped(`${title}. ${text}`),
  blocks: [
    { type: 'section', text: { type: 'mrkdwn', text: `${severity === 'over' ? ':red_circle:' : ':warning:'} *${escaped(title)}*\n${escaped(text)}` } },
    // a section takes ten fields of 2000 characters
    { type: 'section', fields: facts.slice(0, 10).map(([name, value]) => ({ type: 'mrkdwn', text: `*${escaped(name)}*\n${escaped(value).slice(0, 1900)}` })) },
    ...(contacts.length > 0 ? [{ type: 'context', elements: [{ type: 'mrkdwn', text: escaped(contacts.join(' ')) }] }] : []),
  ],
});
const teams = ({ title, text, severity, contacts, facts }: Alert): object => ({
  type: 'message',
  attachments: [
    {
      contentType: 'application/vnd.microsoft.card.adaptive',
      contentUrl: null,
      content: {
        $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
        type: 'AdaptiveCard',
        version: '1.4',
        body: [
          { type: 'TextBlock', size: 'Medium', weight: 'Bolder', wrap: true, color: severity === 'over' ? 'Attention' : 'Warning', text: title },
          { type: 'TextBlock', wrap: true, text },
          { type: 'FactSet', facts: facts.map(([name, value]) => ({ title: name, value })) },
          ...(contacts.length > 0 ? [{ type: 'TextBlock', isSubtle: true, wrap: true, text: contacts.join(' ') }] : []),
        ],
      },
    },
  ],
});
