import type { XmlElement } from './xml.js';

interface Held {
  readonly required?: readonly string[];
  readonly optional?: readonly string[];
  readonly children?: readonly string[];
  /** Whether text may stand in it. */
  readonly text?: boolean;
}
const message: Held = { optional: ['type', 'message'], text: true };
const rerun: Held = { required: ['type'], optional: ['message'], children: ['stackTrace', 'system-out', 'system-err'], text: true };
const words: Held = { text: true };
/** What each element of a report may hold.
 * @source jenkinsci/xunit-plugin, junit-10.xsd at 031e285 */
const elements: Readonly<Record<string, Held>> = {
  testsuites: { optional: ['name', 'time', 'tests', 'failures', 'errors'], children: ['testsuite'] },
  testsuite: {
    required: ['name', 'tests', 'failures', 'errors'],
    optional: ['group', 'time', 'skipped', 'timestamp', 'hostname', 'id', 'package', 'file', 'log', 'url'],
    children: ['testsuite', 'properties', 'testcase', 'system-out', 'system-err'],
  },
  testcase: {
    required: ['name'],
    optional: ['time', 'classname', 'group'],
    children: ['skipped', 'error', 'failure', 'rerunFailure', 'rerunError', 'flakyFailure', 'flakyError', 'system-out', 'system-err'],
  },
  skipped: message,
  error: message,
  failure: message,
  rerunFailure: rerun,
  rerunError: rerun,
  flakyFailure: rerun,
  flakyError: rerun,
  properties: { children: ['property'] },
  property: { required: ['name', 'value'] },
  stackTrace: words,
  'system-out': words,
  'system-err': words,
};
/** Seconds, thousands parted by commas. */
const seconds = /^(?:(?:[0-9]{0,3},)*[0-9]{3}|[0-9]{0,3})*(?:\.[0-9]*)?$/;

/** What a report holds against the schema, in words; nothing where it is valid. */
export function junitFaults({ name, attributes, children, text }: XmlElement): string[] {
  const held = elements[name];
  if (!held) return [`<${name}> is not known`];
  const known = [...(held.required ?? []), ...(held.optional ?? [])];
  const { time } = attributes;
  return [
    ...(held.required ?? []).filter((one) => attributes[one] === undefined).map((one) => `<${name}> without ${one}`),
    ...Object.keys(attributes)
      .filter((one) => !known.includes(one))
      .map((one) => `<${name}> has no ${one}`),
    ...(name !== 'testcase' && time !== undefined && !seconds.test(time) ? [`<${name}> time="${time}"`] : []),
    ...(held.text || text.trim() === '' ? [] : [`text in <${name}>`]),
    ...children.flatMap((child) => (held.children?.includes(child.name) ? junitFaults(child) : [`<${child.name}> in <${name}>`])),
  ];
}
