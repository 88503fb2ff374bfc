import { argument } from '../../syntax/python/ast.js';
import { apiCall } from '../shared/api-call.js';
import type { PythonRecogniser, SeenWorkload } from '../types.js';
import { keyed } from './keyed.js';
import { modelObject } from './model-object.js';
import { isTest, setting } from './requests.js';

/** Crews: their language model where it is made, else the crew itself. */
export const crewaiPython: PythonRecogniser = {
  id: 'crewai',
  language: 'python',
  marker: /\bcrewai\b/,
  doc: { format: 'CrewAI', reads: 'LLM objects, and crews whose agents name a model or leave it to the environment', example: 'LLM(model="openai/gpt-4o")' },
  recognise: (input) => {
    const { program, evaluate } = input;
    if (isTest(input)) return [];
    const models = program
      .callsOf('LLM')
      .flatMap(({ call }) => (/^crewai(\.\w+)*\.LLM$/.test(evaluate.callee(call)) ? (modelObject(input, 'crewai', call) ?? []) : []));
    if (models.length > 0) return models;
    const agents = program.callsOf('Agent').filter(({ call }) => /^crewai(\.\w+)*\.Agent$/.test(evaluate.callee(call)));
    // An agent that is given a model object is paid for where the object is made.
    const objects = agents.some(({ call }) => {
      const llm = argument(call, 'llm')?.value;
      const value = llm && evaluate.value(llm);
      return llm !== undefined && llm.kind !== 'none' && (!value?.known || typeof value.value !== 'string');
    });
    if (objects) return [];
    const crews = program.callsOf('Crew').filter(({ call }) => /^crewai(\.\w+)*\.Crew$/.test(evaluate.callee(call)));
    const named = agents.find(({ call }) => argument(call, 'llm'));
    return (crews.length > 0 ? crews : agents.filter((one) => one === named)).map(
      ({ call }): SeenWorkload =>
        apiCall(input, 'crewai', call, [
          named && setting(evaluate, 'model', keyed(evaluate, named.call), ['llm']),
          agents[0] && setting(evaluate, 'inference_steps', keyed(evaluate, agents[0].call), ['max_iter']),
        ]),
    );
  },
};
