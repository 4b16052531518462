"""JSON on request: a sentence with facts, the keys that somebody asks for, and exactly one JSON object as the answer.

The sentences come from the table `objects.txt`. A key that the sentence says nothing about gets null. Values and
whole requests are split between training and test.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from corpus.core import Case, Conversation, Message, Source, listed
from corpus.frames import fill, read_blocks, slots, typed
from corpus.json_values import KINDS, Kind, Value, same_json, yes_or_no_kind


@dataclass(frozen=True)
class Fact:
    """A field of a domain: its kind of value, and what its key may be called."""

    kind: Kind
    keys: list[str]


@dataclass
class Domain:
    """What sentences can be about: its facts, sentences that tell some of them, and sentences that add one."""

    name: str
    facts: dict[str, Fact] = field(default_factory=dict)
    sentences: list[str] = field(default_factory=list)
    additions: dict[str, list[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Account:
    """What somebody wrote: one sentence or two, and the facts told in them."""

    text: str
    told: dict[str, Value]


def _read_domain(name: str, lines: dict[str, list[str]]) -> Domain:
    """A domain of the table; its head says what the lines mean."""
    domain = Domain(name)
    for key, options in lines.items():
        word, _, rest = key.partition(" ")
        if rest.startswith("("):
            kind = rest.strip("()")
            kind = yes_or_no_kind(*kind.split("/")) if "/" in kind else KINDS[kind]
            domain.facts[word] = Fact(kind, options[0].split())
        elif word == "also":
            domain.additions[rest] = options
        else:
            domain.sentences.extend(options)
    return domain


_DOMAINS = [_read_domain(name, lines) for name, lines in read_blocks("objects.txt")]


def _frames(lines: str) -> list[str]:
    """Frames, one a line; a line break inside a frame is written as backslash and n."""
    return [line.replace(r"\n", "\n") for line in lines.strip().split("\n")]


# The ways to ask, by what the user names: `keys` is `name, age and city`, `schema` is `{"name": string, ...}`.
_REQUESTS = _frames(r"""
Extract {keys} as JSON: {sentence}
Extract the {keys} as JSON from this sentence: {sentence}
extract {keys} as json: {sentence}
Give me JSON with the keys {keys}. Sentence: {sentence}
Give me a JSON object with {keys}: {sentence}
give me json with {keys} for this: {sentence}
Return {keys} as JSON. {sentence}
Please return a JSON object with the fields {keys}. The text is: {sentence}
Turn this into JSON with {keys}: {sentence}
Turn this sentence into a JSON object with the keys {keys}. {sentence}
JSON with {keys}, please: {sentence}
Write JSON with the fields {keys} for this text: {sentence}
Can you write this as JSON with {keys}? {sentence}
Could you give me {keys} as JSON? {sentence}
I need JSON with {keys}. {sentence}
Read this and answer with JSON, keys {keys}: {sentence}
Make a JSON object out of this. Keys: {keys}. Text: {sentence}
Keys: {keys}\nText: {sentence}\nJSON:
{sentence}\nExtract {keys} as JSON.
{sentence} Give me the {keys} as JSON.
{sentence} Write that as JSON with {keys}.
{sentence} I want {keys} as a JSON object.
{sentence}\n\nReturn JSON with the keys {keys}.
{sentence} as json with {keys} please
Here is a sentence: {sentence} Please give me a JSON object with {keys}.
Fill this in: {schema}\n{sentence}
Answer in the form {schema}. {sentence}
{sentence}\nWrite it as {schema}
Give me JSON like {schema} for this: {sentence}
Use this form: {schema}. Text: {sentence}
""")
# For use below a system message that asks for JSON without saying with which keys.
_BARE_REQUESTS = _frames(r"""
{keys}: {sentence}
{sentence} ({keys})
{sentence}\n{keys}
Keys: {keys}. {sentence}
{sentence} I need {keys}.
{sentence} {schema}
{schema}\n{sentence}
""")
_JSON_SYSTEMS = _frames("""
Answer with JSON only.
You answer with JSON only.
Always answer with one JSON object.
Reply in JSON, nothing else.
You turn sentences into JSON.
Your output is JSON.
""")
# System messages that say with which keys; the user then only writes sentences.
_TELLING_SYSTEMS = _frames("""
Answer with JSON of the form {schema}.
Answer every message with {schema} and nothing else.
For every sentence, return JSON like this: {schema}
Extract {keys} from what the user writes. Answer with JSON only.
You extract {keys} as JSON.
Turn each message into JSON with the keys {keys}.
Return a JSON object with {keys} for every text.
""")
_TYPES = {"integer": "number", "array": "[string]"}

# Keys that a question can ask for: `What is the city?`
_NO_QUESTION = {"from", "to"}
_QUESTIONS = ["And the {}?", "Tell me the {}.", "Now tell me the {} in words.", "Thanks. And the {}, in a sentence?"]
_WHAT_QUESTIONS = ["And what is the {}?", "what is the {}?", "What was the {} again?", "Thanks. What is the {}?"]
_WHO_QUESTIONS = ["And who is the {}?", "who is the {}?", "Who was the {} again?", "Thanks. Who is the {}?"]
_NARROWER = ["Now only the {}.", "Only the {}, please.", "now just {} please", "I only need {}.", "Give me only {}.",
             "Leave out all but {}.", "The same with {} only.", "Just {}, as JSON."]
_WIDER = ["Add the {}.", "Add {} too.", "and add the {} please", "I also need {}.", "Now with {} as well.",
          "Please put {} in too.", "The {} is missing, add it."]


def _account(source: Source, domain: Domain) -> Account:
    """A sentence with facts, often with a second one that adds a fact."""
    frame, told = source.pick(domain.sentences), {}
    for fact in sorted(slots(frame)):
        told[fact] = domain.facts[fact].kind.make(source)
    text = fill(frame, _spoken(told))
    additions = [(fact, frame) for fact in domain.additions if fact not in told for frame in domain.additions[fact]]
    additions = [(fact, frame) for fact, frame in additions if slots(frame) <= told.keys() | {fact}]
    if additions and source.chance(0.45):
        fact, frame = source.pick(additions)
        told[fact] = domain.facts[fact].kind.make(source)
        text = f"{text} {fill(frame, _spoken(told))}"
    return Account(text, told)


def _spoken(values: dict[str, Value]) -> dict[str, str]:
    return {fact: value.spoken for fact, value in values.items()}


def _asked_keys(source: Source, domain: Domain, told: dict[str, Value]) -> dict[str, str]:
    """One to four keys with their facts, in the order of asking; now and then one that no sentence told."""
    untold = [fact for fact in domain.facts if fact not in told]
    count = min(source.weighted({1: 2, 2: 4, 3: 4, 4: 2}), len(told))
    facts = source.sample(list(told), count)
    if untold and source.chance(0.2):
        facts = (facts[:3] + [source.pick(untold)])[-4:]
        facts = source.sample(facts, len(facts))
    asked: dict[str, str] = {}
    for fact in facts:
        free = [key for key in domain.facts[fact].keys if key not in asked]
        # The first key is the usual one.
        asked[free[0] if source.chance(0.4) else source.pick(free)] = fact
    return asked


def _keys_in_words(source: Source, asked: dict[str, str]) -> str:
    """The keys as people list them."""
    keys = [f'"{key}"' for key in asked] if source.chance(0.15) else list(asked)
    return ", ".join(keys) if source.chance(0.25) else listed(keys)


def _schema(domain: Domain, asked: dict[str, str]) -> str:
    """The keys with their types, such as `{"name": string, "age": number}`."""
    types = {key: domain.facts[fact].kind.type for key, fact in asked.items()}
    return "{" + ", ".join(f'"{key}": {_TYPES.get(type_, type_)}' for key, type_ in types.items()) + "}"


def _expected(asked: dict[str, str], told: dict[str, Value]) -> dict:
    """The object to be written: null for what nobody told."""
    return {key: told[fact].plain if fact in told else None for key, fact in asked.items()}


def _written(expected: dict) -> str:
    return json.dumps(expected, ensure_ascii=False)


class _Scene:
    """One conversation as it grows: what it is about, which keys are asked for, and the messages so far."""

    def __init__(self, source: Source):
        self.source = source
        self.domain = source.pick(_DOMAINS)
        self.messages: list[Message] = []
        self.asked: dict[str, str] = {}
        self.system_tells = False
        account = self._open()
        self.told = account.told
        self.expected = _expected(self.asked, self.told)

    def say(self, role: str, content: str) -> None:
        self.messages.append(Message(role, content))

    def answer(self) -> None:
        self.say("assistant", _written(self.expected))

    def conversation(self) -> Conversation:
        return Conversation(tuple(self.messages))

    def _open(self) -> Account:
        """Adds the first request, of this side of the split, with or without a system message."""
        style = self.source.weighted({"request": 6, "bare": 2, "system tells": 2})
        drawn = {}

        def make() -> str:
            drawn["account"] = account = _account(self.source, self.domain)
            self.asked = _asked_keys(self.source, self.domain, account.told)
            if style == "system tells":
                return account.text
            bare = style == "bare" and self.source.chance(0.6)
            return self._with_keys(_BARE_REQUESTS if bare else _REQUESTS, account.text)

        request = self.source.draw(make)
        if style == "bare":
            self.say("system", self.source.pick(_JSON_SYSTEMS))
        self.system_tells = style == "system tells"
        if self.system_tells:
            self.say("system", self._with_keys(_TELLING_SYSTEMS))
        self.say("user", request)
        return drawn["account"]

    def _with_keys(self, frames: list[str], sentence: str = "") -> str:
        """One of the frames, filled with the keys and the sentence."""
        frame = self.source.pick(frames)
        if sentence:
            frame = typed(self.source, frame)
        keys, schema = _keys_in_words(self.source, self.asked), _schema(self.domain, self.asked)
        return fill(frame, {"keys": keys, "schema": schema, "sentence": sentence})

    def ask_again(self) -> None:
        """Adds another sentence where the system message has said what to do with all of them."""
        account = _account(self.source, self.domain)
        self.told, self.expected = account.told, _expected(self.asked, account.told)
        self.say("user", account.text)

    def change_keys(self) -> bool:
        """Adds a request for fewer keys or one more; false if there is none to drop or add."""
        more = [fact for fact in self.told if fact not in self.asked.values() and fact not in self.asked]
        if len(self.asked) > 1 and (not more or self.source.chance(0.6)):
            key = self.source.pick(list(self.asked))
            self.asked = {key: self.asked[key]}
            self.say("user", self.source.pick(_NARROWER).format(key))
        elif more:
            fact = self.source.pick(more)
            self.asked = self.asked | {fact: fact}
            self.say("user", self.source.pick(_WIDER).format(fact))
        else:
            return False
        self.expected = _expected(self.asked, self.told)
        return True

    def question_and_answer(self) -> None:
        """Adds a question for one of the facts and its answer as a sentence."""
        facts = [fact for fact in self.told if fact not in _NO_QUESTION and isinstance(self.told[fact].plain, str)]
        if facts:
            fact = self.source.pick(facts)
            is_person = self.domain.facts[fact].kind is KINDS["name"] and fact != "name"
            questions = _QUESTIONS + (_WHO_QUESTIONS if is_person else _WHAT_QUESTIONS)
            self.say("user", self.source.pick(questions).format(fact))
            self.say("assistant", f"The {fact} is {self.told[fact].spoken}.")


def conversation(source: Source) -> Conversation:
    """A request for JSON and its answer; now and then with a follow-up."""
    scene = _Scene(source)
    scene.answer()
    if scene.system_tells:
        while source.chance(0.35):
            scene.ask_again()
            scene.answer()
    elif source.chance(0.2):
        if source.chance(0.5):
            scene.question_and_answer()
        elif scene.change_keys():
            scene.answer()
    return scene.conversation()


def judge_object(expected: dict) -> Callable[[str], str | None]:
    """A judge who wants exactly this object, without a fence or a word around it."""

    def judge(answer: str) -> str | None:
        try:
            found = json.loads(answer)
        except ValueError:
            return "the answer is not JSON"
        return None if same_json(found, expected) else f"{_written(expected)} was asked for"

    return judge


def cases(source: Source) -> Iterator[Case]:
    """Endless cases: first requests mostly, and some that ask again for fewer or more keys."""
    while True:
        scene = _Scene(source)
        if not scene.system_tells and source.chance(0.1):
            scene.answer()
            if not scene.change_keys():
                continue
        yield Case("json", judge_object(scene.expected), scene.conversation(), note={"domain": scene.domain.name})
