"""Compares chat_template.jinja, rendered by the program, with chat_format.py, on conversations of the corpus.

    python3 check_template.py --program ../parlance
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from itertools import islice
from pathlib import Path

from chat_format import BEGIN, prompt_text
from corpus.core import TEST, Conversation, Message, Source
from corpus.mixture import documents

CONVERSATIONS = 500


def wire(message: Message) -> dict:
    """A message as a chat API has it."""
    result: dict = {"role": message.role, "content": message.content}
    if message.tool_calls:
        result["tool_calls"] = [{"type": "function", "function": call} for call in message.tool_calls]
    return result


def variables(conversation: Conversation) -> dict:
    """What the program gives to a template."""
    return {
        "messages": [wire(message) for message in conversation.messages],
        "tools": [{"type": "function", "function": tool} for tool in conversation.tools] or None,
        "add_generation_prompt": True,
        "bos_token": BEGIN,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default="../parlance")
    options = parser.parse_args()
    drawn = (document for _, document in documents(Source("template", TEST)) if isinstance(document, Conversation))
    conversations = list(islice(drawn, CONVERSATIONS))
    rendered = subprocess.run(
        [options.program, "template", "--jsonl", "--template", Path(__file__).parent / "chat_template.jinja"],
        input="".join(json.dumps(variables(conversation)) + "\n" for conversation in conversations),
        capture_output=True,
        text=True,
        check=True,
    )
    lines = [json.loads(line) for line in rendered.stdout.splitlines()]
    if len(lines) != len(conversations):
        sys.exit(f"{len(conversations)} conversations, but {len(lines)} lines came back")
    for conversation, line in zip(conversations, lines):
        if line.get("text") != prompt_text(conversation):
            sys.exit(f"different:\n{prompt_text(conversation)!r}\n{line!r}")
    print(f"{len(conversations)} conversations, rendered the same by both")


if __name__ == "__main__":
    main()
