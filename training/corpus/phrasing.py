"""Wordings written as patterns, and the ways in which people type them.

A pattern is a sentence with choices in square brackets, one of them often empty, and slots in braces:
`[please |]tell me [my|the] {thing}` stands for four sentences. Choices may be nested.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from corpus.core import Source, sentence_case

_CHOICE = re.compile(r"\[([^\[\]]*)\]")
_SLOT = re.compile(r"(\{[a-z]+\})")
_SENTENCE_START = re.compile(r"(?<=[a-z\"'}][.!?] )[a-z]")
_LONG_WORD = re.compile(r"(?<![\w{'])[a-z]{5,}(?![\w}'])")
_SPACES = re.compile(r" +(?= |[?.!,])")

# How people type, and how many in a hundred do.
_MANNERS = {"carefully": 52, "without the last mark": 10, "in lower case": 14, "in lower case, no marks": 24}
_TYPO_SHARE = 0.04


def lines(text: str) -> tuple[str, ...]:
    """The lines of a table, without the empty ones. Leading and trailing space does not count."""
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def expand(source: Source, patterns: str | Sequence[str]) -> str:
    """One wording of a pattern, or of one of several. Slots stay as they are."""
    text = patterns if isinstance(patterns, str) else source.pick(patterns)
    while "[" in text:
        text = _CHOICE.sub(lambda match: source.pick(match[1].split("|")), text)
    return _SPACES.sub("", text).strip()


def sentences(text: str) -> str:
    """The text with a capital letter at the start of each sentence."""
    return _SENTENCE_START.sub(lambda match: match[0].upper(), sentence_case(text))


def say(source: Source, patterns: str | Sequence[str], **slots: str) -> str:
    """What the assistant says: one wording of the patterns, slots filled, clean."""
    return sentences(expand(source, patterns).format(**slots))


def typed(source: Source, text: str) -> str:
    """The text as somebody types it: with care, or in haste. What stands in slots keeps its form."""
    if source.chance(_TYPO_SHARE):
        text = _with_typo(source, text)
    manner = source.weighted(_MANNERS)
    if "lower case" in manner:
        text = "".join(part if _SLOT.fullmatch(part) else part.lower() for part in _SLOT.split(text))
    if manner.endswith("marks") and source.chance(0.5):
        text = re.sub(r"(?<=[a-z])'(?=s\b|m\b|t\b)", "", text)
    return text.rstrip("?.! ") or text if manner.endswith(("mark", "marks")) else text


def ask(source: Source, make: Callable[[], str], **slots: str) -> str:
    """What the user says: a whole wording of the source's side of the split, typed somehow, slots filled."""
    text = typed(source, source.draw(make))
    return sentence_case(text.format(**slots)) if text[0] == "{" and source.chance(0.7) else text.format(**slots)


def _with_typo(source: Source, text: str) -> str:
    """The text with two letters swapped, or one lost, inside a longer word; the same text if there is none."""
    words = list(_LONG_WORD.finditer(text))
    if not words:
        return text
    word = source.pick(words)
    place = source.between(word.start() + 1, word.end() - 3)
    swapped = text[place + 1] + text[place] if source.chance(0.5) else text[place]
    return text[:place] + swapped + text[place + 2 :]
