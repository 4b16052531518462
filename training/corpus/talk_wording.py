"""How things are said: templates with alternatives, and the many ways in which users type a question.

A template holds alternatives in square brackets: `[Hi|Hello] there[|, friend]!`. They may be nested. Brackets
without a bar stand for themselves, as in `[DONE]`.
"""

from __future__ import annotations

import re

from corpus.core import Source, sentence_case

_PLAIN = r"(?:[^\[\]|]|\[[^\[\]|]*\])*"
_ALTERNATIVES = re.compile(rf"\[({_PLAIN}(?:\|{_PLAIN})+)\]")

_OPENERS = """
hey, |hi, |hello, |hi there, |hey there, |hello! |hi! |hey! |so, |ok, |okay, |well, |right, |um, |also, |and |but |
quick question: |one question: |another question: |one more thing: |a question: |sorry, |excuse me, |
hi parlance, |parlance, |hello parlance, |good morning, |good evening, |just curious: |please help me: |question: 
""".replace("\n", "").split("|")

_CLOSERS = """
thanks|thank you|thanks!|thank you!|please|i am new here.|i could not find it.|i am just curious.|just asking.|
i am a beginner.|i want to try it.|in short, please.|please help me.|help!|thanks in advance.|i need it for my work.
""".replace("\n", "").split("|")

# What goes in front of an indirect question, and the mark that ends it.
_LEADS = (
    ("can you tell me", "?"), ("could you tell me", "?"), ("can you please tell me", "?"), ("please tell me", "."),
    ("tell me", "."), ("do you know", "?"), ("can you explain", "?"), ("could you explain", "?"),
    ("please explain", "."), ("explain", "."), ("i want to know", "."), ("i would like to know", "."),
    ("i'd like to know", "."), ("i wonder", "."), ("i do not understand", "."), ("i need to know", "."),
    ("would you tell me", "?"), ("can you help me understand", "?"), ("show me", "."), ("can you say", "?"),
    ("any idea", "?"), ("i am not sure", "."), ("i forgot", "."), ("remind me", "."), ("let me know", "."),
)

# Words with a spelling of their own, wherever they stand as a whole word and not in a path or an option.
_PROPER = {
    word.lower(): word
    for word in """I I'd I'm I've Parlance Java Python JavaScript OpenAI GGUF JSON API GPU CPU JDK URL SDK HTTP AI
    English German French Spanish Italian Chinese Latin Greek Russian Japanese Dutch""".split()
}
_WORD = re.compile(r"(?<![\w/.'-])[A-Za-z]+(?:'[a-z]+)?(?![\w/-])")


def expand(source: Source, template: str) -> str:
    """The template with one of each of its alternatives."""
    while True:
        text = _ALTERNATIVES.sub(lambda match: source.pick(match[1].split("|")), template)
        if text == template:
            return text
        template = text


def asked(source: Source, direct: list[str], indirect: list[str]) -> str:
    """A question as a user may type it, from its direct (`what is x`) or indirect cores (`what x is`).

    A direct core that ends in a mark of its own is a remark, and stays alone.
    """
    if indirect and source.chance(0.4):
        lead, mark = source.pick(_LEADS)
        body = f"{lead} {expand(source, source.pick(indirect))}{mark}"
    else:
        body = expand(source, source.pick(direct))
        if body[-1] in ".!?":
            return typed(source, body)
        body += "?"
    opener = source.pick(_OPENERS) if source.chance(0.25) else ""
    closer = " " + source.pick(_CLOSERS) if source.chance(0.12) else ""
    return typed(source, opener + body + closer)


def typed(source: Source, text: str) -> str:
    """The text with the care that different people take: capitals, the last mark, a slip of the finger."""
    care = source.random.random()
    if care < 0.55:
        text = _with_capitals(text)
    elif care < 0.62:
        text = sentence_case(text)
    elif care < 0.64:
        text = text.upper()
    else:
        text = text.lower()
    if care > 0.55 and source.chance(0.5):
        text = text.rstrip(".?!")
    return _with_slip(source, text) if source.chance(0.08) else text


def _with_capitals(text: str) -> str:
    text = _WORD.sub(lambda match: _PROPER.get(match[0], match[0]), text)
    return re.sub(r"(^|[.?!] )([a-z])", lambda match: match[1] + match[2].upper(), text)


def _with_slip(source: Source, text: str) -> str:
    """One letter of a longer word left out, doubled, or changed with the next one."""
    words = list(re.finditer(r"(?<![\w/.-])[A-Za-z]{4,}(?![\w/-])", text))
    if not words:
        return text
    word = source.pick(words)
    at = source.between(word.start() + 1, word.end() - 2)
    kind = source.between(1, 3)
    if kind == 1:
        return text[:at] + text[at + 1 :]
    if kind == 2:
        return text[:at] + text[at] + text[at:]
    return text[:at] + text[at + 1] + text[at] + text[at + 2 :]
