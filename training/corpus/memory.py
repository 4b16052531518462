"""Things told in one turn and asked for later: the user's name, a pet, a colour, a number, a city, and more.

What is told is endless and never the same, so the model cannot know it; it has to look back and copy. Between
the telling and the asking lies talk of another kind, none or up to six turns of it.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from corpus import values
from corpus.core import Case, Conversation, Exchange, Message, Source, listed
from corpus.phrasing import ask, expand, lines, say, sentences

OtherTalk = Callable[[Source], Exchange]
Slots = dict[str, str]

MOST_TURNS_BETWEEN = 6
# Words of other talk that a conversation may hold, so that the whole stays within the model's context.
_WORDS_BETWEEN = 300

# --- Values that are ours alone -----------------------------------------------------------------------------------

_FLAVOURS = """tomato cheese mushroom potato onion chicken fish bean apple lemon carrot pumpkin rice cherry
chocolate banana honey pepper corn egg nut plum peach berry cream butter""".split()
_DISHES = "soup pie pasta salad curry stew pizza bread tart cake sauce rolls pancakes noodles dumplings toast".split()
_DISH_STYLES = ["", "", "", "hot ", "sweet ", "cold ", "spicy ", "home-made ", "warm "]
_CRAFTS = "painting drawing making building collecting fixing selling cleaning photographing watching".split()
_CRAFTED = """boats birds trains clocks lamps dolls kites flowers houses stones shells trees horses maps masks boxes
bridges chairs bikes cars ships insects clouds stars coins cups""".split()
_CRAFT_STYLES = ["", "", "", "old ", "small ", "paper ", "wooden ", "big ", "toy "]
_PASTIMES = "running walking swimming reading singing dancing cooking fishing cycling climbing sailing skating".split()
_PASTIME_PLACES = ["", " in the morning", " in the woods", " by the sea", " with friends", " at night", " in the rain",
                   " on Sundays", " in the mountains", " in the park", " at home", " in the snow"]
_JOBS = """teacher nurse doctor baker cook farmer driver painter writer singer gardener lawyer pilot waiter tailor
carpenter student librarian builder dentist plumber reporter scientist programmer shopkeeper judge sailor postman
photographer clerk mechanic vet hairdresser translator""".split()
_PEOPLE = "sister:brother:friend:best friend:neighbour:cousin:teacher:boss:aunt:uncle:son:daughter".split(":")
_KEPT_NUMBERS = "locker number:door code:room number:seat number:gate number:table number:bus number".split(":")
_KEPT_WORDS = ["code word", "secret word", "magic word", "team name"]


def _food(source: Source) -> Slots:
    def make() -> str:
        return source.pick(_DISH_STYLES) + source.pick(_FLAVOURS) + " " + source.pick(_DISHES)

    return {"food": source.draw(make)}


def _hobby(source: Source) -> Slots:
    def make() -> str:
        if source.chance(0.4):
            return source.pick(_PASTIMES) + source.pick(_PASTIME_PLACES)
        return source.pick(_CRAFTS) + " " + source.pick(_CRAFT_STYLES) + source.pick(_CRAFTED)

    return {"hobby": source.draw(make)}


def _secret(source: Source) -> Slots:
    if source.chance(0.6):
        return {"what": source.pick(_KEPT_NUMBERS), "secret": values.number(source, 10, 9999)}
    word = source.pick([values.colour, values.city, values.pet_name])(source)
    return {"what": source.pick(_KEPT_WORDS), "secret": word}


# --- Kinds of facts and how people speak of them -------------------------------------------------------------------


@dataclass(frozen=True)
class Kind:
    """One kind of fact about the user. All wordings are patterns (see `phrasing`).

    draw: the slots of a new fact; the one named like the kind holds its value.
    tell: clauses in the user's mouth, fit to stand after "and".
    greet: whole messages that tell it, where there are such.
    change: whole messages that correct it, beside those that work for every kind.
    system: what a system message says of it.
    state: clauses in the assistant's mouth, fit to stand after "and".
    thank: whole sentences with which the assistant takes note of it, beside those that work for every kind.
    question: direct questions for it.
    recall: what stands for it after "do you remember".
    answer: whole sentences that answer the question, beside those that work for every kind.
    missing: what stands for it after "you have not told me".
    weight: how often it is told, compared with the others.
    """

    draw: Callable[[Source], Slots]
    tell: tuple[str, ...]
    state: tuple[str, ...]
    question: tuple[str, ...]
    recall: str
    missing: str
    system: str
    thank: tuple[str, ...] = ()
    answer: tuple[str, ...] = ()
    greet: tuple[str, ...] = ()
    change: tuple[str, ...] = ()
    weight: float = 1.0


KINDS: dict[str, Kind] = {
    "name": Kind(
        weight=5,
        draw=lambda source: {"name": values.name(source)},
        tell=lines("""
            my [first |]name is {name}
            my name's {name}
            I am {name}
            I'm {name}
            I am called {name}
            [people|my friends|they|all] call me {name}
            you can call me {name}
            the name is {name}"""),
        greet=lines("""
            [Hi|Hello|Hey|Good morning|Good evening|Hi there][,|!] {name} here.
            [Hi|Hello|Hey|Good day|Hey there][,|!] [I'm|I am|my name is|my name's|it's|this is] {name}[.|!]
            [Please |Just |]call me {name}[.|!| please.]
            {name} is my name.
            [This is|It's|It is] {name}. [Hello!|Nice to meet you.|I am new here.|]
            [Nice to meet you|Good to meet you|Pleased to meet you][!|,] [I'm|I am|my name is] {name}.
            Name: {name}
            [Do you want to know my name?|Let me introduce myself.] [It's|It is|I'm|I am] {name}."""),
        change=lines("""
            [Please |]call me {name} [instead|from now on].
            [Sorry|Oh|Wait|Oops], I [typed|wrote|spelled] my name wrong. It is {name}.
            [Actually|In fact|You know what], [everybody calls me|I would rather be called|just call me] {name}."""),
        system="The [user's name is|user is called|name of the user is] {name}.",
        state=("your name is {name}", "your name is {name}", "you are {name}", "you are called {name}"),
        thank=lines("""
            Nice to meet you, {name}[!|.]
            [Hello|Hi|Welcome], {name}!
            [Hello|Hi], {name}! [It is nice to meet you.|Nice to meet you.|Good to meet you.|I am glad you are here.]
            It is [nice|good|lovely] to meet you, {name}[!|.]
            {name} is a [nice|lovely|good|fine] name[!|.]
            Thank you, {name}. I will remember your name.
            Pleased to meet you, {name}."""),
        question=lines("""
            what[ is|'s] my [first |]name
            who am I
            what am I called
            what do [people|my friends] call me
            what did I say my name [is|was]
            what name did I [give|tell] you
            how should you call me
            what was my name [again|]
            which name is mine"""),
        recall="[my name|what my name is|who I am|what I am called|the name I gave you]",
        answer=lines("""
            {name}.
            You are {name}[.|!]
            Your name is {name}[.|!]
            [That is easy|That is simple]: you are {name}[.|!]
            You said that you are called {name}."""),
        missing="your name",
    ),
    "colour": Kind(
        weight=3,
        draw=lambda source: {"colour": values.colour(source)},
        tell=lines("""
            my [favourite|favorite|best loved] [colour|color] is {colour}
            I like {colour} best of all [colours|colors]
            I like the [colour|color] {colour} [best|most]
            {colour} is my favourite [colour|]
            I love the [colour|color] {colour} more than any other
            the [colour|color] I like [best|most] is {colour}
            of all [colours|colors] I like {colour} best"""),
        change=lines("""
            [Hm|Hmm|Actually|Wait], I [like|love] {colour} more now.
            I changed my mind about colours. I like {colour} best."""),
        system="The user's favourite colour is {colour}.",
        state=("your favourite colour is {colour}", "your favourite colour is {colour}", "you like {colour} best"),
        thank=lines("""
            {colour} is a [nice|lovely|beautiful|great|pretty|good] colour[!|.]
            {colour} is a [nice|lovely|good|fine] choice[!|.]
            [Oh|Ah], {colour}! [What a nice colour.|That is a lovely colour.|A good choice.]
            I like {colour} too."""),
        question=lines("""
            what[ is|'s] my [favourite|favorite] [colour|color]
            [which|what] [colour|color] do I [like best|like most|love most|prefer]
            [which|what] [colour|color] is my favourite
            what did I say my favourite [colour|color] [is|was]
            what was my favourite [colour|color] [again|]
            [which|what] [colour|color] did I [tell you about|say I like best]"""),
        recall="[my favourite colour|what my favourite colour is|which colour I like best|the colour I like]",
        answer=lines("""
            {colour}.
            It is {colour}.
            You like {colour} best.
            Your favourite colour is {colour}[.|!]
            The colour you like best is {colour}."""),
        missing="[your favourite colour|which colour you like best]",
    ),
    "pet": Kind(
        weight=3.5,
        draw=lambda source: {"animal": values.animal(source), "pet": values.pet_name(source)},
        tell=lines("""
            I have a {animal} [called|named] {pet}
            I have a {animal}[,| and] [its|the] name is {pet}
            my {animal} is [called|named] {pet}
            my {animal}'s name is {pet}
            the name of my {animal} is {pet}
            we have a {animal} at home[, called| named] {pet}
            I [got|own] a [little |young |] {animal} [called|named] {pet}
            {pet} is my {animal}
            I live with a {animal} [called|named] {pet}"""),
        change=lines("""
            [Sorry|Oops|Wait], I wrote my {animal}'s name wrong. It is {pet}.
            We gave our {animal} a new name: {pet}."""),
        system="The user has a {animal} called {pet}.",
        state=("your {animal} is called {pet}", "you have a {animal} called {pet}", "your {animal}'s name is {pet}"),
        thank=lines("""
            {pet} is a [nice|lovely|good|great|fine] name for a {animal}[!|.]
            A {animal} called {pet}! [How nice.|How lovely.|That sounds fun.]
            [I hope {pet} is well|Say hello to {pet} from me|{pet} sounds like a nice {animal}][!|.]
            [Hello|Hi], {pet}! [I hope your {animal} is well.|A {animal} is good company.]"""),
        question=lines("""
            what[ is|'s] my {animal}'s name
            what[ is|'s] [my {animal}|my pet] called
            what[ is|'s] the name of my [{animal}|pet]
            what did I say my {animal} is called
            how is my {animal} called
            what did I [call|name] my {animal}
            what was my {animal}'s name [again|]
            which name does my {animal} have
            who is my {animal}"""),
        recall="[my {animal}'s name|the name of my {animal}|what my {animal} is called|what my pet is called]",
        answer=lines("""
            {pet}.
            Your {animal} is called {pet}[.|!]
            Your {animal}'s name is {pet}.
            The name of your {animal} is {pet}.
            Your {animal} is {pet}."""),
        missing="[your {animal}'s name|the name of your {animal}|what your {animal} is called]",
    ),
    "number": Kind(
        weight=3,
        draw=lambda source: {"luck": source.pick(["lucky", "favourite"]), "number": values.number(source)},
        tell=lines("""
            my {luck} number is {number}
            {number} is my {luck} number
            the number {number} is my {luck} number
            I have a {luck} number, it is {number}
            my {luck} number has always been {number}
            the {luck} number I have is {number}
            I think of {number} as my {luck} number
            for me, {number} is the {luck} number"""),
        system="The user's {luck} number is {number}.",
        state=("your {luck} number is {number}", "your {luck} number is {number}", "{number} is your {luck} number"),
        thank=lines("""
            {number} is a [nice|good|fine|great] number[!|.]
            {number}! I will [remember|keep] that number.
            I hope {number} brings you luck[!|.]"""),
        question=lines("""
            what[ is|'s] my {luck} number
            which number is my {luck} [one|number]
            which number did I tell you
            what did I say my {luck} number [is|was]
            what was my {luck} number [again|]
            what number do I [like|have] as my {luck} number
            which {luck} number do I have"""),
        recall="[my {luck} number|what my {luck} number is|the number I told you|which number is my {luck} one]",
        answer=lines("""
            {number}.
            It is {number}[.|!]
            Your {luck} number is {number}[.|!]
            {number} is your {luck} number.
            The number you told me is {number}."""),
        missing="[your {luck} number|what your {luck} number is]",
    ),
    "city": Kind(
        weight=3,
        draw=lambda source: {"city": values.city(source)},
        tell=lines("""
            I live in {city}
            I [am living|'m living|am at home] in {city}
            my home is in {city}
            {city} is where I live
            I have lived in {city} for [years|a year|a long time]
            I have a [flat|house|small flat] in {city}
            the [city|town|place] I live in is [called |]{city}
            [we|my family and I] live in {city}"""),
        change=lines("""
            [I have moved|I moved|We have moved] to {city} [now|]. [I live there now.|That is my new home.|]
            [Sorry|Oops|Wait], I wrote the wrong city. I live in {city}."""),
        system="The user lives in {city}.",
        state=("you live in {city}", "you live in {city}", "your home is in {city}"),
        thank=lines("""
            {city} [must be|sounds like] a [nice|good|lovely|fine] place to live[!|.]
            I hope {city} is nice [today|at this time of year].
            [Oh|Ah], {city}! [How nice.|I hope you like it there.|I would like to hear more about it.]
            I hope you like living in {city}[.|!]"""),
        question=lines("""
            where do I live
            [which|what] [city|town|place] do I live in
            in which [city|town] do I live
            where[ is|'s] my home
            where did I say [I live|my home is]
            what[ is|'s] the name of [the city I live in|my city|the town I live in|my town]
            what city [am I living in|did I tell you about]
            where am I at home"""),
        recall="[where I live|the city I live in|which city I live in|where my home is|the name of my city]",
        answer=lines("""
            {city}.
            In {city}.
            You live in {city}[.|!]
            Your home is in {city}.
            The city you live in is {city}."""),
        missing="[where you live|which city you live in]",
    ),
    "food": Kind(
        weight=1.5,
        draw=_food,
        tell=lines("""
            my favourite [food|dish|meal] is {food}
            I like {food} best
            I could eat {food} every day
            I love to eat {food}
            the [food|dish] I like best is {food}
            nothing is better than {food}"""),
        system="The user's favourite food is {food}.",
        state=("your favourite food is {food}", "you like to eat {food}", "the food you like best is {food}"),
        thank=lines("""
            {food}! That sounds good.
            [Oh|Ah], {food}! [Now I am hungry.|A good choice.|That sounds tasty.]
            I hope you [get|have] some {food} soon."""),
        question=lines("""
            what[ is|'s] my favourite [food|dish|meal]
            what do I like to eat [best|most]
            [which|what] [food|dish] do I like [best|most]
            what did I say I [like|love] to eat
            what could you cook for me"""),
        recall="[my favourite food|what I like to eat|which food I like best|my favourite dish]",
        answer=("You like {food}.", "Your favourite food is {food}.", "{food}[.|!]", "You said that you like {food}."),
        missing="[your favourite food|what you like to eat]",
    ),
    "hobby": Kind(
        weight=1.5,
        draw=_hobby,
        tell=lines("""
            my [hobby|favourite hobby] is {hobby}
            I [like|love|enjoy] {hobby}
            in my free time I [like|enjoy|love] {hobby}
            my free time is for {hobby}
            {hobby} is my hobby
            what I like most is {hobby}"""),
        system="The user's hobby is {hobby}.",
        state=("your hobby is {hobby}", "you like {hobby}", "you enjoy {hobby}"),
        thank=lines("""
            {hobby} sounds like [fun|a lot of fun|a nice hobby|a good hobby][!|.]
            {hobby}! [That sounds fun.|How nice.|What a nice hobby.]
            Have fun {hobby}!"""),
        question=lines("""
            what[ is|'s] my hobby
            what do I like to do in my free time
            what do I [enjoy|like] doing
            what did I say my hobby [is|was]
            which hobby do I have"""),
        recall="[my hobby|what my hobby is|what I do in my free time|what I like to do]",
        answer=("Your hobby is {hobby}.", "You like {hobby}.", "{hobby}[.|!]", "In your free time you like {hobby}."),
        missing="[your hobby|what you do in your free time]",
    ),
    "friend": Kind(
        weight=1.5,
        draw=lambda source: {"who": source.pick(_PEOPLE), "friend": values.name(source)},
        tell=lines("""
            my {who} is called {friend}
            my {who}'s name is {friend}
            the name of my {who} is {friend}
            I have a {who} [called|named] {friend}
            {friend} is my {who}"""),
        system="The user's {who} is called {friend}.",
        state=("your {who} is called {friend}", "your {who}'s name is {friend}"),
        thank=lines("""
            [Say hello to {friend} from me|I hope {friend} is well|Greetings to {friend}][!|.]
            {friend} is a [nice|lovely|good] name[!|.]"""),
        question=lines("""
            what[ is|'s] my {who}'s name
            what[ is|'s] my {who} called
            what did I say my {who} is called
            what[ is|'s] the name of my {who}
            who is my {who}
            what was my {who}'s name [again|]"""),
        recall="[my {who}'s name|the name of my {who}|what my {who} is called|who my {who} is]",
        answer=("{friend}.", "Your {who} is called {friend}.", "Your {who}'s name is {friend}."),
        missing="[your {who}'s name|the name of your {who}|what your {who} is called]",
    ),
    "secret": Kind(
        weight=1.5,
        draw=_secret,
        tell=lines("""
            [the|my] {what} is {secret}
            {secret} is [the|my] {what}
            [the|my] [new |]{what} is {secret}"""),
        greet=lines("""
            [Please remember|Remember|Keep in mind|Note] the {what}: {secret}.
            {what}: {secret}. [Please remember it.|Don't forget it.|I will ask you later.|Can you remember that?]
            [I need you to|Can you|Please] [keep|remember] the {what} for me[.|?] It is {secret}."""),
        system="The {what} is {secret}.",
        state=("the {what} is {secret}", "{secret} is the {what}"),
        thank=("The {what} is {secret}. I will keep it in mind.", "{secret}, I will remember that."),
        question=lines("""
            what[ is|'s] [the|my] {what} [again|]
            what was [the|my] {what} [again|]
            which {what} did I [tell|give] you
            what did I say the {what} is"""),
        recall="[the {what}|what the {what} is|my {what}|the {what} I gave you]",
        answer=("{secret}.", "It is {secret}.", "The {what} is {secret}[.|!]", "The {what} you gave me is {secret}."),
        missing="[the {what}|what the {what} is]",
    ),
    "age": Kind(
        weight=1.2,
        draw=lambda source: {"age": values.number(source, 7, 99)},
        tell=lines("""
            I am {age} years old
            I'm {age} [years old|]
            I am {age}
            I turned {age} this year
            my age is {age}"""),
        system="The user is {age} years old.",
        state=("you are {age} years old", "you are {age}"),
        thank=("{age} is a [good|fine|great] age[!|.]", "{age} years! [That is a good age.|How nice.]"),
        question=lines("""
            how old am I
            what[ is|'s] my age
            how old did I say I am
            how many years old am I
            what age am I"""),
        recall="[my age|how old I am|what my age is]",
        answer=("{age}.", "You are {age}.", "You are {age} years old[.|!]", "Your age is {age}."),
        missing="[your age|how old you are]",
    ),
    "origin": Kind(
        weight=1.2,
        draw=lambda source: {"origin": values.city(source)},
        tell=("I am from {origin}", "I'm from {origin}", "I come from {origin}", "I was born in {origin}",
              "I grew up in {origin}", "my family is from {origin}"),
        system="The user comes from {origin}.",
        state=("you come from {origin}", "you are from {origin}"),
        thank=("{origin} must be a [nice|good|fine] place[!|.]", "[Oh|Ah], {origin}! I would like to hear about it."),
        question=("where am I from", "where do I come from", "which [city|town|place] [am I|do I come] from",
                  "where did I say I am from", "where do you think I come from"),
        recall="[where I am from|where I come from|which city I come from]",
        answer=("From {origin}.", "{origin}.", "You come from {origin}.", "You are from {origin}[.|!]"),
        missing="[where you are from|where you come from]",
    ),
    "job": Kind(
        weight=1.2,
        draw=lambda source: {"job": source.draw(lambda: source.pick(_JOBS))},
        tell=("I am a {job}", "I work as a {job}", "I'm a {job}", "I earn my living as a {job}"),
        system="The user works as a {job}.",
        state=("you are a {job}", "you work as a {job}"),
        thank=("Being a {job} [must be|sounds] interesting[!|.]", "A {job}! [How interesting.|That is a good job.]"),
        question=("what[ is|'s] my job", "what do I do for a living", "what do I work as", "what did I say my job is",
                  "which job do I have"),
        recall="[my job|what my job is|what I work as|what I do for a living]",
        answer=("You are a {job}.", "You work as a {job}.", "You told me that you are a {job}."),
        missing="[what your job is|what you do for a living]",
    ),
}

# Kinds that nobody tells together: the questions for them would be hard to tell apart.
_RIVALS = [{"city", "origin"}, {"number", "secret"}]

CASE_KINDS = ("name", "colour", "pet", "number", "city")

# --- Wordings that work for every kind ------------------------------------------------------------------------------

# Where a fact was told, `{told}` stands for the clauses that tell it.
_TELLING = lines("""
    {told}.
    {told}.
    {told}[!|.| :)]
    [Hi|Hello|Hey|Good morning|Good evening|Hi there][!|,|.] {told}.
    [Hi|Hello|Hey|Good afternoon|Hello there][!|,] {told}. [Please remember that.|Remember that, please.|Don't forget!]
    [Just so you know|For your information|By the way|Oh|So|Well|Okay], {told}.
    [You should know that|I want you to know that|I would like you to know that|Let me tell you that] {told}.
    [Please remember|Remember|Keep in mind|Do not forget|Note|Can you remember] that {told}[.|, please.]
    [Please remember this|Remember this|A little about me|Something about me|Here is a fact about me]: {told}.
    {told}[, just so you know|, by the way|, you know|, if you want to know][.|!]
    {told}. [Please remember it|Remember that|Keep that in mind|I will ask you about it later|Don't forget that].
    {told}. [Can you remember that?|Will you remember that?|Do not forget it, please.]""")

# A longer message, in which the fact is easily missed.
_BURIED = lines("""
    {before} {told}. {after}
    {before} {told}. {after}
    {before} {before} {told}.
    {before} [Anyway|Oh|So|Well|By the way], {told}. {after}
    {told}. {after}
    {told}. {after} {after}""")
_BEFORE = lines("""
    [It is|It was] [raining|snowing|sunny|windy|cold|warm|cloudy] [here |][today|this morning|outside].
    I [had|have had] a [long|hard|good|busy|quiet|strange] [day|week|morning] [at work|at school|at home|].
    I [just |][came|got] [home|back] from [a walk|the shop|work|school|the garden|the beach].
    I am [new here|a bit tired|in a good mood|sitting in the kitchen|on the train|waiting for a bus] [today|right now|].
    We had guests [yesterday|last night], so I slept [badly|late|very little].
    [My tea is getting cold|The window is open|The neighbours are loud], but [never mind|that is fine].
    I have never talked to [a program|an assistant|a machine] before.
    [A friend|Somebody|A man at work] told me that I can talk to you.""")
_AFTER = lines("""
    I am [glad|happy] that [the week is over|it is Friday|the sun is out|I can talk to somebody|you are here].
    [Later|Tomorrow|Tonight|On Sunday] I [want to|will|have to] [clean the house|go shopping|read a book].
    [Anyway|Well|Okay], that is [enough|all] about [me|today|my day].
    [The days are|The week was|Life is] [short|long|busy|good] [at the moment|these days|right now].
    I [hope|think] [it will be a nice day|tomorrow will be better|we will talk more|this is going to be fun].""")
_TWO_TOLD = lines("""
    {one} and {two}
    {one} and {two}
    {one}, and {two}
    {one}. [Also, |And |] {two}
    {one}. [One more thing: |Oh, and |By the way, ] {two}""")
_CORRECTING = lines("""
    [Actually|Sorry|Wait|No, wait|Oops|Oh|Hm|Oh no][, I made a mistake|, that was wrong|, that is not right|]. {told}.
    [Actually|Sorry|Wait|Oh wait|Well|In fact|Correction|No], {told}.
    I [made a mistake|was wrong|told you something wrong|need to correct something][:|.] {told}.
    [Actually|Sorry], {told}, not {old}.
    {told}, not {old}. [Sorry.|My mistake.|]
    [Forget what I said|I changed my mind|Things have changed|That was not true][:|.] {told}[ now|].""")

_NOTED = lines("""
    [Got it|Noted|Okay|All right|Thanks|Thank you|Good to know|Great|I see|Sure]: {stated}.
    [Got it|Okay|All right|Thank you|Thanks|Sure][.|!] I will remember that {stated}.
    Thank you for telling me that {stated}.
    I will [remember|keep in mind|not forget] that {stated}.
    So {stated}. [Thank you for telling me.|I will remember that.|Good to know!]""")
_CORRECTED = lines("""
    [No problem|Thank you|Thanks|Okay|All right|Got it|Sure][.|!] [Now I know that|I will remember that|So] {stated}.
    [No problem|Thank you|Thanks|Okay|All right|Of course]: {stated}.
    [Thanks for the correction|Thank you for the correction|That is fine]: {stated}.""")
_OFFERS = lines("""
    How can I help you[ today|]?
    What can I do for you[ today|]?
    What would you like to [talk about|know|do]?
    [Is there anything|Can I help you with something] else?""")

_ASKING = lines("""
    {question}?
    {question}?
    {question}?
    [So|Okay|And|Now|Hey|By the way|Tell me|Please tell me|One more thing|Quick question][,|:] {question}?
    [Let's see|I have a question|Here is a question|A little test|Just checking|Let me test you][.|:] {question}?
    {question}? [I forgot.|Do you remember?|Do you still know?|Just checking.|Tell me, please.|I told you before.]""")
# Questions to be answered with yes.
_RECALLING = lines("""
    [do you|can you|do you still] [remember|recall] {recall}[, please|]?
    [do you|do you still] [know|remember] {recall}?
    [can|could] you [please |][tell me|remind me of] {recall} [again|]?
    [so|okay|and|now|hey|by the way], do you [still |][know|remember] {recall}?
    [have you forgotten|did you forget] {recall}?
    [tell me|please tell me|say] {recall}[.|, please.]
    I [forgot|have forgotten] {recall}. [Can you help me?|Do you know it?|Do you remember?]""")

_ANSWERING = lines("""
    {stated}[.|!]
    {stated}[.|!]
    You [told me|said] that {stated}.
    {stated}, as you [told me|said].
    As you told me, {stated}.""")
_AGREEING = lines("""
    Yes[,|:] {stated}[.|!]
    [Of course|Sure|Certainly|Yes, I do|I do][:|.] {stated}.
    Yes, you [told me|said] that {stated}.""")
_NOT_FORGOTTEN = "[I remember|I have not forgotten|I still know]: {stated}."
_NOT_TOLD = lines("""
    You have not told me {missing} yet.
    You have not told me {missing} yet.
    You have not told me {missing} yet. [Please tell me!|Would you like to tell me?|What should I remember?]
    I do not know that. You have not told me {missing} yet.
    [Sorry|I am sorry], you have not told me {missing} yet.""")

_TWO_ASKED = lines("""
    {one} and {two}?
    {one}, and {two}?
    {one}? And {two}?
    [Two questions|Let's see|Okay|So|Tell me]: {one} and {two}?""")
_ALL_ASKED = lines("""
    What do you know about me[ so far|]?
    [Tell me|Say] [everything|all] you know about me[, please|].
    What have I told you [about myself|so far|about me|until now]?
    [Can you|Please] [sum up|repeat|list] what I told you [about myself|so far|][.|, please.]
    What [do you remember|can you remember] about me?
    [Which|What] things did I tell you [about me|about myself|]?""")
_ALL_ANSWERED = lines("""
    {stated}.
    You told me that {stated}.
    [I know|I remember] that {stated}.
    [So far|As far as I know|Let me see][,|:] {stated}.""")

_PLAIN_SYSTEM = lines("""
    You are a [helpful|friendly|kind|good] [assistant|helper].
    [Be|Please be] [kind and helpful|short and clear|friendly|helpful].
    Answer [the user's questions|in short sentences|with care|in a friendly way].""")

# Other talk that would speak of the same things; "you have not told me" would be wrong after a telling.
_ABOUT_USER = re.compile(
    r"\b(my (name|home|age|job|hobby|city|cat|dog|pet)|call me|remember|told me|not (told|said|mentioned)"
    r"|(tell me|know) (your|my|what pet|where you|the name of (my|your))"
    r"|favou?rite|who am i|(where|what city) am i|i live|i am from|i'm from|lucky)\b", re.IGNORECASE)

# --- Conversations --------------------------------------------------------------------------------------------------


class _Talk:
    """A conversation as it grows, and what has been told in it."""

    def __init__(self, source: Source, other: OtherTalk):
        self.source = source
        self.other = other
        self.messages: list[Message] = []
        self.slots: Slots = {}
        self.told: list[str] = []

    def add(self, user: str, answer: str) -> None:
        self.messages += [Message("user", user), Message("assistant", answer)]

    def conversation(self) -> Conversation:
        return Conversation(tuple(self.messages))

    # Telling

    def learn(self, kind: str) -> None:
        """Draws a new fact of this kind. A pet keeps its animal when its name is corrected."""
        fact = KINDS[kind].draw(self.source)
        fixed = {slot: self.slots[slot] for slot in fact if slot != kind and slot in self.slots}
        self.slots.update(fact | (fixed if kind in self.told else {}))
        if kind not in self.told:
            self.told.append(kind)

    def tell(self, kinds: list[str]) -> None:
        """One turn in which the user tells facts of one or two kinds."""
        source = self.source
        for kind in kinds:
            self.learn(kind)
        user = ask(source, lambda: _telling(source, kinds), **self._as_typed())
        answer = self._thanks(kinds)
        question = self._other(30) if source.chance(0.08) and user[-1:] in ".!" else None
        if question:
            self.add(f"{user} {question.user}", f"{answer} {question.answer}")
            return
        offer = " " + say(source, _OFFERS) if source.chance(0.22) else ""
        self.add(user, answer + offer)

    def correct(self, kind: str) -> str:
        """One turn in which the user corrects a fact; returns the value that no longer holds."""
        source, old = self.source, self.slots[kind]
        while _overlap(old, self.slots[kind]):
            self.learn(kind)
        user = ask(source, lambda: _correcting(source, kind), old=old, **self.slots)
        answer = say(source, _CORRECTED, stated=self._state(kind))
        if KINDS[kind].thank and source.chance(0.3):
            answer = say(source, KINDS[kind].thank, **self.slots)
        self.add(user, answer)
        return old

    def be_introduced(self, kinds: list[str]) -> None:
        """A system message that tells facts."""
        source = self.source
        for kind in kinds:
            self.learn(kind)
        facts = [expand(source, KINDS[kind].system).format(**self.slots) for kind in kinds]
        manner = [say(source, _PLAIN_SYSTEM)] if source.chance(0.6) else []
        parts = manner + facts if source.chance(0.7) else facts + manner
        self.messages.insert(0, Message("system", " ".join(parts)))

    def _as_typed(self) -> Slots:
        """The slots as the user writes them: now and then, names without a capital."""
        if self.source.chance(0.07):
            return {slot: value.lower() for slot, value in self.slots.items()}
        return self.slots

    def _state(self, kind: str) -> str:
        return expand(self.source, KINDS[kind].state).format(**self.slots)

    def _thanks(self, kinds: list[str]) -> str:
        source = self.source
        stated = [self._state(kind) for kind in kinds]
        if len(kinds) > 1 and source.chance(0.5):
            return say(source, _NOTED, stated=listed(stated))
        parts = [self._thank(kind, clause) for kind, clause in zip(kinds, stated)]
        return " ".join(parts)

    def _thank(self, kind: str, stated: str) -> str:
        thank = KINDS[kind].thank
        if thank and self.source.chance(0.5):
            return say(self.source, thank, **self.slots)
        return say(self.source, _NOTED, stated=stated)

    # Other talk

    def chat(self, turns: int) -> None:
        """Some turns of other talk; the more there are, the shorter each."""
        for _ in range(turns):
            exchange = self._other(_WORDS_BETWEEN // max(turns, 3))
            self.add(exchange.user, exchange.answer)

    def _other(self, most_words: int) -> Exchange:
        """Talk of another kind, of that many words at most if a few tries yield it."""
        best = None
        for _ in range(12):
            exchange = self.other(self.source)
            words = len(exchange.user.split()) + len(exchange.answer.split())
            if _ABOUT_USER.search(f"{exchange.user} {exchange.answer}"):
                continue
            if words <= most_words:
                return exchange
            if best is None or words < best[0]:
                best = (words, exchange)
        return best[1] if best else Exchange("Thank you.", "You are welcome!")

    # Asking

    def ask_question(self, kind: str) -> str:
        """A question for a fact that was told, of the source's side of the split."""
        return ask(self.source, lambda: _asking(self.source, kind), **self.slots)

    def ask_one(self, kind: str) -> None:
        user = self.ask_question(kind)
        self.add(user, self._answer(kind, user))

    def ask_two(self, kinds: list[str]) -> None:
        """One turn that asks for two facts."""
        source = self.source
        user = ask(source, lambda: _asking_two(source, kinds), **self.slots)
        self.add(user, say(source, _ANSWERING, stated=listed([self._state(kind) for kind in kinds])))

    def ask_all(self) -> None:
        source = self.source
        user = ask(source, lambda: expand(source, _ALL_ASKED))
        self.add(user, say(source, _ALL_ANSWERED, stated=listed([self._state(kind) for kind in self.told])))

    def ask_missing(self, kind: str) -> None:
        """Asks for what was not told."""
        source = self.source
        missing = KINDS[kind].draw(source)
        user = ask(source, lambda: _asking(source, kind), **missing)
        if kind == "pet" and missing["animal"] not in user:
            missing["animal"] = "pet"
        self.add(user, say(source, expand(source, _NOT_TOLD).replace("{missing}", KINDS[kind].missing), **missing))

    def _answer(self, kind: str, user: str) -> str:
        source = self.source
        opening = user.lower()
        if ("do you" in opening[:28] or "can you" in opening[:20]) and source.chance(0.5):
            return say(source, _AGREEING, stated=self._state(kind))
        if "you" in opening and "forg" in opening and source.chance(0.4):
            return say(source, _NOT_FORGOTTEN, stated=self._state(kind))
        if KINDS[kind].answer and source.chance(0.6):
            return say(source, KINDS[kind].answer, **self.slots)
        return say(source, _ANSWERING, stated=self._state(kind))


def _telling(source: Source, kinds: list[str]) -> str:
    """What the user says to tell facts of one or two kinds; slots are not filled yet."""
    clauses = [expand(source, KINDS[kind].tell) for kind in kinds]
    if len(kinds) == 1 and KINDS[kinds[0]].greet and source.chance(0.45):
        return sentences(expand(source, KINDS[kinds[0]].greet))
    told = clauses[0]
    if len(kinds) > 1:
        told = expand(source, _TWO_TOLD).replace("{one}", clauses[0]).replace("{two}", clauses[1])
    frame = expand(source, _BURIED if source.chance(0.18) else _TELLING).replace("{told}", told)
    for slot, table in (("{before}", _BEFORE), ("{after}", _AFTER)):
        for filler in source.sample(table, frame.count(slot)):
            frame = frame.replace(slot, expand(source, filler), 1)
    return sentences(frame)


def _correcting(source: Source, kind: str) -> str:
    if KINDS[kind].change and source.chance(0.3):
        return sentences(expand(source, KINDS[kind].change))
    return sentences(expand(source, _CORRECTING).replace("{told}", expand(source, KINDS[kind].tell)))


def _asking(source: Source, kind: str) -> str:
    if source.chance(0.35):
        return sentences(expand(source, _RECALLING).replace("{recall}", expand(source, KINDS[kind].recall)))
    return sentences(expand(source, _ASKING).replace("{question}", expand(source, KINDS[kind].question)))


def _asking_two(source: Source, kinds: list[str]) -> str:
    one, two = kinds
    if source.chance(0.4):
        things = " and ".join(expand(source, KINDS[kind].recall) for kind in kinds)
        return sentences(expand(source, _RECALLING).replace("{recall}", things))
    frame = expand(source, _TWO_ASKED).replace("{one}", expand(source, KINDS[one].question))
    return sentences(frame.replace("{two}", expand(source, KINDS[two].question)))


def _overlap(one: str, other: str) -> bool:
    """Whether one value contains the other, so that naming one seems to name both."""
    return one.lower() in other.lower() or other.lower() in one.lower()


def _choose_kinds(source: Source, count: int) -> list[str]:
    """Different kinds of facts that can be told together."""
    weights = {kind: KINDS[kind].weight for kind in KINDS}
    chosen: list[str] = []
    while len(chosen) < count:
        kind = source.weighted(weights)
        chosen.append(kind)
        rivals = next((rivals for rivals in _RIVALS if kind in rivals), {kind})
        weights = {other: weight for other, weight in weights.items() if other not in rivals}
    return chosen


def _tell_in_turns(talk: _Talk, kinds: list[str]) -> None:
    """Tells all facts, one or two a turn, with a turn of other talk between now and then."""
    source, rest = talk.source, list(kinds)
    while rest:
        count = 2 if len(rest) > 1 and source.chance(0.5) else 1
        talk.tell(rest[:count])
        rest = rest[count:]
        if rest and source.chance(0.2):
            talk.chat(1)


def _ask_for(talk: _Talk) -> None:
    """The user asks for something told, or for several things in a row or at once."""
    source = talk.source
    kinds = source.sample(talk.told, len(talk.told))
    if source.chance(0.1):
        talk.ask_all()
    elif len(kinds) > 1 and source.chance(0.2):
        talk.ask_two(kinds[:2])
    else:
        for kind in kinds[: source.weighted({1: 6, 2: 2, 3: 1, 4: 1})]:
            talk.ask_one(kind)


def _tell_and_ask(talk: _Talk) -> None:
    """Facts are told, corrected now and then, and asked for after zero to six turns of other talk."""
    source = talk.source
    kinds = _choose_kinds(source, source.weighted({1: 45, 2: 30, 3: 15, 4: 10}))
    introduced = source.weighted({0: 91, 1: 6, 2: 3})
    if introduced:
        talk.be_introduced(kinds[:introduced])
    _tell_in_turns(talk, kinds[introduced:])
    correctable = [kind for kind in talk.told if kind != "secret"]
    if correctable and source.chance(0.15):
        talk.chat(source.between(0, 2))
        talk.correct(source.pick(correctable))
    talk.chat(source.between(0, MOST_TURNS_BETWEEN))
    _ask_for(talk)


def _ask_untold(talk: _Talk) -> None:
    """The user asks for what was not told, and may then tell it and ask again."""
    source = talk.source
    *told, missing = _choose_kinds(source, source.weighted({1: 4, 2: 4, 3: 2}))
    _tell_in_turns(talk, told)
    talk.chat(source.between(0, 3))
    talk.ask_missing(missing)
    if source.chance(0.45):
        talk.tell([missing])
        talk.chat(source.between(0, 3))
        talk.ask_one(missing)
    elif told and source.chance(0.5):
        _ask_for(talk)


def conversation(source: Source, other: OtherTalk) -> Conversation:
    """A conversation in which the user tells something, talks of other things, and asks for it."""
    talk = _Talk(source, other)
    if source.chance(0.08):
        _ask_untold(talk)
    else:
        _tell_and_ask(talk)
    if talk.messages[0].role != "system" and source.chance(0.08):
        talk.messages.insert(0, Message("system", say(source, _PLAIN_SYSTEM)))
    return talk.conversation()


# --- Cases ----------------------------------------------------------------------------------------------------------


def cases(source: Source, other: OtherTalk) -> Iterator[Case]:
    """Endless cases; note["turns"] tells how many turns after the telling (or the correction) the question comes."""
    for count in itertools.count():
        kind = CASE_KINDS[count % len(CASE_KINDS)]
        turns = count // len(CASE_KINDS) % MOST_TURNS_BETWEEN + 1
        yield _case(source, other, kind, turns)


def _case(source: Source, other: OtherTalk, kind: str, turns: int) -> Case:
    talk = _Talk(source, other)
    also = [second for second in _choose_kinds(source, 2) if second != kind and {kind, second} not in _RIVALS]
    told = [kind] + (also[:1] if source.chance(0.4) else [])
    talk.tell(source.sample(told, len(told)))
    replaced = talk.correct(kind) if source.chance(0.15) else None
    talk.chat(turns - 1)
    talk.messages.append(Message("user", talk.ask_question(kind)))
    judge = _judge(talk.slots[kind], replaced)
    return Case("remember", judge, conversation=talk.conversation(), note={"turns": turns})


def _judge(value: str, replaced: str | None) -> Callable[[str], str | None]:
    """Right is an answer that names the value as a whole word, and not the value that it replaced."""

    def judge(answer: str) -> str | None:
        if not _names(answer, value):
            return f"does not name {value!r}"
        if replaced is not None and _names(answer, replaced):
            return f"names {replaced!r}, which was corrected"
        return None

    return judge


def _names(answer: str, value: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(value)}(?!\w)", answer, re.IGNORECASE) is not None
