import type { UnknownFact } from '../../model/fact.js';
import type { Call, Expr } from '../../syntax/python/ast.js';
import { apiCall } from '../shared/api-call.js';
import { agentTokens } from '../shared/prompt.js';
import type { PythonInput, PythonRecogniser, SeenWorkload } from '../types.js';
import { clientOf, receiver } from './client.js';
import { keyed } from './keyed.js';
import { circumstances, isTest, methodName, type Site, setting, sitesOf, together } from './requests.js';

const library = /^claude_(?:agent|code)_sdk(?:\.\w+)*\.(?:query|ClaudeSDKClient)$/;

/** Prompts that are handed to Claude's agent: each is a run of turns. */
export const claudeAgentPython: PythonRecogniser = {
  id: 'claude-agent',
  language: 'python',
  marker: /\bclaude_(?:agent|code)_sdk\b/,
  doc: {
    format: 'Claude Agent SDK (Python)',
    reads: 'queries with the model and the turns of their options; what a client is asked',
    example: 'query(prompt="…", options=ClaudeAgentOptions(model="claude-sonnet-4-5", max_turns=10))',
  },
  recognise: (input) => {
    const { program, evaluate } = input;
    if (isTest(input)) return [];
    return together(input, sitesOf(program, /\bquery\b(?=\s*\()/g)).flatMap(({ site, span, count }): SeenWorkload[] => {
      const made = library.test(methodName(program, site)) ? site.call : clientOf(evaluate, receiver(site.method, /^$/), library).made;
      if (!made || !library.test(evaluate.callee(made))) return [];
      const given = keyed(evaluate, site.call);
      const options = keyed(evaluate, made).get('options') ?? (made === site.call ? undefined : firstOf(made));
      const settings = keyed(evaluate, options);
      return [
        apiCall(input, 'claude-agent', span, [
          setting(evaluate, 'model', settings, ['model']) ?? chosenElsewhere(input, site),
          setting(evaluate, 'inference_steps', settings, ['max_turns']),
          setting(evaluate, 'reasoning_effort', settings, ['effort', 'max_thinking_tokens']),
          count,
          ...circumstances(input, site),
          agentTokens(evaluate.uri, given.get('prompt') ?? firstOf(site.call) ?? site.call),
        ]),
      ];
    });
  },
};
const firstOf = (call: Call): Expr | undefined => call.args.find((arg) => arg.keyword === undefined && arg.spread === undefined)?.value;

const chosenElsewhere = ({ document }: PythonInput, site: Site): UnknownFact => ({
  name: 'model',
  reason: 'no model is named: the settings of Claude Code on the machine choose it',
  need: 'name the model in the options, or set it for this workload',
  span: { uri: document.uri, start: site.call.start, end: site.call.end },
});
