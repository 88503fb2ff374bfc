import type { CallSite } from '../../syntax/typescript/program.js';
import { apiCall } from '../shared/api-call.js';
import { agentTokens } from '../shared/prompt.js';
import type { SeenWorkload, TypescriptInput, TypescriptRecogniser } from '../types.js';
import { optionsOf, setting } from './options.js';
import { circumstances, importedCalls, isTest } from './requests.js';

const library = /^@anthropic-ai\/claude-(?:agent-sdk|code)$/;

/** Prompts that are handed to Claude's agent: each is a run of turns. */
export const claudeAgentTypescript: TypescriptRecogniser = {
  id: 'claude-agent',
  language: 'typescript',
  marker: /["']@anthropic-ai\/claude-(?:agent-sdk|code)["']/,
  doc: {
    format: 'Claude Agent SDK (TypeScript, JavaScript)',
    reads: 'queries with the model and the turns of their options',
    example: "query({ prompt: '…', options: { model: 'claude-sonnet-4-5', maxTurns: 10 } })",
  },
  recognise: (input) => (isTest(input) ? [] : importedCalls(input, library, /#query$/).map((site) => queryOf(input, site))),
};

function queryOf(input: TypescriptInput, site: CallSite): SeenWorkload {
  const { evaluate, document } = input;
  const { call } = site;
  const given = optionsOf(evaluate, call.args[0]?.value);
  const settings = optionsOf(evaluate, given.get('options'));
  return apiCall(input, 'claude-agent', call, [
    setting(evaluate, 'model', settings, ['model']) ?? {
      name: 'model',
      reason: 'no model is named: the settings of Claude Code on the machine choose it',
      need: 'name the model in the options, or set it for this workload',
      span: { uri: document.uri, start: call.start, end: call.end },
    },
    setting(evaluate, 'inference_steps', settings, ['maxTurns']),
    setting(evaluate, 'reasoning_effort', settings, ['effort', 'maxThinkingTokens']),
    ...circumstances(input, site),
    agentTokens(evaluate.uri, given.get('prompt') ?? call),
  ]);
}
