import type { Fact, UnknownFact } from '../../model/fact.js';
import type { Call, Expr } from '../../syntax/python/ast.js';
import { apiCall } from '../shared/api-call.js';
import type { PythonInput, PythonRecogniser, SeenWorkload } from '../types.js';
import { keyed } from './keyed.js';
import { modelObject } from './model-object.js';
import { circumstances, isTest, type Site, setting, sitesOf, together } from './requests.js';

type Found = Fact | UnknownFact | undefined;
/** Model classes of further agent frameworks: module, class, framework. */
const objects: readonly (readonly [RegExp, string])[] = [
  [
    /^smolagents(\.\w+)*\.(LiteLLM(Router)?Model|InferenceClientModel|HfApiModel|OpenAI(Server)?Model|AzureOpenAI(Server)?Model|AmazonBedrock(Server)?Model)$/,
    'smolagents',
  ],
  [/^autogen_ext\.models\.\w+(\.\w+)*\.(OpenAI|AzureOpenAI|Anthropic)\w*ChatCompletionClient$/, 'autogen'],
  [/^pydantic_ai\.models\.\w+\.\w+Model$/, 'pydantic-ai'],
  [
    /^agno\.(?:models|knowledge\.(?:embedder|reranker))\.\w+(\.\w+)*\.(?!Ollama|VLLM|LMStudio|LlamaCpp|SentenceTransformer|FastEmbed|Message$|Response)\w+$/,
    'agno',
  ],
  [/^strands\.models(\.\w+)*\.(?!Ollama)\w+Model$/, 'strands'],
  [
    /^haystack(?:_integrations)?\.components\.(?:generators|embedders)(?:\.(?!ollama|llama_cpp|llamafile|vllm|fastembed|instructor_embedders|optimum)\w+)*\.(?!HuggingFaceLocal|HuggingFaceTEI|SentenceTransformers|Fallback)\w+(?:Generator|Embedder)$/,
    'haystack',
  ],
  [
    /^semantic_kernel\.connectors\.ai\.(open_ai|azure_ai_inference|anthropic|google|mistral_ai|bedrock|hugging_face)(\.\w+)*\.(?!HuggingFace|Onnx|Ollama)\w+(ChatCompletion|TextCompletion|TextEmbedding|Responses|TextToImage|TextToAudio|AudioToText)$/,
    'semantic-kernel',
  ],
  [/^browser_use(\.\w+)*\.Chat(?!Ollama)\w+$/, 'browser-use'],
];
/** Agents of frameworks: class, framework. */
const agents: readonly (readonly [RegExp, string])[] = [
  [/^pydantic_ai(\.\w+)*\.Agent$/, 'pydantic-ai'],
  [/^google\.adk(\.\w+)*\.(Llm)?Agent$/, 'google-adk'],
  [/^strands(\.\w+)*\.Agent$/, 'strands'],
  [/^agno\.(agent|team)(\.\w+)*\.(Agent|Team)$/, 'agno'],
  [/^smolagents(\.\w+)*\.(Code|ToolCalling|MultiStep)Agent$/, 'smolagents'],
];

/** Agents of the OpenAI Agents SDK, run or only defined, and model objects of other agent frameworks. */
export const agentsPython: PythonRecogniser = {
  id: 'agents',
  language: 'python',
  marker: /\b(?:from|import)\s+(?:agents|smolagents|autogen_ext|pydantic_ai|agno|strands|haystack\w*|google\.adk|semantic_kernel|browser_use|camel)\b/,
  doc: {
    format: 'OpenAI Agents SDK, Pydantic AI, smolagents, AutoGen, Google ADK, Agno, Strands, Haystack, Semantic Kernel, browser-use, CAMEL',
    reads: 'runs of agents with their model, reasoning effort and turns; agents that a file only defines; model objects',
    example: 'Runner.run(Agent(name="a", model="gpt-5"), "hi", max_turns=10)',
  },
  recognise: (input) => {
    const { program, evaluate } = input;
    if (isTest(input)) return [];
    const found: SeenWorkload[] = sitesOf(program, /(?<=\bModelFactory\.)create\b(?=\s*\()/g).flatMap(({ call }) => camel(input, call));
    const names = [...program.imports].flatMap(([name, { module }]) => (/^agno\.(?:models|knowledge\.(?:embedder|reranker))\b/.test(module) ? [name] : []));
    const more = names.length > 0 ? sitesOf(program, new RegExp(`\\b(?:${names.join('|')})(?=\\s*\\()`, 'g')) : [];
    const sites = sitesOf(
      program,
      /(?:Model|Client|Generator|Embedder|Agent|Team|Chat\w*|Claude|Gemini|Groq|Completion|TextEmbedding|Responses|TextTo\w+|AudioToText)(?=\s*\()/g,
    );
    for (const site of [...sites.filter((one) => !more.some(({ at }) => at === one.at)), ...more]) {
      const { call } = site;
      const name = evaluate.callee(call);
      const framework = objects.find(([pattern]) => pattern.test(name))?.[1];
      const agent = framework ? undefined : agents.find(([pattern]) => pattern.test(name))?.[1];
      if (framework) found.push(...[modelObject(input, framework, call)].flatMap((one) => one ?? []));
      else if (agent) found.push(...agentOf(input, agent, site));
    }
    return [...found, ...sdk(input)];
  },
};
/** Model objects of CAMEL: platform and model are members of its enumerations, or texts. */
function camel(input: PythonInput, call: Call): SeenWorkload[] {
  const { evaluate, document } = input;
  if (!/^camel(\.\w+)*\.ModelFactory\.create$/.test(evaluate.callee(call))) return [];
  const given = keyed(evaluate, call);
  const member = (name: string): { readonly value: string; readonly expr: Expr } | undefined => {
    const expr = given.get(name);
    const known = expr && evaluate.value(expr);
    if (expr && known?.known && typeof known.value === 'string') return { value: known.value, expr };
    return expr?.kind === 'attribute' ? { value: expr.name.toLowerCase().replaceAll('_', '-'), expr } : undefined;
  };
  const platform = member('model_platform');
  if (platform && /^(ollama|vllm|sglang|lmstudio)$/.test(platform.value)) return [];
  const fact = (name: string, found: ReturnType<typeof member>): Found =>
    found && { name, value: found.value, origin: 'literal', span: { uri: document.uri, start: found.expr.start, end: found.expr.end } };
  const settings = keyed(evaluate, given.get('model_config_dict'));
  return [
    apiCall(input, 'camel', call, [
      fact('model', member('model_type')),
      fact('api_provider', platform),
      setting(evaluate, 'max_tokens', settings, ['max_tokens']),
    ]),
  ];
}
/** An agent that names its model, or whose model this file does not make: the model's own object is read where it is made. */
function agentOf(input: PythonInput, framework: string, site: Site): SeenWorkload[] {
  const { evaluate } = input;
  const { call } = site;
  const given = keyed(evaluate, call);
  const model = given.get('model') ?? (framework === 'pydantic-ai' ? call.args.find((arg) => arg.keyword === undefined && !arg.spread)?.value : undefined);
  const steps = setting(evaluate, 'inference_steps', given, ['max_steps', 'max_turns']);
  const made = model && evaluate.expression(model);
  const named = model && evaluate.value(model);
  if (named?.known && typeof named.value === 'string') return [modelObject(input, framework, call, [steps])].flatMap((one) => one ?? []);
  if (made?.kind === 'call') {
    const name = evaluate.callee(made);
    if (local.test(name) || objects.some(([pattern]) => pattern.test(name))) return [];
    const inner = keyed(evaluate, made).get('model', 'model_name', 'model_id') ?? made.args.find((arg) => arg.keyword === undefined && !arg.spread)?.value;
    const value = inner && evaluate.value(inner);
    if (value?.known && /^ollama/.test(String(value.value))) return [];
  }
  return [apiCall(input, framework, call, [modelFact(evaluate, model), steps, ...circumstances(input, site)])];
}
/** Model objects that run on the machine itself. */
const local = /(?:^|\.)(?:Transformers|VLLM|MLX|Ollama|LMStudio|LlamaCpp)\w*$/;

/** The OpenAI Agents SDK: where the file runs agents, the runs; where it only defines them, the agents. */
function sdk(input: PythonInput): SeenWorkload[] {
  const { program, evaluate } = input;
  const runs = sitesOf(program, /(?<=\bRunner\.)(?:run|run_sync|run_streamed)\b(?=\s*\()/g).filter((site) =>
    /^agents(\.\w+)*\.Runner\.run/.test(evaluate.callee(site.call)),
  );
  if (runs.length > 0) {
    const loops = new Set<number>();
    return together(input, runs).flatMap(({ site, span, count }): SeenWorkload[] => {
      const around = circumstances(input, site);
      const loop = around.find((fact) => fact?.name === 'call_in_loop');
      // Several runs of one unbounded loop are one cost that repeats.
      if (loop?.span && loops.has(loop.span.start)) return [];
      if (loop?.span) loops.add(loop.span.start);
      const given = keyed(evaluate, site.call);
      const agent = given.get('starting_agent') ?? site.call.args.find((arg) => arg.keyword === undefined)?.value;
      const config = keyed(evaluate, given.get('run_config'));
      return [
        apiCall(input, 'openai-agents', span, [
          setting(evaluate, 'model', config, ['model']),
          ...(agent ? agentFacts(input, agent) : []),
          setting(evaluate, 'inference_steps', given, ['max_turns']),
          count,
          ...around,
        ]),
      ];
    });
  }
  return program.calls(/\bAgent\b(?=\s*[([])/g).flatMap(({ call }) => {
    if (
      !/^agents(\.agent)?\.Agent(\[\])?$/.test(evaluate.callee(call)) ||
      !call.args.some((arg) => /^(instructions|model|handoffs|tools|output_type)$/.test(arg.keyword ?? ''))
    )
      return [];
    return [apiCall(input, 'openai-agents', call, agentFacts(input, call))];
  });
}
function agentFacts({ evaluate }: PythonInput, expr: Expr): Found[] {
  const meant = evaluate.expression(expr);
  if (meant.kind !== 'call') {
    const model = evaluate.fact('model', expr);
    return model && !('value' in model)
      ? [{ ...model, reason: `the agent is not defined here: ${model.reason}`, need: 'name the model of the agent, or set it for this workload' }]
      : [];
  }
  const given = keyed(evaluate, meant);
  const settings = keyed(evaluate, given.get('model_settings'));
  return [
    modelFact(evaluate, given.get('model')),
    setting(evaluate, 'max_tokens', settings, ['max_tokens']),
    setting(evaluate, 'reasoning_effort', keyed(evaluate, settings.get('reasoning')), ['effort']),
  ];
}
/** A name, or a model object that is given one. */
function modelFact(evaluate: PythonInput['evaluate'], model: Expr | undefined): Found {
  if (!model) return undefined;
  const meant = evaluate.expression(model);
  const inner =
    meant.kind === 'call' ? (keyed(evaluate, meant).get('model', 'model_name') ?? meant.args.find((arg) => arg.keyword === undefined)?.value) : undefined;
  return evaluate.fact('model', inner ?? model, (value) => (value === '' ? undefined : value));
}
