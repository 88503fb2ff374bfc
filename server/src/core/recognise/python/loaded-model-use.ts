import { type Call, dotted } from '../../syntax/python/ast.js';
import type { PythonInput } from '../types.js';
import { isServed } from './app.js';
import { heldBy, isAdapter, type Load, visual } from './loaded-model.js';

/** How the program runs a loaded model: the call that generates, if there is one. */
export function useOf(input: PythonInput, load: Load): Call | undefined {
  const { program } = input;
  const { call, held } = load;
  const last = dotted(call.callee)?.match(/\w+$/)?.[0] ?? '';
  const isPipeline =
    load.framework === 'diffusers' ||
    last === 'pipeline' ||
    /Pipeline\w*$|pipe(line)?$/i.test(dotted(call.callee)?.replace(/\.\w+$/, '') ?? '') ||
    /(^|\.)(pipe|pipeline|generator)$/.test(held ?? '') ||
    // outlines.from_transformers(X.from_pretrained(…), tokenizer): what comes out is called.
    (last === 'from_pretrained' && /^outlines\b/.test(input.evaluate.callee(program.callAround(call.start) ?? call)));
  // pipeline("…")(texts): the load is itself called.
  if (isPipeline && /^\s*\(/.test(program.text.slice(call.end, call.end + 3))) return call;
  if (held === undefined) return usedElsewhere(input, load);
  const names = [held, ...adapters(input, held)];
  for (const name of names) {
    const escaped = name.replaceAll('.', '\\.');
    const object = new RegExp(`(?<![.\\w])${escaped}(?:\\.module)?\\.$`);
    const isHeld = (at: number): boolean => object.test(program.text.slice(Math.max(0, at - name.length - 9), at));
    const method = [...program.callsOf(methods), ...(ownMethods[load.framework] ? program.callsOf(ownMethods[load.framework]!) : [])].find(
      (site) => isHeld(site.at) && reaches(input, load, site.at),
    );
    if (method) return method.call;
    // A server's model may be called as a function: self.model(**inputs)
    if (isPipeline || last === 'Llama' || (name.startsWith('self.') && isServed(program))) {
      const called = program.callsOf(name.replace(/^.*\./, '')).find((site) => dotted(site.call.callee) === name && reaches(input, load, site.at));
      if (called) return called.call;
    }
    const forward = forwardOf(input, load, name);
    if (forward) return forward;
    // A method handed over: `Thread(target=model.generate, kwargs=…)`.
    const reference = ['generate', 'chat', 'transcribe']
      .flatMap((one) => program.uses(one))
      .sort((a, b) => a - b)
      .find((at) => isHeld(at) && reaches(input, load, at));
    const around = reference === undefined ? undefined : program.callAround(reference);
    if (around) return around;
    // A project's own function that generates with the model it is given.
    const scope = program.scopeOf(load.at);
    const own = program
      .callsOf(/^(?!get_|make_|build_|create_|load_|register_)(?:\w*generat\w*|\w*pipeline\w*|\w*infer\w*|\w*transcri\w*|chat\w*|\w*_chat)$/i)
      .find(
        (site) =>
          site.call.start > call.end &&
          site.call.args.some((arg) => dotted(arg.value) === name && (arg.keyword === undefined || arg.keyword === 'model')) &&
          (program.scopeOf(site.at) === scope || name.startsWith('self.') || (isServed(program) && reaches(input, load, site.at))),
      );
    if (own) return own.call;
  }
  return undefined;
}
/** A model that a function gives away: what its own class of methods is called on, wherever that is in the file. */
function usedElsewhere({ program }: PythonInput, load: Load): Call | undefined {
  const method = gives[load.framework];
  return method && /^\s*return\s*$/.test(program.text.slice(program.statement(load.at).start, load.call.start)) ? program.callsOf(method)[0]?.call : undefined;
}
/** Methods that no other kind of object has. */
const gives: Readonly<Record<string, RegExp>> = {
  'faster-whisper': /^transcribe$/,
  'llama-cpp': /^create_(?:chat_)?completion$/,
  ctranslate2: /^(?:translate_batch|generate_batch|forward_batch)$/,
};
/** `model(**inputs)` without gradients: features, classes or scores of a loaded model. What converts, exports or defines a model only checks it so. */
function forwardOf(input: PythonInput, load: Load, name: string): Call | undefined {
  const { program, evaluate } = input;
  const loader = evaluate.callee(load.call);
  if (!(/\.from_pretrained$/.test(loader) || visual.test(loader)) || /\.save_pretrained\(|push_to_hub|\.export\(|jit\.trace\(/.test(program.text))
    return undefined;
  if (isPartOfModel(program, load.at)) return undefined;
  return program
    .callsOf(name.replace(/^.*\./, ''))
    .find(
      (site) =>
        dotted(site.call.callee) === name &&
        site.call.args.some(
          (arg) => arg.spread === 2 || visual.test(loader) || /input|pixel_values|batch|feature|image|tokens|ids/.test(arg.keyword ?? dotted(arg.value) ?? ''),
        ) &&
        (isServed(program) || /^(optimum|ultralytics|torch\.hub)\b/.test(loader) || withoutGradients(program, site.at)) &&
        reaches(input, load, site.at),
    )?.call;
}
/** True within a class that is a network itself: what it loads is a part of it. */
export function isPartOfModel(program: PythonInput['program'], at: number): boolean {
  const owner = program.blocks(at).find((block) => block.kind === 'class');
  return (
    owner !== undefined && (owner.items?.some((base) => /Module|Model/.test(dotted(base) ?? '')) === true || program.function('forward', owner) !== undefined)
  );
}
const withoutGradients = (program: PythonInput['program'], at: number): boolean =>
  program
    .blocks(at)
    .some((block) =>
      [...(block.kind === 'with' ? (block.items ?? []) : []), ...(block.decorators ?? [])].some((one) => /no_grad|inference_mode/.test(dotted(one) ?? '')),
    );
export const methods =
  /^(?:generate|compute_score|encode_queries|encode_corpus|stream_generate|chat|stream_chat|transcribe|encode|encode_multi_process|rank|create_chat_completion|create_completion|batch_generate|generate_\w+|chat_stream|batch_chat|sample|inference\w*|infer|encode_image|encode_text|get_(?:image|text)_features)$/;
/** Methods that say little elsewhere. */
const ownMethods: Readonly<Record<string, RegExp>> = {
  ultralytics: /^(?:predict|track)$/,
  onnxruntime: /^run(?:_async|_with_iobinding)?$/,
  ctranslate2: /^(?:translate_(?:batch|iterable|file)|generate_(?:batch|tokens|iterable)|forward_batch|score_batch)$/,
};

/** Names that a loaded model is given to under an adapter: `model` of `model = PeftModel.from_pretrained(base, …)`. */
function adapters({ program, evaluate }: PythonInput, held: string): string[] {
  if (!/\bPeftModel/.test(program.text)) return [];
  return program.callsOf('from_pretrained').flatMap(({ call, at }) => {
    if (!isAdapter(call, evaluate.callee(call)) || dotted(call.args[0]!.value) !== held) return [];
    return heldBy(program.text, program.statement(at).start, call.start) ?? [];
  });
}

/** True if a loaded model can be what a place runs: the same function, a module's global, an attribute, or what a function called in this file returns. */
function reaches({ program }: PythonInput, load: Load, use: number): boolean {
  const scope = program.scopeOf(load.at);
  if (scope === -1 || scope === program.scopeOf(use) || load.held?.startsWith('self.')) return true;
  const owner = program.blocks(load.at).find((block) => block.kind === 'def');
  if (!owner?.name) return false;
  // A function within the one that loads.
  if (use >= owner.start && use < owner.end) return true;
  return (
    program.callsOf(owner.name).some((site) => site.at < owner.start || site.at > owner.end) ||
    /^\s*global\b/m.test(program.text.slice(owner.bodyStart, owner.end))
  );
}
