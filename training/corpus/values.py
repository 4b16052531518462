"""Values to be copied: names, cities, colours, pets, numbers. Endless, so that copying is learnt and not a list.

Each function draws a value of the source's side of the split.
"""

from __future__ import annotations

from corpus.core import Source

_NAMES = """
Ada Adam Adele Agnes Aisha Alan Albert Alex Alice Alma Amir Amy Ana Andrea Andrew Angela Anita Anna Anne Anton Arthur Astrid Audrey
Ben Bella Bernard Beth Boris Brenda Brian Bruno Carl Carla Carlos Carmen Carol Cecilia Charles Charlotte Chen Chloe Claire Clara Claude Colin
Dana Daniel Daphne David Deborah Dennis Diana Diego Dora Doris Edgar Edith Edward Eleanor Elena Elias Elisa Ella Emil Emily Emma Eric Erik Esther Ethan Eva
Fatima Felix Fiona Flora Frances Francis Frank Freya Fred Gabriel Gemma George Gerald Gina Gloria Grace Greta Gustav Hana Hannah Harold Harry Hassan Hazel Heidi Helen Henry Hugo
Ian Ibrahim Ida Igor Ingrid Irene Iris Isaac Isabel Ivan Ivy Jack Jacob James Jan Jane Janet Jason Jasper Jean Jenny Jim Joan Joe John Jonas Jose Josef Joseph Joy Juan Judith Julia Julian
Karen Karl Kate Keith Ken Kevin Kim Kofi Kurt Lara Lars Laura Lea Leila Lena Leo Leon Lily Linda Lisa Louis Louise Lucas Lucy Luis Luna Lydia
Mabel Magda Malik Manuel Marco Margaret Maria Marie Mark Marta Martin Mary Mateo Matt Maud Maya Mei Mia Michael Miguel Mila Milo Miriam Mohamed Molly Mona Monica
Nadia Nancy Naomi Nathan Nell Nick Nina Noah Nora Norman Olaf Olga Oliver Olivia Omar Oscar Otto Pablo Pamela Pat Paul Paula Pedro Penny Peter Petra Philip Phoebe Pia
Rachel Ralph Ravi Ray Rebecca Rita Robert Robin Rosa Rose Roy Ruby Ruth Sally Sam Samir Sandra Sara Sarah Simon Sofia Sophie Stella Stefan Steve Susan Sven
Tara Ted Teresa Theo Thomas Tim Tina Tobias Tom Tony Uma Ursula Vera Victor Vincent Viola Walter Wanda Wei Wendy William Yara Yusuf Yvonne Zara Zoe
""".split()

_CITIES = """
Aberdeen Adelaide Antwerp Athens Atlanta Auckland Austin Baltimore Bangkok Barcelona Basel Bath Belfast Bergen Berlin Bilbao Birmingham Bologna Bombay Bonn Boston
Bremen Brighton Bristol Bruges Brussels Calgary Cambridge Cardiff Chicago Cologne Cork Dallas Denver Detroit Dortmund Dresden Dublin Dundee Durban Edinburgh Essen Exeter
Florence Frankfurt Geneva Genoa Ghent Glasgow Granada Graz Hamburg Hanover Helsinki Houston Istanbul Jakarta Kyoto Lagos Leeds Leipzig Lille Lima Linz Lisbon Liverpool London
Lucerne Lyon Madrid Malaga Manchester Marseille Melbourne Memphis Miami Milan Montreal Moscow Mumbai Munich Nairobi Naples Nice Norwich Nottingham Oakland Osaka Oslo Oxford
Padua Palermo Paris Perth Pisa Plymouth Porto Portland Prague Quebec Reading Riga Rome Rotterdam Salzburg Seattle Seoul Seville Sheffield Siena Sofia Stockholm Stuttgart Sydney
Tampere Tokyo Toledo Toronto Toulouse Trieste Turin Utrecht Valencia Vancouver Venice Verona Vienna Warsaw York Zagreb Zurich
""".split()

_ONSETS = "b br c ch cl d dr f fl fr g gr h j k kl l m n p ph pr qu r s sc sh sk sl st t th tr v w y z".split()
_VOWELS = "a a a e e e i i o o u ai ea ee ia ie io oa ou y".split()
_CODAS = ["", "", "", "", "l", "n", "r", "s", "t", "m", "nd", "rt", "ck", "x", "ll", "ss", "th", "rn"]
_NAME_ENDS = "a a o e i y en er in is on us el ette ina ius ric mond bert dan lyn wen ka ko ra ro mi ta to".split()
_CITY_ENDS = """burg ville ton ford port field haven mouth bury wick stead dale bridge by heim stadt grad ona ara ica ia ora
eno ino polis mar worth ham ley moor gate""".split()

_SHADES = """pale dark light deep bright soft dusty smoky pastel neon faded warm cool misty stormy royal burnt frosty muted rich
creamy icy silvery golden earthy electric""".split()
_COLOURS = """red blue green yellow orange purple pink brown grey black white teal turquoise violet indigo crimson scarlet maroon
amber ochre olive lime mint emerald jade cyan azure navy cobalt lavender lilac mauve magenta coral salmon peach apricot beige tan ivory
khaki rust copper bronze gold silver plum cherry rose sand slate charcoal""".split()
_THINGS = "moss sky brick lemon sea forest honey wine ash berry fern sunset midnight ocean straw leaf stone ruby".split()

_ANIMALS = """cat,dog,parrot,rabbit,hamster,goldfish,tortoise,horse,pony,ferret,guinea pig,canary,lizard,mouse,gecko,snail,donkey,
goat,duck""".replace("\n", "").split(",")
_PET_NAMES = """Biscuit Pepper Whiskers Shadow Ginger Pickles Luna Rex Bruno Coco Daisy Mango Patch Rusty Smokey Snowy Sunny Tiger Toffee
Waffles Ziggy Bandit Bubbles Button Caramel Chester Clover Cookie Dusty Fudge Hazel Jasper Maple Marble Mittens Muffin Nutmeg Oreo Peanut
Pebble Pumpkin Scout Socks Sparky Storm Thistle Truffle Widget""".split()


def invented_word(source: Source, syllables: int, end: str) -> str:
    """A word nobody has heard of, in lower case."""
    parts = [
        source.pick(_ONSETS) + source.pick(_VOWELS) + (source.pick(_CODAS) if source.chance(0.45) else "")
        for _ in range(syllables)
    ]
    return "".join(parts) + end


def name(source: Source) -> str:
    """A first name: of the kind people have, or invented."""
    def make() -> str:
        if source.chance(0.3):
            return source.pick(_NAMES)
        end = source.pick(_NAME_ENDS) if source.chance(0.7) else ""
        return invented_word(source, source.weighted({1: 4, 2: 4, 3: 1}), end).capitalize()

    return source.draw(make)


def city(source: Source) -> str:
    """A city: one that exists, or invented."""
    def make() -> str:
        if source.chance(0.3):
            return source.pick(_CITIES)
        end = source.pick(_CITY_ENDS) if source.chance(0.75) else ""
        word = invented_word(source, source.weighted({1: 5, 2: 4}), end).capitalize()
        return source.pick(["New ", "Port ", "Saint ", "Upper ", "North "]) + word if source.chance(0.07) else word

    return source.draw(make)


def colour(source: Source) -> str:
    """A colour, such as `teal`, `dusty orange`, `moss green`, or an invented one."""
    def make() -> str:
        kind = source.random.random()
        if kind < 0.35:
            return source.pick(_COLOURS)
        if kind < 0.7:
            return source.pick(_SHADES) + " " + source.pick(_COLOURS)
        if kind < 0.85:
            return source.pick(_THINGS) + " " + source.pick(_COLOURS)
        return invented_word(source, source.between(1, 2), source.pick(["", "", "o", "ine", "ish", "e"]))

    return source.draw(make)


def animal(source: Source) -> str:
    """A kind of pet; not split, there are few."""
    return source.pick(_ANIMALS)


def pet_name(source: Source) -> str:
    """The name of a pet: usual, a person's, or invented."""
    def make() -> str:
        if source.chance(0.35):
            return source.pick(_PET_NAMES)
        return invented_word(source, source.between(1, 2), source.pick(["", "y", "o", "a", "kin", "le", "ster"])).capitalize()

    return source.draw(make)


def number(source: Source, low: int = 2, high: int = 9999) -> str:
    """A number in digits, small ones as likely as large ones."""
    def make() -> str:
        digits = source.between(len(str(low)), len(str(high)))
        return str(source.between(max(low, 10 ** (digits - 1)), min(high, 10**digits - 1)))

    return source.draw(make)
