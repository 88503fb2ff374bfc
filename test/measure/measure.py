"""Measures real training steps and decode loops on one GPU, a row a configuration.

Needs torch and transformers, and nothing else; see README.md beside this file.
Weights are random: speed and memory do not depend on them, and nothing is downloaded.
"""

import argparse
import gc
import itertools
import json
import platform
import statistics
import sys
import time

import torch
import transformers
from transformers import AutoModelForCausalLM, LlamaConfig

# A small and a middle decoder of the usual shape; --shape adds another.
SHAPES = {
    "125m": dict(num_hidden_layers=12, hidden_size=768, num_attention_heads=12, num_key_value_heads=12, intermediate_size=2048, vocab_size=32000),
    "1b": dict(num_hidden_layers=16, hidden_size=2048, num_attention_heads=32, num_key_value_heads=8, intermediate_size=8192, vocab_size=32000),
    "3b": dict(num_hidden_layers=28, hidden_size=3072, num_attention_heads=24, num_key_value_heads=8, intermediate_size=8192, vocab_size=32000),
}
DTYPES = {"bf16": torch.bfloat16, "fp16": torch.float16, "fp32": torch.float32}
GIB = 2**30


def machine():
    """What the figures hold for. No host name, no user."""
    gpu = torch.cuda.get_device_properties(0)
    return {
        "gpu_type": gpu.name,
        "gpus": 1,
        "gpu_memory_gib": round(gpu.total_memory / GIB, 2),
        "torch": torch.__version__.split("+")[0],
        "cuda": torch.version.cuda or torch.version.hip or "",
        "transformers": transformers.__version__,
        "framework": "transformers",
    }


def build(shape, length, attention, dtype):
    config = LlamaConfig(max_position_embeddings=length, attn_implementation=attention, **SHAPES[shape])
    with torch.device("cuda"):
        return AutoModelForCausalLM.from_config(config, torch_dtype=dtype)


def clear():
    gc.collect()
    torch.cuda.empty_cache()
    torch.cuda.reset_peak_memory_stats()


def peak():
    return {
        "peak_memory_gib": round(torch.cuda.max_memory_allocated() / GIB, 3),
        "reserved_memory_gib": round(torch.cuda.max_memory_reserved() / GIB, 3),
    }


def timed(work, warm, count):
    """Median seconds of one call, after some that warm up, each waited for."""
    for _ in range(warm):
        work()
    seconds = []
    for _ in range(count):
        torch.cuda.synchronize()
        begin = time.perf_counter()
        work()
        torch.cuda.synchronize()
        seconds.append(time.perf_counter() - begin)
    return statistics.median(seconds)


def training(shape, batch, length, precision, checkpointing, options):
    """AdamW on fp32 weights under autocast, as everyday code has it; fp32 without autocast."""
    model = build(shape, length, options.attention, torch.float32)
    model.train()
    if checkpointing:
        model.gradient_checkpointing_enable(gradient_checkpointing_kwargs={"use_reentrant": False})
        model.config.use_cache = False
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-4, fused=True)
    scaler = torch.amp.GradScaler("cuda", enabled=precision == "fp16")
    tokens = torch.randint(0, SHAPES[shape]["vocab_size"], (batch, length), device="cuda")

    def step():
        with torch.autocast("cuda", DTYPES[precision], enabled=precision != "fp32"):
            loss = model(input_ids=tokens, labels=tokens).loss
        scaler.scale(loss).backward()
        scaler.step(optimizer)
        scaler.update()
        optimizer.zero_grad(set_to_none=True)

    seconds = timed(step, options.warm, options.steps)
    facts = {"batch_size": batch, "grad_accum": 1, "seq_len": length, "grad_ckpt": checkpointing, "optimizer": "adamw_torch_fused", "strategy": "ddp"}
    return "training", "pretrain", facts, {"step_time_s": round(seconds, 6), "tokens_per_s_per_gpu": round(batch * length / seconds, 1), **peak()}, model


def decoding(shape, batch, length, precision, options):
    """Greedy decoding after one prompt: time to the first token, and of each further one."""
    model = build(shape, length + options.answer, options.attention, DTYPES[precision]).eval()
    tokens = torch.randint(0, SHAPES[shape]["vocab_size"], (batch, length), device="cuda")

    def prefill():
        with torch.inference_mode():
            return model(input_ids=tokens, use_cache=True, logits_to_keep=1)

    first = timed(prefill, options.warm, options.steps)
    state = prefill()
    past, last = state.past_key_values, state.logits[:, -1:].argmax(-1)

    def step():
        nonlocal past, last
        with torch.inference_mode():
            out = model(input_ids=last, past_key_values=past, use_cache=True)
        past, last = out.past_key_values, out.logits[:, -1:].argmax(-1)

    each = timed(step, options.warm, max(options.steps, options.answer - options.warm))
    facts = {"batch_size": batch, "input_tokens": length, "output_tokens": options.answer, "engine": "transformers", "weights": precision, "task": "llm", "mode": "latency"}
    rate = batch / each
    figures = {"ttft_ms": round(first * 1000, 3), "tpot_ms": round(each * 1000, 3), "decode_tokens_per_s": round(rate, 1), **peak()}
    return "serving", "llm", facts, figures, model


def row(number, kind, task, facts, measured, shape, precision, attention, params):
    dims = SHAPES[shape]
    model = {
        "params": params,
        "n_layer": dims["num_hidden_layers"],
        "n_embd": dims["hidden_size"],
        "n_head": dims["num_attention_heads"],
        "n_kv_head": dims["num_key_value_heads"],
        "n_ffn": dims["intermediate_size"],
        "vocab_size": dims["vocab_size"],
        "precision": precision,
        "flash_attention": attention != "eager",
    }
    return {
        "id": f"own-{kind}-{shape}-{number}",
        "kind": kind,
        "task": task,
        "family": "own",
        "facts": {**model, **facts, **machine()},
        "measured": measured,
        "source": f"test/measure/measure.py, {platform.system()} {platform.machine()}, Python {platform.python_version()}",
        "date": time.strftime("%Y-%m-%d", time.gmtime()),
        "flags": [],
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", default="-", help="file that rows are added to; - is standard output")
    parser.add_argument("--shapes", nargs="+", default=["125m", "1b"], choices=sorted(SHAPES))
    parser.add_argument("--batches", nargs="+", type=int, default=[1, 4, 16])
    parser.add_argument("--lengths", nargs="+", type=int, default=[512, 2048])
    parser.add_argument("--precisions", nargs="+", default=["bf16", "fp32"], choices=sorted(DTYPES))
    parser.add_argument("--kinds", nargs="+", default=["training", "decode"], choices=["training", "decode"])
    parser.add_argument("--attention", default="sdpa", choices=["sdpa", "eager", "flash_attention_2"])
    parser.add_argument("--answer", type=int, default=128, help="tokens that are decoded")
    parser.add_argument("--warm", type=int, default=3)
    parser.add_argument("--steps", type=int, default=10)
    options = parser.parse_args()
    if not torch.cuda.is_available():
        sys.exit("no GPU: there is nothing to measure")
    out = sys.stdout if options.out == "-" else open(options.out, "a", encoding="utf-8")
    cells = itertools.product(options.shapes, options.precisions, options.lengths, options.batches)
    number = 0
    for shape, precision, length, batch in cells:
        works = []
        if "training" in options.kinds:
            works += [lambda on=on: training(shape, batch, length, precision, on, options) for on in (False, True)]
        if "decode" in options.kinds:
            works.append(lambda: decoding(shape, batch, length, precision, options))
        for work in works:
            number += 1
            clear()
            try:
                kind, task, facts, measured, model = work()
            except torch.cuda.OutOfMemoryError:
                # Not a figure: what did not fit is said on standard error only.
                print(f"out of memory: {shape} {precision} length {length} batch {batch}", file=sys.stderr)
                continue
            params = sum(p.numel() for p in model.parameters())
            print(json.dumps(row(number, kind, task, facts, measured, shape, precision, options.attention, params)), file=out, flush=True)
            del model


if __name__ == "__main__":
    main()
