import { FactReader, type Spec } from '../../estimate/spec.js';
import type { Workload } from '../../model/workload.js';
import type { Generated } from './autoscaling.js';

/** What a provider's batch interface takes at once.
 * @source OpenAI documentation, Batch API: 50,000 requests and 200 MB a file; Anthropic documentation, Message Batches: 100,000 requests or 256 MB */
const limits = { openai: { requests: 50_000, bytes: 200e6 }, anthropic: { requests: 100_000, bytes: 256e6 } } as const;

/** A program that sends the requests of a hosted call through the provider's batch interface, and goes on where it was interrupted.
 * @unknown for other providers, and where the model is decided at run time */
export function batchScript(workload: Workload, spec: Spec): Generated {
  const facts = new FactReader(spec);
  const model = facts.text('model');
  const provider = /^anthropic$/.test(workload.framework) ? 'anthropic' : /^(openai|openai-agents)$/.test(workload.framework) ? 'openai' : undefined;
  const lacks = [
    ...(workload.kind === 'api-call' ? [] : ['a call of a hosted model']),
    ...(provider ? [] : [`a batch interface of ${workload.framework}: OpenAI’s and Anthropic’s are known`]),
    ...(model === undefined ? ['the model, by its name'] : []),
  ];
  if (provider === undefined || model === undefined || lacks.length > 0) return { made: false, lacks };
  const most = facts.number('max_tokens') ?? 1024;
  const text = program
    .replaceAll('@PROVIDER@', provider === 'openai' ? 'OpenAI' : 'Anthropic')
    .replaceAll('@PACKAGE@', provider)
    .replace('@MODEL@', JSON.stringify(model))
    .replace('@MOST@', String(most))
    .replace('@REQUESTS@', String(limits[provider].requests))
    .replace('@BYTES@', String(limits[provider].bytes))
    .replace('@CALLS@', provider === 'openai' ? openai : anthropic);
  return { made: true, name: 'batch_requests.py', text };
}

const openai = `def body(messages):
    return {"model": MODEL, "messages": messages, "max_completion_tokens": MAX_TOKENS}


def line(request):
    return {"custom_id": request["id"], "method": "POST", "url": "/v1/chat/completions", "body": body(request["messages"])}


def send(client, requests):
    data = "\\n".join(json.dumps(line(one)) for one in requests).encode()
    file = client.files.create(file=("requests.jsonl", data), purpose="batch")
    return client.batches.create(input_file_id=file.id, endpoint="/v1/chat/completions", completion_window="24h").id


def finished(client, batch_id):
    """None while it runs; else the lines of its answers and errors."""
    batch = client.batches.retrieve(batch_id)
    if batch.status in ("validating", "in_progress", "finalizing", "cancelling"):
        return None
    if batch.status == "failed":
        raise SystemExit(f"{batch_id} failed: {batch.errors}")
    files = [one for one in (batch.output_file_id, batch.error_file_id) if one]
    return [json.loads(each) for one in files for each in client.files.content(one).text.splitlines() if each]`;

const anthropic = `def line(request):
    messages = [one for one in request["messages"] if one["role"] != "system"]
    system = [one["content"] for one in request["messages"] if one["role"] == "system"]
    params = {"model": MODEL, "max_tokens": MAX_TOKENS, "messages": messages}
    if system:
        params["system"] = system[0]
    return {"custom_id": request["id"], "params": params}


def send(client, requests):
    return client.messages.batches.create(requests=[line(one) for one in requests]).id


def finished(client, batch_id):
    """None while it runs; else the lines of its answers and errors."""
    if client.messages.batches.retrieve(batch_id).processing_status != "ended":
        return None
    return [one.to_dict() for one in client.messages.batches.results(batch_id)]`;

const program = `#!/usr/bin/env python3
"""Sends requests through @PROVIDER@'s batch interface: cheaper, answered within a day.

    batch_requests.py requests.jsonl answers.jsonl

requests.jsonl: {"id": "any name", "messages": [{"role": "user", "content": "..."}]} a line; answers.jsonl: the provider's answer to each, by its custom_id.
Started again, it goes on with the batches that it sent (requests.jsonl.batches) and sends nothing twice.
Needs: pip install @PACKAGE@, and the provider's key in the environment.
"""
import json
import os
import sys
import time

import @PACKAGE@

MODEL = @MODEL@
MAX_TOKENS = @MOST@
MOST_REQUESTS = @REQUESTS@
MOST_BYTES = @BYTES@
PAUSES = [float(one) for one in os.environ.get("BATCH_PAUSES", "10,30,60,120,300").split(",")]


@CALLS@


def parts(requests):
    part, size = [], 0
    for request in requests:
        own = len(json.dumps(line(request)).encode()) + 1
        if part and (len(part) == MOST_REQUESTS or size + own > MOST_BYTES):
            yield part
            part, size = [], 0
        part.append(request)
        size += own
    if part:
        yield part


def read(path):
    with open(path, encoding="utf-8") as file:
        requests = [json.loads(one) for one in file if one.strip()]
    names = {one["id"] for one in requests}
    if len(names) != len(requests):
        raise SystemExit("two requests have the same id")
    return requests


def main(source, target):
    client = @PACKAGE@.@PROVIDER@()
    sent = source + ".batches"
    requests = read(source)
    batches = json.load(open(sent, encoding="utf-8")) if os.path.exists(sent) else []
    gone = {name for batch in batches for name in batch["ids"]}
    for part in parts([one for one in requests if one["id"] not in gone]):
        batches.append({"batch": send(client, part), "ids": [one["id"] for one in part]})
        # Written at once: what is sent is paid for.
        with open(sent + ".new", "w", encoding="utf-8") as file:
            json.dump(batches, file)
        os.replace(sent + ".new", sent)
        print(f"sent {batches[-1]['batch']}: {len(part)} requests")
    answers = []
    for batch in batches:
        tries = 0
        while (lines := finished(client, batch["batch"])) is None:
            time.sleep(PAUSES[min(tries, len(PAUSES) - 1)])
            tries += 1
        answers += lines
    with open(target, "w", encoding="utf-8") as file:
        file.writelines(json.dumps(one) + "\\n" for one in answers)
    missing = {one["id"] for one in requests} - {one["custom_id"] for one in answers}
    print(f"{len(answers)} answers in {target}" + (f", {len(missing)} without one: expired or failed" if missing else ""))
    return 1 if missing else 0


if __name__ == "__main__":
    if len(sys.argv) != 3:
        raise SystemExit(__doc__)
    sys.exit(main(sys.argv[1], sys.argv[2]))
`;
