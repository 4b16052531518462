"""The whole corpus: which documents there are, and how often."""

from __future__ import annotations

from collections.abc import Callable

from corpus import drills, memory, objects, prose, skills, talk, tones, tools
from corpus.core import Conversation, Document, Exchange, Message, Source

# Share of the documents. Judged by how many tokens a kind has and how hard it is to learn.
KINDS: dict[str, float] = {
    "prose": 15,
    "talk": 26,
    "tone": 18,
    "memory": 27,
    "skills": 22,
    "tools": 40,
    "objects": 36,
    "drills": 22,
    "long": 0.6,
}

# What a turn of ordinary talk is about.
_TALK: dict[Callable[[Source], Exchange], float] = {
    talk.exchange: 10,
    talk.unknown_exchange: 3,
    skills.exchange: 4,
    prose.exchange: 0.5,
}
_TONED = [tone for tone in tones.TONES if tone != "plain"]


def other(source: Source) -> Exchange:
    """A turn of unrelated talk, as the parts put it between their own turns."""
    return source.weighted(_TALK)(source)


def _conversation(source: Source, exchanges: list[Exchange], tone: str = "plain", system: str = "") -> Conversation:
    messages = [Message("system", system)] if system else []
    for exchange in exchanges:
        answer = exchange.answer if tone == "plain" else tones.restyle(source, exchange, tone)
        messages += [Message("user", exchange.user), Message("assistant", answer)]
    return Conversation(tuple(messages))


def _talk(source: Source) -> Conversation:
    system = tones.system_message(source, "plain") if source.chance(0.25) else ""
    return _conversation(source, [other(source) for _ in range(source.between(1, 5))], system=system)


def _tone(source: Source) -> Conversation:
    tone = source.pick(_TONED)
    exchanges = [other(source) for _ in range(source.between(1, 4))]
    return _conversation(source, exchanges, tone, tones.system_message(source, tone))


def _skills(source: Source) -> Conversation:
    return _conversation(source, [skills.exchange(source) for _ in range(source.between(2, 6))])


def _long(source: Source) -> Conversation:
    """Fills most of the context, so that its far end has been seen."""
    return _conversation(source, [other(source) for _ in range(source.between(12, 22))])


def document(source: Source, kind: str) -> Document:
    """A document of one kind."""
    match kind:
        case "prose":
            return prose.text(source)
        case "talk":
            return _talk(source)
        case "tone":
            return _tone(source)
        case "memory":
            return memory.conversation(source, other)
        case "skills":
            return _skills(source)
        case "tools":
            return tools.conversation(source, other)
        case "objects":
            return objects.conversation(source)
        case "drills":
            return drills.conversation(source)
        case "long":
            return _long(source)
    raise ValueError(f"no kind of document is called {kind!r}; there are {', '.join(KINDS)}")


def documents(source: Source):
    """Endless documents of all kinds, with the name of their kind."""
    while True:
        kind = source.weighted(KINDS)
        yield kind, document(source, kind)
