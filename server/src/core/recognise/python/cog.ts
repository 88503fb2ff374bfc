import type { Fact, FactValue, UnknownFact } from '../../model/fact.js';
import { dotted } from '../../syntax/python/ast.js';
import type { ClassInfo } from '../../syntax/python/program.js';
import { sortFacts } from '../shared/facts.js';
import type { PythonInput, PythonRecogniser, SeenWorkload } from '../types.js';
import { precisionFact } from './engine.js';
import { keyed } from './keyed.js';
import { isTest } from './requests.js';

type Found = Fact | UnknownFact | undefined;
const inputs: readonly (readonly [string, readonly string[]])[] = [
  ['max_tokens', ['max_new_tokens', 'max_tokens', 'max_length']],
  ['inference_steps', ['num_inference_steps', 'num_steps', 'steps']],
  ['n', ['num_outputs', 'num_images']],
  ['image_size', ['height', 'width', 'image_size']],
];

/** Predictors that Cog serves. */
export const cogPython: PythonRecogniser = {
  id: 'cog',
  language: 'python',
  marker: /\bBasePredictor\b/,
  doc: {
    format: 'Cog (Python)',
    reads: 'a predictor class: its model, precision and the defaults of its inputs',
    example: 'class Predictor(BasePredictor): …',
  },
  recognise: (input) => {
    const { program } = input;
    if (isTest(input) || program.imports.get('BasePredictor')?.module !== 'cog') return [];
    return program
      .classes()
      .filter((one) => one.bases.some((base) => program.qualified(dotted(base) ?? '') === 'cog.BasePredictor'))
      .map((one) => workload(input, one));
  },
};

function workload(input: PythonInput, owner: ClassInfo): SeenWorkload {
  const { program, evaluate, document } = input;
  const loads = program
    .callsOf(/^(?:from_pretrained|from_single_file|pipeline|load_model)$/, { start: owner.start, end: owner.end })
    .filter(({ call }) => !/Tokenizer|Processor|Config|Scheduler/.test(evaluate.callee(call)));
  const known = loads.flatMap(({ call }) => {
    const given =
      keyed(evaluate, call).get('model', 'pretrained_model_name_or_path') ??
      call.args.find((arg) => arg.keyword === undefined && arg.spread === undefined)?.value;
    const fact = given && evaluate.fact('model', given, (value) => (typeof value === 'string' ? value : undefined));
    return fact && 'value' in fact ? [fact] : [];
  });
  const precision = loads.map(({ call }) => precisionFact(evaluate, keyed(evaluate, call).get('torch_dtype', 'dtype'))).find((fact) => fact && 'value' in fact);
  return {
    kind: 'serving',
    framework: 'cog',
    span: { uri: document.uri, start: owner.start, end: owner.end },
    refs: [],
    ...sortFacts([known[0] ?? namedByConstant(input, owner), precision, ...inputFacts(input, owner), ...callFacts(input, owner)]),
  };
}
/** What the calls inside of it state: `self.pipe(prompt, num_inference_steps=9, height=1024)`. */
const callFacts = ({ program, evaluate }: PythonInput, owner: ClassInfo): Found[] =>
  stated.map(([name, spellings]) => {
    for (const spelling of spellings) {
      for (const at of program.places(spelling, owner)) {
        const call = program.callAround(at);
        const given = call?.args.find((arg) => arg.keyword === spelling && arg.start === at)?.value;
        const fact = given && evaluate.fact(name, given);
        if (fact && 'value' in fact && fact.origin !== 'default') return fact;
      }
    }
    return undefined;
  });
const stated = [
  ['inference_steps', ['num_inference_steps']],
  ['image_size', ['height']],
  ['max_tokens', ['max_new_tokens', 'max_tokens']],
] as const;
/** `max_length: int = Input(default=500)`. */
function inputFacts({ program, evaluate }: PythonInput, owner: ClassInfo): Found[] {
  const predict = program.function('predict', { start: owner.start, end: owner.end });
  return inputs.map(([name, spellings]) => {
    const parameter = predict?.parameters.find((one) => spellings.includes(one.name));
    const value = parameter?.value;
    const given = value?.kind === 'call' ? keyed(evaluate, value).get('default') : value;
    const fact = given && evaluate.fact(name, given);
    return fact && 'value' in fact ? { ...fact, origin: 'default', note: 'default of an input', param: parameter!.name } : undefined;
  });
}

/** Where the weights come in from outside, a constant that the class uses still names them: `WEIGHTS = "models/llama-7b/weights.tensors"`. */
function namedByConstant({ program, evaluate }: PythonInput, owner: ClassInfo): Found {
  for (const match of program.text.matchAll(
    /^([A-Z][A-Z0-9_]*(?:MODEL|WEIGHTS|CHECKPOINT|CKPT)[A-Z0-9_]*|(?:MODEL|WEIGHTS|CHECKPOINT|CKPT)[A-Z0-9_]*)\b[ \t]*(?::[^=\n]+)?=/gm,
  )) {
    const name = match[1]!;
    const value = program.lookup(name, owner.start)?.value;
    if (!value || program.places(name, owner).length === 0 || /CACHE|DIR$|URL$|TOKENIZER|TYPE$/.test(name)) continue;
    const fact = evaluate.fact('model', value, modelOfPath);
    if (fact && 'value' in fact) return { ...fact, origin: 'variable' };
  }
  return undefined;
}
/** The folder under `models/`, or the id as it is. */
function modelOfPath(value: FactValue): string | undefined {
  if (typeof value !== 'string' || value === '') return undefined;
  const folder = value.match(/(?:^|\/)(?:models?|weights|checkpoints?)\/([^/]+)\/\S/)?.[1];
  return folder ?? (/^[\w.-]+\/[\w.-]+$/.test(value) && !/\.(json|bin|pt|pth|tensors|safetensors)$/.test(value) ? value : undefined);
}
