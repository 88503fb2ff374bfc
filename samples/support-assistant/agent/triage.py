"""Sorts new tickets and drafts answers with hosted models."""

import anthropic
from openai import OpenAI

MODEL = "gpt-4o-mini"
client = OpenAI()
claude = anthropic.Anthropic()

SYSTEM = "You sort support tickets. Answer with one word: billing, bug, question or other."


def triage(ticket: str) -> str:
    answer = client.chat.completions.create(
        model=MODEL,
        messages=[{"role": "system", "content": SYSTEM}, {"role": "user", "content": ticket}],
        max_tokens=5,
    )
    return answer.choices[0].message.content


def draft(ticket: str, history: list[str]) -> str:
    message = claude.messages.create(
        model="claude-sonnet-4-5",
        max_tokens=800,
        system="You draft an answer that a person will check.",
        messages=[{"role": "user", "content": "\n".join([*history, ticket])}],
    )
    return message.content[0].text
