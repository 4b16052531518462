"""Who and what the stories are about: people by role or name, places, things, animals, and the slots they fill."""

from __future__ import annotations

from dataclasses import dataclass

from corpus import values
from corpus.core import Source

# Where a person of a role may live: by the sea, in a town, in the country. "he" and "she" mark roles of one gender.
_ROLES = """
lighthouse keeper: sea | sailor: sea | fisherman: sea he | captain: sea | boat builder: sea | ferry driver: sea
baker: town country sea | tailor: town country | teacher: town country sea | clock maker: town | bus driver: town
train driver: town | librarian: town | cook: town sea | painter: town country sea | musician: town
doctor: town country sea | nurse: town country | postman: town country sea he | shopkeeper: town country sea
barber: town he | waiter: town he | waitress: town she | night guard: town he | student: town | bookseller: town
street sweeper: town | flower seller: town | piano player: town | firefighter: town | singer: town
writer: town country sea | farmer: country | gardener: country town | shepherd: country | miller: country
woodcutter: country he | hunter: country | beekeeper: country | carpenter: country town | blacksmith: country he
traveller: country town sea | innkeeper: country town sea | apple farmer: country | bridge keeper: country town
king: country he | queen: country she | prince: country he | princess: country she | man: country town sea he
woman: country town sea she | widow: country town sea she | shoemaker: town country | bell ringer: town country
dancer: town | builder: town country | potter: country town | grandfather: country town sea he
grandmother: country town sea she
"""
_ADULT_TRAITS = """
old old old young young tired kind quiet shy clever poor lonely cheerful careful gentle proud busy patient friendly
forgetful brave honest
""".split()
_OLD_ONLY = {"widow", "grandfather", "grandmother"}
_OLD_TRAITS = "old kind quiet clever lonely cheerful gentle patient friendly forgetful".split()
_CHILD_TRAITS = "small little shy curious brave quiet clever young careful dreamy lonely cheerful".split()
_FAMILY = {
    "my grandmother": "she", "my grandfather": "he", "my uncle": "he", "my aunt": "she", "my brother": "he",
    "my sister": "she", "my father": "he", "my mother": "she", "my neighbour": "she", "my teacher": "he",
    "my old friend": "he", "my cousin": "she", "our neighbour": "he", "our teacher": "she",
}  # fmt: skip

# The place, and what the people who live around it call the whole.
_PLACES = {
    "sea": """
        in a small house by the sea = village | in a fishing village = village | in a small town by the sea = town
        on a small island = island | near the old harbour = town | on a rock above the sea = village
        near the beach = village | at the end of a long beach = village | in a white house near the water = village
        in a village where the wind never stopped = village | on the cold coast of the north = village""",
    "town": """
        in a busy town = town | in a narrow street = town | near the market square = town
        next to the church = town | in a tall house by the river = town | in the old part of the city = city
        in {city} = city | in {city} = city | behind the train station = town | above a small shop = town
        in a quiet street near the park = town | in a town with many bridges = town
        in a small room under the roof = town | not far from the old bridge = town | in a big city = city
        across the street from the school = town""",
    "country": """
        in a small village = village | at the edge of the forest = village | on a farm = village
        in a valley between two mountains = village | on top of a hill = village | near a wide river = village
        by a small lake = village | in a wooden house near the mill = village
        in a house with a green door = village | at the end of a long road = village | in the mountains = village
        near the old mill = village | in a village where everybody knew everybody = village
        in a house with a large garden = village | deep in the forest = village
        in a small village far from the city = village""",
}
_MEN = set(
    """
Adam Alan Albert Alex Amir Andrew Anton Arthur Ben Bernard Boris Brian Bruno Carl Carlos Charles Chen Claude Colin
Daniel David Dennis Diego Edgar Edward Elias Emil Eric Erik Ethan Felix Francis Frank Fred Gabriel George Gerald
Gustav Harold Harry Hassan Henry Hugo Ian Ibrahim Igor Isaac Ivan Jack Jacob James Jan Jason Jasper Jim Joe John Jonas
Jose Josef Joseph Juan Julian Karl Keith Ken Kevin Kofi Kurt Lars Leo Leon Louis Lucas Luis Malik Manuel Marco Mark
Martin Mateo Matt Michael Miguel Milo Mohamed Nathan Nick Noah Norman Olaf Oliver Omar Oscar Otto Pablo Paul Pedro
Peter Philip Ralph Ravi Ray Robert Robin Roy Sam Samir Simon Stefan Steve Sven Ted Theo Thomas Tim Tobias Tom Tony
Victor Vincent Walter Wei William Yusuf
""".split()
)
_WOMEN = set(
    """
Adele Agnes Alice Amy Anne Astrid Audrey Beth Carmen Carol Charlotte Chloe Claire Daphne Deborah Doris Edith Eleanor
Emily Esther Frances Grace Hannah Hazel Heidi Helen Ingrid Irene Iris Isabel Ivy Jane Janet Jean Jenny Joan Joy Judith
Karen Kate Kim Lily Louise Lucy Mabel Margaret Marie Mary Maud Mei Miriam Molly Nancy Naomi Nell Olive Pat Penny
Phoebe Rachel Rose Ruby Ruth Sally Sarah Sophie Susan Wendy Yvonne Zoe
""".split()
)
_MASCULINE_ENDS = ("o", "us", "bert", "mond", "ric", "dan", "er", "ius")
_FEMININE_ENDS = ("a", "ette", "lyn", "wen")

# Small things that get lost, found, given and repaired.
_THINGS = """
key key ring watch hat scarf notebook coin photograph whistle purse glove button bell necklace pen map letter book
lantern spoon ribbon compass
"""
_THING_TRAITS = "old small little silver golden red blue beautiful strange simple heavy".split()
_SOFT = {"hat", "scarf", "glove", "ribbon", "purse", "notebook", "book", "letter", "map", "photograph", "button"}
_ANIMALS = "dog dog cat cat owl fox donkey goat duck rabbit bird pony sheep hedgehog".split()
_ANIMAL_TRAITS = "small little young thin brown black white grey hungry lost frightened".split()
_COLOURS = "red blue green yellow white orange pink purple".split()
_FOODS = "soup bread cake pie pancakes stew biscuits".split()
_SOME_FOOD = {"pie": "a pie", "cake": "a cake", "bread": "fresh bread", "soup": "warm soup", "stew": "hot stew"}
_HELPERS = """
neighbour stranger traveller friend cook shepherd doctor gardener painter teacher student sailor farmer baker musician
carpenter
""".split()
_HELPER_TRAITS = "old young tall kind quiet friendly cheerful tired clever strong".split()
_DAYS = """
one morning, | one day, | one evening, | one cold morning, | one afternoon, | one autumn day, | late one night,
one winter evening, | one summer morning, | one Sunday, | early one morning, | one rainy afternoon,
""".strip().replace("\n", " | ").split(" | ")

# How the hero is spoken of: by role, by role and name, as a boy or girl, by name, as "my aunt", as "she", as "I".
KINDS = {"role": 42, "named role": 14, "child": 12, "named": 10, "family": 8, "pronoun": 5, "I": 9}

_PRONOUNS = {
    "he": ("he", "him", "his", "himself"),
    "she": ("she", "her", "her", "herself"),
    "I": ("I", "me", "my", "myself"),
}


class Slots(dict):
    """The values of the slots. Who or what comes for the first time is "a baker", and after that "the baker"."""

    def __getitem__(self, slot: str) -> str:
        if slot not in ("friend", "a friend", "a animal"):
            return super().__getitem__(slot)
        noun = slot.removeprefix("a ")
        if self.pop("a " + noun + " is new", None):
            return super().__getitem__("a " + noun)
        return super().__getitem__("friend") if noun == "friend" else f"the {self[noun]}"


@dataclass(frozen=True)
class _Role:
    title: str
    gender: str | None
    lands: tuple[str, ...]


def _read_role(line: str) -> _Role:
    title, _, marks = line.partition(":")
    words = marks.split()
    gender = next((word for word in words if word in ("he", "she")), None)
    return _Role(title.strip(), gender, tuple(word for word in words if word in _PLACES))


_ROLE_LIST = [_read_role(entry) for entry in _ROLES.replace("\n", "|").split("|") if entry.strip()]
_PLACE_LISTS = {
    land: [tuple(part.strip() for part in entry.split("=")) for entry in text.strip().replace("\n", "|").split("|")]
    for land, text in _PLACES.items()
}
_EVERYWHERE = tuple(_PLACES)


def gender_of(source: Source, name: str) -> str:
    """`he` or `she`, as the name is used; either one for names that do not tell."""
    if name in _MEN or (name not in _WOMEN and name.endswith(_MASCULINE_ENDS)):
        return "he"
    if name in _WOMEN or name.endswith(_FEMININE_ENDS):
        return "she"
    return source.pick(["he", "she"])


def cast(source: Source, kinds: dict[str, int] = KINDS) -> Slots:
    """The slots of one story: hero, friend, place, things. `kind` says how the hero is spoken of."""
    kind = source.weighted(kinds)
    slots, lands, gender = _hero(source, kind)
    slots.update(_pronouns("", gender))
    slots["first him"] = slots["him"] if slots["first hero"] == slots["he"] else slots["first hero"]
    slots.update(_friend(source, gender, slots["role"]))
    slots.update(_place(source, lands))
    slots.update(_objects(source))
    together = ("we", "us", "our") if kind == "I" else ("they", "them", "their")
    slots.update(zip(("they", "them", "their"), together))
    return Slots(slots, **{"a friend is new": "yes", "a animal is new": "yes"})


def _hero(source: Source, kind: str) -> tuple[dict[str, str], tuple[str, ...], str]:
    """The slots that name the hero, where the hero may live, and the pronoun."""
    if kind == "I":
        return {"kind": kind, "first hero": "I", "hero": "I", "role": "", "subject": ""}, _EVERYWHERE, "I"
    if kind == "family":
        who = source.pick(list(_FAMILY))
        role = who.split()[-1]
        return {"kind": kind, "first hero": who, "hero": who, "role": role, "subject": ""}, _EVERYWHERE, _FAMILY[who]
    if kind == "pronoun":
        gender = source.pick(["he", "she"])
        return {"kind": kind, "first hero": gender, "hero": gender, "role": "", "subject": ""}, _EVERYWHERE, gender
    name = values.name(source) if "named" in kind or (kind == "child" and source.chance(0.5)) else None
    gender = gender_of(source, name) if name else None
    role, gender = _role(source, kind, gender)
    return _hero_by_role(source, kind, role, name), role.lands, gender


def _role(source: Source, kind: str, gender: str | None) -> tuple[_Role, str]:
    if kind in ("child", "named"):
        gender = gender or source.pick(["he", "she"])
        titles = ("boy", "girl") if kind == "child" else source.pick([("boy", "girl"), ("man", "woman")])
        return _Role(titles[gender == "she"], gender, _EVERYWHERE), gender
    while True:
        role = source.pick(_ROLE_LIST)
        if gender is None or role.gender in (None, gender):
            return role, gender or role.gender or source.pick(["he", "she"])


def _hero_by_role(source: Source, kind: str, role: _Role, name: str | None) -> dict[str, str]:
    """How a hero with a role is introduced (`a hero`, `first hero`), and called later (`hero`)."""
    if role.title in ("boy", "girl"):
        traits = _CHILD_TRAITS
    else:
        traits = _OLD_TRAITS if role.title in _OLD_ONLY else _ADULT_TRAITS
    trait = source.pick(traits)
    full = f"{trait} {role.title}"
    slots = {"kind": kind, "role": role.title, "subject": f"a {source.pick([full, role.title])}"}
    if not name:
        later = source.pick([f"the {role.title}", f"the {role.title}", f"the {full}"])
        return slots | {"a hero": f"a {full}", "first hero": f"the {full}", "hero": later}
    introduced = f"a {full} {source.pick(['called', 'named', 'whose name was'])} {name}"
    if kind == "named role":
        return slots | {"a hero": introduced, "first hero": f"{name} the {role.title}", "hero": name}
    subject = f"a {role.title} {source.pick(['called', 'named'])} {name}"
    return slots | {"a hero": introduced, "first hero": name, "hero": name, "subject": subject}


def _pronouns(prefix: str, gender: str) -> dict[str, str]:
    return dict(zip((prefix + "he", prefix + "him", prefix + "his", prefix + "himself"), _PRONOUNS[gender]))


def _friend(source: Source, hero_gender: str, hero_role: str) -> dict[str, str]:
    """A second person, of the other gender, so that `he` and `she` always tell who is meant."""
    gender = {"he": "she", "she": "he"}.get(hero_gender) or source.pick(["he", "she"])
    slots = _pronouns("f ", gender)
    if source.chance(0.3):
        child, grown = (("boy", "man"), ("girl", "woman"))[gender == "she"]
        title = source.pick([child, grown, f"old {grown}", f"young {grown}"])
        return slots | {"a friend": f"a {title}" if " " in title else f"a {source.pick(['kind', 'quiet'])} {title}",
                        "friend": f"the {title}"}
    title = source.pick([helper for helper in _HELPERS if helper != hero_role])
    return slots | {"a friend": f"a {source.pick(_HELPER_TRAITS)} {title}", "friend": f"the {title}"}


def _place(source: Source, lands: tuple[str, ...]) -> dict[str, str]:
    where, whole = source.pick(_PLACE_LISTS[source.pick(lands)])
    if "{city}" in where:
        where = where.format(city=values.city(source))
    return {"in place": where, "town": whole}


def _objects(source: Source) -> dict[str, str]:
    thing, animal, food = source.pick(_THINGS.split()), source.pick(_ANIMALS), source.pick(_FOODS)
    traits = [trait for trait in _THING_TRAITS if not (thing in _SOFT and trait in ("silver", "golden", "heavy"))]
    if thing in ("letter", "photograph", "book", "notebook", "map"):
        traits = ["old", "small", "beautiful", "strange"]
    colour, other_colour = source.sample(_COLOURS, 2)
    return {
        "thing": thing, "a thing": f"a {source.pick(traits)} {thing}",
        "animal": animal, "a animal": f"a {source.pick(_ANIMAL_TRAITS)} {animal}",
        "food": food, "some food": _SOME_FOOD.get(food, f"some {food}"),
        "colour": colour, "other colour": other_colour,
        "one day": source.pick(_DAYS), "name": values.name(source), "city": values.city(source),
        "pet": values.pet_name(source),
    }  # fmt: skip
