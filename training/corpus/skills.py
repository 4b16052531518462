"""Small things to work out: adding, sorting, comparing, repeating, capitals, spelling, and other common knowledge.

Whatever must be worked out is split by its value (the pair of numbers, the set of words, the sentence), so the
test side asks only for what was never trained on.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from corpus import values
from corpus.core import Case, Conversation, Exchange, Message, Source, listed, sentence_case
from corpus.phrasing import ask, expand, lines, say, sentences, typed

Judge = Callable[[str], str | None]

# --- Tables ---------------------------------------------------------------------------------------------------------

NOUNS = """
ant apple arm ball banana bank basket bath bean bear bed bee bell berry bike bird blue boat book bottle bowl box bread
bridge brush bus butter cake camel candle car carrot castle cat chair cheese cherry church clock cloud coat coffee cow
cup desk dog door dress duck eagle ear egg eye farm fish flag flower fly foot fork fox frog game garden gate glass
goat grape green hammer hand hat hill honey horse house ice ink iron island jacket jam jar key king kite knife ladder
lake lamp leaf lemon letter lion lock map melon milk mirror monkey moon mouse nail neck nest night nose nut oak ocean
oil onion orange oven owl paper peach pear pen piano pig pink plate pony potato queen rabbit rain red rice ring river
road room rope rose salt sand ship shoe snow soup spoon star sugar sun table tea tiger train tree uncle van violin wall
watch water whale window wolf yard yellow zebra zoo""".split()

_CAPITALS_TABLE = """
France Paris:Germany Berlin:Italy Rome:Spain Madrid:Portugal Lisbon:the United Kingdom London:Ireland Dublin
Belgium Brussels:the Netherlands Amsterdam:Denmark Copenhagen:Norway Oslo:Sweden Stockholm:Finland Helsinki
Poland Warsaw:Austria Vienna:Switzerland Bern:Greece Athens:Turkey Ankara:Russia Moscow:Ukraine Kyiv
Hungary Budapest:the Czech Republic Prague:Romania Bucharest:Bulgaria Sofia:Croatia Zagreb:Iceland Reykjavik
Egypt Cairo:Morocco Rabat:Kenya Nairobi:Canada Ottawa:the United States Washington:Brazil Brasilia
Chile Santiago:Peru Lima:Cuba Havana:China Beijing:Japan Tokyo:Thailand Bangkok:Australia Canberra
New Zealand Wellington"""
CAPITALS = dict(row.rsplit(" ", 1) for row in _CAPITALS_TABLE.strip().replace("\n", ":").split(":"))

_DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
_MONTHS = "January February March April May June July August September October November December".split()

_OPPOSITES = """
hot cold:big small:tall short:fast slow:old new:happy sad:light dark:wet dry:full empty:hard soft:early late
open closed:rich poor:strong weak:high low:clean dirty:loud quiet:near far:thick thin:good bad:right wrong
easy difficult:cheap expensive:young old:sweet sour:warm cool:heavy light:deep shallow:wide narrow
rough smooth:first last:true false:up down:left right:black white:day night:yes no:in out:above below
before after:always never"""
OPPOSITES = [tuple(row.split()) for row in _OPPOSITES.strip().replace("\n", ":").split(":")]

_COLOURS = """
the sky on a clear day/blue:grass/green:snow/white:a ripe banana/yellow:a ripe tomato/red:a lemon/yellow
an orange/orange:coal/black:milk/white:a carrot/orange:blood/red:chocolate/brown:a leaf in spring/green
the night sky/black:a polar bear/white:a frog/green:a ripe cherry/red:an elephant/grey:salt/white
a pumpkin/orange:a crow/black:a swan/white:an egg yolk/yellow:the sea on a sunny day/blue"""
COLOURS = [tuple(row.split("/")) for row in _COLOURS.strip().replace("\n", ":").split(":")]

_SOUNDS = """
dog barks woof:cat meows meow:cow moos moo:duck quacks quack:sheep bleats baa:horse neighs neigh
pig grunts oink:lion roars roar:bee buzzes buzz:frog croaks ribbit:snake hisses hiss:owl hoots hoot
mouse squeaks squeak:wolf howls howl:hen clucks cluck:rooster crows cock-a-doodle-doo"""
SOUNDS = [tuple(row.split()) for row in _SOUNDS.strip().replace("\n", ":").split(":")]

# True statements as question / true statement / what the false question asks instead.
# Both questions begin with the same words: "Is ice cold?" yes, "Is ice hot?" no; the statement answers both.
_TRUTHS = lines("""
    is ice cold/is ice hot/ice is cold
    is fire hot/is fire cold/fire is hot
    is the sun hot/is the sun cold/the sun is hot
    is water wet/is water dry/water is wet
    is sugar sweet/is sugar sour/sugar is sweet
    is a lemon sour/is a lemon salty/a lemon is sour
    is snow white/is snow black/snow is white
    is grass green/is grass red/grass is green
    is a feather light/is a feather heavy/a feather is light
    is a stone hard/is a stone soft/a stone is hard
    is an elephant big/is an elephant small/an elephant is big
    is an ant small/is an ant big/an ant is small
    is a snail slow/is a snail fast/a snail is slow
    is a cheetah fast/is a cheetah slow/a cheetah is fast
    is a whale big/is a whale tiny/a whale is big
    is the night dark/is the night bright/the night is dark
    is a desert dry/is a desert wet/a desert is dry
    is an apple a fruit/is an apple an animal/an apple is a fruit
    is a carrot a vegetable/is a carrot a bird/a carrot is a vegetable
    is a dog an animal/is a dog a plant/a dog is an animal
    is a rose a flower/is a rose a fish/a rose is a flower
    is an oak a tree/is an oak a fish/an oak is a tree
    is an eagle a bird/is an eagle a fish/an eagle is a bird
    is a piano an instrument/is a piano a fruit/a piano is an instrument
    is bread food/is bread a drink/bread is food
    is milk a drink/is milk a metal/milk is a drink
    is gold a metal/is gold a plant/gold is a metal
    is iron a metal/is iron a fruit/iron is a metal
    is red a colour/is red a number/red is a colour
    is ten a number/is ten a colour/ten is a number
    is Monday a day/is Monday a month/Monday is a day of the week
    is July a month/is July a day/July is a month
    is Europe a continent/is Europe a city/Europe is a continent
    is a whale a mammal/is a whale a bird/a whale is a mammal
    is a spoon used for eating/is a spoon used for writing/a spoon is used for eating
    is a pen used for writing/is a pen used for eating/a pen is used for writing
    do birds have feathers/do birds have fur/birds have feathers
    do fish live in water/do fish live in trees/fish live in water
    do cats have four legs/do cats have six legs/cats have four legs
    do spiders have eight legs/do spiders have two legs/spiders have eight legs
    do insects have six legs/do insects have ten legs/insects have six legs
    do bees make honey/do bees make milk/bees make honey
    do cows give milk/do cows give honey/cows give milk
    do hens lay eggs/do hens lay stones/hens lay eggs
    do cows eat grass/do cows eat stones/cows eat grass
    do plants need water/do plants need shoes/plants need water
    do trees have leaves/do trees have legs/trees have leaves
    do cars have wheels/do cars have feet/cars have wheels
    do bikes have two wheels/do bikes have ten wheels/bikes have two wheels
    does the sun rise in the east/does the sun rise in the west/the sun rises in the east
    does the sun set in the west/does the sun set in the east/the sun sets in the west
    does a week have seven days/does a week have nine days/a week has seven days
    does a year have twelve months/does a year have ten months/a year has twelve months
    does a day have 24 hours/does a day have 20 hours/a day has 24 hours
    does an hour have 60 minutes/does an hour have 100 minutes/an hour has 60 minutes
    does a triangle have three sides/does a triangle have five sides/a triangle has three sides
    does a square have four sides/does a square have three sides/a square has four sides
    does ice melt in the sun/does stone melt in the sun/ice melts in the sun, but stone does not
    does winter follow autumn/does winter follow spring/winter follows autumn
    does a hand have five fingers/does a hand have nine fingers/a hand has five fingers
    can birds sing/can stones sing/birds can sing, but stones cannot
    can fish swim/can tables swim/fish can swim, but tables cannot
    is spring before summer/is spring after summer/spring is before summer
    is the earth round/is the earth flat/the earth is round
    is the moon smaller than the earth/is the moon bigger than the earth/the moon is smaller than the earth""")
TRUTHS = [tuple(row.split("/")) for row in _TRUTHS]

_NUMBER_WORDS = "zero one two three four five six seven eight nine ten".split()

# Now and then, people say something before the question itself.
_OPENING_SHARE = 0.2
_OPENINGS = "[Hi|Hello|Hey|So|Okay|And|Hi there|Now],"
_OPENINGS_OF_QUESTIONS = "[Please help me|A question|Quick question|I have a question|Let me ask you]:"
# A request that ends like a statement.
_FLAT_REQUEST = re.compile(r"((?:can|could|do) you [^.?!:]*)\.$", re.IGNORECASE)


def _wording(source: Source, patterns: Sequence[str]) -> str:
    """One wording of a question, with something before it now and then; slots stay as they are."""
    text = expand(source, patterns)
    if source.chance(_OPENING_SHARE):
        asks = text.endswith("?") and source.chance(0.4)
        text = f"{expand(source, _OPENINGS_OF_QUESTIONS if asks else _OPENINGS)} {text}"
    return _FLAT_REQUEST.sub(r"\1?", sentences(text))


def _question(source: Source, patterns: Sequence[str], **slots: str) -> str:
    """A whole question of the source's side of the split, typed somehow. What fills the slots is part of it."""
    return ask(source, lambda: sentences(_wording(source, patterns).format(**slots)))


def _framed(source: Source, patterns: Sequence[str], **slots: str) -> str:
    """A question about values that are split already. They stand in it as they are, however the rest is typed."""
    return typed(source, _wording(source, patterns)).format(**slots)


# --- Adding ---------------------------------------------------------------------------------------------------------

_ADD_QUESTIONS = lines("""
    [what is|what's|how much is|tell me|calculate|work out|compute|add up] {one} [plus|and|+] {two}?
    what is {one} [plus|+|and] {two}?
    [what is|how much is|what's] {one}+{two}?
    {one} + {two}
    {one}+{two}
    {one} + {two} =
    {one}+{two}=
    {one} [plus|+] {two} [equals|is|makes|=] [what|how much]?
    {one} + {two} = ?
    {one} plus {two}[?|, please.]
    [please |can you |could you ]add {one} [and|to] {two}[.| for me.]
    add {one} to {two}.
    [what is|what's|find|tell me|give me|I need] the sum of {one} and {two}
    what do {one} and {two} make[ together|]?
    [if I|when I|when you|if you] add {one} [and|to] {two}, what [do I get|is the result|is the answer]?
    what do you get [if|when] you add {one} and {two}?
    how much [are|is] {one} and {two} [together|in all]?
    sum {one} {two}
    can you [do|solve|work out] {one} + {two}?
    solve: {one} + {two}
    what comes out [if|when] I add {one} to {two}?""")
_ADD_STORIES = lines("""
    I have {one} {things} and [buy|get|find] {two} more. How many {things} do I have[ now|]?
    I had {one} {things} and [bought|got|found] {two} more. How many do I have[ now|]?
    {name} has {one} {things} and {other} has {two}. How many {things} do they have [together|in all]?
    There are {one} {things} [in a box|on a table|in a bag] and {two} [in another|on the floor]. How many is that?
    {name} sold {one} {things} [yesterday|on Monday] and {two} [today|on Tuesday]. How many {things} is that [in all|]?
    If I put {one} {things} and {two} {things} together, how many {things} do I have?
    {name} has {one} {things}. {other} gives {name} {two} more. How many {things} does {name} have?""")
_COUNTED = """apples pens books eggs coins stamps cups pears stones cakes balls cards flowers keys shells lemons boxes
letters nuts plates""".split()
_STEP_SHAPES = lines("""
    {tens} and {ones}, so {sum}.
    {tens} and {ones}, so {sum}.
    {tens} and {ones}, so the [answer|sum|result|total] is {total}.
    {tens} and {ones}, which makes {total}[ together| in all|].
    [Let's|Let us|We can] add the tens and the ones: {tens} and {ones}, so {sum}.
    [Step by step|Tens first, then ones|Here are the steps]: {tens} and {ones}, so {sum}.
    [Tens|First the tens]: {tens}. [Ones|Then the ones]: {ones}. [Together|Total]: {parts}.
    Tens: {tens}. Ones: {ones}. [So|Then] {sum}.
    [Sure|Of course|With pleasure]: {tens} and {ones}, so {sum}.""")
_SINGLE_SHAPES = lines("""
    {sum}.
    {sum}.
    {one} plus {two} is {total}.
    {one} and {two} make {total}.
    [The answer|The sum|That|It] is {total}.
    [Sure|Of course|Here you are]: {sum}.""")


def _pair(source: Source) -> tuple[int, int]:
    """Two numbers below 100, mostly of two digits each."""

    def make() -> str:
        digits = source.weighted({(2, 2): 75, (2, 1): 8, (1, 2): 8, (1, 1): 9})
        return "+".join(str(source.between(10, 99) if count == 2 else source.between(0, 9)) for count in digits)

    one, two = source.draw(make).split("+")
    return int(one), int(two)


def _add(source: Source) -> Exchange:
    one, two = _pair(source)
    slots = {"one": str(one), "two": str(two)}
    if min(one, two) < 2 or source.chance(0.88):
        return Exchange(_framed(source, _ADD_QUESTIONS, **slots), *_sum_in_steps(source, one, two))
    things, name = source.pick(_COUNTED), values.name(source)
    other = next(other for other in iter(lambda: values.name(source), None) if other != name)
    user = typed(source, expand(source, _ADD_STORIES)).format(**slots, things=things, name=name, other=other)
    return Exchange(user, *_sum_in_steps(source, one, two, things))


def _sum_in_steps(source: Source, one: int, two: int, things: str = "") -> tuple[str, str]:
    """The sum, tens before ones, and its short form. The total is always the last number."""
    total = one + two
    slots = {"one": str(one), "two": str(two), "total": str(total), "sum": f"{one} + {two} = {total}"}
    if one < 10 and two < 10:
        shapes = "{sum}, so [that is|that makes] {total} {things}." if things else _SINGLE_SHAPES
        return say(source, shapes, things=things, **slots), source.pick([f"{total}.", f"{slots['sum']}."])
    tens, ones = one // 10 * 10 + two // 10 * 10, one % 10 + two % 10
    slots["tens"] = f"{one // 10 * 10} + {two // 10 * 10} = {tens}"
    slots["ones"] = f"{one % 10} + {two % 10} = {ones}"
    slots["parts"] = f"{tens} + {ones} = {total}"
    shapes = "{tens} and {ones}, so [that is|that makes] {total} {things}." if things else _STEP_SHAPES
    short = f"{total}." if source.chance(0.1) else f"{slots['parts']}."
    return say(source, shapes, things=things, **slots), short


def _judge_total(total: int) -> Judge:
    """Right is an answer whose last number is the total."""

    def judge(answer: str) -> str | None:
        numbers = re.findall(r"\d+", answer)
        return None if numbers and int(numbers[-1]) == total else f"the last number is not {total}"

    return judge


# --- Sorting --------------------------------------------------------------------------------------------------------

_SORT_QUESTIONS = lines("""
    [please |can you |could you |]sort [these words|the words|this list|these] [alphabetically|by alphabet]: {words}
    [please |can you |could you |]sort [these words|these|the list] from A to Z: {words}
    [please |can you |]put [these words|these|the following words] in[to|] alphabetical order: {words}
    [please |]sort [alphabetically|]: {words}
    [please |can you |]order [these words|these] [alphabetically|by the alphabet|from A to Z]: {words}
    sort {words} [alphabetically|from A to Z|in alphabetical order|by alphabet]
    put {words} in[to|] alphabetical order[.|, please.]
    [what is|give me|I need] the alphabetical order of {words}
    [which order do these words have|how are these words ordered] in [the alphabet|a dictionary]: {words}?
    alphabetical order: {words}
    {words} - [sort|order] [these words|them|it] [alphabetically|from A to Z][, please|]
    {words}: [please |]put [these|them] in alphabetical order
    here are [some|a few] words: {words}. [Please |Can you |]sort them [alphabetically|from A to Z].
    I have a list: {words}. [Please |Can you |]put it in alphabetical order.
    how do I sort {words} [alphabetically|from A to Z]?
    arrange [these words |]alphabetically: {words}""")
_SORT_ANSWERS = lines("""
    {sorted}
    {sorted}
    {sorted}
    {sorted}.
    [In alphabetical order|Sorted|From A to Z|Alphabetically|The alphabetical order is]: {sorted}.
    [Here you are|Here is the list|Here they are|Sure|Of course|The order is]: {sorted}.
    [Here is the sorted list|Here is the list in alphabetical order|Sorted from A to Z]: {sorted}.""")
_BY_LETTER = {letter: [word for word in NOUNS if word[0] == letter] for letter in sorted({word[0] for word in NOUNS})}


def _words(source: Source) -> list[str]:
    """Three to five words; mostly each begins with another letter, else two differ in the second only."""
    if source.chance(0.15):
        return _names_to_sort(source)
    count = source.weighted({3: 50, 4: 32, 5: 18})
    words = [source.pick(_BY_LETTER[letter]) for letter in source.sample(list(_BY_LETTER), count)]
    if source.chance(0.15):
        alike = [word for word in _BY_LETTER[words[0][0]] if word[1] != words[0][1]]
        words[-1] = source.pick(alike) if alike else words[-1]
    source.random.shuffle(words)
    return words


def _names_to_sort(source: Source) -> list[str]:
    count = source.weighted({3: 60, 4: 30, 5: 10})
    names: dict[str, str] = {}
    while len(names) < count:
        name = values.name(source)
        names.setdefault(name[0], name)
    return list(names.values())


def _sort_words(source: Source) -> list[str]:
    """Words to sort, the set of which belongs to the source's side of the split; the order does not matter."""
    words: list[str] = []

    def make() -> str:
        words[:] = _words(source)
        return ", ".join(sorted(words))

    ordered = source.draw(make).split(", ")
    if words == ordered and source.chance(0.85):
        words.reverse()
    return words


def _sort(source: Source) -> Exchange:
    return _sort_exchange(source, _sort_words(source))


def _sort_exchange(source: Source, words: list[str]) -> Exchange:
    shown = source.weighted({"commas": 80, "and": 13, "spaces": 7})
    text = {"commas": ", ".join(words), "and": listed(words), "spaces": " ".join(words)}[shown]
    user = _framed(source, _SORT_QUESTIONS, words=text)
    bare = ", ".join(sorted(words))
    answer = expand(source, _SORT_ANSWERS).format(sorted=bare)
    return Exchange(user, answer, bare)


def _judge_order(words: Sequence[str]) -> Judge:
    """Right is an answer whose last list has all the words, in order, and no others.

    The last mentions of the words are that list; between them there may be nothing but marks, numbers, "and", "then".
    """
    ordered = sorted(words)
    mention = re.compile(r"(?<!\w)(" + "|".join(map(re.escape, ordered)) + r")(?!\w)", re.IGNORECASE)
    between = re.compile(r"[\s\d,;.:>*\-]*(and|then)?[\s\d,;.:>*\-]*", re.IGNORECASE)

    def judge(answer: str) -> str | None:
        found = list(mention.finditer(answer))[-len(ordered):]
        if [match[0].lower() for match in found] != [word.lower() for word in ordered]:
            return f"the order is not {', '.join(ordered)}"
        gaps = [answer[one.end() : two.start()] for one, two in itertools.pairwise(found)]
        if not all(gap and between.fullmatch(gap) for gap in gaps):
            return "there is something between the words of the list"
        if re.match(r"\s*(,|and\b)\s*\w", answer[found[-1].end() :]):
            return "the list goes on"
        before = re.sub(r"\b(sure|of course|okay|yes|here you are|here is the list),\s*$", "",
                        answer[: found[0].start()], flags=re.IGNORECASE)
        return "the list begins with another word" if before.rstrip().endswith(",") else None

    return judge


# --- Comparing ------------------------------------------------------------------------------------------------------

_LARGER, _SMALLER = ("larger", "bigger", "greater", "higher"), ("smaller", "lower")
_SUPERLATIVES = {"larger": "largest", "bigger": "biggest", "greater": "greatest", "higher": "highest",
                 "smaller": "smallest", "lower": "lowest"}
_COMPARE_QUESTIONS = lines("""
    [which|what] is {word}[,|:] {one} or {two}?
    [which|which one] is {word}, {one} or {two}?
    which number is {word}, {one} or {two}?
    which of [these|the] [two |]numbers is {word}: {one} or {two}?
    which of these is {word}: {one}, {two}?
    is {one} or {two} {word}?
    {one} or {two}[,|:] which [one |number |]is {word}?
    [pick|choose|name|tell me|find|give me] the {word} [number|one|of the two][:|,] {one} or {two}[.|?]
    [what is|what's] the {word} [number|one][:|,] {one} or {two}?
    compare {one} and {two}[:|.] [Which|Which one|Which number] is {word}?
    {word}: {one} or {two}?
    I have the numbers {one} and {two}. Which one is {word}?
    between {one} and {two}, which [number |one |]is {word}?""")
_COMPARE_ANSWERS = lines("""
    {right} is {word} than {wrong}.
    {right} is {word} than {wrong}.
    {right} is {word}.
    {right} is the {word} [number|one].
    The {word} [number|one] is {right}.
    [It is|That is] {right}.
    {right}.""")
_EXTREME_QUESTIONS = lines("""
    [which|what] is the {best}[,|:] {one}, {two} or {three}?
    which number is the {best}: {one}, {two} or {three}?
    which of these [numbers |]is [the |]{best}: {one}, {two}, {three}?
    [pick|choose|name|tell me|find] the {best} [number|one|of these][:|,] {one}, {two}[,| or] {three}
    [what is|what's] the {best} [number|one] of {one}, {two} and {three}?""")
_EXTREME_ANSWERS = lines("""
    {right} is the {best}[| number| one| of the three].
    The {best} [number|one] is {right}.
    [It is|That is] {right}.
    {right}.""")


def _numbers(source: Source, count: int) -> list[int]:
    """Different numbers up to 9999, mostly of the same length, the set of which is split in its order."""

    def make() -> str:
        digits = source.weighted({1: 8, 2: 37, 3: 30, 4: 25})
        chosen: list[int] = []
        while len(chosen) < count:
            length = digits if source.chance(0.75) else source.between(1, 4)
            number = source.between(10 ** (length - 1), 10**length - 1)
            if chosen and digits > 1 and source.chance(0.2):
                # The same first digit, or the same digits in another order.
                number = int(str(chosen[0])[0] + str(number)[1:]) if source.chance(0.6) else int(str(chosen[0])[::-1])
            if number not in chosen:
                chosen.append(number)
        return " ".join(map(str, chosen))

    return [int(number) for number in source.draw(make).split()]


def _larger(source: Source) -> Exchange:
    return _compare(source)[0]


def _compare(source: Source) -> tuple[Exchange, list[int], bool]:
    """A question of two numbers or three, the numbers, the right one first; and whether it is the largest."""
    larger = source.chance(0.7)
    word = source.weighted(dict(zip(_LARGER, (5, 4, 2, 1))) if larger else dict(zip(_SMALLER, (5, 2))))
    numbers = _numbers(source, 3 if source.chance(0.15) else 2)
    ordered = sorted(numbers, reverse=larger)
    named = dict(zip(("one", "two", "three"), map(str, numbers)))
    slots = named | {"word": word, "best": _SUPERLATIVES[word], "right": str(ordered[0])}
    slots["wrong"] = str(ordered[1])
    questions, answers = (
        (_EXTREME_QUESTIONS, _EXTREME_ANSWERS) if len(numbers) == 3 else (_COMPARE_QUESTIONS, _COMPARE_ANSWERS))
    user = _framed(source, questions, **slots)
    return Exchange(user, say(source, answers, **slots), f"{ordered[0]}."), ordered, larger


def _judge_larger(numbers: Sequence[int], larger: bool) -> Judge:
    """Right is an answer that names the right number before any other, and makes no false comparison.

    So "54 is larger than 45" is right, "45" and "45 is smaller than 54" are not an answer to which is larger.
    """
    right = str(numbers[0])
    claim = re.compile(r"(\d+) is (?:the )?(\w+)")

    def judge(answer: str) -> str | None:
        text = re.sub(r"(?<=\d),(?=\d{3}\b)", "", answer)
        named = re.findall(r"\d+", text)
        if not named or named[0] != right:
            return f"does not name {right} first"
        for number, word in claim.findall(text):
            comparative = next((key for key, best in _SUPERLATIVES.items() if word in (key, best)), None)
            if comparative and ((comparative in _LARGER) == larger) != (number == right):
                return f"says that {number} is {word}"
        return None

    return judge


# --- Repeating ------------------------------------------------------------------------------------------------------

_REPEAT_QUESTIONS = lines("""
    [please |can you |could you |]repeat after me: {said}
    [please |can you |could you |now |]say "{said}"
    [please |can you |]say '{said}'
    [please |can you |]say: {said}
    [please |can you |]repeat this [sentence|text|exactly|]: {said}
    repeat [exactly|word for word|the following|the sentence|]: "{said}"
    [write|answer|reply] [exactly|only|just] this: {said}
    [say|write|repeat] [exactly|only] this and nothing else: {said}
    echo: {said}
    echo "{said}"
    copy this [sentence|text|line]: {said}
    [say|repeat] the [following|] [words|sentence]: {said}
    [I want you to|you should|I would like you to] say "{said}"
    "{said}" - [please |]repeat [that|this|it]
    just [say|repeat]: {said}""")
_SAYINGS = lines("""
    {name} has [the|my|this|that] {colour} {noun}
    [the|my|our] {animal} is called {pet}
    [the|my] {animal} [sleeps|sits|waits|hides] [under|behind|near|on] the {noun}
    {name} lives in {city}
    {name} and {other} [live in|went to|come from|met in] {city}
    [the|my|this|that] {noun} is {colour}
    [the|my|one|this] {noun} and [the|my|one|that] {noun}
    I have {number} [books|stones|stamps|coins|friends|keys]
    there are {number} [people|trees|birds|houses|cars] in {city}
    {pet} the {animal} [likes|loves|wants|needs] the {colour} {noun}
    the [train|bus|ship|road] to {city} is [late|early|slow|full|long]
    [hello|good morning|good night|welcome|thank you|goodbye], {name}
    {name} [likes|found|sold|lost|made|wants] [the|my] {noun} [yesterday|today|again|in {city}]
    my [sister|brother|friend|teacher] {name} [sings|dances|cooks|works] in {city}
    {noun} {noun} {noun}
    {colour} {noun}
    {noun}
    {name}
    hello {name}
    I [like|love] [{colour}|{city}|{name}]""")
_DRAWN = {"name": values.name, "other": values.name, "city": values.city, "colour": values.colour,
          "pet": values.pet_name, "animal": values.animal, "number": values.number,
          "noun": lambda source: source.pick(NOUNS)}
_SLOT = re.compile(r"\{(\w+)\}")


def _saying(source: Source) -> str:
    """Something to say: a sentence, a few words, or one; with or without a capital and a mark."""

    def make() -> str:
        pattern = expand(source, _SAYINGS)
        text = _SLOT.sub(lambda slot: _DRAWN[slot[1]](source), pattern)
        if source.chance(0.3):
            return text
        return sentence_case(text) + (source.weighted({".": 8, "!": 2, "": 2}) if " " in text else "")

    return source.draw(make)


def _repeat(source: Source) -> Exchange:
    said = _saying(source)
    return Exchange(_framed(source, _REPEAT_QUESTIONS, said=said), said, said)


def _bare(text: str) -> str:
    return text.strip().strip("\"'\u201c\u201d").rstrip(".!? ").strip("\"'\u201c\u201d ")


def _judge_repeated(said: str) -> Judge:
    """Right is the same text, but for quotes and space around it and the mark at its end."""
    return lambda answer: None if _bare(answer) == _bare(said) else f"is not {said!r}"


# --- Capitals -------------------------------------------------------------------------------------------------------

_CAPITAL_QUESTIONS = lines("""
    [what is|what's|tell me|name|do you know|can you tell me|please tell me|give me] the capital [city |]of {country}?
    [what is|what's|tell me] {owner} capital[ city|]?
    which city is the capital of {country}?
    [which|what] capital does {country} have?
    [which|what] is the capital [city |]of {country}?
    [what|how] is the capital of {country} called?
    what city is {owner} capital?
    capital of {country}?
    the capital [city |]of {country} is [what|which city|called what]?
    I [need|want to know|forgot|would like to know] the capital of {country}[.|, please.|. Can you help me?]
    {country}: what is [its|the] capital?
    {country} has [what|which] capital?
    do you [know|remember] what the capital [city |]of {country} is?
    what do you call the capital of {country}?
    in {country}, which city is the capital?""")
_CAPITAL_ANSWERS = lines("""
    The capital of {country} is {capital}.
    The capital of {country} is {capital}.
    {capital}.
    {capital} is the capital of {country}.
    [That would be|That is|It is] {capital}[.|, the capital of {country}.]
    The capital [city |]of {country} is called {capital}.""")
_COUNTRY_QUESTIONS = lines("""
    which country has {capital} as its capital?
    [what|which] country is {capital} the capital of?
    {capital} is the capital of [which|what] country?
    of which country is {capital} the capital?
    [in which country is|what country is] {capital}[ in|]?
    [tell me|do you know|can you tell me] which country {capital} is the capital of[?|, please.]
    what country has the capital {capital}?""")
_COUNTRY_ANSWERS = lines("""
    {capital} is the capital of {country}.
    {capital} is the capital of {country}.
    {country}.
    [That is|That would be|It is] {country}.""")


def _capital(source: Source) -> Exchange:
    country = source.pick(list(CAPITALS))
    asked = source.weighted({"capital": 70, "country": 20, "whether": 10})
    if asked == "capital":
        return _capital_exchange(source, country)
    capital = CAPITALS[country]
    if asked == "whether":
        return _whether_capital(source, country)
    user = _question(source, _COUNTRY_QUESTIONS, capital=capital)
    return Exchange(user, say(source, _COUNTRY_ANSWERS, capital=capital, country=country), sentence_case(country) + ".")


def _capital_exchange(source: Source, country: str) -> Exchange:
    capital = CAPITALS[country]
    owner = country + ("'" if country.endswith("s") else "'s")
    user = _question(source, _CAPITAL_QUESTIONS, country=country, owner=owner)
    return Exchange(user, say(source, _CAPITAL_ANSWERS, capital=capital, country=country), f"{capital}.")


def _whether_capital(source: Source, country: str) -> Exchange:
    right = CAPITALS[country]
    named = right if source.chance(0.5) else source.pick(list(CAPITALS.values()))
    user = _question(source, lines("""
        is {named} the capital [city |]of {country}?
        is the capital of {country} {named}?
        [is it true that|is it right that] {named} is the capital of {country}?
        I think {named} is the capital of {country}. Is that [right|true|so]?"""), named=named, country=country)
    word = "Yes" if named == right else "No"
    return Exchange(user, f"{word}, the capital of {country} is {right}.", f"{word}, it is {right}.")


def _judge_capital(capital: str) -> Judge:
    """Right is an answer that names this capital and no other."""

    def judge(answer: str) -> str | None:
        named = {city for city in CAPITALS.values() if re.search(rf"\b{city}\b", answer, re.IGNORECASE)}
        return None if named == {capital} else f"does not name {capital} alone"

    return judge


# --- Letters and words ----------------------------------------------------------------------------------------------

_SPELL_QUESTIONS = lines("""
    [please |can you |could you |]spell [the word |]{word}[.| for me.| please.]
    [please |can you |]spell "{word}"
    how do you spell {word}?
    how [is|do I spell|would you spell] {word} [spelled|]?
    how do you write {word}[, letter by letter|]?
    [please |]spell [out |]{word} letter by letter
    [which|what] letters are in [the word |]{word}?""")
_SPELL_ANSWERS = lines("""
    {letters}
    {letters}
    [It is spelled|Here you are|Letter by letter|Sure|The letters are]: {letters}.
    You spell it {letters}.""")
_LETTER_QUESTIONS = lines("""
    what is the {place} letter [of|in] [the word |]{word}?
    [which|what] letter does [the word |]{word} {begin} with?
    [tell me|give me|what's] the {place} letter of "{word}"
    {place} letter of {word}?""")
_LETTER_ANSWERS = lines("""
    The {place} letter of {word} is {letter}.
    The {place} letter is {letter}.
    It {begins} with {letter}.
    {letter}""")
_LENGTH_QUESTIONS = lines("""
    how many letters [are in|are there in] [the word |]{word}?
    how many letters does [the word |]{word} have?
    [count|please count|can you count] the letters [in|of] {word}
    how long is the word {word}?""")
_COUNT_QUESTIONS = lines("""
    how many words [are in this list|are there|do you see|are these]: {words}?
    [please |can you |]count [these words|the words|the words in this list]: {words}
    how many [words|things|items] are [in the list|on my list]: {words}?
    {words}: how many words [are there|is that|are these]?
    here is a list: {words}. How many words [are in it|does it have]?""")
_COUNT_ANSWERS = lines("""
    There are {count} words in the list.
    There are {count} words.
    {count}.
    [I count|The list has|That is] {count} words.""")


def _spell(source: Source) -> Exchange:
    word = _word_for(source, "spell", names=0.35)
    letters = "-".join(word)
    user = _framed(source, _SPELL_QUESTIONS, word=word)
    return Exchange(user, expand(source, _SPELL_ANSWERS).format(letters=letters), letters)


def _letter(source: Source) -> Exchange:
    place, begin = source.pick([("first", "begin"), ("first", "start"), ("last", "end")])
    word = _word_for(source, place, names=0.25)
    letter = word[0 if place == "first" else -1]
    slots = {"word": word, "place": place, "begin": begin, "begins": f"{begin}s", "letter": letter}
    user = _framed(source, _LETTER_QUESTIONS, **slots)
    return Exchange(user, expand(source, _LETTER_ANSWERS).format(**slots), letter)


def _length(source: Source) -> Exchange:
    word = _word_for(source, "length", names=0.0)
    count = _NUMBER_WORDS[len(word)]
    answer = expand(source, "[{letters}: |]{word} has {count} letters.").format(
        letters="-".join(word), word=word, count=count)
    short = sentence_case(f"{count} letters.")
    return Exchange(_framed(source, _LENGTH_QUESTIONS, word=word), sentence_case(answer), short)


def _word_for(source: Source, purpose: str, names: float) -> str:
    """A noun, or a name in that share; each purpose has its own split."""

    def make() -> str:
        return f"{purpose} {values.name(source) if source.chance(names) else source.pick(NOUNS)}"

    return source.draw(make).removeprefix(f"{purpose} ")


def _count(source: Source) -> Exchange:
    words = source.draw(lambda: ", ".join(source.sample(NOUNS, source.between(2, 6))))
    count = _NUMBER_WORDS[words.count(",") + 1]
    user = _framed(source, _COUNT_QUESTIONS, words=words)
    return Exchange(user, say(source, _COUNT_ANSWERS, count=count), sentence_case(f"{count} words."))


# --- Common knowledge -----------------------------------------------------------------------------------------------


def _neighbour_in_time(source: Source) -> Exchange:
    """The day or month before or after another."""
    unit, row = source.pick([("day", _DAYS), ("month", _MONTHS)])
    step, side = source.pick([(1, "after"), (-1, "before")])
    known = source.between(0, len(row) - 1)
    slots = {"unit": unit, "side": side, "known": row[known], "asked": row[(known + step) % len(row)]}
    questions = list(lines("""
        [which|what] {unit} [comes|is] [just |right |]{side} {known}?
        what is the {unit} {side} {known}?
        [tell me|name|can you tell me|do you know] the {unit} {side} {known}[.|, please.]
        what comes {side} {known}?"""))
    if unit == "day":
        tense = "tomorrow" if side == "after" else "yesterday"
        verb = "is" if side == "after" else "was"
        questions += [f"if today is {{known}}, [what|which] day {verb} {tense}?",
                      f"today is {{known}}. What day {verb} {tense}?"]
    user = _question(source, questions, **slots)
    answer = say(source, lines("""
        {asked} comes {side} {known}.
        The {unit} {side} {known} is {asked}.
        {asked}.
        [It is|That is] {asked}."""), **slots)
    return Exchange(user, answer, f"{slots['asked']}.")


def _opposite(source: Source) -> Exchange:
    word = source.pick(list(_OPPOSITE_OF))
    slots = {"word": word, "opposite": _OPPOSITE_OF[word]}
    user = _question(source, lines("""
        what is the opposite of {word}?
        [what's|tell me|give me|name|do you know|can you tell me] the opposite of [the word |]"{word}"[?|]
        [which|what] word [means the opposite|is the opposite] of {word}?
        [the opposite of|opposite of] {word}[ is what|]?
        {word} and its opposite?
        what is not {word} but [the opposite|the other way round]?"""), **slots)
    answer = say(source, lines("""
        The opposite of {word} is {opposite}.
        {opposite}.
        [It is|That is|That would be] {opposite}.
        {opposite} is the opposite of {word}."""), **slots)
    return Exchange(user, answer, sentence_case(f"{_OPPOSITE_OF[word]}."))


def _both_ways(pairs: Sequence[tuple[str, str]]) -> dict[str, str]:
    """Each word of the pairs and its opposite; of a word with several, the first."""
    table: dict[str, str] = {}
    for one, other in pairs:
        table.setdefault(one, other)
        table.setdefault(other, one)
    return table


_OPPOSITE_OF = _both_ways(OPPOSITES)


def _colour_of(source: Source) -> Exchange:
    thing, colour = source.pick(COLOURS)
    user = _question(source, lines("""
        [what|which] [colour|color] is {thing}?
        what is the [colour|color] of {thing}?
        [tell me|name|do you know|can you tell me] the [colour|color] of {thing}[.|, please.]
        what [colour|color] does {thing} have?"""), thing=thing)
    answer = say(source, lines("""
        {thing} is {colour}.
        The colour of {thing} is {colour}.
        {colour}.
        [It is|That is] {colour}."""), thing=thing, colour=colour)
    return Exchange(user, answer, f"{sentence_case(colour)}.")


def _sound(source: Source) -> Exchange:
    animal, verb, sound = source.pick(SOUNDS)
    creature = ("an " if animal[0] in "aeiou" else "a ") + animal
    user = _question(source, lines("""
        what does {creature} say?
        [what|which] [sound|noise] does {creature} make?
        what is the sound of {creature}?
        how does {creature} sound?
        [tell me|do you know|make] the sound of {creature}[.|, please.]
        what do you hear when you meet {creature}?"""), creature=creature)
    answer = say(source, lines("""
        {creature} {verb}: {sound}!
        {creature} {verb}.
        {creature} says {sound}.
        {sound}!"""), creature=creature, verb=verb, sound=sound)
    return Exchange(user, answer, sentence_case(f"{sound}!"))


def _truth(source: Source) -> Exchange:
    """A question to be answered with yes or no."""
    true, false, statement = source.pick(TRUTHS)
    if source.chance(0.2):
        user = _question(source, lines("""
            [is it true that|is it right that|would you say that|do you think that|do you agree that] {statement}?
            {statement}, [right|is that true|true or false|yes or no]?
            true or false: {statement}"""), statement=statement)
        return Exchange(user, f"Yes, {statement}.", _short_truth(source, "Yes", statement))
    word = source.pick(["Yes", "No"])
    user = _question(source, lines("""
        {question}?
        {question}?
        {question}, [yes or no|please tell me|do you know]?
        [yes or no|tell me|do you know]: {question}?
        {question}? [Tell me, please.|I am not sure.|I want to know.|What do you think?]"""),
        question=true if word == "Yes" else false)
    return Exchange(user, f"{word}, {statement}.", _short_truth(source, word, statement))


def _short_truth(source: Source, word: str, statement: str) -> str:
    return f"{word}, {statement}." if len(statement.split()) < 8 and source.chance(0.5) else f"{word}."


# --- Exchanges and cases --------------------------------------------------------------------------------------------

_EXTRAS: dict[Callable[[Source], Exchange], float] = {
    _spell: 28, _letter: 8, _length: 6, _count: 8, _neighbour_in_time: 12, _opposite: 12, _colour_of: 7, _sound: 6,
    _truth: 13}
_KINDS: dict[Callable[[Source], Exchange], float] = {_add: 26, _sort: 28, _larger: 14, _repeat: 9, _capital: 9}
_EXTRAS_WEIGHT = 18


def exchange(source: Source) -> Exchange:
    """One question and its answer, of any kind."""
    kind = source.weighted(_KINDS | {None: _EXTRAS_WEIGHT}) or source.weighted(_EXTRAS)
    return replace(kind(source), skill="skill")


def cases(source: Source) -> Iterator[Case]:
    """Endless cases, all kinds in turn; note["kind"] names the kind."""
    while True:
        for kind, make in _CASES.items():
            asked, judge = make(source)
            conversation = Conversation((Message("user", asked.user),))
            yield Case("skill", judge, conversation=conversation, note={"kind": kind})


def _add_case(source: Source) -> tuple[Exchange, Judge]:
    one, two = _pair(source)
    asked = Exchange(_framed(source, _ADD_QUESTIONS, one=str(one), two=str(two)), *_sum_in_steps(source, one, two))
    return asked, _judge_total(one + two)


def _sort_case(source: Source) -> tuple[Exchange, Judge]:
    words = _sort_words(source)
    return _sort_exchange(source, words), _judge_order(words)


def _larger_case(source: Source) -> tuple[Exchange, Judge]:
    asked, numbers, larger = _compare(source)
    return asked, _judge_larger(numbers, larger)


def _repeat_case(source: Source) -> tuple[Exchange, Judge]:
    asked = _repeat(source)
    return asked, _judge_repeated(asked.answer)


def _capital_case(source: Source) -> tuple[Exchange, Judge]:
    country = source.pick(list(CAPITALS))
    return _capital_exchange(source, country), _judge_capital(CAPITALS[country])


_CASES = {"add": _add_case, "sort": _sort_case, "larger": _larger_case, "repeat": _repeat_case,
          "capital": _capital_case}
