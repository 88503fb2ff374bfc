import type { PythonRecogniser } from '../types.js';
import { modelObject } from './model-object.js';
import { isTest } from './requests.js';

/** Language models of DSPy programs. */
export const dspyPython: PythonRecogniser = {
  id: 'dspy',
  language: 'python',
  marker: /\bdspy\b/,
  doc: { format: 'DSPy', reads: 'the language model that a program is configured with', example: 'dspy.LM("openai/gpt-4o-mini", max_tokens=1000)' },
  recognise: (input) => {
    const { program, evaluate } = input;
    if (isTest(input)) return [];
    return program
      .callsOf(
        /^(?:LM|OpenAI|AzureOpenAI|Claude|Anthropic|Google|Cohere|Together|Groq|Mistral|Bedrock|AWSAnthropic|GoogleVertexAI|Embedder|Databricks|Snowflake|Watsonx|PremAI|You)$/,
      )
      .flatMap(({ call }) => (/^dspy(\.\w+)*\.\w+$|^dsp\.\w+$/.test(evaluate.callee(call)) ? (modelObject(input, 'dspy', call) ?? []) : []));
  },
};
