/** One stage of a Dockerfile. */
export interface Stage {
  /** The image that it starts from, with `ARG` defaults filled in. */
  readonly image: string;
  readonly imageStart: number;
  /** `ENV` and `ARG` of the stage, then what it runs, as shell text in which every character keeps its place; all else is blank. */
  readonly shell: string;
  /** Where the entry point stands, whose arguments a command is. */
  readonly entry?: { readonly start: number; readonly end: number };
  /** Where the entry point or command starts; undefined where the stage has none. */
  readonly command?: { readonly start: number; readonly end: number };
}

interface Instruction {
  readonly name: string;
  readonly start: number;
  /** Where its arguments start. */
  readonly from: number;
  readonly end: number;
}

/** Stages in order: what each starts from, sets and runs. `RUN` is of the build and left out.
 * @source docs.docker.com/reference/dockerfile: of several CMD or ENTRYPOINT the last counts; CMD is the arguments of an ENTRYPOINT in list form */
export function readDockerfile(text: string): Stage[] {
  const stages: Stage[] = [];
  const globals = new Map<string, string>();
  const fill = (written: string): string =>
    written.replace(
      /\$\{(\w+)(?::?-([^}]*))?\}|\$(\w+)/g,
      (whole, a?: string, byDefault?: string, b?: string) => globals.get(a ?? b ?? '') ?? byDefault ?? whole,
    );
  let open: Instruction[] | undefined;
  let from: Instruction | undefined;
  const close = (): void => {
    if (from && open) stages.push(stageOf(text, fill, from, open));
  };
  for (const instruction of instructionsOf(text)) {
    if (instruction.name === 'FROM') {
      close();
      from = instruction;
      open = [];
      if (stages.length > 200) return stages;
    } else if (!from && instruction.name === 'ARG') {
      const [, name, value] = /^(\w+)=["']?([^"'\n]*)/.exec(text.slice(instruction.from, instruction.end)) ?? [];
      if (name !== undefined && value !== undefined) globals.set(name, value.trim());
    } else open?.push(instruction);
  }
  close();
  return stages;
}

function instructionsOf(text: string): Instruction[] {
  const found: Instruction[] = [];
  let at = 0;
  while (at < text.length) {
    const line = lineEnd(text, at);
    const [whole, name] = /^[ \t]*([A-Za-z]+)(?=[ \t]|$)[ \t]*/.exec(text.slice(at, Math.min(line, at + 200))) ?? [];
    if (whole === undefined || name === undefined) {
      at = line + 1;
      continue;
    }
    let end = line;
    // Comment lines inside a continued instruction belong to it.
    while (end < text.length && (/\\[ \t]*\r?$/.test(text.slice(Math.max(at, end - 20), end)) || isComment(text, at, end))) end = lineEnd(text, end + 1);
    const mark = /<<-?\s*["']?(\w+)["']?/.exec(text.slice(at, end))?.[1];
    if (mark !== undefined && /^(?:RUN|COPY|ADD)$/i.test(name)) end = heredocEnd(text, end, mark);
    found.push({ name: name.toUpperCase(), start: at, from: at + whole.length, end: Math.min(end, text.length) });
    at = end + 1;
  }
  return found;
}
const lineEnd = (text: string, at: number): number => {
  const next = text.indexOf('\n', at);
  return next < 0 ? text.length : next;
};
/** True where the line that ends at `end` is a comment inside an instruction that began before it. */
function isComment(text: string, start: number, end: number): boolean {
  const line = text.lastIndexOf('\n', end - 1) + 1;
  return line > start && /^[ \t]*#/.test(text.slice(line, Math.min(end, line + 100)));
}
function heredocEnd(text: string, from: number, mark: string): number {
  for (let at = from + 1; at < text.length; ) {
    const end = lineEnd(text, at);
    if (text.slice(at, end).trim() === mark) return end;
    at = end + 1;
  }
  return text.length;
}

function stageOf(text: string, fill: (written: string) => string, from: Instruction, instructions: readonly Instruction[]): Stage {
  const image = text
    .slice(from.from, from.end)
    .replace(/--platform=\S+\s+/, '')
    .trim()
    .split(/\s+/)[0];
  const entry = instructions.findLast(({ name }) => name === 'ENTRYPOINT');
  const command = instructions.findLast(({ name }) => name === 'CMD');
  const parts: { start: number; text: string }[] = [];
  for (const one of instructions)
    if (one.name === 'ENV' || one.name === 'ARG') parts.push({ start: one.from, text: assignmentsOf(text.slice(one.from, one.end)) });
  const listed = (one: Instruction | undefined): boolean => one !== undefined && text[one.from] === '[';
  const isEmpty = (one: Instruction): boolean => /^\[\s*(?:""\s*)?\]\s*$/.test(text.slice(one.from, one.end));
  const runs =
    entry && !isEmpty(entry)
      ? [entry, ...(command && listed(entry) && listed(command) && command.start > entry.start ? [command] : [])]
      : command
        ? [command]
        : [];
  for (const one of runs) parts.push({ start: one.from, text: listed(one) ? wordsOf(text.slice(one.from, one.end)) : text.slice(one.from, one.end) });
  const [first] = runs;
  const last = runs.at(-1);
  return {
    image: fill(image ?? ''),
    imageStart: from.from,
    shell: placed(text, parts, first),
    ...(entry && first === entry ? { entry: { start: entry.from, end: entry.end } } : {}),
    ...(first && last ? { command: { start: first.from, end: last.end } } : {}),
  };
}

/** Texts at their places in one that is otherwise blank; from `joined` on no line ends, so that an entry point and its arguments are one command. */
function placed(text: string, parts: readonly { start: number; text: string }[], joined: Instruction | undefined): string {
  let result = '';
  for (const part of parts.toSorted((a, b) => a.start - b.start)) {
    if (part.start < result.length) continue;
    const gap = text.slice(result.length, part.start);
    // Where the entry point stands before the variables, the order of the file is that of the text: variables come first by their place.
    result += (joined && part.start > joined.from ? gap.replace(/[^ ]/g, ' ') : gap.replace(/[^\n]/g, ' ')) + part.text;
  }
  return result;
}
/** The old form `ENV NAME value` as an assignment. */
const assignmentsOf = (written: string): string =>
  /^\w+=/.test(written) ? written : written.replace(/^(\w+)[ \t]([ \t]*)(?=\S)/, (_whole, name: string, gap: string) => `${gap}${name}=`);
/** `["a", "b"]` as shell words: brackets and commas between texts become blanks. */
function wordsOf(list: string): string {
  let quoted = false;
  let result = '';
  for (let at = 0; at < list.length; at++) {
    const character = list[at] as string;
    if (quoted && character === '\\') {
      result += list.slice(at, at + 2);
      at++;
      continue;
    }
    if (character === '"') quoted = !quoted;
    result += quoted || character === '"' ? character : ' ';
  }
  return result.slice(0, list.length);
}
