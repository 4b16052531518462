"""Sentence frames: tables of them in text files, filling their slots, and the many ways in which people type them.

A frame is a sentence with slots in braces: `What is the weather in {city}?`. The tables `tools.txt` and
`objects.txt` are made of blocks: a title, then indented lines `key: one | other | third`. A line that is
indented further, or has the key of an earlier line, adds to it. A line that starts with `#` is a comment.
"""

from __future__ import annotations

import re
from pathlib import Path

from corpus.core import Source, sentence_case

_SLOT = re.compile(r"\{(\w+)\}")
_ARTICLE_AND_SLOT = re.compile(r"\b([Aa]) \{(\w+)\}")
_VOWEL_SOUND = re.compile(r"(?!uni|use|one\b|eu)[aeiou]|8|1[18](?!\d)", re.IGNORECASE)

# An order, such as `play {title}`, and how it is put to somebody. The plain order comes up most.
_ORDER_WRAPPERS = {
    "{}.": 30,
    "Please {}.": 12,
    "{}, please.": 10,
    "Can you {}?": 12,
    "Could you {}?": 8,
    "Could you please {}?": 5,
    "Can you please {}?": 4,
    "Will you {}?": 3,
    "Would you {}?": 3,
    "I want you to {}.": 4,
    "I would like you to {}.": 3,
    "I need you to {}.": 4,
    "Go ahead and {}.": 2,
    "Now {}.": 3,
}
_GREETINGS = ["Hi, ", "Hello, ", "Hey, ", "Hi! ", "Hello! ", "Okay, ", "Good morning! ", "Hey there, "]
_FAREWELLS = [" Thanks!", " Thank you.", " Thanks.", " Thank you!"]


def read_blocks(file_name: str) -> list[tuple[str, dict[str, list[str]]]]:
    """The blocks of a table beside this file, each as its title and its lines."""
    blocks: list[tuple[str, dict[str, list[str]]]] = []
    key = ""
    for line in (Path(__file__).parent / file_name).read_text(encoding="utf-8").splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        if not line.startswith(" "):
            blocks.append((line.strip(), {}))
            continue
        if line.startswith(" " * 8):
            options = line
        else:
            key, _, options = line.strip().partition(": ")
        blocks[-1][1].setdefault(key, []).extend(option.strip() for option in options.split(" | "))
    return blocks


def slots(frame: str) -> set[str]:
    """The names of the slots of a frame."""
    return set(_SLOT.findall(frame))


def article(word: str) -> str:
    """`a` or `an`, whichever the word asks for."""
    return "an" if _VOWEL_SOUND.match(word) else "a"


def fill(frame: str, spoken: dict[str, str]) -> str:
    """The frame with its slots filled; `a {slot}` becomes `an …` where the value asks for it."""

    def with_article(match: re.Match) -> str:
        value = spoken[match[2]]
        return match[1] + article(value)[1:] + " " + value

    frame = _ARTICLE_AND_SLOT.sub(with_article, frame)
    return _SLOT.sub(lambda match: spoken[match[1]], frame)


def ordered(source: Source, order: str) -> str:
    """An order, given without capital and full stop, as a sentence."""
    return sentence_case(source.weighted(_ORDER_WRAPPERS).replace("{}", order, 1))


def typed(source: Source, frame: str) -> str:
    """A frame as somebody may type it: without capitals or full stop, with a greeting or thanks, with a slip."""
    if source.chance(0.08):
        frame = source.pick(_GREETINGS) + (_uncapitalized(frame) if source.chance(0.5) else frame)
    if source.chance(0.05):
        frame += source.pick(_FAREWELLS)
    if source.chance(0.3):
        frame = _uncapitalized(frame)
    if source.chance(0.3):
        frame = frame.rstrip(".?!")
    if source.chance(0.1):
        frame = frame.replace("'", "")
    if source.chance(0.04):
        frame = _with_slip(source, frame)
    return frame


def _uncapitalized(frame: str) -> str:
    """The frame with a lower-case first letter, unless it starts with the word `I`."""
    return frame if re.match(r"I\b", frame) else frame[:1].lower() + frame[1:]


def _with_slip(source: Source, frame: str) -> str:
    """The frame with two neighbouring letters of one of its own words exchanged; values stay as they are."""
    words = frame.split(" ")
    long_words = [index for index, word in enumerate(words) if word.isalpha() and len(word) > 4]
    if long_words:
        index = source.pick(long_words)
        word, place = words[index], source.between(1, len(words[index]) - 3)
        words[index] = word[:place] + word[place + 1] + word[place] + word[place + 2 :]
    return " ".join(words)
