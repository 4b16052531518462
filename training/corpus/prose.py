"""Plain texts that `/v1/completions` continues, and short stories for the chat.

The sentences lie in the `prose_*.txt` files beside this module: plots, instructions, explanations, descriptions,
letters. `prose_grammar` reads and expands them, `prose_cast` chooses who and what a text is about. Here the pieces
become whole texts of 45 to 110 words that end with a sentence.

A text stands on the side of the split on which its opening stands, that is its first eight words. (Fewer would take
such common beginnings as "Once upon a time, there was" away from the training side altogether.)

How `cases` judges a continuation, which is what follows the prompt:
it ends by itself with a full stop, an exclamation or question mark, or a closing quotation mark;
it is 20 to 130 words long;
at most 2 % of its words are neither in the corpus nor capitalised as names are, and it has at most six such names;
no sequence of four words occurs more than twice, and no sentence twice.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache, partial

from corpus import values
from corpus.core import Case, Exchange, Source, Text, sentence_case
from corpus.prose_cast import KINDS, cast
from corpus.prose_grammar import Section, Template, fix_articles, read_sections, tidy

TEXT_WORDS = range(45, 111)
STORY_WORDS = range(40, 81)
OPENING_WORDS = 8
CONTINUATION_WORDS = range(20, 131)
_VOCABULARY_TEXTS = 20_000
_COMMON = 100
_LARGEST_SHARE_OF_UNKNOWN_WORDS = 0.02
_MOST_NAMES = 6

_STORIES = read_sections("prose_stories.txt")
_HOW_TO = read_sections("prose_howto.txt")
_FACTS = read_sections("prose_facts.txt")
_SCENES = read_sections("prose_scenes.txt")
_LETTERS = read_sections("prose_letters.txt")


def _openings(sections: list[Section]) -> dict[str, Section]:
    return {section.title.removeprefix("opening: "): section for section in _titled(sections, "opening")}


def _titled(sections: list[Section], beginning: str) -> list[Section]:
    return [section for section in sections if section.title.startswith(beginning)]


def _bodies(sections: list[Section]) -> list[Section]:
    return [section for section in sections if not section.title.startswith("opening")]


_STORY_OPENINGS = _openings(_STORIES)
_PLOTS = _bodies(_STORIES)
# How a story begins when the hero is spoken of in a certain way, and how likely that is.
_WAYS_TO_BEGIN = {
    "I": {"how things were, for me": 5, "what was going on": 5},
    "pronoun": {"how things were": 4, "what was going on": 6},
    "family": {"how things were": 5, "what was going on": 5},
    "other": {"how things were": 3, "how things were, with a new person": 4, "what was going on": 4},
}
_EVENT = "what was going on"
# An assistant has nothing to tell of itself, and its story says who it is about.
_KINDS_IN_CHAT = {kind: weight for kind, weight in KINDS.items() if kind not in ("I", "pronoun")}

_CONNECTIVES = ["Then {s}.", "Then {s}.", "Next, {s}.", "After that, {s}.", "Now {s}.", "{s}."]
_LAST_CONNECTIVES = ["Finally, {s}.", "Finally, {s}.", "In the end, {s}.", "At last, {s}.", "As a last step, {s}."]
_STEPS_WITHOUT_CONNECTIVE = ("do not", "never", "keep ", "take your time", "be ")

_GREETINGS = Template("[Dear {name}|Dear {name}|Dear {name}|My dear {name}|Hello {name}|Dear friend|Hi {name}],")
_FAREWELLS = Template(
    "[Your friend|Yours|With love|Best wishes|Many greetings|All the best|Take care|See you soon], {sender}."
)
_DIARY_GREETINGS = Template("[||||Dear diary,{break}]")

_ASKING = Template(
    "[|||hi, |hello, |hey, ][[can|could|would|will] you [please |]||please ]"
    "[tell me|tell me|tell me|write me|give me|read me|tell|write|make up|invent|think of] "
    "[a|a|a short|a little|a nice|a small|a new|a good|another] [story|story|story|tale|bedtime story]"
)
_ASKING_ABOUT = Template(
    "{asking} [about|about|about|on|with] {subject}[| please| for my kids| for my son| for a child|, ok]"
)
_ASKING_FREELY = Template(
    "[{asking}[| please| for kids| for my daughter| before I sleep|, any story is fine| of your choice]"
    "|I [want to hear|would like|would love|feel like|need] a [short |nice |little |]story[| now| please]"
    "|[story time|tell me something nice|do you know [a|any] [good |short |nice |]stor[y|y for children]|story please]]"
)
_WISHING_ABOUT = Template(
    "[I [want|would like|would love|need] a [short |little |]story about {subject}"
    "|{subject}: [tell me a story|story please]"
    "|do you know a [story|tale] about {subject}|[story|a story|short story] about {subject}[| please]"
    "|once upon a time there was {subject}, go on]"
)


def text(source: Source) -> Text:
    """A plain text of any genre whose opening stands on the source's side."""
    while True:
        candidate = source.weighted(_GENRES)(source)
        if len(candidate.split()) in TEXT_WORDS and source.accepts(_opening(candidate)):
            return Text(candidate)


def story(source: Source) -> str:
    """A short story of 40 to 80 words."""
    return story_about(source)[1]


def story_about(source: Source) -> tuple[str, str]:
    """What a user would ask for, and a story of 40 to 80 words about it."""
    while True:
        subject, told = _tell(source, _KINDS_IN_CHAT)
        if len(told.split()) in STORY_WORDS:
            return subject, told


def exchange(source: Source) -> Exchange:
    """The user asks for a story, about something or about anything, and gets it."""
    subject, told = story_about(source)
    ask = partial(_question, source, subject if source.chance(0.65) else None)
    return Exchange(user=_as_typed(source, source.draw(ask)), answer=told, skill="story")


def cases(source: Source) -> Iterator[Case]:
    """Openings of texts that were never trained on, without end."""
    while True:
        whole = text(source).text
        end = _cut(source, whole)
        note = {"text": whole, "held out": len(whole[:end].split()) >= OPENING_WORDS}
        yield Case("complete", judge_continuation, prompt=whole[:end], max_tokens=220, note=note)


# Stories


def _tell(source: Source, kinds: dict[str, int]) -> tuple[str, str]:
    """A subject and a story of any length about a hero of one of the kinds."""
    slots = cast(source, kinds)
    ways = _WAYS_TO_BEGIN.get(slots["kind"], _WAYS_TO_BEGIN["other"])
    plot = source.pick(_PLOTS)
    way = source.weighted({way: weight for way, weight in ways.items() if way != _EVENT or "after" not in plot.headers})
    opening = source.pick(_STORY_OPENINGS[way].steps[0].wordings)
    if way == _EVENT:
        slots["one day"] = ""
    templates = [opening, *plot.steps_for(source, keep=0.6)]
    return _subject(source, plot, slots), _join(source, templates, slots)


def _story_text(source: Source) -> str:
    return _tell(source, KINDS)[1]


def _subject(source: Source, plot: Section, slots: dict[str, str]) -> str:
    """What a user would call this story's subject: the hero, what happens, or both."""
    event = plot.headers["about"].expand(source, slots)
    hero = slots["subject"]
    if not hero or source.chance(0.4):
        return fix_articles(event)
    return fix_articles(f"{hero} and {event}" if source.chance(0.3) else hero)


def _join(source: Source, templates: list[Template], slots: dict[str, str]) -> str:
    return tidy(" ".join(sentence_case(template.expand(source, slots).strip()) for template in templates))


# Other genres


def _how_to(source: Source) -> str:
    """Instructions: an opening, the steps in order, and perhaps a closing word."""
    topic = source.pick(_bodies(_HOW_TO))
    slots = {key: header.expand(source, {}) for key, header in topic.headers.items()}
    slots |= {"doing": gerund(slots["goal"]), "my goal": slots["goal"].replace("your", "my")}
    steps = [step.expand(source, slots) for step in topic.steps_for(source, keep=0.5)]
    frames = _openings(_HOW_TO)
    if source.chance(0.5):
        slots["step"] = steps.pop(0)
        opening = "with the first step"
    else:
        opening = "before the first step"
        steps[0] = source.pick(["first, ", "first ", "first of all, ", "to begin, ", ""]) + steps[0]
    sentences = [source.pick(frames[opening].steps[0].wordings).expand(source, slots)]
    sentences += _connected(source, steps, first_is_marked=opening == "before the first step")
    if source.chance(0.35):
        sentences.append(source.pick(frames["the end"].steps[0].wordings).expand(source, slots))
    return tidy(" ".join(sentence_case(sentence) for sentence in sentences))


def _connected(source: Source, steps: list[str], first_is_marked: bool) -> list[str]:
    """The steps as sentences: "Then ...", "Next, ...", "Finally, ..."."""
    sentences = [steps.pop(0) + "."] if first_is_marked else []
    frames = source.sample(_CONNECTIVES, len(_CONNECTIVES))
    while steps:
        step = steps.pop(0)
        if steps and source.chance(0.25) and not {",", "and"} & set(f"{step} {steps[0]}".replace(",", " ,").split()):
            step = f"{step} and {steps.pop(0)}"
        if step.startswith(_STEPS_WITHOUT_CONNECTIVE):
            frame = "{s}."
        elif not steps and source.chance(0.7):
            frame = source.pick(_LAST_CONNECTIVES)
        else:
            frame = frames.pop() if frames else "{s}."
        sentences.append(frame.format(s=step))
    return sentences


def gerund(goal: str) -> str:
    """`make tea` as `making tea`."""
    verb, _, rest = goal.partition(" ")
    if verb in ("plan", "swim", "put", "cut", "travel"):
        verb += verb[-1]
    elif verb.endswith("e"):
        verb = verb[:-1]
    return f"{verb}ing {rest}"


def _explanation(source: Source) -> str:
    """True statements about an everyday thing, perhaps after a question."""
    return _framed(source, _FACTS, plain=0.4)


def _description(source: Source) -> str:
    """A place, a season or the weather."""
    return _framed(source, _SCENES, plain=0.5)


def _framed(source: Source, sections: list[Section], plain: float) -> str:
    """A section's sentences in order, `plain` of the time without any of the openings of its file."""
    topic = source.pick(_bodies(sections))
    slots = {key: header.expand(source, {}) for key, header in topic.headers.items()}
    templates = topic.steps_for(source, keep=0.7)
    if not source.chance(plain):
        [openings] = _openings(sections).values()
        opening = source.pick(openings.steps[0].wordings)
        templates.insert(0, opening)
    return _join(source, templates, slots)


def _letter_or_diary(source: Source) -> str:
    slots = cast(source) | {"sender": values.name(source), "break": "\n\n"}
    if source.chance(0.5):
        body = _join(source, source.pick(_titled(_LETTERS, "diary")).steps_for(source, 1), slots)
        return tidy(_DIARY_GREETINGS.expand(source, slots) + body)
    slots["break"] = source.pick(["\n", "\n\n"])
    body = _join(source, source.pick(_titled(_LETTERS, "letter")).steps_for(source, 1), slots)
    greeting = _GREETINGS.expand(source, slots | {"name": values.name(source)})
    return slots["break"].join([greeting, body, _FAREWELLS.expand(source, slots)])


_GENRES = {_story_text: 42, _how_to: 20, _description: 14, _letter_or_diary: 10, _explanation: 14}


# Requests


def _question(source: Source, subject: str | None) -> str:
    slots = {"asking": _ASKING.expand(source, {}), "subject": subject or ""}
    if subject is None:
        return _ASKING_FREELY.expand(source, slots)
    return (_ASKING_ABOUT if source.chance(0.65) else _WISHING_ABOUT).expand(source, slots)


def _as_typed(source: Source, question: str) -> str:
    """The question as somebody types it: with or without a capital letter and a mark at the end."""
    asks = re.search(r"\b(can|could|would|will|do) you", question)
    if source.chance(0.6):
        question = sentence_case(question)
    return question + source.pick(["", "?" if asks else ".", "?" if asks else "", "!" if not asks else "?"])


# Cases


def _opening(whole: str) -> str:
    return " ".join(whole.split()[:OPENING_WORDS])


def _cut(source: Source, whole: str) -> int:
    """Where to cut a text: after 3 to 10 words, more often where the opening is held out as a whole, before a space."""
    ends = [match.end() for match in re.finditer(r"\S+", whole)][:10]
    weights = {end: 3 if count >= OPENING_WORDS else 1 for count, end in enumerate(ends, start=1)
               if count >= 3 and whole[end] == " "}  # fmt: skip
    return source.weighted(weights)


@cache
def _vocabulary() -> frozenset[str]:
    """The words that the corpus is seen to use, in lower case: not the names, which nearly all are rare."""
    counts: Counter[str] = Counter()
    source = Source("prose vocabulary")
    for _ in range(_VOCABULARY_TEXTS):
        counts.update(_words(text(source).text))
    return frozenset(word.lower() for word, count in counts.items() if word.islower() or count >= _COMMON)


def _words(passage: str) -> list[str]:
    return re.findall(r"[A-Za-z]+(?:'[a-z]+)?|\d+", passage)


def judge_continuation(continuation: str) -> str | None:
    """None if the continuation follows the rule in the module's docstring, else what is wrong with it."""
    judges: list[Callable[[str], str | None]] = [_judge_end, _judge_words, _judge_repetition]
    return next((fault for judge in judges if (fault := judge(continuation))), None)


def _judge_end(continuation: str) -> str | None:
    count = len(continuation.split())
    if count not in CONTINUATION_WORDS:
        return f"{count} words"
    return None if continuation.rstrip().endswith((".", "!", "?", '."', '!"', '?"')) else "does not end with a sentence"


def _judge_words(continuation: str) -> str | None:
    words = _words(continuation)
    unknown = [word for word in words if word.lower() not in _vocabulary()]
    names = {word for word in unknown if word[0].isupper()}
    others = [word for word in unknown if word not in names]
    if len(others) > _LARGEST_SHARE_OF_UNKNOWN_WORDS * len(words):
        return f"unknown words: {' '.join(others)}"
    return f"too many names: {' '.join(sorted(names))}" if len(names) > _MOST_NAMES else None


def _judge_repetition(continuation: str) -> str | None:
    words = [word.lower() for word in _words(continuation)]
    sequence, times = Counter(zip(words, words[1:], words[2:], words[3:])).most_common(1)[0]
    if times > 2:
        return f"{times} times: {' '.join(sequence)}"
    sentences = Counter(sentence.strip(' "').lower() for sentence in re.split(r"[.!?]+", continuation))
    repeated = [sentence for sentence, count in sentences.items() if sentence and count > 1]
    return f"repeated sentence: {repeated[0]}" if repeated else None
