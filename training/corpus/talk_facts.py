"""What the model knows to say about itself and about Parlance, read from two tables beside this file.

`talk_basics.txt` has greetings and small talk, `talk_facts.txt` the facts about Parlance. In both, `# key` begins an
entry; the sign that begins each line below it says what the line is:

    ?   a question in direct form, or a remark if it ends in a mark of its own
    ~   the question as a clause: what fits behind `can you tell me`
    =   an answer
    +   a sentence that may follow any of the answers
    .   the answer in at most eight words
    /   the answer in rhyme; ` // ` ends a line
    !   what a right answer must match, whatever its wording: a regular expression, case ignored

A line that begins with two spaces goes on with the line above, with whatever follows these two. All but `!` are
templates with alternatives, as talk_wording.expand reads them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Fact:
    """One thing that can be asked, and what to say to it."""

    key: str
    direct: list[str] = field(default_factory=list)
    indirect: list[str] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)
    extras: list[str] = field(default_factory=list)
    shorts: list[str] = field(default_factory=list)
    rhymes: list[str] = field(default_factory=list)
    required: list[str] = field(default_factory=list)

    def kind(self, sign: str) -> list[str]:
        """The lines that begin with a sign."""
        return {
            "?": self.direct, "~": self.indirect, "=": self.answers, "+": self.extras,
            ".": self.shorts, "/": self.rhymes, "!": self.required,
        }[sign]


def _read(file_name: str) -> list[Fact]:
    facts: list[Fact] = []
    for line in Path(__file__).with_name(file_name).read_text(encoding="utf-8").splitlines():
        if not line.strip():
            continue
        sign, text = line.split(" ", 1)
        if sign == "#":
            facts.append(Fact(text))
        elif sign:
            lines = facts[-1].kind(sign)
            lines.append(text.strip())
        else:
            lines[-1] += text.rstrip()[1:]
    return facts


BASICS = _read("talk_basics.txt")
FACTS = _read("talk_facts.txt")
