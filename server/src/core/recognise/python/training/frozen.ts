import { dotted } from '../../../syntax/python/ast.js';
import type { PythonInput } from '../../types.js';
import type { FactSet } from './fact-set.js';

/** What is trained, by its name: other models beside it (a teacher, a reference, an encoder whose outputs are used) are frozen in most programs. */
const trained = /^(?:\w*model|net|network|backbone|llm|unet|transformer|vit|resnet)\d*$/i;
const beside = /(?:^|_)(?:ref|reference|teacher|ema|vae|text|clip|reward|vision|old|target|disc|critic|value|aux|loss|lpips|vgg|pretrain|prior)/i;

/** Adds that weights of the trained model are frozen: `model.requires_grad_(False)`, or the same of each of its parameters. Under an option it holds where the
 * option does, so that there may be several. */
export function addFrozen({ program, evaluate, document }: PythonInput, facts: FactSet): void {
  if (!program.text.includes('requires_grad')) return;
  const sites: number[] = [];
  for (const { call, at } of program.callsOf('requires_grad_')) {
    const given = call.args[0] && evaluate.value(call.args[0].value);
    if (given?.known && given.value === false && call.callee.kind === 'attribute' && isTrained(dotted(call.callee.object))) sites.push(at);
  }
  for (const at of program.matches(/\brequires_grad\b(?=\s*=\s*False\b)/g)) {
    const loop = program.blocks(at).find(({ kind }) => kind === 'for');
    const of = loop?.subject?.kind === 'call' ? dotted(loop.subject.callee) : undefined;
    const whole = of === undefined ? undefined : /^(.+)\.(?:named_)?parameters$/.exec(of)?.[1];
    if (isTrained(whole)) sites.push(at);
  }
  for (const at of sites) {
    const statement = program.statement(at);
    const condition = program.blocks(at).find(({ kind }) => kind === 'if');
    if (!condition) facts.also({ name: 'frozen_weights', value: true, origin: 'literal', span: { uri: document.uri, ...statement } });
    else if (condition.subject && at < condition.bodyEnd) {
      const found = evaluate.fact('frozen_weights', condition.subject, (value) =>
        value === true || value === false ? value : value === null ? false : undefined,
      );
      if (found && 'value' in found && (found.value === true || found.param !== undefined)) facts.also(found);
    }
  }
}
/** True for a name of the trained model, or of a part of it. */
function isTrained(name: string | undefined): boolean {
  const parts = name?.replaceAll(/\(\)|\[\]/g, '').split('.') ?? [];
  const [head] = parts[0] === 'self' ? parts.slice(1) : parts;
  return head !== undefined && trained.test(head) && !parts.some((part) => beside.test(part));
}
