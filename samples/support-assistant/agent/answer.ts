/** Answers a question while the customer waits: looks things up, four times at most. */
import { openai } from '@ai-sdk/openai';
import { generateText, stepCountIs } from 'ai';
import { MODELS } from './models';
import { tools } from './tools';

const INSTRUCTIONS = 'You answer questions about orders and invoices. Look up what you need, and say so when you are not sure.';

export async function answer(question: string): Promise<string> {
  const { text } = await generateText({
    model: openai(MODELS.answer),
    system: INSTRUCTIONS,
    prompt: question,
    maxOutputTokens: 400,
    stopWhen: stepCountIs(4),
    tools,
  });
  return text;
}
