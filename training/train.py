"""Trains the embedded model. Seeded, and resumable: run it again with the same arguments and it goes on.

    python3 train.py --out out

With `--start-from FILE` it goes on from the weights and the vocabulary of an exported model; give another `--seed` then,
so that the text is new.

Writes OUT/tokenizer.json, OUT/checkpoint.pt (every few minutes and at the end) and OUT/log.jsonl.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from itertools import islice
from pathlib import Path

import torch

import export
import gguf
import tokenizer as bpe
from chat_format import pieces
from corpus.core import Source
from corpus.mixture import documents
from model import LanguageModel, Shape
from muon import Muon
from shards import batches, held_out, make_shard

TOKENIZER_DOCUMENTS = 40_000
CHECKPOINT_SECONDS = 180
EVALUATE_EVERY_SHARDS = 11


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=Path("out"), help="folder for everything that is made")
    parser.add_argument("--shards", type=int, default=140, help="training length, in shards of 250,000 tokens")
    parser.add_argument("--batch-tokens", type=int, default=8192, help="tokens of one step, padding included")
    parser.add_argument("--matrix-rate", type=float, default=0.006, help="learning rate of Muon")
    parser.add_argument("--embedding-rate", type=float, default=0.004, help="learning rate of Adam")
    parser.add_argument("--start-from", type=Path, help="GGUF file of an earlier training to go on from")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=0, help="CPU threads; 0 leaves it to PyTorch")
    parser.add_argument("--no-compile", action="store_true", help="slower, but needs no C++ compiler")
    return parser.parse_args()


def make_tokenizer(path: Path, seed: int, size: int, metadata: dict) -> bpe.Tokenizer:
    """Reads the tokenizer, or takes it from the metadata of an earlier model, or learns it from documents of their own."""
    if not path.exists() and metadata:
        merges = metadata["tokenizer.ggml.merges"]
        bpe.Tokenizer([tuple(merge.split(" ")) for merge in merges]).save(path)
    elif not path.exists():
        sample = islice(documents(Source(f"{seed}:tokenizer")), TOKENIZER_DOCUMENTS)
        trained = bpe.train(("".join(piece.text for piece in pieces(document)) for _, document in sample), size)
        trained.save(path)
    return bpe.Tokenizer.load(path)


def rate_factor(progress: float) -> float:
    """Warm up, hold for the first fifth, then straight down to nothing. progress: 0 to 1."""
    return min(1.0, progress / 0.01, (1 - progress) / 0.8)


def forget_after(log: Path, shard: int) -> None:
    """Drops what was logged after the checkpoint that training goes on from."""
    lines = log.read_text().splitlines() if log.exists() else []
    log.write_text("".join(line + "\n" for line in lines if json.loads(line)["shard"] <= shard))


class Training:
    """The model, its optimisers and how far they have come."""

    def __init__(self, options: argparse.Namespace, shape: Shape):
        torch.manual_seed(options.seed)
        self.options = options
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        self.model = LanguageModel(shape).to(self.device)
        parameters = dict(self.model.named_parameters())
        matrices = [p for name, p in parameters.items() if name.startswith("layers.") and p.dim() == 2]
        others = [p for name, p in parameters.items() if not (name.startswith("layers.") and p.dim() == 2)]
        self.optimisers = [
            (Muon(matrices, options.matrix_rate, weight_decay=0.01), options.matrix_rate),
            (torch.optim.AdamW(others, options.embedding_rate, betas=(0.9, 0.95), weight_decay=0.0), options.embedding_rate),
        ]
        self.loss = self.model.loss if options.no_compile else torch.compile(self.model.loss, dynamic=True)
        self.shard = 0
        self.tokens = 0
        self.seconds = 0.0

    def step(self, ids, targets, weights, progress: float) -> float:
        with torch.autocast(self.device.type, torch.bfloat16):
            loss = self.loss(*(tensor.to(self.device) for tensor in (ids, targets, weights)))
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        for optimiser, rate in self.optimisers:
            for group in optimiser.param_groups:
                group["lr"] = rate * rate_factor(progress)
            optimiser.step()
            optimiser.zero_grad()
        self.tokens += int((weights > 0).sum())
        return loss.item()

    @torch.no_grad()
    def evaluate(self, examples) -> dict[str, float]:
        """Loss on held-out documents, by kind, weighted as in training. Not compiled: that would take longer than it saves."""
        result = {}
        for kind, kind_examples in examples.items():
            total = count = 0.0
            for batch in batches(kind_examples, self.options.batch_tokens, random.Random(0)):
                ids, targets, weights = (tensor.to(self.device) for tensor in batch)
                with torch.autocast(self.device.type, torch.bfloat16):
                    total += float(self.model.loss(ids, targets, weights) * weights.sum())
                count += float(weights.sum())
            result[kind] = round(total / count, 4)
        return result

    def save(self, path: Path) -> None:
        partial = path.with_suffix(".partial")
        state = {
            "shape": self.model.shape,
            "model": self.model.state_dict(),
            "optimisers": [optimiser.state_dict() for optimiser, _ in self.optimisers],
            "progress": (self.shard, self.tokens, self.seconds),
        }
        torch.save(state, partial)
        partial.replace(path)

    def resume(self, path: Path) -> None:
        state = torch.load(path, map_location=self.device, weights_only=False)
        self.model.load_state_dict(state["model"])
        for (optimiser, _), saved in zip(self.optimisers, state["optimisers"]):
            optimiser.load_state_dict(saved)
        self.shard, self.tokens, self.seconds = state["progress"]


def main() -> None:
    options = arguments()
    if options.threads:
        torch.set_num_threads(options.threads)
    options.out.mkdir(parents=True, exist_ok=True)
    shape = Shape()
    metadata, weights = gguf.read(options.start_from) if options.start_from else ({}, {})
    tokenizer = make_tokenizer(options.out / "tokenizer.json", options.seed, shape.vocabulary, metadata)
    training = Training(options, shape)
    checkpoint = options.out / "checkpoint.pt"
    if checkpoint.exists():
        training.resume(checkpoint)
    elif weights:
        export.load(training.model, weights)
    forget_after(options.out / "log.jsonl", training.shard)
    test_examples = held_out(options.seed, tokenizer, shape.context, per_kind=40)
    saved_at = time.monotonic()
    with (options.out / "log.jsonl").open("a") as log:
        while training.shard < options.shards:
            started = time.monotonic()
            examples = make_shard(options.seed, training.shard, tokenizer, shape.context)
            steps = list(batches(examples, options.batch_tokens, random.Random(f"{options.seed}:{training.shard}")))
            losses = [
                training.step(*batch, progress=(training.shard + number / len(steps)) / options.shards)
                for number, batch in enumerate(steps)
            ]
            training.shard += 1
            training.seconds += time.monotonic() - started
            entry = {
                "shard": training.shard,
                "tokens": training.tokens,
                "seconds": round(training.seconds),
                "loss": round(sum(losses) / len(losses), 4),
            }
            if training.shard % EVALUATE_EVERY_SHARDS == 0 or training.shard == options.shards:
                entry["held_out"] = training.evaluate(test_examples)
            print(json.dumps(entry), flush=True)
            log.write(json.dumps(entry) + "\n")
            log.flush()
            if time.monotonic() - saved_at > CHECKPOINT_SECONDS or training.shard == options.shards:
                training.save(checkpoint)
                saved_at = time.monotonic()


if __name__ == "__main__":
    main()
