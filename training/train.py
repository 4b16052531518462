"""Trains the embedded model. Seeded, and resumable: run it again with the same arguments and it goes on.

    python3 train.py --out out

Where there is a CUDA GPU, one process trains on it and others make the text ahead; ON_CPU and ON_GPU below have the
defaults of both.

With `--start-from FILE` it goes on from the weights and the vocabulary of an exported model; give another `--seed` then,
so that the text is new.

Writes OUT/tokenizer.json, OUT/checkpoint.pt (every few minutes and at the end) and OUT/log.jsonl.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import time
from itertools import islice
from pathlib import Path

import torch
import torch.distributed as dist
import torch.multiprocessing as processes
from torch import Tensor

import export
import gguf
import tokenizer as bpe
from chat_format import pieces
from corpus.core import Source
from corpus.mixture import documents
from model import LanguageModel, Shape
from muon import Muon
from shards import Batch, Shards, batches, held_out

TOKENIZER_DOCUMENTS = 40_000
CHECKPOINT_SECONDS = 180


# What `python3 train.py` does without further options, by what there is to train on. `shards` is the length of the training.
ON_CPU = {
    "shards": 200,
    "shard_tokens": 250_000,
    "evaluate_every": 11,
    "batch_tokens": 8_192,
    "matrix_rate": 0.006,
    "embedding_rate": 0.004,
    "processes": 2,
    "workers": 0,
    "compile": True,
}
ON_GPU = {
    "shards": 190,
    "shard_tokens": 2_000_000,
    "evaluate_every": 10,
    "batch_tokens": 40_960,
    "matrix_rate": 0.009,
    "embedding_rate": 0.005,
    "processes": 1,
    "workers": max(1, (os.cpu_count() or 1) - 1),
    "compile": False,
}


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=Path("out"), help="folder for everything that is made")
    parser.add_argument("--start-from", type=Path, help="GGUF file of an earlier training to go on from")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--shards", type=int, help="training length, in shards")
    parser.add_argument("--shard-tokens", type=int, help="tokens of a shard")
    parser.add_argument("--evaluate-every", type=int, help="shards from one look at held-out text to the next")
    parser.add_argument("--batch-tokens", type=int, help="tokens of one step, padding included")
    parser.add_argument("--matrix-rate", type=float, help="learning rate of Muon")
    parser.add_argument("--embedding-rate", type=float, help="learning rate of Adam")
    parser.add_argument("--processes", type=int, help="processes that share every batch")
    parser.add_argument("--threads", type=int, default=1, help="CPU threads of each process; 0 leaves it to PyTorch")
    parser.add_argument("--workers", type=int, help="processes that make text ahead; 0: it is made when it is wanted")
    parser.add_argument("--compile", action=argparse.BooleanOptionalAction, help="compile the step; needs a C++ compiler")
    parser.set_defaults(**(ON_GPU if torch.cuda.is_available() else ON_CPU))
    return parser.parse_args()


def make_tokenizer(path: Path, seed: int, size: int, metadata: dict) -> None:
    """Keeps the tokenizer that is there, or takes it from the metadata of an earlier model, or learns it from documents of their own."""
    if not path.exists() and metadata:
        merges = metadata["tokenizer.ggml.merges"]
        bpe.Tokenizer([tuple(merge.split(" ")) for merge in merges]).save(path)
    elif not path.exists():
        sample = islice(documents(Source(f"{seed}:tokenizer")), TOKENIZER_DOCUMENTS)
        trained = bpe.train(("".join(piece.text for piece in pieces(document)) for _, document in sample), size)
        trained.save(path)


def rate_factor(progress: float) -> float:
    """Warm up, hold for the first fifth, then straight down to nothing. progress: 0 to 1."""
    return min(1.0, progress / 0.01, (1 - progress) / 0.8)


def forget_after(log: Path, shard: int) -> None:
    """Drops what was logged after the checkpoint that training goes on from."""
    lines = log.read_text().splitlines() if log.exists() else []
    log.write_text("".join(line + "\n" for line in lines if json.loads(line)["shard"] <= shard))


def sum_over_processes(tensors: list[Tensor]) -> None:
    """Replaces every tensor by its sum over all processes."""
    flat = torch.cat([tensor.flatten() for tensor in tensors])
    dist.all_reduce(flat)
    for tensor, summed in zip(tensors, flat.split([tensor.numel() for tensor in tensors])):
        tensor.copy_(summed.view_as(tensor))


class Training:
    """The model, its optimisers and how far they have come.

    Every process holds all of it and computes the gradient of its rows of a batch. They meet once a step, for the sum of
    the gradients, so a process that must wait for a core holds up the others less than a thread that others wait for at
    every matrix.
    """

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
        self.loss = torch.compile(self.model.loss, dynamic=True) if options.compile else self.model.loss
        self.shard = 0
        self.tokens = 0
        self.seconds = 0.0

    def step(self, batch: Batch, progress: float) -> Tensor:
        """The loss, which is on the device still: asking for its value would wait for the step."""
        self.tokens += batch.targets()
        shared = dist.is_initialized()
        ours = batch.rows(slice(dist.get_rank(), None, dist.get_world_size())) if shared else batch
        # Without this, the rows of a process would count by how many there are in it.
        share = float(ours.weights[:, 1:].float().sum() / batch.weights[:, 1:].float().sum())
        with torch.autocast(self.device.type, torch.bfloat16):
            loss = share * self.loss(*ours.on(self.device))
        loss.backward()
        loss = loss.detach()
        if shared:
            sum_over_processes([*(parameter.grad for parameter in self.model.parameters()), loss])
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        for optimiser, rate in self.optimisers:
            for group in optimiser.param_groups:
                group["lr"] = rate * rate_factor(progress)
            optimiser.step()
            optimiser.zero_grad()
        return loss

    @torch.no_grad()
    def evaluate(self, examples) -> dict[str, float]:
        """Loss on held-out documents, by kind, weighted as in training. Not compiled: that would take longer than it saves."""
        result = {}
        for kind, kind_examples in examples.items():
            total = count = 0.0
            for batch in batches(kind_examples, self.options.batch_tokens, random.Random(0)):
                ids, targets, weights = batch.on(self.device)
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


def train(rank: int, options: argparse.Namespace) -> None:
    """One process of the training; the first one also evaluates, logs and saves."""
    if options.threads:
        torch.set_num_threads(options.threads)
    if options.processes > 1:
        meeting = f"file://{meeting_point(options).absolute()}"
        dist.init_process_group("gloo", meeting, rank=rank, world_size=options.processes)
    shape = Shape()
    tokenizer = bpe.Tokenizer.load(options.out / "tokenizer.json")
    training = Training(options, shape)
    checkpoint = options.out / "checkpoint.pt"
    if checkpoint.exists():
        training.resume(checkpoint)
    elif options.start_from:
        export.load(training.model, gguf.read(options.start_from)[1])
    if rank == 0:
        forget_after(options.out / "log.jsonl", training.shard)
    test_examples = held_out(options.seed, tokenizer, shape.context, per_kind=40)
    shards = Shards(
        options.seed, tokenizer, shape.context, options.shard_tokens, options.batch_tokens, fewest_rows=options.processes
    )
    saved_at = started = time.monotonic()
    for steps in shards.stream(range(training.shard, options.shards), options.workers):
        losses = [
            training.step(batch, progress=(training.shard + number / len(steps)) / options.shards)
            for number, batch in enumerate(steps)
        ]
        training.shard += 1
        loss = float(torch.stack(losses).mean())
        training.seconds += time.monotonic() - started
        if rank > 0:
            started = time.monotonic()
            continue
        entry = {
            "shard": training.shard,
            "tokens": training.tokens,
            "seconds": round(training.seconds),
            "loss": round(loss, 4),
        }
        if training.shard % options.evaluate_every == 0 or training.shard == options.shards:
            entry["held_out"] = training.evaluate(test_examples)
        print(json.dumps(entry), flush=True)
        with (options.out / "log.jsonl").open("a") as log:
            log.write(json.dumps(entry) + "\n")
        if time.monotonic() - saved_at > CHECKPOINT_SECONDS or training.shard == options.shards:
            training.save(checkpoint)
            saved_at = time.monotonic()
        started = time.monotonic()
    if options.processes > 1:
        dist.destroy_process_group()


def meeting_point(options: argparse.Namespace) -> Path:
    """The file in which the processes find each other."""
    return options.out / "processes"


def main() -> None:
    options = arguments()
    options.out.mkdir(parents=True, exist_ok=True)
    metadata = gguf.read(options.start_from)[0] if options.start_from else {}
    make_tokenizer(options.out / "tokenizer.json", options.seed, Shape().vocabulary, metadata)
    # One left behind by a training that was stopped would lead to processes that are gone.
    meeting_point(options).unlink(missing_ok=True)
    # A shard is many tensors, too many for a file descriptor each.
    processes.set_sharing_strategy("file_system")
    if options.processes == 1:
        train(0, options)
    else:
        processes.spawn(train, (options,), options.processes)


if __name__ == "__main__":
    main()
