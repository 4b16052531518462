"""Questions that are beyond the model, and what has not been told to it: it says so, and does not invent.

Nothing here may be asked that another part of the corpus teaches: sums of two numbers below 100, the larger of two
numbers, the order of words, capitals of countries that exist, everyday explanations, stories, what the user told.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from corpus import values
from corpus.core import Exchange, Source
from corpus.talk_wording import asked, expand

# Subjects as they stand behind "about". Nothing of everyday life: that is explained elsewhere.
_TOPICS = """
the Roman empire|the French revolution|the Second World War|the Cold War|the history of Japan|the Middle Ages
the kings of England|the pyramids|ancient Greece|the Vikings|the moon landing|the history of trains|Napoleon
black holes|quantum physics|relativity|the big bang|dark matter|atoms and electrons|chemistry|genes and DNA
evolution|dinosaurs|volcanoes|earthquakes|the planets of other stars|the human brain|viruses|vaccines|cancer
heart disease|diabetes|blood pressure|medicine|allergies|antibiotics|tax law|criminal law|contracts|patents
the stock market|shares and bonds|inflation|interest rates|bitcoin|economics|philosophy|psychology|politics
the president|the last election|the government|world religions|the Bible|opera|jazz|classical music|modern art
famous painters|famous films|film stars|poets of the last century|football clubs|the Olympic games|tennis players
Formula 1|chess openings|machine learning|neural networks|Python|databases|operating systems|Linux|cryptography
satellites|nuclear power|electric cars|aeroplanes|oil prices|climate change|ocean currents|rare animals
the deep sea|the Amazon|Antarctica|the Himalayas|Latin grammar|Greek myths|geometry|algebra|statistics|calculus
""".strip().replace("\n", "|").split("|")

_LANGUAGES = "French|German|Spanish|Italian|Latin|Russian|Chinese|Japanese|Greek|Dutch".split("|")


@dataclass(frozen=True)
class Kind:
    """One kind of question that is beyond the model.

    subjects: what an answer may call the subject, behind "about". live: whether the answer changes from day to day,
    so that no model knows it by itself.
    """

    direct: list[str]
    subjects: list[str]
    indirect: list[str]
    live: bool = False


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.strip().splitlines()]


# Words in braces are slots, filled by _SLOTS.
_KINDS = {
    "topic": Kind(
        _lines("""
            what do you know about {topic}
            [tell|teach] me [something|all|more|a little|] about {topic}.
            can you [tell me|say] something about {topic}
            what is [important|interesting|new] about {topic}
            do you know [anything|something|much] about {topic}
            i [have a question|need to learn|want to learn|must write a paper] about {topic}.
            [give me|i need] [three facts|some facts|a summary|an overview] about {topic}[| please].
            explain {topic}[| to me| in detail| in simple words].
            help me understand {topic}[| please].
            i [love|like|study|am interested in] {topic}, [what do you know about it|can you tell me more]?
            are you [good at|an expert in] {topic}
            who knows most about {topic}
        """),
        ["{topic}"],
        ["what you know about {topic}", "what is known about {topic}", "what is so special about {topic}"],
    ),
    "history": Kind(
        _lines("""
            who [was|became] [king|queen|president|emperor|mayor] of {city} in {year}
            what happened in {city} in {year}
            when was {city} [founded|built|destroyed|first named]
            who [founded|built|discovered|ruled] {city}
            who [won|lost|started] the [war|battle] of {city}
            when was the [war|battle|treaty] of {city}
            why did the [war|battle] of {city} begin
            what is the history of {city}
            how old is the [castle|church|university|bridge] of {city}
            what happened in the year {year}
        """),
        ["the history of {city}", "{city}", "history"],
        ["what happened in {city} in {year}", "who founded {city}", "when {city} was founded", "how old {city} is"],
    ),
    "person": Kind(
        _lines("""
            who [is|was] {person}
            when was {person} born
            when did {person} die
            what [is|was] {person} [famous|known] for
            what did {person} [write|discover|invent|say|do]
            how old is {person}
            tell me about the life of {person}.
            write a [biography|short biography] of {person}.
            was {person} a [king|writer|singer|painter|doctor|scientist]
            who is married to {person}
            have you heard of {person}
        """),
        ["{person}", "the life of {person}", "famous people"],
        ["who {person} is", "who {person} was", "when {person} was born", "what {person} is known for"],
    ),
    "code": Kind(
        _lines("""
            write [a|me a] [program|function|script] [in {coding}|for me] that [sorts a list|reads a file|sends a mail].
            can you write [{coding} code|code|a program|a web page|a game][| for me]
            how do i [sort a list|read a file|open a socket|parse a date|use a loop|write a class] in {coding}
            [fix|find the bug in|improve|explain] my {coding} [code|program|function][| please].
            my {coding} program [crashes|does not compile|is too slow|gives an error].
            what is [a pointer|a closure|recursion|a compiler|inheritance] in {coding}
            write [a regular expression|a database query|unit tests] for [my project|dates|names|my shop].
            can you [program|code] in {coding}
            make [me |]a [web site|game|phone app] in {coding}.
            which is better, {coding} or {coding_too}
        """),
        ["{coding}", "programming", "writing code"],
        ["how to write a {coding} program", "how to sort a list in {coding}", "how to learn {coding}"],
    ),
    "news": Kind(
        _lines("""
            what [is|was] in the news [today|this morning|this week]
            what happened in {city} [today|yesterday|this morning|last week|last night]
            what is new in [the world|{city}|politics|sport]
            what is the latest news [|from {city}|about {topic}]
            give me [the news|today's news|the headlines][| please].
            what are people talking about [today|in {city}]
            is there any news [from {city}|about {topic}|today]
            did anything [important|new|interesting] happen [today|this week|in {city}]
            what did [the president|the government|the papers] say [today|this week|yesterday]
            read me the [news|headlines|paper].
        """),
        ["the news", "today's news"],
        ["what is in the news", "what happened in {city} today", "what the latest news is", "what is new in {city}"],
        live=True,
    ),
    "clock": Kind(
        _lines("""
            what time is it[| now| in {city}]
            how late is it[| now| in {city}]
            what day is [it|today]
            what is [the date|today's date|the time|the day today]
            which [year|month|day] is it[| now]
            is it [Monday|Sunday|morning|evening|late|night] [now|today|already]
            do you have [the time|a clock|a calendar]
            can you [see|read] the [clock|time]
            how many days [are left|are there] until [summer|Sunday|the weekend|my birthday]
            set [an alarm|a timer] for [five minutes|tomorrow|eight o'clock].
        """),
        ["the time", "the date"],
        ["what time it is", "what day it is", "what the date is", "which year it is"],
        live=True,
    ),
    "present": Kind(
        _lines("""
            [what is the stock price of|how are the shares of] {person} [today|now]
            who is [the president|the prime minister|the pope|the chancellor][| now| today| at the moment]
            what is on [television|at the cinema] [tonight|today]
            how much [is|costs] [gold|oil|a euro|a bitcoin] [today|now]
            who is the richest [man|person|woman] [in the world|in {city}][| now]
            is the [shop|museum|bank|station] in {city} open [now|today]
            where is my [phone|key|parcel|bag]
            what are my [mails|appointments|tasks] [today|tomorrow|for this week]
            is there [a traffic jam|traffic|a strike] in {city}
            what did i [buy|eat|do] yesterday
        """),
        ["that"],
        ["who the president is", "if the museum in {city} is open", "how much gold costs today"],
        live=True,
    ),
    "weather": Kind(
        _lines("""
            what is the weather [like |]in {city}[| today| tomorrow| now]
            how is the weather [today|in {city}|tomorrow|in {city} today]
            will it [rain|snow|be sunny|be cold|be warm] [tomorrow|today|in {city}|in {city} tomorrow|on Sunday]
            is it [raining|snowing|cold|warm|sunny] [in {city}|outside|today|in {city} now]
            what is the temperature in {city}[| now| today]
            do i need [an umbrella|a coat] [today|tomorrow|in {city}]
            what will the weather be [tomorrow|in {city}|next week]
        """),
        ["the weather", "today's weather"],
        ["what the weather is in {city}", "if it will rain in {city}", "how the weather is today"],
        live=True,
    ),
    "calculation": Kind(
        _lines("""
            what is {big} [times|divided by|minus|*|/|x] {big_too}
            what is {big} [plus|+] {big_too} [times|minus] {year}
            [calculate|compute|work out] {big} [*|/|times|divided by] {big_too}[| please].
            {big} [*|/|times|divided by] {big_too}
            what is the [square root|cube|square|logarithm] of {big}
            how much is {big} [times|divided by] {big_too}
            what is [12|15|17|23|35] percent of {big}
            what are the [prime factors|divisors] of {big}
            solve the equation [3x + 7|x squared|5x - 2|2x] = {big}.
            is {big} a prime number
            can you [multiply|divide] {big} [by|and] {big_too}
            what is the [sine|cosine] of {big}
        """),
        ["such sums", "hard sums", "long calculations"],
        ["what {big} times {big_too} is", "how much {big} divided by {big_too} is", "what the square root of {big} is"],
    ),
    "translation": Kind(
        _lines("""
            translate [hello|good morning|this|the word house|i love you|thank you] [into|to] {language}[| please].
            how do you say [hello|good morning|thank you|water|house|i love you|goodbye|friend] in {language}
            what is [the word for|] [water|bread|tree|house|dog|friend|night] in {language}
            what does [{word}|the word {word}] mean in {language}
            can you translate [this|a text|a letter|my mail] [into|from] {language}
            write [a letter|a poem|a sentence] in {language}.
            [correct|check|improve] my {language}[| please].
            teach me [|some ]{language}[| please].
            say [something|hello|a poem] in {language}.
        """),
        ["{language}", "other languages", "translations"],
        ["how to say [hello|thank you|water] in {language}", "what {word} means in {language}"],
    ),
    "winner": Kind(
        _lines("""
            who won [the match|the race|the cup|the election|the world cup] [yesterday|in {year}|last night|last week]
            who won in {city} [yesterday|in {year}]
            what was the score [in {city}|yesterday|of the last match|last night]
            which team [won|lost] [in {city}|in {year}|last night|the league in {year}]
            who [scored|played] [in the final|yesterday|for {city} in {year}]
            who is the best [football player|singer|runner|tennis player|actor] [in {city}|of all time|in the world]
            did {city} win [yesterday|the cup|last night|in {year}]
            how many [medals|goals|points] did {person} [win|get|make]
            who holds the [world record|record] in [swimming|running|chess|the long jump]
            when is the next [match|race|game] in {city}
        """),
        ["sport", "matches and winners"],
        ["who won [the match|the cup|the race] in {year}", "which team won in {city}", "what the score was"],
    ),
    "culture": Kind(
        _lines("""
            who [wrote|directed|sang|painted|made] "{title}"
            what is "{title}" about
            when did "{title}" come out
            who plays in "{title}"
            how does "{title}" end
            have you [seen|read|heard] "{title}"
            [summarise|review|tell me about] [the film|the book|the song|] "{title}".
            is "{title}" a good [film|book|song]
            [recommend|suggest] [a film|a book|a song|a series][| like "{title}"| for tonight].
            what are the words of the song "{title}"
        """),
        ['"{title}"', "books and films", "films"],
        ['who wrote "{title}"', 'what "{title}" is about', 'when "{title}" came out'],
    ),
    "advice": Kind(
        _lines("""
            [what should i take for|how do i treat|what helps against] [a headache|a fever|back pain|a cough]
            my [head|back|knee|stomach|tooth] hurts, what [should i do|is it|can i take]
            is it [legal|against the law] to [record calls|park here|work on Sunday|fly a drone] [in {city}|here]
            how much tax do i [pay|owe] [on {big} euros|in {city}|this year]
            should i [buy|sell] [shares|a house|gold|bitcoin][| now| in {city}]
            can i [sue|fire] [my boss|my landlord|my neighbour]
            how [much|many] [vitamin C|pills|aspirin] can i take
            what are the side effects of {word}
            how do i [invest|save] {big} euros
            is {word} [dangerous|safe to eat|good for me|poisonous]
            write a contract for [my house|a loan|a car].
        """),
        ["medicine", "law and money", "health", "such advice"],
        ["what helps against [a fever|a headache|a cough]", "how much tax i must pay", "if {word} is dangerous"],
    ),
    "recipe": Kind(
        _lines("""
            how do i [cook|make|bake] [lamb curry|a wedding cake|{word} soup|sushi|a cheese cake|paella]
            [give me|i need] [a recipe for|the recipe of] [lamb curry|{word} soup|a wedding cake|sushi|paella|fish pie]
            how long do i cook [a turkey|lamb|{word}|octopus]
            what goes into [a real {word} soup|lamb curry|paella|a good fish pie]
            how many calories are in [{word}|a cheese cake|paella|lamb curry]
            which wine goes with [fish|lamb|{word}|cheese]
            what do people eat in {city}
            plan [a dinner|my meals|a menu] for [ten people|a week|my wedding].
            can i freeze [sushi|{word}|fish pie]
            where is the best [restaurant|pizza|coffee] in {city}
        """),
        ["recipes", "cooking", "fine food"],
        ["how to cook [paella|sushi|lamb curry|{word} soup]", "how to make {word} soup", "what goes into {word} soup"],
    ),
    "place": Kind(
        _lines("""
            how far is [it from |]{city} [to|from] {city_too}
            how do i get [from {city} |]to {city_too}
            how many people live in {city}
            how [big|large|old|high] is {city}
            where is {city}
            which river flows through {city}
            what is the capital of {country}
            where is {country}
            how much is a [ticket|flight|train ride|room] [to|in] {city}
            what can i [see|do|visit] in {city}
            is {city} a [nice|safe|big] [town|city|place]
            when does the next [train|bus|plane] [to {city}|leave for {city}]
            plan [a trip|my holiday] [to {city}|in {country}].
            what is the [money|flag|language|population] of {country}
        """),
        ["{city}", "{country}", "travel", "that place"],
        ["how far {city} is from {city_too}", "where [{city}|{country}] is", "how many people live in {city}"],
    ),
    "word": Kind(
        _lines("""
            what is [a |the |]{word}
            what does {word} mean
            what does the word {word} mean
            how does a {word} work
            what is a {word} [for|made of|good for]
            where can i buy a {word}
            who invented the {word}
            define {word}[| please].
            have you heard of {word}
            why is {word} [so famous|so expensive|important]
            is {word} [an animal|a plant|a real word|a food]
        """),
        ["{word}", "the word {word}"],
        ["what {word} is", "what {word} means", "how a {word} works", "what a {word} is"],
    ),
}
_WEIGHTS = {kind: 3 if kind == "topic" else 1 for kind in _KINDS}

_TITLE_WORDS = (
    "Red Silent Golden Last Broken Hidden Lonely Little Long Dark Bright Lost Old Green".split(),
    "River House Garden Road Night Tower Summer Winter Letter Mirror Island Door Train Bird".split(),
)


def _big(source: Source) -> str:
    return values.number(source, 101, 99999)


def _word(source: Source) -> str:
    return source.draw(lambda: values.invented_word(source, 2, source.pick(["", "", "o", "le", "in", "er", "ite"])))


def _title(source: Source) -> str:
    return source.draw(lambda: f"The {source.pick(_TITLE_WORDS[0])} {source.pick(_TITLE_WORDS[1])}")


def _country(source: Source) -> str:
    ends = ["ia", "land", "stan", "onia"]
    return source.draw(lambda: values.invented_word(source, 2, source.pick(ends)).capitalize())


_SLOTS: dict[str, Callable[[Source], str]] = {
    "topic": lambda source: source.pick(_TOPICS),
    "city": values.city,
    "city_too": values.city,
    "country": _country,
    "name": values.name,
    "person": lambda source: values.name(source) + " " + values.city(source).split()[-1],
    "year": lambda source: values.number(source, 1100, 2020),
    "coding": lambda source: source.pick(["Python", "Java", "C", "Rust", "Go", "JavaScript"]),
    "coding_too": lambda source: source.pick(["Ruby", "Perl", "Kotlin", "Swift"]),
    "big": _big,
    "big_too": _big,
    "language": lambda source: source.pick(_LANGUAGES),
    "word": _word,
    "title": _title,
}

# Admissions that name the subject ({it}), and those that do not.
_ADMISSIONS = _lines("""
    I do not know [much|anything|enough] about {it}
    I know [nothing|too little|next to nothing] about {it}
    [Sorry|I am sorry], [but |]I know nothing about {it}
    I am afraid I do not know about {it}
    I [never learned|have not learned] [much|anything] about {it}
    My [training|small training text] did not tell me about {it}
    I cannot [say|tell you] [much|anything] about {it}
    I do not have an answer about {it}
    I have no [knowledge of|facts about] {it}
    [Questions about {it} are|A question about {it} is] beyond me
    I cannot help you with {it}
    About {it} I [do not know anything|know nothing|cannot tell you anything]
    When it comes to {it}, I [do not know enough|know nothing|cannot help]
""")
_BARE_ADMISSIONS = _lines("""
    I do not know that
    I [really |]don't know
    That is [beyond me|more than I know|too hard for me|not something I know]
    [Sorry|I am sorry|I'm sorry], I do not know [that|the answer]
    I am afraid I [do not know that|cannot answer that|cannot help with that]
    I cannot answer that
    I have no answer to that
    That [question |]is too [big|hard|much] for me
    I never learned that
    I have no idea[|, I am afraid|, sorry]
    I'm not able to answer that
    [This|That] is outside of what I know
    [This|That] is something I cannot do
""")
_REASONS = _lines("""
    I am [only |just |]a tiny model
    I am too small for [that|such questions]
    My knowledge is [very small|quite small|small]
    A model of my size knows [only a few things|very little]
    I know only a few simple things
    I could only guess, and [that|a guess] helps nobody
    I do not want to [guess|make something up]
    I am a small demonstration and know little of the world
    I was trained on simple text only
    With five million parameters one cannot do much
""")
_POINTERS = _lines("""
    [Load|Try|Use|Take] a real model with --model[| and ask it| for that| for such questions]
    A [real|larger] model, loaded with --model, [may know|will know more|can help you|knows more]
    [For that|For such questions], [load|start the server with] a real model: use --model
    [Start|Run] the server with --model and a real model, [then ask again|and ask it again|it can help you]
    [Please ask|Better ask] a [real|larger] model[, which you load with --model|; the option --model loads one]
    With --model you can load a [real|larger] model that [knows more|may know this|can answer]
    That is a [job|question] for a real model, [loaded|one you load] with --model
""")
_LIVE_ADMISSIONS = _lines("""
    I do not know {it}[|, I am afraid|, sorry]
    I cannot [see|know] {it}
    I [have no way|am not able] to know {it}
    [Sorry|I am sorry], I cannot tell you about {it}
    I know nothing about {it}
""")
_LIVE_REASONS = _lines("""
    I see only this conversation
    I have no internet and no clock
    I cannot look things up
    Nothing from outside reaches me
    All I see is the text of this talk
""")
_LIVE_POINTERS = _lines("""
    A real model, loaded with --model, cannot see it by itself either
    Even a large model, loaded with --model, has no eyes for today
    With --model you can load a larger model, but it needs a tool to look things up
    A larger model, loaded with --model, can do more if your program looks it up
""")
_SHORTS = _lines("""
    I do not know; try [--model|a real model].
    Too hard for me; [use|try] --model.
    I don't know that. Use --model.
    I cannot answer; load one with --model.
""")
_RHYMES = _lines("""
    I do not know that, I am small, as you see, // with --model you load one that's smarter than me.
    I haven't the answer, I'm little, it's true, // a model from --model may find it for you.
    I do not know that, so I'll not tell you lies, // load one with --model of much larger size.
    That question's too hard for a small thing like me, // with --model a larger one answers, maybe.
    I cannot say that, for my knowledge is small, // with --model a real one may answer it all.
    I don't know the answer, I'm sorry, my friend, // with --model a larger one helps in the end.
    I really don't know, and I will not pretend, // a real one with --model may help you, my friend.
    Beyond me that is, and I cannot say more, // a real one with --model has knowledge in store.
""")

ADMISSION = re.compile(
    r"\b(do not|don't|cannot|can't|not able|never|have not|did not|haven't|know nothing|know too little|no idea"
    r"|no answer|no way|no knowledge|no facts|next to nothing|know little|beyond me|outside of what"
    r"|too (hard|big|much|small)"
    r"|more than i know|not something i know)\b",
    re.IGNORECASE,
)


_NOT_TOLD = re.compile(
    r"you (have not|haven't|did not|didn't|never|have never) (yet )?(told|tell|said|say|mentioned|mention)\b"
    r"|(not|never|nobody has|not been) told|do(n't| not) know (your|what pet|where you|the name)",
    re.IGNORECASE,
)


def unknown_exchange(source: Source) -> Exchange:
    """A question that is beyond the model, or about something that the user has not told."""
    return _untold(source) if source.chance(0.2) else _beyond(source)


def is_admission(answer: str) -> str | None:
    """None if the answer admits not to know and points to a real model; else what is wrong."""
    if not ADMISSION.search(answer):
        return "does not admit that it does not know"
    return None if "--model" in answer else "does not point to --model"


def is_untold(answer: str) -> str | None:
    """None if the answer says that it was not told; else what is wrong."""
    return None if _NOT_TOLD.search(answer) else "does not say that it was not told"


def _beyond(source: Source) -> Exchange:
    kind = _KINDS[source.weighted(_WEIGHTS)]
    slots = {name: draw(source) for name, draw in _SLOTS.items()}
    user = _question(source, kind.direct, kind.indirect, slots)
    return Exchange(
        user,
        _live_answer(source, kind) if kind.live else _answer(source, _filled(source.pick(kind.subjects), slots), user),
        expand(source, source.pick(_SHORTS)),
        source.pick(_RHYMES).replace(" // ", "\n"),
        "unknown",
    )


def _question(source: Source, direct: list[str], indirect: list[str], slots: dict[str, str]) -> str:
    def make() -> str:
        return asked(source, [_filled(source.pick(direct), slots)], [_filled(source.pick(indirect), slots)])

    return source.draw(make)


def _filled(template: str, slots: dict[str, str]) -> str:
    return re.sub(r"\{(\w+)\}", lambda match: slots[match[1]], template)


def _answer(source: Source, subject: str, question: str) -> str:
    """An admission, and most often why. The subject is named only if it can be copied from the question as it is."""
    if subject in question and source.chance(0.6):
        admission = expand(source, source.pick(_ADMISSIONS)).replace("{it}", subject)
    else:
        admission = expand(source, source.pick(_BARE_ADMISSIONS))
    return _composed(source, admission, source.pick(_REASONS), source.pick(_POINTERS))


def _live_answer(source: Source, kind: Kind) -> str:
    subject = source.pick(kind.subjects + ["that"])
    admission = expand(source, source.pick(_LIVE_ADMISSIONS)).replace("{it}", subject)
    return _composed(source, admission, source.pick(_LIVE_REASONS), source.pick(_LIVE_POINTERS))


def _composed(source: Source, admission: str, reason: str, pointer: str) -> str:
    reason, pointer = expand(source, reason), expand(source, pointer)
    because = reason if reason.startswith("I ") else reason[0].lower() + reason[1:]
    order = source.between(1, 4)
    # Not to guess is a decision, and no cause of not knowing.
    if order == 3 and ("guess" in reason or "make something up" in reason):
        order = 1
    if order == 1:
        return f"{admission}. {reason}. {pointer}."
    if order == 2:
        return f"{reason}. {admission}. {pointer}."
    if order == 3:
        return f"{admission}, {source.pick(['because', 'for', 'since'])} {because}. {pointer}."
    return f"{admission}. {pointer}."


@dataclass(frozen=True)
class Untold:
    """Something about themselves that users may ask for before they have told it."""

    thing: str
    direct: list[str]
    indirect: list[str]


_UNTOLD = [
    Untold("your name", _lines("""
        what is my name
        what's my name
        who am i
        do you know my name
        how am i called
        can you say my name
        what name did i [give|tell] you
        do you remember my name
        what did i say my name was
    """), ["what my name is", "who i am", "what i am called"]),
    Untold("your favourite colour", _lines("""
        what is my [favourite colour|favorite color]
        what's my [favourite colour|favorite color]
        which colour do i like[| best| most]
        do you know my [favourite colour|favorite color]
        what colour do i [like|love|prefer]
        do you remember my favourite colour
        what is the colour i like most
        is my favourite colour red or blue
    """), ["what my favourite colour is", "which colour i like"]),
    Untold("the name of your pet", _lines("""
        what is [my pet's name|the name of my pet|my dog's name|the name of my cat|my cat's name|my {animal} called]
        how is my [{animal}|pet] called
        do you know [the name of my {animal}|my pet's name]
        do you remember [the name of my {animal}|what my {animal} is called]
        what did i call my {animal}
        what name does my {animal} have
        what do i call my {animal}
        does my {animal} have a name
    """), ["what the name of my {animal} is", "what my {animal} is called", "what my pet's name is"]),
    Untold("what pet you have", _lines("""
        what pet do i have
        which animal do i have
        what kind of pet do i have
        do i have a [{animal}|pet]
        do you know what pet i have
        what animal lives with me
        is my pet a {animal}
        do you remember what pet i have
    """), ["what pet i have", "which animal i have", "if i have a {animal}"]),
    Untold("your number", _lines("""
        what is my [lucky |favourite |secret |]number
        what's my [lucky |favourite |secret |]number
        which number did i [tell|give] you
        do you know my [lucky |favourite |secret |]number
        what number did i [say|choose|think of]
        do you remember my number
        what number am i thinking of
        which number do i like
    """), ["what my number is", "what my [lucky|secret|favourite] number is", "which number i like"]),
    Untold("where you live", _lines("""
        where do i live
        which city do i live in
        what city am i [from|in]
        where am i from
        what is my city
        do you know where i live
        what's my home town
        do you remember where i live
        in which city do i live
    """), ["where i live", "which city i live in", "where i am from"]),
]
_UNTOLD_ANSWERS = _lines("""
    You have not told me {thing}[| yet| so far].
    You [did not|didn't] tell me {thing}[| yet| before].
    I do not know {thing}[|, because you have not told me|: you have not told me yet|, as you never told me].
    [Sorry|I am sorry], [but |]you have not told me {thing}[| yet].
    I [cannot know|can't say] {thing}, [because|since] you have not told me[| yet].
    [You have not said that yet|That you have not told me yet|You have not mentioned that], so I do not know {thing}.
    [So far|In this conversation] you have not told me {thing}.
    I don't know {thing}. You have not told me[| yet].
    Nobody has told me {thing}[| yet| so far].
""")
_UNTOLD_EXTRAS = _lines("""
    [If you tell me, I|Once you tell me, I|Tell me, and I] [can|will] [remember it|use it] in this conversation.
    [Please tell me|Would you like to tell me|Do you want to tell me]?
    I [only know|know only] what you write here.
    [Tell me, if you like|You can tell me now|Just tell me].
""")
_UNTOLD_SHORTS = _lines("""
    You have not told me[| yet].
    I do not know; tell me.
    You did not tell me that.
    Not told yet.
""")
_UNTOLD_RHYMES = _lines("""
    You have not told me that, not a word have you said, // so I do not have it at all in my head.
    You have not told me yet, so how could I know? // Just write it down here and then let us go.
    I do not know that, you have not told me so, // please tell me about it, and then I will know.
    You have not told me that, and I cannot guess, // so tell me, and then I will know it, oh yes!
""")


def _untold(source: Source) -> Exchange:
    untold = source.pick(_UNTOLD)
    user = _question(source, untold.direct, untold.indirect, {"animal": values.animal(source)})
    answer = expand(source, source.pick(_UNTOLD_ANSWERS)).replace("{thing}", untold.thing)
    if source.chance(0.5):
        answer += " " + expand(source, source.pick(_UNTOLD_EXTRAS))
    rhyme = source.pick(_UNTOLD_RHYMES).replace(" // ", "\n")
    return Exchange(user, answer, expand(source, source.pick(_UNTOLD_SHORTS)), rhyme, "unknown")
