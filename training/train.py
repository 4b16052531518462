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
from shards import batches, held_out, make_shard

TOKENIZER_DOCUMENTS = 40_000
CHECKPOINT_SECONDS = 180
EVALUATE_EVERY_SHARDS = 11


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=Path("out"), help="folder for everything that is made")
    parser.add_argument("--shards", type=int, default=200, help="training length, in shards of 250,000 tokens")
    parser.add_argument("--batch-tokens", type=int, default=8192, help="tokens of one step, padding included")
    parser.add_argument("--matrix-rate", type=float, default=0.006, help="learning rate of Muon")
    parser.add_argument("--embedding-rate", type=float, default=0.004, help="learning rate of Adam")
    parser.add_argument("--start-from", type=Path, help="GGUF file of an earlier training to go on from")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--processes", type=int, default=2, help="processes that share every batch")
    parser.add_argument("--threads", type=int, default=1, help="CPU threads of each process; 0 leaves it to PyTorch")
    parser.add_argument("--no-compile", action="store_true", help="slower, but needs no C++ compiler")
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
        self.loss = self.model.loss if options.no_compile else torch.compile(self.model.loss, dynamic=True)
        self.shard = 0
        self.tokens = 0
        self.seconds = 0.0

    def step(self, ids: Tensor, targets: Tensor, weights: Tensor, progress: float) -> float:
        self.tokens += int((weights > 0).sum())
        ours = slice(dist.get_rank(), None, dist.get_world_size())
        # Without this, the rows of a process would count by how many there are in it.
        share = weights[ours].sum() / weights.sum()
        with torch.autocast(self.device.type, torch.bfloat16):
            loss = share * self.loss(*(tensor[ours].to(self.device) for tensor in (ids, targets, weights)))
        loss.backward()
        gradients = [parameter.grad for parameter in self.model.parameters()]
        sum_over_processes([*gradients, loss.detach()])
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        for optimiser, rate in self.optimisers:
            for group in optimiser.param_groups:
                group["lr"] = rate * rate_factor(progress)
            optimiser.step()
            optimiser.zero_grad()
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


def train(rank: int, options: argparse.Namespace) -> None:
    """One process of the training; the first one also evaluates, logs and saves."""
    if options.threads:
        torch.set_num_threads(options.threads)
    dist.init_process_group("gloo", f"file://{meeting_point(options).absolute()}", rank=rank, world_size=options.processes)
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
    saved_at = time.monotonic()
    while training.shard < options.shards:
        started = time.monotonic()
        examples = make_shard(options.seed, training.shard, tokenizer, shape.context)
        order = random.Random(f"{options.seed}:{training.shard}")
        steps = list(batches(examples, options.batch_tokens, order, options.processes))
        losses = [
            training.step(*batch, progress=(training.shard + number / len(steps)) / options.shards)
            for number, batch in enumerate(steps)
        ]
        training.shard += 1
        training.seconds += time.monotonic() - started
        if rank > 0:
            continue
        entry = {
            "shard": training.shard,
            "tokens": training.tokens,
            "seconds": round(training.seconds),
            "loss": round(sum(losses) / len(losses), 4),
        }
        if training.shard % EVALUATE_EVERY_SHARDS == 0 or training.shard == options.shards:
            entry["held_out"] = training.evaluate(test_examples)
        print(json.dumps(entry), flush=True)
        with (options.out / "log.jsonl").open("a") as log:
            log.write(json.dumps(entry) + "\n")
        if time.monotonic() - saved_at > CHECKPOINT_SECONDS or training.shard == options.shards:
            training.save(checkpoint)
            saved_at = time.monotonic()
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
    processes.spawn(train, (options,), options.processes)


if __name__ == "__main__":
    main()
