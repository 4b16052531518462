"""What every part of the corpus is made of: a seeded source of choices, exchanges, conversations, and test cases.

Everything is drawn from a `Source`, which knows on which side of the split it stands. A *value* (a name, a
place, a number, a whole question) belongs to the test side if its hash says so, whatever generator drew it;
the training side never yields it. So a test can ask for what was never trained on, and nobody keeps a list.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

TRAIN, TEST = "train", "test"

# One value in TEST_SHARE stands on the test side.
TEST_SHARE = 8


def is_held_out(value: str) -> bool:
    """Whether a value belongs to the test side. Case and surrounding space do not matter."""
    digest = hashlib.blake2b(value.strip().lower().encode(), digest_size=4, person=b"parlance-split").digest()
    return int.from_bytes(digest, "little") % TEST_SHARE == 0


class Source:
    """A seeded source of choices for one side of the split."""

    def __init__(self, seed: int | str, side: str = TRAIN):
        self.random = random.Random(f"{side}:{seed}")
        self.side = side

    def accepts(self, value: str) -> bool:
        """Whether a value may be used on this side."""
        return is_held_out(value) == (self.side == TEST)

    def draw(self, make: Callable[[], str], tries: int = 1000) -> str:
        """Calls `make` until it yields a value of this side."""
        for _ in range(tries):
            value = make()
            if self.accepts(value):
                return value
        raise ValueError(f"no value of the {self.side} side in {tries} tries; the last one was {value!r}")

    def pick(self, options: Sequence):
        """One of the options, all equally likely; not split."""
        return self.random.choice(options)

    def sample(self, options: Sequence, count: int) -> list:
        """`count` different options in random order; not split."""
        return self.random.sample(options, count)

    def weighted(self, options: dict):
        """One of the keys, as likely as its weight says."""
        return self.random.choices(list(options), weights=list(options.values()))[0]

    def chance(self, probability: float) -> bool:
        return self.random.random() < probability

    def between(self, low: int, high: int) -> int:
        """A whole number, both ends included; not split."""
        return self.random.randint(low, high)


@dataclass(frozen=True)
class Exchange:
    """One question and its answer, in the plain tone, and what other tones need to know of it.

    short: the answer in at most eight words, for the terse tone.
    rhyme: the answer as two or four lines that rhyme, lines separated by a newline; None where nobody wrote one.
    """

    user: str
    answer: str
    short: str | None = None
    rhyme: str | None = None
    skill: str = "chat"


@dataclass(frozen=True)
class Message:
    """One message as a chat API has it: role system, user, assistant or tool.

    tool_calls: of an assistant message, each a dict with "name" and "arguments" (a dict).
    """

    role: str
    content: str = ""
    tool_calls: tuple = ()


@dataclass(frozen=True)
class Conversation:
    """Messages, and the tools declared for them (each a dict: name, description, parameters as JSON Schema)."""

    messages: tuple[Message, ...]
    tools: tuple = ()


@dataclass(frozen=True)
class Text:
    """A plain text that begins and ends by itself: what `/v1/completions` continues."""

    text: str


Document = Conversation | Text


@dataclass(frozen=True)
class Case:
    """One held-out prompt of the evaluation and its judge.

    conversation: the messages up to the one to be answered; or `prompt`: the opening of a plain text.
    judge: takes the whole answer (tool calls as the model wrote them), returns None if it is right, else what is wrong.
    max_tokens: the most the answer may take.
    """

    skill: str
    judge: Callable[[str], str | None]
    conversation: Conversation | None = None
    prompt: str | None = None
    max_tokens: int = 120
    note: dict = field(default_factory=dict)


def sentence_case(text: str) -> str:
    """The text with its first letter in upper case and the rest as it is."""
    return text[:1].upper() + text[1:]


def listed(items: Sequence[str], joiner: str = "and") -> str:
    """`a`, `a and b`, or `a, b and c`."""
    if len(items) < 2:
        return "".join(items)
    return ", ".join(items[:-1]) + f" {joiner} " + items[-1]
