import type { Catalog } from '../../catalog/catalog.js';
import { FactReader, type Spec } from '../../estimate/spec.js';
import type { Workload } from '../../model/workload.js';
import type { Generated } from './autoscaling.js';

/** A module that bounds a task of an agent in tokens, dollars, steps and seconds, and repeats failed calls with growing pauses, a few times at most.
 * The prices are those of the model's provider; a model without a listed price is bounded without dollars. */
export function taskBudget(workload: Workload, spec: Spec, catalog: Catalog): Generated {
  const facts = new FactReader(spec);
  const model = facts.text('model');
  if (workload.kind !== 'api-call') return { made: false, lacks: ['a call of a hosted model'] };
  if (model === undefined) return { made: false, lacks: ['the model, by its name'] };
  // An agent's library is nobody's provider: the model's name decides then.
  const found = [facts.text('api_provider') ?? facts.text('provider') ?? workload.framework, undefined]
    .map((provider) => catalog.hostedBook.find(model, provider))
    .find((match) => match.found);
  const price = found?.found ? found.prices[0] : undefined;
  const output = price?.outputUsd ?? (price?.kind === 'embedding' ? 0 : undefined);
  const steps = facts.number('inference_steps') ?? 20;
  const call = (facts.number('input_tokens') ?? 4000) + (facts.number('output_tokens') ?? facts.number('max_tokens') ?? 1000);
  const text = program
    .replace('@MODEL@', model)
    .replace('@BASIS@', price ? `${price.source}, ${price.asOf}` : 'no price is listed for this model: set them, or dollars are not counted')
    .replace('@INPUT@', price ? String(price.inputUsd) : 'None')
    .replace('@OUTPUT@', output === undefined ? 'None' : String(output))
    .replaceAll('@STEPS@', String(steps))
    .replaceAll('@TOKENS@', String(Number((steps * call).toPrecision(2))));
  return { made: true, name: 'task_budget.py', text };
}

const program = `"""Bounds one task of an agent: tokens, dollars, steps and seconds; and repeats failed calls with growing pauses, a few times at most.

    task = TaskBudget(usd=0.50)
    while not done:
        answer = task.call(lambda: client.chat.completions.create(..., timeout=task.left()))

Works with whatever answers with a \`usage\` of input and output tokens (openai, anthropic). Give clients \`max_retries=0\`: repeats are counted here.
"""
import random
import time

# @MODEL@: dollars for a million tokens. @BASIS@
INPUT_USD = @INPUT@
OUTPUT_USD = @OUTPUT@

# What is worth a second try: timeouts, conflicts, limits of rate, errors of the server.
REPEATABLE = {408, 409, 425, 429, 500, 502, 503, 504, 529}


class BudgetSpent(RuntimeError):
    """The task has used what it may: stop it, and answer with what there is."""


class TaskBudget:
    def __init__(self, tokens=@TOKENS@, usd=None, steps=@STEPS@, seconds=300.0, tries=4, first_pause=1.0, longest_pause=30.0):
        if usd is not None and (INPUT_USD is None or OUTPUT_USD is None):
            raise ValueError("a budget in dollars needs INPUT_USD and OUTPUT_USD")
        self.tokens, self.usd, self.steps, self.seconds = tokens, usd, steps, seconds
        self.tries, self.first_pause, self.longest_pause = tries, first_pause, longest_pause
        self.used_tokens, self.used_usd, self.used_steps = 0, 0.0, 0
        self.end = time.monotonic() + seconds

    def left(self):
        """Seconds that are left: the time limit of the next call."""
        return max(0.001, self.end - time.monotonic())

    def check(self):
        if self.used_steps >= self.steps:
            raise BudgetSpent(f"{self.used_steps} steps")
        if self.used_tokens >= self.tokens:
            raise BudgetSpent(f"{self.used_tokens} tokens")
        if self.usd is not None and self.used_usd >= self.usd:
            raise BudgetSpent(f"{self.used_usd:.4f} dollars")
        if time.monotonic() >= self.end:
            raise BudgetSpent(f"{self.seconds} seconds")

    def call(self, send):
        self.check()
        self.used_steps += 1
        for attempt in range(1, self.tries + 1):
            try:
                answer = send()
            except Exception as error:
                if attempt == self.tries or not repeatable(error):
                    raise
                pause = self.pause(attempt, error)
                if pause >= self.left():
                    raise BudgetSpent(f"{self.seconds} seconds") from error
                time.sleep(pause)
                self.check_time()
            else:
                self.count(answer)
                return answer

    def check_time(self):
        if time.monotonic() >= self.end:
            raise BudgetSpent(f"{self.seconds} seconds")

    def pause(self, attempt, error):
        """Twice as long each time, of random length so that clients do not come back together; what the server asks for, up to the longest."""
        asked = retry_after(error)
        grown = min(self.longest_pause, self.first_pause * 2 ** (attempt - 1))
        return min(self.longest_pause, asked) if asked is not None else grown * random.uniform(0.5, 1.0)

    def count(self, answer):
        usage = getattr(answer, "usage", None)
        taken = tokens_of(usage, "input_tokens", "prompt_tokens")
        given = tokens_of(usage, "output_tokens", "completion_tokens")
        self.used_tokens += taken + given
        if INPUT_USD is not None and OUTPUT_USD is not None:
            self.used_usd += (taken * INPUT_USD + given * OUTPUT_USD) / 1e6


def repeatable(error):
    status = getattr(error, "status_code", None)
    if status is not None:
        return status in REPEATABLE
    return isinstance(error, (TimeoutError, ConnectionError)) or type(error).__name__ in ("APITimeoutError", "APIConnectionError")


def retry_after(error):
    headers = getattr(getattr(error, "response", None), "headers", None) or {}
    try:
        return max(0.0, float(headers.get("retry-after")))
    except (TypeError, ValueError):
        return None


def tokens_of(usage, *names):
    for name in names:
        value = usage.get(name) if isinstance(usage, dict) else getattr(usage, name, None)
        if value is not None:
            return value
    return 0
`;
