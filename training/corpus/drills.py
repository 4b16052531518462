"""Drills: looking a value up in the text before, and copying it, again and again.

A conversation with something to remember has a handful of tokens that must be copied among hundreds that need not be.
From those alone a small model learns to copy very late. Here nearly every token of an answer is a copy, so that the
skill is there early, and the other parts only have to call for it.
"""

from __future__ import annotations

import json
from collections.abc import Callable

from corpus import values
from corpus.core import Conversation, Message, Source, listed

_VALUES: dict[str, Callable[[Source], str]] = {
    "name": values.name,
    "friend": values.name,
    "sister": values.name,
    "city": values.city,
    "town": values.city,
    "place": values.city,
    "colour": values.colour,
    "pet": values.pet_name,
    "dog": values.pet_name,
    "cat": values.pet_name,
    "number": values.number,
    "year": lambda source: values.number(source, 1900, 2030),
    "price": lambda source: values.number(source, 2, 999),
    "code": lambda source: values.invented_word(source, source.between(1, 3), ""),
    "word": lambda source: values.invented_word(source, source.between(1, 2), ""),
}

# Who, what is said of them, how it is asked for, and how the answer begins.
_RELATIONS = (
    ("{who} lives in {what}.", "Where does {who} live?", "{who} lives in {what}.", values.city),
    ("{who} comes from {what}.", "Where does {who} come from?", "{who} comes from {what}.", values.city),
    ("{who} likes {what}.", "Which colour does {who} like?", "{who} likes {what}.", values.colour),
    ("{who} has a dog called {what}.", "What is the dog of {who} called?", "The dog of {who} is called {what}.", values.pet_name),
    ("{who} has the number {what}.", "Which number has {who}?", "The number of {who} is {what}.", values.number),
    ("{who} is a friend of {what}.", "Who is a friend of {what}?", "{who} is a friend of {what}.", values.name),
)

_SEPARATORS = (", ", " ", "; ", " and ", "\n")
_ASSIGNMENTS = ("{}: {}", "{} = {}", "my {} is {}", "the {} is {}", "{} {}")
_ECHOES = ("Repeat: {}", "Say {}", "{}", "Say this again: {}", "Copy: {}")
_READY = ("Yes.", "Good.", "Ready.", "Thank you.", "I will remember that.")


def _turns(*texts: str) -> list[Message]:
    return [Message("assistant" if number % 2 else "user", text) for number, text in enumerate(texts)]


def _echo(source: Source) -> list[Message]:
    """A list of anything, and the same list."""
    make = [source.pick(list(_VALUES.values())) for _ in range(source.between(1, 9))]
    text = source.pick(_SEPARATORS).join(draw(source) for draw in make)
    return _turns(source.pick(_ECHOES).format(text), text)


def _facts(source: Source) -> dict[str, str]:
    keys = source.sample(list(_VALUES), source.between(2, 7))
    return {key: _VALUES[key](source) for key in keys}


def _told(source: Source, facts: dict[str, str]) -> str:
    assignment = source.pick(_ASSIGNMENTS)
    return source.pick(_SEPARATORS).join(assignment.format(key, value) for key, value in facts.items())


def _lookup(source: Source) -> list[Message]:
    """Keys and values, then the keys one by one."""
    facts = _facts(source)
    question, answer = source.pick(
        (("{}?", "{}"), ("the {}", "{}"), ("What is my {}?", "Your {key} is {}."), ("What is the {}?", "The {key} is {}."))
    )
    messages = _turns(_told(source, facts), source.pick(_READY))
    for key in source.sample(list(facts), len(facts)) + [source.pick(list(facts))]:
        messages += _turns(question.format(key), answer.format(facts[key], key=key))
    return messages


def _people(source: Source) -> list[Message]:
    """Sentences about several people, then questions about each of them."""
    told, asked, answered, make = source.pick(_RELATIONS)
    people = {values.name(source): make(source) for _ in range(source.between(2, 6))}
    messages = _turns(
        " ".join(told.format(who=who, what=what) for who, what in people.items()),
        source.pick(_READY) if source.chance(0.7) else f"I know {listed(list(people))}.",
    )
    for who in source.sample(list(people), len(people)):
        messages += _turns(asked.format(who=who, what=people[who]), answered.format(who=who, what=people[who]))
    return messages


def _object(source: Source) -> list[Message]:
    """Keys and values, then a JSON object of some of them."""
    facts = _facts(source)
    keys = source.sample(list(facts), source.between(1, len(facts)))
    chosen = {key: int(facts[key]) if facts[key].isdigit() else facts[key] for key in keys}
    order = source.pick(("JSON with {}: ", "{} as JSON: ", "Give me {} as JSON. "))
    return _turns(order.format(listed(keys)) + _told(source, facts), json.dumps(chosen))


def conversation(source: Source) -> Conversation:
    """A drill of any kind."""
    drill = source.weighted({_echo: 3, _lookup: 3, _people: 3, _object: 2})
    return Conversation(tuple(drill(source)))
