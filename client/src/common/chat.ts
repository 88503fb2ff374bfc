import * as vscode from 'vscode';
import { type AnswerParams, answerRequest, type MarkdownResult, type Question } from '../../../server/src/protocol/protocol.js';
import { folderInFront } from './agent-tools.js';
import { baseOf, questionOf, questions } from './questions.js';
import type { Start } from './running.js';

const participant = 'mlCostLens.cost';
const help =
  'Ask which workload costs most (`/top`), why costs changed (`/why`, `/why HEAD~5`), what is cheaper for what is open (`/cheaper`), or what is left of the budgets (`/budget`).';

/** `@cost` in the chat. Answers are computed; a language model, where one is offered, only says which of the four questions was meant. */
export function registerChat(start: Start): vscode.Disposable[] {
  if (typeof vscode.chat?.createChatParticipant !== 'function') return [];
  const cost = vscode.chat.createChatParticipant(participant, async (request, _context, stream, token) => {
    const question = questionOf(request.command, request.prompt) ?? (await meant(request, token));
    const folder = folderInFront();
    if (question === undefined || folder === undefined) {
      stream.markdown(folder === undefined ? 'Open a folder first.' : help);
      return {};
    }
    stream.progress('Reading the workspace');
    const uri = (vscode.window.activeTextEditor?.document.uri ?? vscode.window.activeNotebookEditor?.notebook.uri)?.toString();
    const base = question === 'why' ? baseOf(request.prompt) : undefined;
    const params: AnswerParams = { question, folder, ...(uri === undefined ? {} : { uri }), ...(base === undefined ? {} : { base }) };
    const { title, markdown } = await (await start()).request<MarkdownResult>(answerRequest, params, token);
    stream.markdown(`**${title}**\n\n${markdown}`);
    return { metadata: { question } };
  });
  cost.iconPath = new vscode.ThemeIcon('graph');
  cost.followupProvider = {
    provideFollowups: (result) => {
      const asked = (result.metadata as { question?: unknown } | undefined)?.question;
      return questions.filter((one) => one !== asked).map((command) => ({ prompt: '', command, label: `/${command}` }));
    },
  };
  return [cost];
}

/** What a model takes the question for: one of the four words, or nothing. */
async function meant(request: vscode.ChatRequest, token: vscode.CancellationToken): Promise<Question | undefined> {
  const { model } = request as { model?: vscode.LanguageModelChat };
  if (!model || request.prompt.trim() === '') return undefined;
  try {
    const ask = `Which of these does the question ask for: top (which workload costs most), why (why costs changed), cheaper (what would cost less), budget (what is left), none? Answer with the one word.\n\nQuestion: ${request.prompt.slice(0, 2000)}`;
    const answer = await model.sendRequest([vscode.LanguageModelChatMessage.User(ask)], {}, token);
    let text = '';
    for await (const part of answer.text) text += part;
    return questions.find(
      (one) =>
        one ===
        text
          .trim()
          .toLowerCase()
          .replace(/[^a-z]/g, ''),
    );
  } catch {
    return undefined; // without a model the words decide
  }
}
