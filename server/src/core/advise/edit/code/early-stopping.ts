import { argument, type Call, dotted, type Expr } from '../../../syntax/python/ast.js';
import { type Change, type Code, type Recipe, withImports, withKeyword } from './recipe.js';
import { callWithin, trainerSettingsCall, withItem } from './trainer.js';

/** A callback that ends the training.
 * @source transformers documentation, EarlyStoppingCallback: needs `load_best_model_at_end`, which needs saving and evaluation at the same steps; Lightning documentation,
 * EarlyStopping; Keras documentation, EarlyStopping */
export const earlyStopping: Recipe = {
  facts: ['early_stopping'],
  write(code, to) {
    if (to('early_stopping') !== true || code.program.callsOf(/^EarlyStopping/).length > 0) return undefined;
    const { framework } = code.workload;
    return framework === 'lightning' ? inLightning(code) : framework === 'keras' ? inKeras(code) : inTrainer(code);
  },
};

function inTrainer(code: Code): Change[] | undefined {
  const settings = trainerSettingsCall(code);
  const trainer = callWithin(code, /Trainer$/);
  if (!settings || !trainer || settings.args.some((arg) => arg.spread !== undefined)) return undefined;
  const keepsBest = argument(settings, 'load_best_model_at_end')?.value;
  if (keepsBest && !isTrue(keepsBest)) return undefined;
  const evaluation = textOf((argument(settings, 'eval_strategy') ?? argument(settings, 'evaluation_strategy'))?.value);
  const saving = argument(settings, 'save_strategy')?.value;
  // Where the best is kept already, the library has seen to it that both happen together.
  const isTogether = keepsBest
    ? evaluation === 'epoch' || evaluation === 'steps'
    : evaluation === 'epoch'
      ? saving === undefined || textOf(saving) === 'epoch'
      : evaluation === 'steps' && stepsAgree(settings, saving);
  const listed = withItem(code, trainer, 'callbacks', 'EarlyStoppingCallback(early_stopping_patience=3)');
  if (!isTogether || !listed) return undefined;
  const wanted = [['transformers', 'EarlyStoppingCallback']] as const;
  if (keepsBest) return withImports(code, [listed], wanted);
  const kept = evaluation === 'epoch' && saving === undefined ? [withKeyword(code, settings, 'save_strategy="epoch"')] : [];
  const best = withKeyword(code, settings, 'load_best_model_at_end=True');
  const [first] = kept;
  return withImports(code, [first ? { ...first, text: first.text + best.text } : best, listed], wanted);
}
/** Saved at steps at which it is evaluated; both are 500 where nobody says another. */
function stepsAgree(settings: Call, saving: Expr | undefined): boolean {
  if (saving !== undefined && textOf(saving) !== 'steps') return false;
  const steps = (name: string): number | undefined => {
    const given = argument(settings, name)?.value;
    return given === undefined ? 500 : given.kind === 'number' ? Number(given.value) : undefined;
  };
  const [evaluated, saved] = [steps('eval_steps'), steps('save_steps')];
  return (
    evaluated !== undefined && saved !== undefined && saved % evaluated === 0 && !(argument(settings, 'logging_steps') && !argument(settings, 'eval_steps'))
  );
}
const isTrue = (expr: Expr): boolean => expr.kind === 'boolean' && expr.value;
const textOf = (expr: Expr | undefined): string | undefined => (expr?.kind === 'string' ? expr.value : undefined);

/** Scores that are better when they are higher. */
const rises = /[_/](?:acc(?:uracy)?|f1|auc|auroc|map|iou|miou|dice|precision|recall|r2|bleu|rouge\w*|score)(?:$|[_/])/i;
/** Only what the module logs can be watched. */
function inLightning(code: Code): Change[] | undefined {
  const { program } = code;
  const trainer = callWithin(code, 'Trainer');
  const logged = [...program.text.matchAll(/\bself\.log(?:_dict)?\(\s*\{?\s*["'](val(?:id(?:ation)?)?[_/]\w+)["']/g)].flatMap(([, name]) => name ?? []);
  const watched = logged.find((name) => /loss/i.test(name)) ?? logged.find((name) => rises.test(name));
  const module = trainer && /^(lightning|pytorch_lightning)\b/.exec(program.qualified(dotted(trainer.callee) ?? ''))?.[1];
  const listed =
    trainer && watched !== undefined
      ? withItem(code, trainer, 'callbacks', `EarlyStopping(monitor="${watched}",${rises.test(watched) ? ' mode="max",' : ''} patience=3)`)
      : undefined;
  if (!listed || module === undefined) return undefined;
  return withImports(code, [listed], [[module === 'lightning' ? 'lightning.pytorch.callbacks' : 'pytorch_lightning.callbacks', 'EarlyStopping']]);
}

function inKeras(code: Code): Change[] | undefined {
  const { program } = code;
  const fit = callWithin(code, /^fit(?:_generator)?$/);
  if (!fit || !(argument(fit, 'validation_data') ?? argument(fit, 'validation_split'))) return undefined;
  const whole = program.imports.has('keras') ? 'keras.callbacks.' : program.imports.has('tf') ? 'tf.keras.callbacks.' : undefined;
  // A program that imports only parts of the library imports one more.
  const part = [...program.imports.values()].map(({ module }) => /^(?:tensorflow\.)?keras(?=\.)/.exec(module)?.[0]).find((one) => one !== undefined);
  if (whole === undefined && part === undefined) return undefined;
  const listed = withItem(code, fit, 'callbacks', `${whole ?? ''}EarlyStopping(patience=3, restore_best_weights=True)`);
  return listed && withImports(code, [listed], whole === undefined ? [[`${part}.callbacks`, 'EarlyStopping']] : []);
}
