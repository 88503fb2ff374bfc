import type { Fact, UnknownFact } from '../../model/fact.js';
import type { Expr } from '../../syntax/python/ast.js';
import type { CallSite } from '../../syntax/typescript/program.js';
import { apiCall } from '../shared/api-call.js';
import type { SeenWorkload, TypescriptInput, TypescriptRecogniser } from '../types.js';
import { clientOf, receiver } from './client.js';
import { optionsOf, setting } from './options.js';
import { circumstances, isTest } from './requests.js';

type Found = Fact | UnknownFact | undefined;
const agent = /^@openai\/agents(?:-core)?#Agent(?:\.create)?$/;

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
    const runs = program.calls(/\brun\b(?=\s*[(<])/g).filter(({ call }) => isRun(input, call));
    if (runs.length > 0) return runs.map((site) => runOf(input, site));
    return program
      .calls(/\b(?:Agent|create)\b(?=\s*[(<])/g)
      .flatMap(({ call }): SeenWorkload[] => (agent.test(evaluate.callee(call)) ? [apiCall(input, 'openai-agents', call, agentFacts(input, call))] : []));
  },
};
function isRun({ evaluate }: TypescriptInput, call: CallSite['call']): boolean {
  if (/^@openai\/agents(?:-core)?#run$/.test(evaluate.callee(call))) return true;
  return call.callee.kind === 'attribute' && /#Runner$/.test(clientOf(evaluate, receiver(call.callee, /^$/), /^@openai\/agents(?:-core)?#Runner$/).type ?? '');
}
function runOf(input: TypescriptInput, site: CallSite): SeenWorkload {
  const { evaluate } = input;
  const { call } = site;
  const made = call.callee.kind === 'attribute' ? clientOf(evaluate, receiver(call.callee, /^$/), /#Runner$/).made : undefined;
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
