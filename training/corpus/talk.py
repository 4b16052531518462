"""Talk: greetings, small talk, who the model is, what it knows about Parlance, and what it does not know."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from corpus.core import Case, Conversation, Exchange, Message, Source
from corpus.talk_facts import BASICS, FACTS, Fact
from corpus.talk_unknown import is_admission, is_untold, unknown_exchange
from corpus.talk_wording import asked, expand

__all__ = ["cases", "exchange", "unknown_exchange"]

# Small talk that comes more often than the rest.
_FREQUENT = {"hello": 4, "thanks": 2, "goodbye": 2, "how are you": 2, "who are you": 3, "can do": 2}
_BASICS_BY_KEY = {fact.key: fact for fact in BASICS}
_BASICS_WEIGHTS = {fact.key: _FREQUENT.get(fact.key, 1) for fact in BASICS}

SHARE_OF_BASICS = 0.4
SHARE_OF_EXTRAS = 0.3


def exchange(source: Source) -> Exchange:
    """A bit of small talk, or a question about Parlance."""
    return fact_exchange(source, _any_fact(source))


def fact_exchange(source: Source, fact: Fact) -> Exchange:
    """A question about one fact, and its answer."""
    return Exchange(
        source.draw(lambda: asked(source, fact.direct, fact.indirect)),
        _answer(source, fact),
        expand(source, source.pick(fact.shorts)),
        expand(source, source.pick(fact.rhymes)).replace(" // ", "\n"),
    )


def cases(source: Source) -> Iterator[Case]:
    """Endless: by turns small talk or a fact (skill `chat`), and what the model cannot know (skill `unknown`)."""
    while True:
        fact = _any_fact(source)
        yield _case(fact_exchange(source, fact), holds(fact), fact.key)
        unknown = unknown_exchange(source)
        untold = "--model" not in unknown.answer
        yield _case(unknown, is_untold if untold else is_admission, "untold" if untold else "beyond")


def holds(fact: Fact) -> Callable[[str], str | None]:
    """A judge: whether an answer holds what is essential in a fact."""
    def judge(answer: str) -> str | None:
        for pattern in fact.required:
            if not re.search(pattern, answer, re.IGNORECASE):
                return f"nothing in the answer matches {pattern!r}"
        return None

    return judge


def _any_fact(source: Source) -> Fact:
    if source.chance(SHARE_OF_BASICS):
        return _BASICS_BY_KEY[source.weighted(_BASICS_WEIGHTS)]
    return source.pick(FACTS)


def _answer(source: Source, fact: Fact) -> str:
    answer = _ended(expand(source, source.pick(fact.answers)))
    if fact.extras and source.chance(SHARE_OF_EXTRAS) and not answer.endswith("?"):
        answer += " " + _ended(expand(source, source.pick(fact.extras)))
    return answer


def _ended(text: str) -> str:
    """The text with a mark at its end, unless it ends in something to be copied: an address or a path."""
    text = text.strip()
    text = text[:-2] + "." if text.endswith(" .") else text
    is_code = re.search(r"/\S*$|--\w+ \d+$", text)
    return text if text.rstrip('"')[-1] in ".!?" or is_code else text + "."


def _case(asked_for: Exchange, judge: Callable[[str], str | None], key: str) -> Case:
    conversation = Conversation((Message("user", asked_for.user),))
    return Case(asked_for.skill, judge, conversation, note={"fact": key, "example": asked_for.answer})
