"""Turns the endless corpus into shards of token ids, and shards into batches.

A shard is made from (seed, number, size) alone, so a training that stopped goes on with the very text it would have had,
however many processes make it.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from chat_format import pieces
from corpus.core import TEST, TRAIN, Document, Source
from corpus.mixture import KINDS, document, documents
from tokenizer import Tokenizer

# Row lengths are multiples of this, so that the compiled step sees few different shapes.
ROW_STEP = 16


@dataclass(frozen=True)
class Example:
    """One document: its ids, and per id how much it counts as a target."""

    ids: list[int]
    weights: list[float]


def encode(document: Document, tokenizer: Tokenizer) -> Example:
    ids: list[int] = []
    weights: list[float] = []
    for piece in pieces(document):
        encoded = tokenizer.encode(piece.text)
        ids += encoded
        weights += [piece.weight] * len(encoded)
    return Example(ids, weights)


def make_shard(seed: int, number: int, tokenizer: Tokenizer, longest: int, size: int) -> list[Example]:
    """Examples of at least `size` tokens in all; longer ones than `longest` are left out."""
    examples: list[Example] = []
    tokens = 0
    for _, drawn in documents(Source(f"{seed}:{number}", TRAIN)):
        example = encode(drawn, tokenizer)
        if len(example.ids) <= longest:
            examples.append(example)
            tokens += len(example.ids)
        if tokens >= size:
            return examples
    raise AssertionError("the corpus is endless")


class Batch(NamedTuple):
    """Rows of documents, padded at the end; both rows × (length + 1), in small types because they travel between processes.

    The first id of a row is no target, its last one is only that.
    """

    ids: Tensor
    weights: Tensor

    def targets(self) -> int:
        """How many tokens count in the loss."""
        return int((self.weights[:, 1:] > 0).sum())

    def rows(self, which: slice) -> Batch:
        return Batch(self.ids[which], self.weights[which])

    def on(self, device: torch.device) -> tuple[Tensor, Tensor, Tensor]:
        """Ids, targets and weights as the model's loss takes them, each rows × length."""
        ids = self.ids.to(device, non_blocking=True).long()
        return ids[:, :-1], ids[:, 1:], self.weights.to(device, non_blocking=True).float()[:, 1:]


@dataclass(frozen=True)
class Shards(Dataset):
    """Shard number to its batches, in the order in which they are trained on."""

    seed: int
    tokenizer: Tokenizer
    longest: int
    shard_tokens: int
    batch_tokens: int
    fewest_rows: int

    def __getitem__(self, number: int) -> list[Batch]:
        examples = make_shard(self.seed, number, self.tokenizer, self.longest, self.shard_tokens)
        return list(batches(examples, self.batch_tokens, random.Random(f"{self.seed}:{number}"), self.fewest_rows))

    def stream(self, numbers: range, workers: int) -> DataLoader:
        """The shards of these numbers in order, made ahead by so many processes; 0: made by this one when they are asked for."""
        return DataLoader(self, batch_size=None, sampler=numbers, num_workers=workers)


def held_out(seed: int, tokenizer: Tokenizer, longest: int, per_kind: int) -> dict[str, list[Example]]:
    """Examples of the test side, by kind of document."""
    result = {}
    for kind in KINDS:
        source = Source(f"{seed}:{kind}", TEST)
        examples = [encode(document(source, kind), tokenizer) for _ in range(per_kind)]
        result[kind] = [example for example in examples if len(example.ids) <= longest]
    return result


def batches(
    examples: list[Example], tokens: int, order: random.Random, fewest: int = 1
) -> Iterator[Batch]:
    """Batches of about `tokens` tokens: rows of nearly the same length together, one document a row.

    A last batch of fewer than `fewest` rows is left out.
    """
    shuffled = order.sample(examples, len(examples))
    shuffled.sort(key=lambda example: (len(example.ids) - 1) // ROW_STEP)
    groups: list[list[Example]] = []
    rows: list[Example] = []
    for example in shuffled:
        if rows and (len(rows) + 1) * _row_length(example) > tokens:
            groups.append(rows)
            rows = []
        rows.append(example)
    if len(rows) >= fewest:
        groups.append(rows)
    order.shuffle(groups)
    for group in groups:
        yield _batch(group)


def _row_length(example: Example) -> int:
    return -(-(len(example.ids) - 1) // ROW_STEP) * ROW_STEP


def _batch(rows: list[Example]) -> Batch:
    length = max(_row_length(row) for row in rows) + 1
    ids = torch.zeros(len(rows), length, dtype=torch.int16)
    weights = torch.zeros(len(rows), length, dtype=torch.float16)
    for number, row in enumerate(rows):
        ids[number, : len(row.ids)] = torch.tensor(row.ids, dtype=torch.int16)
        weights[number, : len(row.ids)] = torch.tensor(row.weights, dtype=torch.float16)
    return Batch(ids, weights)
