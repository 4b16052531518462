"""How a conversation becomes the text that the model sees. The same as chat_template.jinja, which `check_template.py` proves.

A rendered document is a list of pieces, each with a weight: how much the model is to learn from it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from corpus.core import Conversation, Document, Message, Text

BEGIN = "<|startoftext|>"
END_OF_TEXT = "<|endoftext|>"
TURN_START = "<|im_start|>"
TURN_END = "<|im_end|>"

# Never produced from a user's text.
CONTROL_TOKENS = (END_OF_TEXT, BEGIN, TURN_START, TURN_END)
# Ordinary text to a client, one token to the model.
MARKUP_TOKENS = ("<tools>", "</tools>", "<tool_call>", "</tool_call>", "<think>", "</think>")

# What others say is there to be understood; imitating it teaches a little language and costs capacity.
ANSWER, PROMPT = 1.0, 0.1


@dataclass(frozen=True)
class Piece:
    """A stretch of text, special tokens written out, and its weight in the loss."""

    text: str
    weight: float


def declaration(tool: dict) -> str:
    """One line for one tool: `get_weather(city: string, unit?: celsius|fahrenheit): Get the weather.`"""
    parameters = tool.get("parameters") or {}
    required = parameters.get("required") or []
    arguments = ", ".join(
        name + ("" if name in required else "?") + ": " + ("|".join(schema.get("enum", ())) or schema.get("type", "any"))
        for name, schema in (parameters.get("properties") or {}).items()
    )
    description = ": " + tool["description"] if tool.get("description") else ""
    return f"{tool['name']}({arguments}){description}"


def call_text(call: dict) -> str:
    """A tool call as the model writes it."""
    return "<tool_call>\n" + json.dumps({"name": call["name"], "arguments": call["arguments"]}, ensure_ascii=False) + "\n</tool_call>"


def _answer_text(message: Message) -> str:
    parts = ([message.content] if message.content else []) + [call_text(call) for call in message.tool_calls]
    return "\n".join(parts)


def _turn(role: str, text: str) -> list[Piece]:
    if role == "assistant":
        return [Piece(f"{TURN_START}assistant\n", 0.0), Piece(text + TURN_END, ANSWER), Piece("\n", 0.0)]
    return [Piece(f"{TURN_START}{role}\n", 0.0), Piece(text + TURN_END, PROMPT), Piece("\n", 0.0)]


def pieces(document: Document, open_answer: bool = False) -> list[Piece]:
    """The text of a document. With `open_answer` it ends where the assistant begins to write."""
    if isinstance(document, Text):
        return [Piece(BEGIN, 0.0), Piece(document.text + END_OF_TEXT, ANSWER)]
    result = [Piece(BEGIN, 0.0)]
    messages = list(document.messages)
    system = messages.pop(0).content if messages and messages[0].role == "system" else ""
    if document.tools:
        tools = "<tools>\n" + "".join(declaration(tool) + "\n" for tool in document.tools) + "</tools>"
        system = f"{system}\n{tools}" if system else tools
    if system:
        result += _turn("system", system)
    for message in messages:
        result += _turn(message.role, _answer_text(message) if message.role == "assistant" else message.content)
    if open_answer:
        result.append(Piece(f"{TURN_START}assistant\n", 0.0))
    return result


def prompt_text(conversation: Conversation) -> str:
    """The prompt for the assistant's next message, special tokens written out."""
    return "".join(piece.text for piece in pieces(conversation, open_answer=True))
