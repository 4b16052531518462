"""Values as people write them and as JSON holds them, for tool calls and for JSON on request.

`KINDS` is the list of all kinds of value: a price, a title, a day. Open kinds (names, large numbers, titles) are split
between training and test like everything in `values.py`; closed ones (rooms, languages, small numbers) are not.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from corpus import values
from corpus.core import Source, listed


@dataclass(frozen=True)
class Value:
    """A value: `spoken` as it stands in a sentence, `plain` as JSON holds it."""

    spoken: str
    plain: object


@dataclass(frozen=True)
class Kind:
    """A kind of value: its type in JSON Schema, how one is drawn, and its options if they are an enum."""

    type: str
    make: Callable[[Source], Value]
    enum: tuple[str, ...] = ()


_WEEKDAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
_MONTHS = "January February March April May June July August September October November December".split()
_LANGUAGES = """French German Spanish Italian Dutch Greek Polish Turkish Japanese Swedish Danish Finnish Norwegian
Portuguese Czech Arabic Hindi Korean""".split()
_CURRENCIES = "EUR USD GBP CHF JPY SEK NOK DKK CAD AUD PLN INR".split()
_ROOMS = """kitchen:bedroom:bathroom:living room:garage:garden:hall:office:cellar:attic:dining room:library:studio:
workshop""".replace("\n", "").split(":")
_SKIES = "sunny cloudy rainy windy foggy clear stormy snowy dry grey mild hot cold wet".split()
_JOBS = """baker:teacher:nurse:gardener:driver:painter:cook:farmer:doctor:singer:writer:builder:waiter:pilot:
carpenter:engineer:actor:lawyer:tailor:dentist""".replace("\n", "").split(":")
_SPORTS = "football tennis chess hockey basketball handball".split()
_GOODS = """milk bread butter eggs cheese apples rice tea coffee honey sugar flour lemons onions carrots tomatoes
soap salt oil beans plums nuts""".split()
_TASTES = """lemon apple carrot onion tomato pea bean rice cheese honey plum nut potato mushroom chicken fish cherry
pepper garlic ginger""".split()
_DISHES = "soup cake pie salad bread stew curry pasta pancakes rolls pudding tart".split()
_OBJECTS = """lamp chair table sofa coat hat bag jacket scarf kettle pot clock mirror desk shelf blanket umbrella
watch radio phone camera guitar bike tent carpet""".split()
_PLANTS = "rose fern tulip cactus lily daisy ivy orchid palm fig lavender mint".split()
_COMMON_WORDS = """river candle bridge harbour meadow lantern anchor feather village kitchen mountain window garden
market winter summer friend letter picture island forest shadow silver thunder ladder pocket""".split()
_TITLE_ADJECTIVES = """Silent Golden Last Little Long Lost Broken Quiet Wild Blue Red Cold Hidden Old Green Bright
Empty Secret White Dark Happy Lonely""".split()
_TITLE_NOUNS = """River House Road Garden Night Window Winter Summer Bridge Letter Island Moon Train Forest Harbour
Door Sea Stone Song Shadow Market Lantern Boat Bird Mountain""".split()
_PLACE_NOUNS = "Lemon Spoon Table Kettle Goose Olive Tomato Fork Garden Oven Apple Lantern Pepper Onion".split()
_FILE_SUBJECTS = """holiday tax garden school birthday wedding recipe music travel car house budget work family
insurance summer winter kitchen""".split()
_FILE_NOUNS = "photos letter list plan notes report bill map invitation report contract poster".split()
_FILE_ENDS = ["txt", "pdf", "jpg", "doc", "png"]
_EVENTS = """dinner:lunch:breakfast:coffee:a walk:a meeting:a call:a game of chess:a swim:tea""".split(":")
_CHORES = """buy {good}|buy {good} and {other}|call {name}|write to {name}|pay the {thing} bill|water the {plant}
clean the {room}|fix the {object}|visit {name}|pick up the {object}|send the {thing} {file} to {name}
bake {dish}|paint the {room}|book a train to {city}|return the {object}""".replace("\n", "|").split("|")
_MESSAGES = """I will be late|I will be home at {time}|the train leaves at {time}|dinner is ready|we need {good}
we need {good} and {other}|the {object} is in the {room}|I am in {city}|the meeting is on {day}|I found the {object}
the keys are in the {room}|I will call on {day}|{name} is here|{name} comes at {time}|lunch is at {time}
I bought {good} and {other}|the {object} is broken|we are waiting in the {room}|I am on the way to {city}
the {dish} is in the oven|I like the {object}|{name} has the {object}|I forgot the {object}
""".strip().replace("\n", "|").split("|")
_SIZES = ("small", "medium", "large")
_TEMPERATURE_UNITS = ("celsius", "fahrenheit")
_LEVELS = ("low", "normal", "high")


def _text(value: str) -> Value:
    return Value(value, value)


def _one_of(options) -> Callable[[Source], Value]:
    return lambda source: _text(source.pick(options))


def _whole(low: int, high: int) -> Callable[[Source], Value]:
    """A whole number of the range, held-out ones on the test side."""

    def make(source: Source) -> Value:
        number = values.number(source, low, high)
        return Value(number, int(number))

    return make


def _small(low: int, high: int) -> Callable[[Source], Value]:
    """A small whole number. There are few, so they are a closed list and not split."""

    def make(source: Source) -> Value:
        number = source.between(low, high)
        return Value(str(number), number)

    return make


def _drawn(make: Callable[[Source], str]) -> Callable[[Source], Value]:
    """A text that is split as a whole."""
    return lambda source: _text(source.draw(lambda: make(source)))


def _typed_name(make: Callable[[Source], str]) -> Callable[[Source], Value]:
    """A name, now and then without its capitals, as people type."""

    def typed(source: Source) -> Value:
        name = make(source)
        return _text(name.lower() if source.chance(0.05) else name)

    return typed


def _yes_or_no(yes: str, no: str) -> Callable[[Source], Value]:
    def make(source: Source) -> Value:
        answer = source.chance(0.5)
        return Value(yes if answer else no, answer)

    return make


def _degrees(source: Source) -> Value:
    degrees = source.between(-9, 39)
    return Value(str(degrees), degrees)


def _decimal(source: Source) -> Value:
    """A number with one or two decimals that JSON writes as people do: it does not end in zero."""
    decimals = source.between(1, 9) if source.chance(0.5) else source.between(0, 9) * 10 + source.between(1, 9)
    width = 2 if decimals > 9 else 1
    digits = source.draw(lambda: f"{values.number(source, 1, 400)}.{decimals:0{width}d}")
    return Value(digits, float(digits))


def _price(source: Source) -> Value:
    return _decimal(source) if source.chance(0.4) else _whole(2, 900)(source)


def _time(source: Source) -> str:
    if source.chance(0.25):
        return f"{source.between(1, 12)} {source.pick(['am', 'pm'])}"
    return f"{source.between(6, 23)}:{source.between(0, 59):02d}"


def _date(source: Source) -> str:
    return f"{source.between(1, 28)} {source.pick(_MONTHS)}"


def _day(source: Source) -> Value:
    return _text(source.pick(_WEEKDAYS)) if source.chance(0.6) else _drawn(_date)(source)


def _title(source: Source) -> str:
    adjective, noun, other = source.pick(_TITLE_ADJECTIVES), source.pick(_TITLE_NOUNS), source.pick(_TITLE_NOUNS)
    return source.pick([
        f"The {adjective} {noun}",
        f"{adjective} {noun}",
        f"The {noun} and the {other}" if noun != other else f"The {noun}",
        f"{noun} of {values.name(source)}",
        f"A {noun} in {values.city(source)}",
        f"{values.name(source)} and the {noun}",
    ])


def _restaurant(source: Source) -> str:
    return source.pick([
        f"The {source.pick(_TITLE_ADJECTIVES)} {source.pick(_PLACE_NOUNS)}",
        f"The {source.pick(_PLACE_NOUNS)}",
        f"Cafe {values.city(source)}",
        f"Casa {values.name(source)}",
        f"The {values.city(source)} {source.pick(_PLACE_NOUNS)}",
    ])


def _from_frames(frames: list[str]) -> Callable[[Source], str]:
    """A short text made of a frame with values in it."""

    def make(source: Source) -> str:
        good, other = source.sample(_GOODS, 2)
        return source.pick(frames).format(
            good=good, other=other, name=values.name(source), city=values.city(source), room=source.pick(_ROOMS),
            object=source.pick(_OBJECTS), thing=source.pick(_FILE_SUBJECTS), file=source.pick(_FILE_NOUNS),
            plant=source.pick(_PLANTS), dish=_dish(source), time=_time(source), day=source.pick(_WEEKDAYS),
        )

    return make


def _event(source: Source) -> str:
    return f"{source.pick(_EVENTS)} with {values.name(source)}"


def _dish(source: Source) -> str:
    return f"{source.pick(_TASTES)} {source.pick(_DISHES)}"


def _object(source: Source) -> str:
    colour = values.colour(source)
    return f"{colour} {source.pick(_OBJECTS)}"


def _query(source: Source) -> str:
    subject, noun = source.pick(_FILE_SUBJECTS), source.pick(_FILE_NOUNS)
    return source.pick([f"{subject} {noun}", f"{subject} {noun} {source.between(1990, 2030)}",
                        f"{noun} from {values.city(source)}", f"{noun} from {values.name(source)}"])


def _file(source: Source) -> str:
    subject, noun = source.pick(_FILE_SUBJECTS), source.pick(_FILE_NOUNS)
    number = str(source.between(1, 99)) if source.chance(0.4) else ""
    return f"{subject}_{noun}{number}.{source.pick(_FILE_ENDS)}"


def _word(source: Source) -> str:
    if source.chance(0.4):
        return source.pick(_COMMON_WORDS)
    return values.invented_word(source, source.between(1, 2), source.pick(["", "", "l", "n", "r", "t"]))


def _meaning(source: Source) -> str:
    colour, thing, room = values.colour(source), source.pick(_OBJECTS), source.pick(_ROOMS)
    return source.pick([f"a kind of {colour} {thing}", f"a small {thing} for the {room}", f"an old {thing}",
                        f"a {thing} with {source.pick(_GOODS)} in it", f"a {thing} that is never in the {room}"])


def _code(source: Source) -> str:
    letters = "".join(source.pick("ABCDEFGHKLMNPRSTVWX") for _ in range(source.between(1, 2)))
    return letters + str(source.between(10, 99999))


def _phone(source: Source) -> str:
    return f"0{source.between(10, 999)} {source.between(1000, 99999)}"


def _email(source: Source) -> Value:
    return _text(values.name(source).lower() + "@example." + source.pick(["com", "org", "net"]))


def _address(source: Source) -> str:
    return f"{source.between(1, 99)} {values.city(source)} {source.pick(['Street', 'Road', 'Lane', 'Square'])}"


def _company(source: Source) -> str:
    if source.chance(0.3):
        return "".join(source.pick("ABCDEFGHIKLMNOPRSTUVWXYZ") for _ in range(source.between(3, 4)))
    return values.invented_word(source, source.between(1, 2), source.pick(["", "ix", "on", "a", "co"])).capitalize()


def _several(make: Callable[[Source], Value], low: int, high: int) -> Callable[[Source], Value]:
    """A list of different values."""

    def make_list(source: Source) -> Value:
        count, items = source.between(low, high), []
        while len(items) < count:
            item = make(source).spoken
            if item not in items:
                items.append(item)
        return Value(listed(items), items)

    return make_list


KINDS: dict[str, Kind] = {
    "city": Kind("string", _typed_name(values.city)),
    "name": Kind("string", _typed_name(values.name)),
    "pet_name": Kind("string", lambda source: _text(values.pet_name(source))),
    "animal": Kind("string", lambda source: _text(values.animal(source))),
    "colour": Kind("string", lambda source: _text(values.colour(source))),
    "title": Kind("string", _drawn(_title)),
    "restaurant": Kind("string", _drawn(_restaurant)),
    "message": Kind("string", _drawn(_from_frames(_MESSAGES))),
    "chore": Kind("string", _drawn(_from_frames(_CHORES))),
    "event": Kind("string", _drawn(_event)),
    "dish": Kind("string", _drawn(_dish)),
    "object": Kind("string", _drawn(_object)),
    "query": Kind("string", _drawn(_query)),
    "file": Kind("string", _drawn(_file)),
    "word": Kind("string", _drawn(_word)),
    "meaning": Kind("string", _drawn(_meaning)),
    "code": Kind("string", _drawn(_code)),
    "phone": Kind("string", _drawn(_phone)),
    "email": Kind("string", _email),
    "address": Kind("string", _drawn(_address)),
    "company": Kind("string", _drawn(_company)),
    "time": Kind("string", _drawn(_time)),
    "date": Kind("string", _drawn(_date)),
    "day": Kind("string", _day),
    "plant": Kind("string", _one_of(_PLANTS)),
    "room": Kind("string", _one_of(_ROOMS)),
    "sky": Kind("string", _one_of(_SKIES)),
    "job": Kind("string", _one_of(_JOBS)),
    "sport": Kind("string", _one_of(_SPORTS)),
    "good": Kind("string", _one_of(_GOODS)),
    "language": Kind("string", _one_of(_LANGUAGES)),
    "currency": Kind("string", _one_of(_CURRENCIES)),
    "unit": Kind("string", _one_of(_TEMPERATURE_UNITS), _TEMPERATURE_UNITS),
    "size": Kind("string", _one_of(_SIZES), _SIZES),
    "level": Kind("string", _one_of(_LEVELS), _LEVELS),
    "degrees": Kind("integer", _degrees),
    "few": Kind("integer", _small(2, 30)),
    "minutes": Kind("integer", _small(2, 120)),
    "percent": Kind("integer", _small(2, 99)),
    "hundreds": Kind("integer", _whole(20, 900)),
    "count": Kind("integer", _whole(2, 9999)),
    "age": Kind("integer", _small(3, 99)),
    "year": Kind("integer", _whole(1900, 2030)),
    "order": Kind("integer", _whole(1000, 99999)),
    "price": Kind("number", _price),
    "decimal": Kind("number", _decimal),
    "on": Kind("boolean", _yes_or_no("on", "off")),
    "files": Kind("array", _several(_drawn(_file), 1, 3)),
    "names": Kind("array", _several(lambda source: _text(values.name(source)), 2, 3)),
    "goods": Kind("array", _several(_one_of(_GOODS), 2, 4)),
    "titles": Kind("array", _several(_drawn(_title), 2, 3)),
}


def yes_or_no_kind(yes: str, no: str) -> Kind:
    """A kind for a fact that is true or false, and what a sentence says then."""
    return Kind("boolean", _yes_or_no(yes, no))


def spoken(plain: object) -> str:
    """What JSON holds, as a sentence says it."""
    if isinstance(plain, bool):
        return "yes" if plain else "no"
    return listed(plain) if isinstance(plain, list) else str(plain)


def same_json(one: object, other: object) -> bool:
    """Whether two parsed JSON values are the same. 2 and 2.0 are, 1 and true are not; keys may come in any order."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same_json(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same_json, one, other))
    return one == other


def mentions(answer: str, value: str) -> bool:
    """Whether a text has a value in it, as a word of its own: 21 does not stand in 210, 4.21 or 18:21."""
    return re.search(rf"(?<![\w.-])(?<!\d[:,]){re.escape(value)}(?!\w|[.,:]\d)", answer, re.IGNORECASE) is not None
