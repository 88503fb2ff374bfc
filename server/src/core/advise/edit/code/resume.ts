import { argument, dotted } from '../../../syntax/python/ast.js';
import { type Recipe, withImports, withKeyword } from './recipe.js';
import { callWithin, trainerSettingsCall } from './trainer.js';

/** A start from the last checkpoint, where there is one.
 * @source transformers documentation, Trainer.train: `resume_from_checkpoint`, and trainer_utils.get_last_checkpoint; Lightning documentation, Trainer.fit: `ckpt_path="last"` starts anew where there is none */
export const resume: Recipe = {
  facts: ['resume'],
  write(code, to) {
    const { program, workload } = code;
    if (to('resume') !== true) return undefined;
    if (workload.framework === 'lightning') {
      const fit = callWithin(code, 'fit');
      return fit && !argument(fit, 'ckpt_path') && !fit.args.some((arg) => arg.spread !== undefined) ? [withKeyword(code, fit, 'ckpt_path="last"')] : undefined;
    }
    const settings = trainerSettingsCall(code);
    const train = callWithin(code, 'train', (call) => call.args.length === 0);
    const folder = settings && (argument(settings, 'output_dir') ?? settings.args.find((arg) => arg.keyword === undefined))?.value;
    if (!train || !folder || !/^(string|name|attribute)$/.test(folder.kind) || (folder.kind !== 'string' && dotted(folder) === undefined)) return undefined;
    const written = program.text.slice(folder.start, folder.end);
    const started = withKeyword(code, train, `resume_from_checkpoint=get_last_checkpoint(${written}) if os.path.isdir(${written}) else None`);
    return withImports(code, [started], [['os'], ['transformers.trainer_utils', 'get_last_checkpoint']]);
  },
};
