import { type Call, dotted, type Expr } from '../../syntax/python/ast.js';
import type { PythonInput, PythonRecogniser, SeenWorkload } from '../types.js';
import { isServed, isTraining } from './app.js';
import { keyed } from './keyed.js';
import { heldBy, type Load } from './loaded-model.js';
import { isPartOfModel, useOf } from './loaded-model-use.js';
import { isTest } from './requests.js';
import { amount, count, FactSet } from './training/fact-set.js';
import { addHyperparameters } from './training/hyperparameters.js';

/** Programs that fill a network of their project with stored weights and run it: samplers of diffusion models, generators of text, demos. */
export const checkpointInference: PythonRecogniser = {
  id: 'checkpoint-inference',
  language: 'python',
  marker: /\.load_(?:state_dict|weights)\s*\(|\btree_unflatten\b/,
  doc: {
    format: 'PyTorch, from a checkpoint (inference)',
    reads: 'a network that a program fills with stored weights and then samples, generates or predicts with; its options by their names',
    example: 'model.load_state_dict(torch.load(args.ckpt)); samples = diffusion.p_sample_loop(model.forward, shape)',
  },
  recognise: (input) => {
    const { program, evaluate } = input;
    if (isTest(input) || isTraining(program) || makesFiles.test(program.text) || !(isProgram.test(program.text) || input.document.cells || isServed(program)))
      return [];
    const loads = program.callsOf(/^(?:load_state_dict|load_weights|update)$/).flatMap(({ call, at }): Load[] => {
      // MLX: model.update(tree_unflatten(weights))
      const given = call.args[0] && evaluate.expression(call.args[0].value);
      if (dotted(call.callee)?.endsWith('.update') && !(given?.kind === 'call' && /(?:^|\.)tree_unflatten$/.test(evaluate.callee(given)))) return [];
      const held = call.callee.kind === 'attribute' ? dotted(call.callee.object)?.replace(/\.module$/, '') : undefined;
      return held === undefined || parts.test(held) || isPartOfModel(program, at) ? [] : [{ call, held, framework: 'pytorch', at }];
    });
    // What a library loads by its name is read as that.
    if (loads.length === 0 || program.callsOf('from_pretrained').some(({ call }) => whole.test(evaluate.callee(call)))) return [];
    for (const load of loads) {
      const use = useOf(input, load) ?? sampled(input, load);
      if (use) return [workload(input, load, use)];
    }
    return [];
  },
};
/** Entries of programs. */
const isProgram = /\b__main__\b|\bfire\.Fire\(|\btyper\.run\(|^exec\(open\(|^\w+ *= *\w+\.parse_args\(/m;
/** What writes weights, or other forms of a network, runs it only to compare. */
const makesFiles = /\.save_pretrained\(|push_to_hub|\btorch\.save\(|\bonnx\.export\(|\bjit\.(?:trace|script)\(|\bsave_file\(/;
/** What is filled with weights beside the network that generates. */
const parts = /optim|sched|scaler|vae|vocoder|vqgan|first_stage|text_enc|tokenizer|clip|lpips|discrim|(?:^|\.|_)ema$|^(?:self|super)$/i;
const whole = /(?:^|\.)(?:Auto\w*Model\w*|\w+For(?:CausalLM|ConditionalGeneration)|\w+Pipeline)\.from_pretrained$/;

/** `diffusion.p_sample_loop(model.forward_with_cfg, …)`, `sampler = DDIMSampler(model); sampler.sample(…)`: what generates with the network that it is given. */
function sampled({ program }: PythonInput, load: Load): Call | undefined {
  const names = new Set([load.held!]);
  const isOf = (expr: Expr): boolean => {
    const written = dotted(expr);
    // sample_fn = model.forward_with_cfg
    const meant = expr.kind === 'name' ? program.bindings(expr.name).map(({ value }) => (value?.kind === 'attribute' ? dotted(value) : undefined)) : [];
    return [written, ...meant].some((name) => name !== undefined && [...names].some((one) => name === one || name.startsWith(`${one}.`)));
  };
  const runs = program.callsOf(generators).filter(({ call }) => call.start > load.call.end || program.scopeOf(call.start) !== program.scopeOf(load.at));
  const direct = runs.find(({ call }) => call.args.some((arg) => isOf(arg.value)));
  if (direct) return direct.call;
  for (const { call, at } of program.callsOf(/^[A-Z]\w*(?:Sampler|Generator|Predictor|Diffusion|Wrapper|Pipeline|Inference\w*|Decoder|Synthesizer)$/)) {
    const made = call.args.some((arg) => isOf(arg.value)) ? heldBy(program.text, program.statement(at).start, call.start) : undefined;
    if (made) names.add(made);
  }
  return runs.find(({ call }) => call.callee.kind === 'attribute' && isOf(call.callee.object))?.call;
}
const generators =
  /^(?:(?:p_|ddim_|plms_|dpm_|autoregressive_|top_k_)?sample(?:_loop|r|_image|_images|_euler\w*|_dpm\w*|_\w+_loop)?|do_sample|generate\w*|infer\w*|predict\w*|translate\w*|synthesi[sz]e\w*|\w*_sampl(?:e|er|ing)\w*|text_to_\w+|transcribe\w*|inpaint\w*|beam_search|greedy_decode)$/;

function workload(input: PythonInput, load: Load, use: Call): SeenWorkload {
  const { program, evaluate, document } = input;
  const facts = new FactSet(input);
  const given = keyed(evaluate, use);
  for (const [name, spellings, change] of settings) {
    facts.read(name, given.get(...spellings), change);
    for (const { value } of use.args) if (spellings.some((one) => one === dotted(value)?.replace(/^.*\./, ''))) facts.read(name, value, change);
    for (const spelling of spellings) facts.put(name, evaluate.option(spelling), change);
    for (const spelling of facts.has(name) ? [] : spellings)
      for (const binding of program.bindings(spelling)) if (binding.scope === -1) facts.read(name, binding.value, change);
  }
  addHyperparameters(input, facts, undefined, /^(?:batch_size|image_size|model)$/);
  // A function that loads and returns the network is where nothing runs yet: the call of it is.
  const loader = program.blocks(load.at).find((block) => block.kind === 'def');
  const called =
    loader?.name && program.scopeOf(use.start) !== program.scopeOf(load.at)
      ? program.callsOf(loader.name).find(({ at }) => at < loader.start || at > loader.end)
      : undefined;
  const start = called ? program.statement(called.at).start : (madeAt(input, load) ?? program.statement(load.at).start);
  const end = Math.max(called ? called.call.end : load.call.end, program.scopeOf(use.start) === program.scopeOf(start) ? use.end : 0);
  const framework = /^\s*(?:from|import) mlx\b/m.test(program.text) ? 'mlx' : 'pytorch';
  return {
    kind: isServed(program) ? 'serving' : 'batch-inference',
    framework,
    span: { uri: document.uri, start, end },
    ...facts.result,
    unknown: [],
  };
}
const settings = [
  ['inference_steps', ['num_inference_steps', 'num_sampling_steps', 'sampling_steps', 'ddim_steps', 'sample_steps', 'steps', 'S'], amount],
  ['max_tokens', ['max_new_tokens', 'max_gen_len', 'max_tokens'], count],
] as const;

/** Where the network is made, if that is in the same function, before it is filled. */
function madeAt({ program }: PythonInput, load: Load): number | undefined {
  const scope = program.scopeOf(load.at);
  const binding = program
    .bindings(load.held!.replace(/^self\./, ''))
    .findLast((one) => one.kind === 'assign' && one.start < load.at && program.scopeOf(one.start) === scope);
  return binding && program.statement(binding.start).start;
}
