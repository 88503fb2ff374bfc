import { dotted } from '../../syntax/python/ast.js';
import { apiCall } from '../shared/api-call.js';
import { promptFact } from '../shared/prompt.js';
import type { PythonInput, PythonRecogniser, SeenWorkload } from '../types.js';
import { keyed } from './keyed.js';
import { circumstances, isTest, setting, sitesOf, together } from './requests.js';

/** Calls of a project's own function around a hosted API, in files that import it: what it sends is decided here. */
export const apiWrapper: PythonRecogniser = {
  id: 'api-wrapper',
  language: 'python',
  marker: /(?:chat_completion|call_llm|llm_call|get_completion|ask_llm|query_llm|call_gpt|call_openai|call_claude|chat_with_gpt|get_llm_response)\w*\s*\(/,
  doc: {
    format: 'project’s own wrapper (Python)',
    reads: 'calls of an imported completion function with messages and a model',
    example: 'await create_chat_completion(messages=messages, model=cfg.model, max_tokens=4000)',
  },
  recognise: (input) => {
    const { program, evaluate } = input;
    if (isTest(input)) return [];
    const sites = sitesOf(
      program,
      /(?:chat_completion|call_llm|llm_call|get_completion|ask_llm|query_llm|call_gpt|call_openai|call_claude|chat_with_gpt|get_llm_response)\w*\b(?=\s*[(,)])/g,
    ).filter((site) => isWrapper(input, dotted(site.method)));
    return together(input, sites).flatMap(({ site, span, count }): SeenWorkload[] => {
      const given = keyed(evaluate, site.call);
      const messages = given.get('messages', 'prompt', 'user_prompt', 'system_prompt', 'query', 'question');
      if (!messages || !(given.get('model', 'model_name', 'llm_provider', 'max_tokens', 'temperature') || given.open)) return [];
      return [
        apiCall(input, 'wrapper', span, [
          setting(evaluate, 'model', given, ['model', 'model_name']),
          setting(evaluate, 'max_tokens', given, ['max_tokens', 'max_completion_tokens', 'max_output_tokens']),
          setting(evaluate, 'n', given, ['n']),
          setting(evaluate, 'reasoning_effort', given, ['reasoning_effort']),
          count,
          ...circumstances(input, site),
          promptFact(evaluate, given.get('system_prompt'), messages),
        ]),
      ];
    });
  },
};
/** Imported from the project itself by a plain name: libraries' functions have recognisers of their own, and what this file defines is read inside. */
function isWrapper({ program }: PythonInput, name: string | undefined): boolean {
  if (name === undefined || name.includes('.')) return false;
  const imported = program.imports.get(name);
  return (
    imported?.name !== undefined && !/^(litellm|openai|anthropic|langchain\w*|llama_index|transformers|huggingface_hub|groq|mistralai)\b/.test(imported.module)
  );
}
