"""Tool calls: conversations in which the assistant reads tool declarations, calls a tool, and answers from its result.

Half of the tools come from the table `tools.txt`, under changing names. The other half are invented on the spot
from a verb, a noun and arguments, so that no list of tools can be learnt: the declaration must be read. Names,
whole requests and open values are split between training and test.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from corpus.core import Case, Conversation, Exchange, Message, Source, listed, sentence_case
from corpus.frames import article, fill, ordered, read_blocks, slots, typed
from corpus.json_values import KINDS, Value, mentions, same_json, spoken
from corpus.values import invented_word

OtherTalk = Callable[[Source], Exchange]


@dataclass(frozen=True)
class Argument:
    slot: str
    kind: str
    names: list[str]
    required: bool = True


@dataclass(frozen=True)
class Outcome:
    """A result by its fields and their kinds, and frames of answers that tell all of them.

    A kind that `KINDS` does not know is a fixed word, such as the status `sent`.
    """

    fields: dict[str, str]
    answers: list[str]


@dataclass
class Tool:
    """A tool with all its wordings: orders (`play {title}`), whole questions, and requests that forget an argument.

    topic: what it does in one or two words; of an invented tool its verb and its noun.
    """

    topic: str
    names: list[str]
    abouts: list[str] = field(default_factory=list)
    arguments: list[Argument] = field(default_factory=list)
    orders: list[str] = field(default_factory=list)
    questions: list[str] = field(default_factory=list)
    incomplete: dict[str, list[str]] = field(default_factory=dict)
    counter_questions: dict[str, list[str]] = field(default_factory=dict)
    outcomes: list[Outcome] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    invented: bool = False


@dataclass(frozen=True)
class Declared:
    """A tool as one conversation declares it: under one of its names, with one name for each argument."""

    tool: Tool
    name: str
    about: str
    argument_names: dict[str, str]

    def schema(self) -> dict:
        """The declaration as the chat API has it."""
        properties = {}
        for argument in self.tool.arguments:
            kind = KINDS[argument.kind]
            properties[self.argument_names[argument.slot]] = (
                {"type": kind.type, "enum": list(kind.enum)} if kind.enum else {"type": kind.type}
            )
        required = [self.argument_names[argument.slot] for argument in self.tool.arguments if argument.required]
        parameters = {"type": "object", "properties": properties, "required": required}
        return {"name": self.name, "description": self.about, "parameters": parameters}

    def call(self, values: dict[str, Value]) -> dict:
        """The call with these values, in the order of the declaration."""
        arguments = {
            self.argument_names[argument.slot]: values[argument.slot].plain
            for argument in self.tool.arguments
            if argument.slot in values
        }
        return {"name": self.name, "arguments": arguments}


@dataclass(frozen=True)
class Result:
    """What a tool returned, the answer to it, and what a right answer must say."""

    text: str
    answer: str
    key_values: tuple[str, ...] = ()
    error: str | None = None


def _read_tool(title: str, lines: dict[str, list[str]]) -> Tool:
    """A tool of the table; its head says what the lines mean."""
    names = title.split()
    tool = Tool(names[0], names)
    for key, options in lines.items():
        word, _, rest = key.partition(" ")
        if rest.startswith("("):
            tool.arguments.append(Argument(word.rstrip("?"), rest.strip("()"), options[0].split(), word[-1] != "?"))
        elif word == "result":
            fields = dict(pair.split("=") for pair in rest.split())
            tool.outcomes.append(Outcome(fields, options))
        elif rest:
            {"without": tool.incomplete, "question": tool.counter_questions}[word][rest] = options
        else:
            lists = {"about": tool.abouts, "do": tool.orders, "ask": tool.questions, "error": tool.errors}
            lists[key].extend(options)
    return tool


_TOOLS = [_read_tool(title, lines) for title, lines in read_blocks("tools.txt")]


def _alternatives(text: str) -> list[str]:
    """Texts separated by bars or line ends."""
    return text.strip().replace("\n", " | ").split(" | ")


# Invented tools: a verb and a noun, such as `paint_fence`, and arguments of these kinds.
_ACTIONS = dict(pair.split(":") for pair in """
paint:painted clean:cleaned open:opened close:closed fix:fixed wash:washed move:moved sell:sold rent:rented pack:packed
lock:locked cut:cut mix:mixed scan:scanned print:printed sort:sorted load:loaded park:parked label:labelled
wrap:wrapped deliver:delivered return:returned build:built fill:filled empty:emptied heat:heated cool:cooled
ship:shipped store:stored test:tested start:started stop:stopped hide:hidden polish:polished repair:repaired
lift:lifted dry:dried fold:folded hang:hung carry:carried save:saved copy:copied
""".split())
_INQUIRIES = "count check measure weigh inspect find watch compare rate".split()
_NOUNS = """fence door window garden boat table chair bread cake lamp wall roof pond car bike shelf basket bottle letter
book coat pump oven engine tent gate bridge robot kite drum bell barrel map ticket horse box cup key clock mirror stone
flag ladder bucket truck ship tower shed tank pipe""".split()
_MANY_NOUNS = "boxes doors chairs books coats bottles keys cups sheep shoes letters flags apples tickets bikes".split()
# Each line: what the arguments may be called, their kind, and how a request says them; {} is the name.
_INVENTED_ARGUMENTS = [
    ("colour color shade paint", "colour", ["in {value}", "in the colour {value}", "with {value} as the {}"]),
    ("metres hours days kilos litres pieces rows layers steps", "few", ["with {value} {}", "for {value} {}"]),
    ("width height depth weight length", "decimal", ["with a {} of {value}", "at a {} of {value}"]),
    ("limit budget price cost", "price", ["with a {} of {value}", "for a {} of {value}"]),
    ("room place area", "room", ["in the {value}"]),
    ("owner customer guest friend", "name", ["for {value}", "for the {} {value}"]),
    ("helper worker driver partner", "name", ["with {value}", "with {value} as the {}"]),
    ("city town location", "city", ["in {value}", "in the {} of {value}"]),
    ("day date", "day", ["on {value}"]),
    ("time hour start", "time", ["at {value}"]),
    ("size format", "size", ["in {} {value}", "with {} {value}", "in a {value} {}"]),
    ("speed power priority", "level", ["with {value} {}", "at {value} {}"]),
    ("code label mark number", "code", ["with the {} {value}", "under the {} {value}"]),
    ("name title", "title", ["with the {} {value}", "under the {} {value}"]),
    ("light heating music alarm", "on", ["with the {} {value}"]),
]
# Fields of results: what they may be called, their kind, and how an answer tells them; {} is the name.
_INVENTED_FIELDS = [
    ("minutes hours days", "few", ["It took {value} {}.", "That took {value} {}."]),
    ("price cost bill", "price", ["The {} is {value}.", "The {} was {value}."]),
    ("height width weight length score level total rest", "count", ["The {} is {value}.", "It has a {} of {value}."]),
    ("speed value distance depth", "decimal", ["The {} is {value}.", "It has a {} of {value}."]),
    ("job code number ticket", "code", ["The {} is {value}.", "You get the {} {value}."]),
    ("owner worker driver helper", "name", ["The {} is {value}.", "The {} was {value}."]),
    ("ready end start", "time", ["The {} time is {value}."]),
    ("room place", "room", ["The {} is the {value}."]),
    ("city town", "city", ["The {} is {value}."]),
    ("colour paint", "colour", ["The {} is {value}."]),
    ("day date", "day", ["The {} is {value}."]),
]
_INVENTED_ERRORS = _alternatives("""
not allowed | the service is down | no answer | try again later | too late today | out of order
the {noun} was not found | the {noun} is locked | nobody is there | no power | access denied | the list is full
the {noun} is in use | the connection is lost | wrong key""")


def _invented_tool(source: Source, verb: str | None = None, noun: str | None = None) -> Tool:
    """A tool nobody has heard of; a given verb or noun makes it easy to take for another one."""
    verb = verb or source.pick(_INQUIRIES if source.chance(0.3) else list(_ACTIONS))
    noun = noun or (source.pick(_MANY_NOUNS) if verb == "count" else _noun(source))
    chosen = source.sample(_INVENTED_ARGUMENTS, source.weighted({1: 4, 2: 5, 3: 2}))
    arguments, phrases = [], {}
    for names, kind, ways in chosen:
        name = source.pick(names.split())
        arguments.append(Argument(name, kind, [name], required=not arguments or source.chance(0.85)))
        phrases[name] = [way.replace("{value}", f"{{{name}}}").replace("{}", name) for way in ways]
    thing = f"{article(noun)} {noun}" if source.chance(0.3) and noun not in _MANY_NOUNS else f"the {noun}"
    required = [argument.slot for argument in arguments if argument.required]
    return Tool(
        topic=f"{verb} {noun}",
        names=_invented_names(source, verb, noun),
        abouts=[sentence_case(f"{verb} {thing}"), sentence_case(f"{verb} {thing}, given {listed(required)}")],
        arguments=arguments,
        orders=[_invented_order(source, f"{verb} {thing}", phrases, arguments) for _ in range(3)],
        incomplete={
            slot: [_invented_order(source, f"{verb} {thing}", phrases, arguments, forget=slot)] for slot in required
        },
        counter_questions={
            slot: [f"Which {slot}, please?", f"Please tell me the {slot}.", f"I need to know the {slot} first."]
            for slot in required
        },
        outcomes=[_invented_outcome(source, verb, noun, taken=set(phrases)) for _ in range(2)],
        errors=[error.replace("{noun}", noun) for error in _INVENTED_ERRORS],
        invented=True,
    )


def _noun(source: Source) -> str:
    """A noun, at times one that does not exist."""
    if source.chance(0.15):
        return source.draw(lambda: invented_word(source, 2, source.pick(["", "l", "n", "t"])))
    return source.pick(_NOUNS if source.chance(0.75) else _MANY_NOUNS)


def _invented_names(source: Source, verb: str, noun: str) -> list[str]:
    """Names for an invented tool, at times in words that a request does not use."""
    names = [f"{verb}_{noun}", f"{noun}_{verb}", f"{verb}_the_{noun}", f"{verb}_my_{noun}"]
    return names if source.chance(0.85) else [f"tool_{source.between(1, 99)}", f"service_{noun}", f"do_{verb}"]


def _invented_order(
    source: Source, order: str, phrases: dict[str, list[str]], arguments: list[Argument], forget: str | None = None
) -> str:
    """An order with its arguments in any order; what is not required is at times left out."""
    told = [
        argument.slot
        for argument in arguments
        if argument.slot != forget and (argument.required or source.chance(0.6))
    ]
    told = source.sample(told, len(told))
    if source.chance(0.2):
        return ", ".join([order] + [f"{slot} {{{slot}}}" for slot in told])
    return " ".join([order] + [source.pick(phrases[slot]) for slot in told])


def _invented_outcome(source: Source, verb: str, noun: str, taken: set[str]) -> Outcome:
    """One or two fields with names that are not taken, and answers that tell them one after the other."""
    fields, sentences = {}, []
    for names, kind, ways in source.sample(_INVENTED_FIELDS, source.weighted({1: 1, 2: 1})):
        name = source.pick([name for name in names.split() if name not in taken] or ["result"])
        fields[name] = kind
        sentences.append([way.replace("{value}", f"{{{name}}}").replace("{}", name) for way in ways])
    verb_form = "are" if noun in _MANY_NOUNS else "is"
    openings = [""]
    if verb in _ACTIONS:
        openings += [f"The {noun} {verb_form} {_ACTIONS[verb]}. ", "Done. ", "Done! "]
    return Outcome(fields, [source.pick(openings) + " ".join(map(source.pick, sentences)) for _ in range(2)])


_SYSTEM_PROMPTS = _alternatives("""
You are a helpful assistant. | You are a helpful assistant with tools. | Use the tools when they help.
You can call tools. | You help people with small tasks. | Answer in a friendly way and use the tools you have.
You are a home assistant. | Call a tool if you need it. | You are a friendly helper.""")
_ERROR_ANSWERS = _alternatives("""Sorry, that did not work: {error}. | I am sorry, but there was an error: {error}.
That failed: {error}. | I could not do it. The tool says: {error}. | Sorry, I got an error: {error}.
Unfortunately that did not work: {error}.""")
_ERROR_TEXTS = ["error: {}", "Error: {}", "failed: {}"]
_NO_TOOL_ANSWERS = _alternatives("""Sorry, I have no tool for that. | I am sorry, none of my tools can do that.
Sorry, I cannot do that with the tools I have. | I have no tool that could do that, sorry.""")
_THANKS = _alternatives("""Thanks! | Thank you. | thanks | Great, thank you! | thank you very much | Good, thanks.
ok thanks | Perfect! | Very good, thank you.""")
_WELCOMES = _alternatives("""You are welcome! | My pleasure. | Any time! | Glad to help.
You are welcome. Just ask if you need more.""")
_REPLIES = ["{}", "{}", "{}.", "{}, please.", "{} please", "It is {}.", "Make it {}.", "Sorry: {}.", "Let's say {}."]


_EMPTY_WORDS = set("get new add find set the my what where is who do to on off in for about tool service".split())


class _Scene:
    """One conversation as it grows: the tools declared in it and the messages so far."""

    def __init__(self, source: Source):
        self.source = source
        self.declared = _declared_tools(source)
        self.messages: list[Message] = []
        if source.chance(0.3):
            self.say("system", source.pick(_SYSTEM_PROMPTS))

    def say(self, role: str, content: str) -> None:
        self.messages.append(Message(role, content))

    def conversation(self) -> Conversation:
        return Conversation(tuple(self.messages), tuple(declared.schema() for declared in self.declared))

    def ask_for_tool(self) -> tuple[Declared, dict[str, Value], dict]:
        """Adds a request, at times one that forgets an argument and gives it later. The call is still to be made."""
        declared = self.source.pick(self.declared)
        if declared.tool.incomplete and self.source.chance(0.15):
            values = self._ask_in_two_steps(declared)
        else:
            text, values = _request(self.source, declared.tool, _complete_frame)
            self.say("user", text)
        return declared, values, declared.call(values)

    def _ask_in_two_steps(self, declared: Declared) -> dict[str, Value]:
        source, tool = self.source, declared.tool
        forgotten = source.pick(list(tool.incomplete))
        text, values = _request(
            source, tool, lambda source, tool: _as_sentence(source, source.pick(tool.incomplete[forgotten]))
        )
        self.say("user", text)
        spoken_values = {slot: value.spoken for slot, value in values.items()}
        self.say("assistant", fill(source.pick(tool.counter_questions[forgotten]), spoken_values))
        kind = next(argument.kind for argument in tool.arguments if argument.slot == forgotten)
        values[forgotten] = KINDS[kind].make(source)
        self.say("user", source.pick(_REPLIES).format(values[forgotten].spoken))
        return values

    def call_tool(self, declared: Declared, values: dict[str, Value], call: dict) -> Result:
        """Adds the call and its result. The answer is still to be given."""
        self.messages.append(Message("assistant", tool_calls=(call,)))
        result = _result(self.source, declared.tool, values)
        self.say("tool", result.text)
        return result

    def use_tool(self) -> None:
        self.say("assistant", self.call_tool(*self.ask_for_tool()).answer)

    def talk(self, other: OtherTalk) -> None:
        """Adds an exchange that needs no tool."""
        tool_words = self._tool_words()
        while True:
            exchange = other(self.source)
            # A question about the time would ask for `get_time` if that is declared.
            if not tool_words & set(re.findall(r"\w+", exchange.user.lower())):
                break
        self.say("user", exchange.user)
        self.say("assistant", exchange.answer)

    def ask_for_missing_tool(self) -> None:
        """Adds a request for a tool that is not declared."""
        source, tool = self.source, None
        while tool is None or any(_alike(tool, declared.tool) for declared in self.declared):
            invented = source.chance(0.4)
            tool = _invented_tool(source, **_shared_word(source, self.declared)) if invented else source.pick(_TOOLS)
        text, _ = _request(source, tool, _complete_frame)
        self.say("user", text)
        self.say("assistant", source.pick(_NO_TOOL_ANSWERS))

    def _tool_words(self) -> set[str]:
        return set().union(*(_telling_words(declared.tool) for declared in self.declared))

    def give_thanks(self) -> None:
        self.say("user", self.source.pick(_THANKS))
        self.say("assistant", self.source.pick(_WELCOMES))


def _telling_words(tool: Tool) -> set[str]:
    """The words in the names of a tool that tell what it is about."""
    return set(" ".join([tool.topic, *tool.names]).replace("_", " ").split()) - _EMPTY_WORDS


def _declared_tools(source: Source) -> list[Declared]:
    """One to three tools with different names; invented ones at times share a verb or a noun."""
    wanted, tools = source.weighted({1: 4, 2: 4, 3: 3}), []
    while len(tools) < wanted:
        declared = _declared(source, tools)
        if all(not _alike(declared.tool, earlier.tool) for earlier in tools):
            tools.append(declared)
    return tools


def _alike(one: Tool, other: Tool) -> bool:
    """Whether a request for one of the tools could also mean the other. Invented tools may share a verb or a noun."""
    if not (one.invented and other.invented):
        return bool(_telling_words(one) & _telling_words(other))
    return one.topic == other.topic or bool(set(one.names) & set(other.names))


def _declared(source: Source, earlier: list[Declared]) -> Declared:
    """A tool under a name of this side of the split."""
    drawn = {}

    def make() -> str:
        if source.chance(0.5):
            drawn["tool"] = tool = source.pick(_TOOLS)
        else:
            drawn["tool"] = tool = _invented_tool(source, **_shared_word(source, earlier))
        drawn["name"] = source.pick(tool.names)
        drawn["arguments"] = {argument.slot: source.pick(argument.names) for argument in tool.arguments}
        return f"{drawn['name']}({', '.join(drawn['arguments'].values())})"

    source.draw(make)
    tool, arguments = drawn["tool"], drawn["arguments"]
    if len(set(arguments.values())) < len(arguments):
        # Two arguments happened to get the same name.
        return _declared(source, earlier)
    return Declared(tool, drawn["name"], source.pick(tool.abouts), arguments)


def _shared_word(source: Source, earlier: list[Declared]) -> dict[str, str]:
    """The verb or the noun of an earlier invented tool, for one that is easy to take for it."""
    for declared in earlier:
        if declared.tool.invented and source.chance(0.5):
            verb, noun = declared.tool.topic.split()
            return {"noun": noun} if source.chance(0.5) else {"verb": verb}
    return {}


def _complete_frame(source: Source, tool: Tool) -> str:
    """The frame of a request that names every argument."""
    if tool.questions and source.chance(0.45):
        return source.pick(tool.questions)
    return ordered(source, source.pick(tool.orders))


def _as_sentence(source: Source, frame: str) -> str:
    """A frame of the table as it is, an order of an invented tool as a sentence."""
    return frame if frame[-1] in ".?!\"" else ordered(source, frame)


def _request(
    source: Source, tool: Tool, make_frame: Callable[[Source, Tool], str]
) -> tuple[str, dict[str, Value]]:
    """A request of this side of the split, and the values that it names."""
    values: dict[str, Value] = {}

    def make() -> str:
        frame = make_frame(source, tool)
        values.clear()
        for argument in tool.arguments:
            if argument.slot in slots(frame):
                values[argument.slot] = KINDS[argument.kind].make(source)
        told = {slot: value.spoken for slot, value in values.items()}
        # Nobody asks for the way from a city to itself.
        return fill(typed(source, frame), told) if len(set(told.values())) == len(told) else make()

    return source.draw(make), values


def _result(source: Source, tool: Tool, values: dict[str, Value]) -> Result:
    """What the tool may return for these arguments."""
    known = {slot: value.spoken for slot, value in values.items()}
    if source.chance(0.12):
        return _failure(source, tool, known)
    outcome = source.pick(tool.outcomes)
    returned = {
        name: KINDS[kind].make(source) if kind in KINDS else Value(kind, kind) for name, kind in outcome.fields.items()
    }
    content = {name: value.plain for name, value in returned.items()}
    told = {name: value.spoken for name, value in returned.items()}
    if "status" not in content and source.chance(0.1):
        content = {"status": source.pick(["ok", "done"])} | content
    keys = [told[name] for name, kind in outcome.fields.items() if kind in KINDS and KINDS[kind].type != "array"]
    for value in returned.values():
        keys += value.plain if isinstance(value.plain, list) else []
    # A field of the result has the last word where an argument has the same slot.
    usable = [answer for answer in outcome.answers if slots(answer) <= known.keys() | told.keys()]
    answer = sentence_case(fill(source.pick(usable), known | told))
    # Only of a known tool can one tell what a lone value is.
    if len(content) == 1 and not tool.invented and source.chance(0.12):
        return Result(spoken(*content.values()), answer, tuple(keys))
    return Result(_written(source, content), answer, tuple(keys))


def _failure(source: Source, tool: Tool, known: dict[str, str]) -> Result:
    """An error and how the assistant reports it."""
    error = fill(source.pick([error for error in tool.errors if slots(error) <= known.keys()]), known)
    as_json = json.dumps({"error": error}, ensure_ascii=False)
    text = as_json if source.chance(0.4) else source.pick(_ERROR_TEXTS).format(error)
    return Result(text, source.pick(_ERROR_ANSWERS).format(error=error), error=error)


def _written(source: Source, content: dict) -> str:
    """A result as a tool writes it: mostly JSON, else plain text."""
    if source.chance(0.6):
        return json.dumps(content, ensure_ascii=False)
    pair, joiner = source.pick([("{}: {}", ", "), ("{}: {}", "\n"), ("{} = {}", "; "), ("{}: {}", "; ")])
    return joiner.join(pair.format(name, spoken(value)) for name, value in content.items())


def conversation(source: Source, other: OtherTalk) -> Conversation:
    """A conversation with one to three tools; `other` yields talk that needs none."""
    scene = _Scene(source)
    shape = source.weighted(
        {"once": 52, "twice": 14, "talk first": 8, "talk after": 8, "thanks": 6, "only talk": 7, "no such tool": 5}
    )
    if shape in ("talk first", "only talk"):
        scene.talk(other)
    if shape in ("once", "twice", "talk first", "talk after", "thanks"):
        scene.use_tool()
    if shape == "twice":
        scene.use_tool()
    if shape == "talk after":
        scene.talk(other)
    if shape == "thanks":
        scene.give_thanks()
    if shape == "no such tool":
        scene.ask_for_missing_tool()
    return scene.conversation()


_CALL = re.compile(r"<tool_call>(.*?)</tool_call>", re.DOTALL)
_FAILURE_WORD = re.compile(r"sorry|error|fail|wrong|unfortunately|could not|cannot|n't\b|\bno\b|\bnot\b", re.IGNORECASE)


def judge_call(expected: dict) -> Callable[[str], str | None]:
    """A judge who wants one call of the expected tool with exactly the expected arguments."""

    def judge(answer: str) -> str | None:
        calls = _CALL.findall(answer)
        if len(calls) != 1:
            return f"{len(calls)} tool calls instead of one"
        try:
            call = json.loads(calls[0])
        except ValueError:
            return "the tool call is not JSON"
        return None if same_json(call, expected) else f"called {call} instead of {expected}"

    return judge


def judge_answer(result: Result) -> Callable[[str], str | None]:
    """A judge who wants the values of the result, or its error, told in words."""

    def judge(answer: str) -> str | None:
        if "tool_call>" in answer:
            return "a tool call instead of an answer"
        if result.error is not None and not _FAILURE_WORD.search(answer):
            return "does not say that it failed"
        words = result.key_values if result.error is None else re.findall(r"\w{3,}", result.error)
        missing = [word for word in words if not mentions(answer, word)]
        return f"does not tell {', '.join(missing)}" if missing else None

    return judge


def judge_no_call(answer: str) -> str | None:
    """A judge who wants any answer without a tool call."""
    if "tool_call>" in answer:
        return "a tool call where no tool fits"
    return None if answer.strip() else "no answer"


def cases(source: Source, other: OtherTalk) -> Iterator[Case]:
    """Endless cases: calls to be made, results to be told, and now and then a request that no tool fits."""
    while True:
        scene = _Scene(source)
        kind = source.weighted({"call": 9, "answer": 9, "none": 2})
        if kind == "none":
            if source.chance(0.3):
                scene.ask_for_missing_tool()
            else:
                scene.talk(other)
            scene.messages.pop()
            judge = judge_no_call
        else:
            declared, values, call = scene.ask_for_tool()
            judge = judge_call(call)
            if kind == "answer":
                judge = judge_answer(scene.call_tool(declared, values, call))
        yield Case("tools", judge, scene.conversation(), note={"kind": kind})
