"""Turns the endless corpus into shards of token ids, and shards into batches.

A shard is made from (seed, number) alone, so a training that stopped goes on with the very text it would have had.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from chat_format import pieces
from corpus.core import TEST, TRAIN, Document, Source
from corpus.mixture import KINDS, document, documents
from tokenizer import Tokenizer

TOKENS_PER_SHARD = 250_000
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


def make_shard(seed: int, number: int, tokenizer: Tokenizer, longest: int) -> list[Example]:
    """Examples of at least TOKENS_PER_SHARD tokens in all; longer ones than `longest` are left out."""
    examples: list[Example] = []
    tokens = 0
    for _, drawn in documents(Source(f"{seed}:{number}", TRAIN)):
        example = encode(drawn, tokenizer)
        if len(example.ids) <= longest:
            examples.append(example)
            tokens += len(example.ids)
        if tokens >= TOKENS_PER_SHARD:
            return examples
    raise AssertionError("the corpus is endless")


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
) -> Iterator[tuple[Tensor, Tensor, Tensor]]:
    """Batches of about `tokens` tokens: rows of nearly the same length together, one document a row, padded at the end.

    A last batch of fewer than `fewest` rows is left out.

    Yields ids, targets and weights, each rows × length.
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


def _batch(rows: list[Example]) -> tuple[Tensor, Tensor, Tensor]:
    length = max(_row_length(row) for row in rows)
    ids = torch.zeros(len(rows), length, dtype=torch.long)
    targets = torch.zeros(len(rows), length, dtype=torch.long)
    weights = torch.zeros(len(rows), length)
    for number, row in enumerate(rows):
        end = len(row.ids) - 1
        ids[number, :end] = torch.tensor(row.ids[:-1])
        targets[number, :end] = torch.tensor(row.ids[1:])
        weights[number, :end] = torch.tensor(row.weights[1:])
    return ids, targets, weights
