import { dotted } from '../../syntax/python/ast.js';
import type { PythonProgram } from '../../syntax/python/program.js';

/** A program that does no more than call another's main function is this short. @unit characters */
const shortest = 4000;

/** The module that a program hands its work to: `from train import main` and, at the end, `main()`. */
export function handedOnTo(program: PythonProgram): string | undefined {
  if (program.text.length > shortest || !/^from\s/m.test(program.text)) return undefined;
  for (const [name, { module, name: of }] of program.imports) {
    if (of === undefined || !/^(?:\w*_)?(?:main|train|run|cli|finetune|fine_tune|launch|pretrain|sft)(?:_\w+)?$/.test(of)) continue;
    const isCalled = program.callsOf(name).some(({ call, at }) => dotted(call.callee) === name && program.scopeOf(at) === -1);
    if (isCalled) return module;
  }
  return undefined;
}
