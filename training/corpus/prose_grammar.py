"""The grammar of the prose files: templates with alternatives and slots, gathered into sections of steps.

A template is a sentence or more, in which `[a|b|c]` is one of the alternatives (they nest; one may be empty) and
`{slot}` a value of the text, the same at every place; `{Slot}` is the same with a capital letter.

A file of sections looks like this:

    == a lost thing            the title of a section
    about: a key|a lost key    a header, with or without alternatives
    - One sentence.            a step, with
    | The same otherwise.      another wording of it
    ? A detail.                a step that may be left out

Lines that begin with `#` are comments.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from corpus.core import Source, sentence_case

_TOKEN = re.compile(r"[\[\]|]|\{[^}]*\}|[^\[\]|{]+")
_SENTENCE_START = re.compile(r"((?:^|\n|[.!?] )\"?|[.!?]\" \")([a-z])")
_STOP_AFTER_QUOTED_STOP = re.compile(r"(?<=[.!?]\")\.")
_ARTICLE = re.compile(r"\b([Aa]) (?=[aeiouAEIOU]|hour|honest)(?!one\b|use|uni|eu)")
_SPACES = re.compile(r" {2,}")
_SPACE_AT_EDGE = re.compile(r" ?\n ?| (?=[.,!?])")


class Template:
    """A parsed template; parsing is done once, expanding many times."""

    def __init__(self, text: str):
        self._tokens = _TOKEN.findall(text)
        self._position = 0
        alternatives = self._parse_alternatives()
        if len(alternatives) != 1 or self._position != len(self._tokens):
            raise ValueError(f"unbalanced brackets in {text!r}")
        self._parts = alternatives[0]

    def _parse_alternatives(self) -> list[list]:
        """Alternatives up to the closing bracket or the end; each is a list of texts, (slot,) and [alternatives]."""
        alternatives: list[list] = [[]]
        while self._position < len(self._tokens):
            token = self._tokens[self._position]
            if token == "]":
                break
            self._position += 1
            if token == "|":
                alternatives.append([])
            elif token == "[":
                alternatives[-1].append(self._parse_alternatives())
                self._position += 1
            elif token.startswith("{"):
                alternatives[-1].append((token[1:-1],))
            else:
                alternatives[-1].append(token)
        return alternatives

    def expand(self, source: Source, slots: Mapping[str, str]) -> str:
        """One wording of the template, not tidied yet."""
        words: list[str] = []
        _expand(self._parts, source, slots, words)
        return "".join(words)


def _expand(parts: list, source: Source, slots: Mapping[str, str], words: list[str]) -> None:
    for part in parts:
        if isinstance(part, str):
            words.append(part)
        elif isinstance(part, tuple):
            slot = part[0]
            words.append(sentence_case(slots[slot.lower()]) if slot[0].isupper() else slots[slot])
        else:
            _expand(source.pick(part), source, slots, words)


@dataclass
class Step:
    """One step of a section: its wordings, and whether it may be left out."""

    wordings: list[Template]
    optional: bool = False


@dataclass
class Section:
    """A plot, a set of instructions, an explanation, a description or a letter."""

    title: str
    headers: dict[str, Template] = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)

    def steps_for(self, source: Source, keep: float) -> list[Template]:
        """One wording for each step; an optional step stays with the probability `keep`."""
        return [source.pick(step.wordings) for step in self.steps if not step.optional or source.chance(keep)]


def read_sections(file_name: str) -> list[Section]:
    """The sections of a file that lies beside this module."""
    sections: list[Section] = []
    for line in (Path(__file__).parent / file_name).read_text(encoding="utf-8").splitlines():
        mark, rest = line[:2], line[2:].strip()
        if not line.strip() or line.startswith("#"):
            continue
        if mark == "==":
            sections.append(Section(rest))
        elif mark in ("- ", "? "):
            sections[-1].steps.append(Step([Template(rest)], optional=mark == "? "))
        elif mark == "| ":
            sections[-1].steps[-1].wordings.append(Template(rest))
        else:
            key, _, value = line.partition(":")
            sections[-1].headers[key] = Template(f"[{value.strip()}]")
    return sections


def fix_articles(text: str) -> str:
    """The text with `an` before vowels."""
    return _ARTICLE.sub(r"\1n ", text)


def tidy(text: str) -> str:
    """The text with single spaces, `an` before vowels, and capital letters at the start of sentences."""
    text = _SPACES.sub(" ", text.strip())
    text = _SPACE_AT_EDGE.sub(lambda match: "\n" if "\n" in match[0] else "", text)
    text = _STOP_AFTER_QUOTED_STOP.sub("", fix_articles(text))
    return _SENTENCE_START.sub(lambda match: match[1] + match[2].upper(), text)
