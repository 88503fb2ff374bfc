import type { Fact, UnknownFact } from '../../model/fact.js';
import type { Expr } from '../../syntax/python/ast.js';
import type { CallSite } from '../../syntax/typescript/program.js';
import { apiCall } from '../shared/api-call.js';
import type { SeenWorkload, TypescriptInput, TypescriptRecogniser } from '../types.js';
import { clientOf, receiver } from './client.js';
import { optionsOf, setting } from './options.js';
import { circumstances, importedCalls, isTest } from './requests.js';

type Found = Fact | UnknownFact | undefined;
const library = /^@openai\/agents(?:-core)?$/;
const agent = /^@openai\/agents(?:-core)?#Agent(?:\.create)?$/;
const runner = /^@openai\/agents(?:-core)?#Runner$/;

/** The OpenAI Agents SDK: where the file runs agents, the runs; where it only defines them, the agents. */
export const openaiAgentsTypescript: TypescriptRecogniser = {
  id: 'openai-agents',
  language: 'typescript',
  marker: /["']@openai\/agents/,
  doc: {
    format: 'OpenAI Agents SDK (TypeScript, JavaScript)',
    reads: 'runs of agents with their model, reasoning effort and turns; agents that a file only defines',
    example: "run(new Agent({ name: 'a', model: 'gpt-5' }), 'hi', { maxTurns: 10 })",
  },
  recognise: (input) => {
    const { program, evaluate } = input;
    if (isTest(input)) return [];
    const runners = program
      .calls(/(?<=\.\s*)run\b(?=\s*[(<])/g)
      .filter(({ call }) => runner.test(clientOf(evaluate, receiver(call.callee, /^$/), runner).type ?? ''));
    const runs = [...importedCalls(input, library, /#run$/), ...runners].sort((a, b) => a.at - b.at);
    if (runs.length > 0) return runs.map((site) => runOf(input, site));
    return importedCalls(input, library, agent).map(({ call }) => apiCall(input, 'openai-agents', call, agentFacts(input, call)));
  },
};
function runOf(input: TypescriptInput, site: CallSite): SeenWorkload {
  const { evaluate } = input;
  const { call } = site;
  const made = call.callee.kind === 'attribute' ? clientOf(evaluate, receiver(call.callee, /^$/), runner).made : undefined;
  return apiCall(input, 'openai-agents', call, [
    setting(evaluate, 'model', optionsOf(evaluate, made?.args[0]?.value), ['model']),
    ...(call.args[0] ? agentFacts(input, call.args[0].value) : []),
    setting(evaluate, 'inference_steps', optionsOf(evaluate, call.args[2]?.value), ['maxTurns']),
    ...circumstances(input, site),
  ]);
}
function agentFacts({ evaluate }: TypescriptInput, expr: Expr): Found[] {
  const meant = evaluate.expression(expr);
  const first = meant.kind === 'call' ? meant.args[0]?.value : undefined;
  if (!first) return [];
  const given = optionsOf(evaluate, first);
  const settings = optionsOf(evaluate, given.get('modelSettings'));
  return [
    setting(evaluate, 'model', given, ['model']),
    setting(evaluate, 'max_tokens', settings, ['maxTokens']),
    setting(evaluate, 'reasoning_effort', optionsOf(evaluate, settings.get('reasoning')), ['effort']),
  ];
}
