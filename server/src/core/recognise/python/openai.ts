import { argument } from '../../syntax/python/ast.js';
import { sortFacts } from '../shared/facts.js';
import type { PythonRecogniser } from '../types.js';

/** Calls of the `openai` client. */
export const openaiPython: PythonRecogniser = {
  id: 'openai',
  language: 'python',
  marker: /\bopenai\b/,
  doc: { format: 'openai (Python)', reads: 'request methods of OpenAI clients', example: 'client.chat.completions.create(model="gpt-4o", max_tokens=300)' },
  recognise: ({ document, program, evaluate }) =>
    program.calls(/\bcreate\b/g).flatMap(({ call }) => {
      if (!/\.(chat\.completions|responses|embeddings)\.create$/.test(evaluate.callee(call))) return [];
      const model = argument(call, 'model')?.value;
      const tokens = (argument(call, 'max_tokens') ?? argument(call, 'max_completion_tokens') ?? argument(call, 'max_output_tokens'))?.value;
      return [
        {
          kind: 'api-call' as const,
          framework: 'openai',
          span: { uri: document.uri, start: call.start, end: call.end },
          refs: [],
          ...sortFacts([model && evaluate.fact('model', model), tokens && evaluate.fact('max_tokens', tokens)]),
        },
      ];
    }),
};
