import { type Call, dotted } from '../../syntax/python/ast.js';
import type { PythonInput, PythonRecogniser, SeenWorkload } from '../types.js';
import { engineFacts } from './engine.js';
import { isTest } from './requests.js';
import { amount, count, FactSet } from './training/fact-set.js';
import { addModel } from './training/model-source.js';

/** Models that Ray Data runs over a data set. */
export const rayData: PythonRecogniser = {
  id: 'ray-data',
  language: 'python',
  marker: /\.map_batches\s*\(|EngineProcessorConfig\s*\(/,
  doc: {
    format: 'Ray Data (batch inference)',
    reads: 'map_batches() with accelerators, actors and batch; vLLM processors; the model that the actor loads',
    example: 'ds.map_batches(Predictor, batch_size=16, num_gpus=1, concurrency=4)',
  },
  recognise: (input) => {
    const { program, evaluate, document } = input;
    if (isTest(input)) return [];
    return program.callsOf(/^(?:map_batches|vLLMEngineProcessorConfig|SGLangEngineProcessorConfig)$/).flatMap(({ call }): SeenWorkload[] => {
      const facts = new FactSet(input);
      const isActor = /map_batches$/.test(dotted(call.callee) ?? '');
      if (isActor) facts.read('gpu_count', evaluate.argument(call, 'num_gpus'), amount);
      if (isActor && !facts.has('gpu_count')) return [];
      facts.read('batch_size', evaluate.argument(call, 'batch_size', 1), count);
      addActors(input, facts, call);
      if (isActor) {
        const options = evaluate.argument(call, 'accelerator_type');
        facts.read('gpu_type', options);
        addLoaded(input, facts, call);
      } else {
        facts.read('gpu_type', evaluate.argument(call, 'accelerator_type'));
        facts.read('model', evaluate.argument(call, 'model_source') ?? evaluate.argument(call, 'model'));
        const engine = evaluate.argument(call, 'engine_kwargs');
        const made = engine && evaluate.expression(engine);
        if (made?.kind === 'dict') for (const fact of engineFacts(input, keywordsOf(call, made))) facts.add(fact);
      }
      return [
        {
          kind: 'batch-inference',
          framework: 'ray-data',
          title: 'Batch',
          span: { uri: document.uri, start: program.statement(call.start).start, end: call.end },
          ...facts.result,
        },
      ];
    });
  },
};

/** `concurrency=4`, `concurrency=(1, 8)`, `compute=ActorPoolStrategy(size=4)`. */
function addActors({ evaluate }: PythonInput, facts: FactSet, call: Call): void {
  const given = evaluate.argument(call, 'concurrency');
  const meant = given && evaluate.expression(given);
  facts.read('concurrency', meant?.kind === 'tuple' ? meant.items.at(-1) : given, count);
  const pool = evaluate.argument(call, 'compute');
  const made = pool && evaluate.expression(pool);
  if (made?.kind === 'call') facts.read('concurrency', evaluate.argument(made, 'size', 0) ?? evaluate.argument(made, 'max_size'), count);
}
/** The model that the actor's class or function loads. */
function addLoaded(input: PythonInput, facts: FactSet, call: Call): void {
  const { program } = input;
  const given = call.args[0]?.value;
  const name = given?.kind === 'name' ? given.name : undefined;
  const owner = name === undefined ? undefined : (program.class(name) ?? program.function(name));
  if (!owner) return;
  const load = program.callsOf(/^(?:from_pretrained|pipeline|SentenceTransformer|LLM)$/, owner)[0];
  if (load) addModel(input, facts, load.call, owner.end);
  const engine = load && /LLM$/.test(dotted(load.call.callee) ?? '') ? engineFacts(input, load.call) : [];
  for (const fact of engine) facts.add(fact);
  const model = load && /pipeline$/.test(dotted(load.call.callee) ?? '') ? input.evaluate.argument(load.call, 'model', 1) : undefined;
  facts.read('model', model);
}
/** A dict read as the keywords of a call. */
const keywordsOf = (
  call: Call,
  dict: { readonly entries: readonly { readonly key?: { kind: string }; readonly value: Call['args'][number]['value'] }[] },
): Call => ({
  ...call,
  args: dict.entries.flatMap(({ key, value }) =>
    key?.kind === 'string' ? [{ keyword: (key as { kind: 'string'; value: string } & typeof key).value, value, start: value.start, end: value.end }] : [],
  ),
});
