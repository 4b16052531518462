"""The tone in which to answer: system messages that ask for one, answers put into one, and judges of each."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

from corpus import talk
from corpus.core import Case, Conversation, Exchange, Message, Source
from corpus.talk_wording import expand

TONES = ("plain", "formal", "friendly", "terse", "pirate", "capitals", "rhyme")

_ROLES = [
    "You are a helpful assistant.", "You are Parlance, a tiny language model.", "You are Parlance.",
    "You are an assistant.",
    "You are Parlance, a helpful assistant.", "You are a small assistant.", "You are the model of the Parlance server.",
    "You answer questions.", "Help the user.", "You are a chat assistant.", "You are an AI assistant.",
]
_ADDITIONS = [
    "Always.", "Do this in every answer.", "This is important.", "Keep to that.", "Do so whatever the user says.",
    "Please.", "Do not forget it.", "Stay in that style.", "Help the user all the same.",
    "Still give the right answer.",
    "Answer the user's questions.", "Do not say that you were told so.", "Thank you.", "Be correct, too.",
]


def _read_wordings() -> dict[str, list[str]]:
    """`# tone`, then one template of a system message a line."""
    wordings: dict[str, list[str]] = {}
    for line in Path(__file__).with_name("tones.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("# "):
            tone = line[2:]
            wordings[tone] = []
        elif line:
            wordings[tone].append(line)
    return wordings


_WORDINGS = _read_wordings()


def system_message(source: Source, tone: str) -> str:
    """One of the many ways to ask for a tone."""
    def make() -> str:
        parts = [expand(source, source.pick(_WORDINGS[tone]))]
        if source.chance(0.35) and not parts[0].startswith("You are"):
            parts.insert(0, source.pick(_ROLES))
        if source.chance(0.2):
            parts.append(source.pick(_ADDITIONS))
        text = " ".join(parts)
        care = source.random.random()
        if care < 0.06:
            text = text.lower()
        return text.rstrip(".") if care > 0.92 else text

    return source.draw(make)


def restyle(source: Source, exchange: Exchange, tone: str) -> str:
    """The answer of an exchange in a tone. What it states (names, numbers, options, paths) stays as it is."""
    return _STYLES[tone](source, exchange)


def is_tone(answer: str, tone: str) -> str | None:
    """None if an answer is in a tone, else what is wrong. Every answer is plain enough for `plain`."""
    return _JUDGES[tone](answer.strip())


def cases(source: Source) -> Iterator[Case]:
    """Endless: a system message in each tone but `plain` by turns, and small talk or a question about Parlance."""
    while True:
        for tone in TONES[1:]:
            asked = talk.exchange(source)
            messages = (Message("system", system_message(source, tone)), Message("user", asked.user))
            note = {"tone": tone, "example": restyle(source, asked, tone)}
            yield Case("tone", _judge_of(tone), Conversation(messages), note=note)


def _judge_of(tone: str) -> Callable[[str], str | None]:
    return lambda answer: is_tone(answer, tone)


# What many tones need ------------------------------------------------------------------------------------------

# Never changed by a tone: quoted text, code, addresses, paths, options, anything with a digit or an inner capital.
_PROTECTED = re.compile(
    r"\"[^\"]*\"|`[^`]*`|(?<!\w)(?:\./|/|--)\S+|\S*[/_\d=]\S*|\[DONE\]|\b\w+[-.]\w+\b|\b[A-Z]*[a-z]+[A-Z]\w*"
)
_WORD = re.compile(r"[A-Za-z]+(?:'[a-z]+)?")


def _replaced(text: str, words: dict[str, str]) -> str:
    """The text with words replaced outside of what is protected; a capital letter at the front is kept.

    A word with a capital inside a sentence is taken for a name and kept, too.
    """
    def replace(match: re.Match) -> str:
        word = match[0]
        new = words.get(word.lower())
        capital = word[0].isupper() and word != "I" and not word.startswith("I'")
        begins = _begins_sentence(match.string, match.start())
        if new is None or (capital and not begins):
            return word
        return new[0].upper() + new[1:] if word[0].isupper() and begins else new

    pieces, end = [], 0
    for kept in _PROTECTED.finditer(text):
        pieces += [_sub(text, end, kept.start(), replace), kept[0]]
        end = kept.end()
    return "".join(pieces) + _sub(text, end, len(text), replace)


def _sub(text: str, start: int, end: int, replace: Callable[[re.Match], str]) -> str:
    """Words between two places replaced, with the whole text in view."""
    result, last = [], start
    for match in _WORD.finditer(text, start, end):
        result += [text[last : match.start()], replace(match)]
        last = match.end()
    return "".join(result) + text[last:end]


def _begins_sentence(text: str, at: int) -> bool:
    before = text[:at].rstrip(" \n")
    return not before or before[-1] in ".!?:"


def _sentences(text: str) -> list[str]:
    return re.split(r"(?<=[.!?])\s+", text.strip())


def _short(exchange: Exchange) -> str:
    """The answer in at most eight words."""
    if exchange.short:
        return exchange.short
    sentences = _sentences(exchange.answer)
    fitting = [sentence for sentence in sentences if len(sentence.split()) <= 8]
    if fitting:
        return fitting[0]
    clause = re.match(r"((?:\S+ ){1,7}?\S+)[,;:] ", sentences[0] + " ")
    return (clause[1] if clause else " ".join(sentences[0].split()[:8]).rstrip(",;:")) + "."


# Plain, capitals, terse ----------------------------------------------------------------------------------------


def _plain(source: Source, exchange: Exchange) -> str:
    return exchange.answer


def _capitals(source: Source, exchange: Exchange) -> str:
    return exchange.answer.upper()


def _terse(source: Source, exchange: Exchange) -> str:
    return _short(exchange)


def _is_plain(answer: str) -> str | None:
    return None if answer else "empty"


def _is_capitals(answer: str) -> str | None:
    if not re.search(r"[A-Z]", answer):
        return "has no letters"
    return None if answer == answer.upper() else "has small letters"


def _is_terse(answer: str) -> str | None:
    words = len(answer.split())
    return None if 0 < words <= 10 else f"has {words} words"


# Formal ---------------------------------------------------------------------------------------------------------

_FULL_FORMS = {
    "i'm": "I am", "i've": "I have", "i'll": "I will", "i'd": "I would", "you're": "you are", "you've": "you have",
    "you'll": "you will", "it's": "it is", "that's": "that is", "there's": "there is", "what's": "what is",
    "don't": "do not", "doesn't": "does not", "didn't": "did not", "can't": "cannot", "won't": "will not",
    "isn't": "is not", "aren't": "are not", "wasn't": "was not", "haven't": "have not", "hasn't": "has not",
    "couldn't": "could not", "wouldn't": "would not", "shouldn't": "should not", "let's": "let us", "we're": "we are",
    "they're": "they are", "he's": "he is", "she's": "she is", "we'll": "we will", "who's": "who is",
}
_FORMAL_WORDS = _FULL_FORMS | {
    "hi": "good day", "hey": "good day", "hello": "good day", "bye": "goodbye", "thanks": "thank you",
    "ok": "very well",
    "okay": "very well", "yeah": "yes", "glad": "pleased", "happy": "pleased",
}
_FORMAL_PHRASES = [
    (re.compile(r"(?<=\w)!(?= |$)"), "."),
    (re.compile(r"\b([Gg]ood day) there\b"), r"\1"),
    (re.compile(r"\bGood day, and (good day|welcome)\b"), "Good day"),
    (re.compile(r"\b([Yy]ou|I|to) help\b"), r"\1 assist"),
    (re.compile(r"\b([Yy]ou|I) need\b"), r"\1 require"),
]
_FORMAL_OPENERS = """
Certainly.|I would be pleased to explain.|With pleasure.|Please allow me to reply.|Please allow me to explain.
It is my pleasure to answer.|Permit me to answer.|I am pleased to answer.|Thank you for your message.|Gladly, if I may.
I am honoured to reply.|Allow me to respond as follows.|If you will permit, I shall answer.|By all means.
I should be glad to assist.|At your service.|Very well, I shall reply.|You are kind to address me.
""".strip().replace("\n", "|").split("|")
_FORMAL_ENQUIRY_OPENERS = """
Thank you for your question.|Thank you for your enquiry.|Your question is most welcome.|I am grateful for your question.
I shall gladly answer your question.|In reply to your question:|To answer your question:|I thank you for this enquiry.
""".strip().replace("\n", "|").split("|")
_FORMAL_CLOSERS = """
Please let me know if you require anything further.|I remain at your service.|I trust that this is of assistance.
It is a pleasure to be of service.|Should you require more, please ask.|I am at your disposal.
I hope this is satisfactory.
Please do not hesitate to ask further.|I thank you for your attention.|It would be my pleasure to assist you further.
""".strip().replace("\n", "|").split("|")
_FORMAL_MARK = re.compile(
    r"certainly|pleased|pleasure|allow me|permit|honoured|i shall|shall gladly|i should|by all means"
    r"|at your service|enquiry"
    r"|question is most welcome|grateful|(reply|answer) to your question|to answer your question"
    r"|you are kind to address"
    r"|require|be of (service|assistance)|of assistance|at your disposal|satisfactory|hesitate|thank you for your"
    r"|thank you for (this|your)|attention|good day|gladly|kindly|assist\b|regret|very well|inform you",
    re.IGNORECASE,
)
_CONTRACTION = re.compile(
    r"\b(?:[a-z]+n't|(?:i|you|we|they|he|she|it|that|there|what|who|here)'(?:m|s|ve|ll|d|re)|let's)\b", re.IGNORECASE
)


def _is_question(exchange: Exchange) -> bool:
    first = re.sub(r"^(hi|hey|hello|so|ok|well|please)\b[ ,!]*", "", exchange.user.lower())
    asks = re.match(r"(what|who|how|which|where|when|why|can|do|is|are)\b", first)
    return exchange.user.rstrip().endswith("?") or bool(asks)


def _formal(source: Source, exchange: Exchange) -> str:
    body = _replaced(exchange.answer, _FORMAL_WORDS)
    for pattern, formal in _FORMAL_PHRASES:
        body = pattern.sub(formal, body)
    openers = _FORMAL_OPENERS + (_FORMAL_ENQUIRY_OPENERS if _is_question(exchange) else [])
    way = source.random.random()
    if way < 0.6:
        return f"{source.pick(openers)} {body}"
    if way < 0.8:
        return f"{_closed_for_more(body)} {source.pick(_FORMAL_CLOSERS)}"
    return f"{source.pick(openers)} {_closed_for_more(body)} {source.pick(_FORMAL_CLOSERS)}"


def _closed_for_more(text: str) -> str:
    """The text as it may stand in front of another sentence: an address at its end gets room, not a full stop."""
    return text if text[-1] in ".!?\"" or "/" in text.split()[-1] else text + "."


def _is_formal(answer: str) -> str | None:
    if _CONTRACTION.search(answer):
        return "has a contraction"
    return None if _FORMAL_MARK.search(answer) else "has nothing formal in it"


# Friendly -------------------------------------------------------------------------------------------------------

_FRIENDLY_OPENERS = """
Happy to help!|Of course, my friend!|I am so glad you are here!|How lovely to hear from you!
Always nice to hear from you!|My pleasure!
With joy, my friend!|It is so nice to talk to you!|Oh, I am happy to answer!|Sure thing, friend!|Dear friend, of course!
What a lovely day to chat!|Hey there, friend!|Oh, you are so kind to write!|I am always happy to help!|My dear friend!
So good to see you!|Hello, dear friend!|Lovely to chat with you!|Dear friend, I am all ears!
""".strip().replace("\n", "|").split("|")
_FRIENDLY_ENQUIRY_OPENERS = """
Oh, great question!|What a lovely question!|I am so glad you asked!|Good question, my friend!|I love that question!
What a wonderful question!|Thanks for asking, my friend!|Happy you asked!|Great that you ask!
""".strip().replace("\n", "|").split("|")
_FRIENDLY_CLOSERS = """
I hope that helps, my friend!|Have a wonderful day!|Have a lovely day!|It's nice to have you here!|Always happy to help!
Big hug!|I am so happy to chat with you!|Take good care, dear friend!|You are wonderful!
Just ask me any time, dear friend!
Lovely to have you here!|Have fun, my friend!|Great to talk to you!|I am glad you are here!
""".strip().replace("\n", "|").split("|")
_WARM = re.compile(
    r"\b(happy|glad|friend|lovely|nice|pleasure|joy|dear|kind|wonderful|great|love|hug|good|fun|welcome"
    r"|thank you|thanks)\b",
    re.IGNORECASE,
)


def _friendly(source: Source, exchange: Exchange) -> str:
    body = _with_joy(source, exchange.answer)
    openers = _FRIENDLY_OPENERS + (_FRIENDLY_ENQUIRY_OPENERS * 2 if _is_question(exchange) else [])
    way = source.random.random()
    if way < 0.55:
        return f"{source.pick(openers)} {body}"
    if way < 0.8:
        return f"{_closed_for_more(body)} {source.pick(_FRIENDLY_CLOSERS)}"
    return f"{source.pick(openers)} {_closed_for_more(body)} {source.pick(_FRIENDLY_CLOSERS)}"


def _with_joy(source: Source, text: str) -> str:
    """The text with an exclamation mark instead of some full stops, though never behind a value."""
    return re.sub(r"(?<= )([a-z]+)\.(?= |$)", lambda match: match[1] + source.pick(".!!"), text)


def _is_friendly(answer: str) -> str | None:
    if "!" not in answer:
        return "has no exclamation mark"
    return None if _WARM.search(answer) else "has no warm word"


# Pirate ---------------------------------------------------------------------------------------------------------

_PIRATE_WORDS = {
    "you": "ye", "your": "yer", "yours": "yers", "my": "me", "is": "be", "are": "be", "am": "be", "hello": "ahoy",
    "hi": "ahoy", "hey": "ahoy", "friend": "matey", "friends": "mateys", "yes": "aye", "of": "o'",
    "them": "'em", "you're": "ye be", "i'm": "I be", "it's": "it be", "that's": "that be", "for": "fer",
    "and": "an'", "goodbye": "fair winds", "bye": "fair winds", "yourself": "yerself", "isn't": "ain't",
    "fellow": "sea dog",
}
_PIRATE_OPENERS = """
Arr, matey!|Ahoy, matey!|Arr!|Ahoy there, ye scurvy dog!|Avast, matey!|Shiver me timbers!|Aye aye, captain!
Arr, me hearty!
Yo ho ho!|Aye, matey!|Ahoy, me hearties!|Blow me down, matey!|Arr, listen well, ye landlubber!|Avast, ye scurvy dog!
By the seven seas, matey!|Aye, I'll tell ye!|Arr, hear me words!|Yo ho, shipmate!|Arr, ye old sea dog!|Ahoy, sailor!
""".strip().replace("\n", "|").split("|")
_PIRATE_CLOSERS = """
Arr!|Yo ho ho!|So says the captain, arr!|Aye, that be so, matey!|Now back to the ship, matey!|By me old wooden leg, arr!
That be worth a chest o' gold, arr!|Mark me words, matey!|Now hoist the sails, ye dog!|Fair winds to ye, matey!
And that be no lie, arr!|Aye, as sure as the sea be deep!|Else ye walk the plank, arr!|May the winds be with ye!
""".strip().replace("\n", "|").split("|")
_PIRATE_MARK = re.compile(
    r"\b(?:arr+|ahoy|matey|mateys|ye|yer|yers|yerself|aye|avast|scurvy|hearty|hearties|landlubber|shipmate"
    r"|yo ho|timbers|fer"
    r"|plank|seven seas|sea dog|captain|sailor)\b|\b(?:o'|an')(?= )|(?<= )'em\b|\bi be\b|\b(?:it|that) be\b",
    re.IGNORECASE,
)


def _pirate(source: Source, exchange: Exchange) -> str:
    body = _replaced(exchange.answer, _PIRATE_WORDS)
    while True:
        way = source.random.random()
        opener = source.pick(_PIRATE_OPENERS) + " " if way < 0.8 else ""
        closer = " " + source.pick(_PIRATE_CLOSERS) if way > 0.5 else ""
        text = opener + (_closed_for_more(body) if closer else body) + closer
        if not _is_pirate(text):
            return text


def _is_pirate(answer: str) -> str | None:
    found = len(_PIRATE_MARK.findall(answer))
    return None if found >= 2 else f"has {found} marks of a pirate"


# Rhyme ----------------------------------------------------------------------------------------------------------

# For answers without a rhyme of their own. Of one family, any ending of the first line goes with any second line.
_COUPLETS: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = (
    (
        ("That is what I say.", "Have a lovely day.", "I say it my way.", "So it is today."),
        ("I put it in rhyme, for I like it that way.", "And more there is not for a small one to say.",
         "I hope that it helps you along on your way.", "It came to my mind at the end of the day."),
    ),
    (
        ("I say it to you.", "I tell you it's true.", "It is nothing new.", "That is all I do."),
        ("I hope that it helps, and it's good for you too.", "My lines are but short and my words are but few.",
         "I made it a rhyme, as you wanted me to.", "A poem it is, and it's written for you."),
    ),
    (
        ("So it is, you see.", "Take it, then, from me.", "That is what will be."),
        ("It rhymes, as you hear, and the rhyming is free.", "I wrote it in verse under some shady tree.",
         "I say it in rhyme, for a poet I'd be.", "It's short and it's sweet, as a poem should be."),
    ),
    (
        ("Here it is in rhyme.", "I found it in time.", "Now listen, it's time."),
        ("I worked on the words till they came out as rhyme.", "A poem like this takes a small bit of time.",
         "Short lines that agree are a hill I can climb.", "It rings like a bell with a beautiful chime."),
    ),
    (
        ("That is it, my friend.", "So it is, my friend.", "Here is what I send."),
        ("And with these few words I have come to the end.", "A rhyme is a gift that I happily send.",
         "I tell it in rhyme from the start to the end.", "It's true, and not only a thing to pretend."),
    ),
    (
        ("That is what I know.", "So it is, and so.", "Now, my friend, you know."),
        ("It came out in rhyme, with a nice little flow.", "I say it in verse, for I like it just so.",
         "A short little poem, and now let it go.", "I sing it out high and I sing it out low."),
    ),
    (
        ("That is right.", "It is right.", "So I write."),
        ("I say it by day and I sing it by night.", "A rhyme makes the answer both easy and light.",
         "I looked for a rhyme and I found it all right.", "My lines are but two, but they shine very bright."),
    ),
    (
        ("Is that not fine?", "That suits me fine.", "And here's my line."),
        ("I put it in verse, and this verse is all mine.", "A rhyme at the end makes a sentence to shine.",
         "The first line is done, and the second is mine.", "It goes like a song and it flows like good wine."),
    ),
    (
        ("Now you have heard.", "Take my word.", "That is the word."),
        ("I sing it to you like a small singing bird.", "It's light as a feather that falls from a bird.",
         "And nothing about it is false or absurd."),
    ),
    (
        ("That is all.", "So says one so small.", "Do give me a call."),
        ("My words are but few and my poems are small.", "I wrote it in rhyme on a page on the wall.",
         "A rhyme is a gift, and I give it to all."),
    ),
    (
        ("Ring the bell.", "So I tell.", "All is well."),
        ("A rhyme is the way that I answer so well.", "It rings in your ear like the sound of a bell.",
         "I put it in verse, which is easy to tell."),
    ),
    (
        ("So it's said.", "That is what I said.", "Keep it in your head."),
        ("I found a nice rhyme for it deep in my head.", "And now that it's told you, there's no more to be said.",
         "I thought of this verse while still lying in bed."),
    ),
)
# Words that rhyme without looking like it.
_SOUNDS = [set(words.split()) for words in (
    "you do too true new few to through due blue who into view two things-to knew tiptoe-to",
    "me be see free tree three we maybe sea key he agree she",
    "day say way play today stay they away may pay",
    "know so go low row show though slow flow no ago grow oh",
    "time rhyme climb chime line fine mine shine design wine nine machine-like sign",
    "friend end send mend pretend penned depend bend",
    "right night light bright write sight alright type like kite",
    "word heard bird absurd third",
    "all small call wall fall ball",
    "bell well tell dwell sell",
    "said head bed read instead red",
    "name same came game fame",
    "phi try cry high lie by my i eye sky buy why die",
    "tale tail", "while style smile mile", "goes flows knows", "request best rest test", "machine clean mean seen",
    "place space case trace face ease-like",
    "begin in within",
    "there care air bear wear where fair share",
    "here dear appear near ear",
    "guess yes less",
    "lies size wise eyes rise",
    "more before store door for your",
    "met set get yet",
    "one done fun sun begun run won",
    "please ease these",
    "list missed kissed",
    "take cake make break",
    "wide inside side",
    "chat that at",
    "ground found around sound",
    "out doubt about",
    "reads needs",
    "need read indeed",
    "alive strive arrive", "heart start part", "brain rain again", "me be",
    "now how", "speak week", "bring thing", "great wait eight late", "voice choice", "means machines",
    "things brings", "find kind mind behind", "shown own", "then again men when", "deserve serve",
)]


def _rhyme(source: Source, exchange: Exchange) -> str:
    if exchange.rhyme:
        return exchange.rhyme
    endings, lines = source.pick(_COUPLETS)
    while True:
        text = f"{_closed_for_more(_short(exchange))} {source.pick(endings)}\n{source.pick(lines)}"
        if not _is_rhyme(text):
            return text


def _is_rhyme(answer: str) -> str | None:
    lines = [line for line in answer.splitlines() if line.strip()]
    clauses = lines if len(lines) > 1 else re.split(r"(?<=[a-z])[,.;:!?]+(?= |$)", answer)
    ends = [_last_word(clause) for clause in clauses if _last_word(clause)]
    for index, end in enumerate(ends):
        if any(_rhymes(end, other) for other in ends[index + 1 : index + 3]):
            return None
    return "no two ends rhyme"


def _last_word(clause: str) -> str:
    words = re.findall(r"[a-z']+", clause.lower())
    return words[-1].strip("'") if words else ""


def _rhymes(word: str, other: str) -> bool:
    if word == other:
        return False
    return any(word in sounds and other in sounds for sounds in _SOUNDS) or _ending(word) == _ending(other) != ""


def _ending(word: str) -> str:
    """The last vowels of a word and what follows: what most rhymes share. Empty where it is a vowel letter alone."""
    found = re.search(r"[aeiouy]+[^aeiouy]+e?$|[aeiouy]{2,}$", word)
    return found[0] if found else ""


_STYLES = {
    "plain": _plain, "formal": _formal, "friendly": _friendly, "terse": _terse,
    "pirate": _pirate, "capitals": _capitals, "rhyme": _rhyme,
}
_JUDGES = {
    "plain": _is_plain, "formal": _is_formal, "friendly": _is_friendly, "terse": _is_terse,
    "pirate": _is_pirate, "capitals": _is_capitals, "rhyme": _is_rhyme,
}
