"""A byte-level BPE tokenizer, trained on the corpus: the kind that GGUF calls `gpt2` with the pre-tokenizer `qwen2`.

Digits are single tokens (that is how `qwen2` splits), which makes small sums learnable.
"""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from chat_format import CONTROL_TOKENS, MARKUP_TOKENS

SPECIAL_TOKENS = CONTROL_TOKENS + MARKUP_TOKENS

# Qwen2's pattern. Python's `re` has no \p{L}; for the characters of our corpus [^\W\d_] is the same.
_WORDS = re.compile(
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|(?:[^\r\n\w]|_)?[^\W\d_]+|\d| ?(?:[^\s\w]|_)+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
_SPECIALS = re.compile("(" + "|".join(re.escape(token) for token in SPECIAL_TOKENS) + ")")


def _byte_alphabet() -> list[str]:
    """GPT-2's printable stand-in for every byte: itself where it can be seen, else the next free character from 256 on."""
    visible = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    stand_ins = iter(range(256, 512))
    return [chr(byte if byte in visible else next(stand_ins)) for byte in range(256)]


BYTE_ALPHABET = _byte_alphabet()


def _symbols(word: str) -> tuple[str, ...]:
    return tuple(BYTE_ALPHABET[byte] for byte in word.encode())


class Tokenizer:
    """Text to ids and back. Ids: bytes, then merges in the order they were learnt, then special tokens."""

    def __init__(self, merges: list[tuple[str, str]]):
        self.merges = merges
        self.tokens = [*BYTE_ALPHABET, *(left + right for left, right in merges), *SPECIAL_TOKENS]
        self.ids = {token: number for number, token in enumerate(self.tokens)}
        self._ranks = {pair: rank for rank, pair in enumerate(merges)}
        self._word_ids = lru_cache(maxsize=1 << 18)(self._encode_word)

    @staticmethod
    def load(path: Path) -> Tokenizer:
        return Tokenizer([tuple(pair) for pair in json.loads(path.read_text())["merges"]])

    def save(self, path: Path) -> None:
        path.write_text(json.dumps({"merges": self.merges}, ensure_ascii=False, indent=0) + "\n")

    def encode(self, text: str) -> list[int]:
        """Ids of a text; special tokens written in it are taken as such."""
        result: list[int] = []
        for part in _SPECIALS.split(text):
            if part in SPECIAL_TOKENS:
                result.append(self.ids[part])
            else:
                for word in _WORDS.findall(part):
                    result.extend(self._word_ids(word))
        return result

    def decode(self, ids: Iterable[int]) -> str:
        from_stand_in = {character: byte for byte, character in enumerate(BYTE_ALPHABET)}
        data = bytearray()
        for number in ids:
            token = self.tokens[number]
            data += token.encode() if token in SPECIAL_TOKENS else bytes(from_stand_in[c] for c in token)
        return data.decode(errors="replace")

    def _encode_word(self, word: str) -> tuple[int, ...]:
        symbols = list(_symbols(word))
        while len(symbols) > 1:
            pairs = list(zip(symbols, symbols[1:]))
            best = min(pairs, key=lambda pair: self._ranks.get(pair, len(self._ranks)))
            if best not in self._ranks:
                break
            symbols = _merged(symbols, best)
        return tuple(self.ids[symbol] for symbol in symbols)


def _merged(symbols: list[str], pair: tuple[str, str]) -> list[str]:
    result: list[str] = []
    position = 0
    while position < len(symbols):
        if position + 1 < len(symbols) and (symbols[position], symbols[position + 1]) == pair:
            result.append(symbols[position] + symbols[position + 1])
            position += 2
        else:
            result.append(symbols[position])
            position += 1
    return result


def train(texts: Iterable[str], size: int) -> Tokenizer:
    """Learns merges until the vocabulary has `size` tokens, special tokens included. Ties go to the smaller pair."""
    counts: Counter[str] = Counter()
    for text in texts:
        for part in _SPECIALS.split(text):
            if part not in SPECIAL_TOKENS:
                counts.update(_WORDS.findall(part))
    words = [[list(_symbols(word)), count] for word, count in sorted(counts.items())]
    pair_counts: Counter[tuple[str, str]] = Counter()
    places: defaultdict[tuple[str, str], set[int]] = defaultdict(set)
    for place, (symbols, count) in enumerate(words):
        for pair in zip(symbols, symbols[1:]):
            pair_counts[pair] += count
            places[pair].add(place)
    merges: list[tuple[str, str]] = []
    while len(merges) < size - 256 - len(SPECIAL_TOKENS):
        pair = min(pair_counts, key=lambda candidate: (-pair_counts[candidate], candidate))
        merges.append(pair)
        for place in places.pop(pair):
            symbols, count = words[place]
            for old in zip(symbols, symbols[1:]):
                pair_counts[old] -= count
                if pair_counts[old] <= 0:
                    del pair_counts[old]
            words[place][0] = symbols = _merged(symbols, pair)
            for new in zip(symbols, symbols[1:]):
                pair_counts[new] += count
                places[new].add(place)
        pair_counts.pop(pair, None)
    return Tokenizer(merges)
