/** An element of a document that was read strictly. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: XmlElement[];
  text: string;
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
/** @source XML 1.0 §2.2, Char */
function isHeld(character: string): boolean {
  const code = character.codePointAt(0) ?? 0;
  return code >= 0x20 ? (code < 0xd800 || code > 0xdfff) && code !== 0xfffe && code !== 0xffff : code === 9 || code === 10 || code === 13;
}
function decoded(text: string): string {
  if (text.includes('<') || ![...text].every(isHeld)) throw new Error(`a character that XML does not hold: ${JSON.stringify(text)}`);
  return text.replace(/&(?:(\w+);)?/g, (whole, name: string | undefined) => {
    const found = name === undefined ? undefined : entities[name];
    if (found === undefined) throw new Error(`no entity: ${whole}`);
    return found;
  });
}

/** Reads the XML that reports are written in: elements, attributes, text, the five entities.
 * @errors for whatever is not well-formed */
export function readXml(text: string): XmlElement {
  const start = /^<\?xml version="1\.0" encoding="UTF-8"\?>\s*/.exec(text)?.[0].length;
  if (start === undefined) throw new Error('no XML declaration');
  const open: XmlElement[] = [{ name: '', attributes: {}, children: [], text: '' }];
  const part = /<(\/)?([\w-]+)((?:\s+[\w-]+="[^"<]*")*)\s*(\/)?>|([^<]+)/y;
  part.lastIndex = start;
  while (part.lastIndex < text.length) {
    const at = part.lastIndex;
    const found = part.exec(text);
    if (!found) throw new Error(`not well-formed at ${at}: ${text.slice(at, at + 40)}`);
    const [, closes, name = '', written = '', empty, between] = found;
    const parent = open.at(-1);
    if (!parent) throw new Error(`nothing is open at ${at}`);
    if (between !== undefined) parent.text += decoded(between);
    else if (closes) {
      if (parent.name !== name) throw new Error(`</${name}> closes <${parent.name}>`);
      open.pop();
    } else {
      const attributes = [...written.matchAll(/([\w-]+)="([^"]*)"/g)].map(([, key = '', value = '']) => [key, decoded(value)] as const);
      if (new Set(attributes.map(([key]) => key)).size < attributes.length) throw new Error(`an attribute twice in <${name}>`);
      const element = { name, attributes: Object.fromEntries(attributes), children: [], text: '' };
      parent.children.push(element);
      if (!empty) open.push(element);
    }
  }
  const [root] = open;
  if (open.length !== 1 || root?.children.length !== 1 || root.text.trim() !== '') throw new Error('not one element');
  return root.children[0] as XmlElement;
}
