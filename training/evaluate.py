"""Asks a running server held-out prompts and prints how many answers are right, per skill, with 95 % intervals.

    python3 evaluate.py --url http://127.0.0.1:8080/v1 --per-skill 100

Needs nothing but Python. Works with any OpenAI-compatible server; prompts with tools go to /completions as rendered
text, so that a server that cannot take `tools` yet can be asked as well.
"""

from __future__ import annotations

import argparse
import json
import urllib.request
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from chat_format import prompt_text
from corpus import memory, mixture, objects, prose, skills, talk, tones, tools
from corpus.core import TEST, Case, Source

# What the model is meant to reach, per row of the table.
GOALS = {
    "complete": 0.95,
    "chat": 0.95,
    "unknown": 0.95,
    "remember, up to 3 turns": 0.95,
    "remember, up to 6 turns": 0.90,
    "tone": 0.95,
    "skill": 0.85,
    "tools": 0.90,
    "json": 0.90,
}


@dataclass(frozen=True)
class Result:
    """A case, what came back, and what was wrong with it, if anything."""

    case: Case
    answer: str
    problem: str | None


def cases(seed: int, per_skill: int) -> list[Case]:
    """The held-out prompts: `per_skill` of each skill, twice as many where a skill has many kinds."""
    openings = prose.cases(Source(f"{seed}:prose", TEST))
    streams: list[tuple[Iterator[Case], int]] = [
        # Shorter openings, such as "Once upon a time", begin texts of both sides.
        ((case for case in openings if case.note["held out"]), per_skill),
        (talk.cases(Source(f"{seed}:talk", TEST)), 2 * per_skill),
        (memory.cases(Source(f"{seed}:memory", TEST), mixture.other), 2 * per_skill),
        (tones.cases(Source(f"{seed}:tones", TEST)), per_skill),
        (skills.cases(Source(f"{seed}:skills", TEST)), 2 * per_skill),
        (tools.cases(Source(f"{seed}:tools", TEST), mixture.other), per_skill),
        (objects.cases(Source(f"{seed}:objects", TEST)), per_skill),
    ]
    return [case for stream, count in streams for case in islice(stream, count)]


class Server:
    """An OpenAI-compatible server and the model to ask there."""

    def __init__(self, url: str, model: str, temperature: float, seed: int):
        self.url = url.rstrip("/")
        self.model = model
        self.settings = {"model": model, "temperature": temperature, "seed": seed}

    def answer(self, case: Case) -> str:
        if case.conversation is None:
            return self._complete(case.prompt, case.max_tokens)
        if case.conversation.tools:
            return self._complete(prompt_text(case.conversation), case.max_tokens, add_special_tokens=False)
        messages = [{"role": message.role, "content": message.content} for message in case.conversation.messages]
        body = {"messages": messages, "max_tokens": case.max_tokens}
        return self._post("/chat/completions", body)["choices"][0]["message"]["content"] or ""

    def _complete(self, prompt: str, max_tokens: int, **more) -> str:
        return self._post("/completions", {"prompt": prompt, "max_tokens": max_tokens, **more})["choices"][0]["text"]

    def _post(self, path: str, body: dict) -> dict:
        data = json.dumps(self.settings | body).encode()
        request = urllib.request.Request(self.url + path, data, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=120) as response:
            return json.load(response)


def rows_of(case: Case) -> list[str]:
    """The rows of the table that a case counts for: its skill, and its kind within the skill."""
    match case.note:
        case {"turns": turns}:
            return ["remember, up to 3 turns" if turns <= 3 else "remember, 4 to 6 turns", "remember, up to 6 turns"]
        case {"kind": kind}:
            return [case.skill, f"{case.skill}: {kind}"]
    return [case.skill]


def interval(right: int, count: int) -> tuple[float, float]:
    """Wilson's 95 % interval of a share."""
    z = 1.96
    share = right / count
    centre = (share + z * z / (2 * count)) / (1 + z * z / count)
    half = z * (share * (1 - share) / count + z * z / (4 * count * count)) ** 0.5 / (1 + z * z / count)
    return centre - half, centre + half


def table(results: list[Result]) -> str:
    rows: defaultdict[str, list[bool]] = defaultdict(list)
    for result in results:
        for row in rows_of(result.case):
            rows[row].append(result.problem is None)
    lines = ["| skill | right | of | share | 95 % interval | goal |", "|---|--:|--:|--:|---|--:|"]
    for row, marks in sorted(rows.items()):
        right, count = sum(marks), len(marks)
        low, high = interval(right, count)
        goal = f"{GOALS[row]:.0%}" if row in GOALS else ""
        lines.append(f"| {row} | {right} | {count} | {right / count:.1%} | {low:.1%} – {high:.1%} | {goal} |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--url", default="http://127.0.0.1:8080/v1")
    parser.add_argument("--model", default="parlance-tiny")
    parser.add_argument("--per-skill", type=int, default=100)
    parser.add_argument("--temperature", type=float, default=0.0)
    parser.add_argument("--seed", type=int, default=2, help="chooses the prompts, and the draws of the server")
    parser.add_argument("--parallel", type=int, default=4, help="requests at a time")
    parser.add_argument("--failures", type=Path, help="file for the wrong answers, one JSON object a line")
    options = parser.parse_args()
    server = Server(options.url, options.model, options.temperature, options.seed)

    def ask(case: Case) -> Result:
        answer = server.answer(case)
        return Result(case, answer, case.judge(answer))

    with ThreadPoolExecutor(options.parallel) as pool:
        results = list(pool.map(ask, cases(options.seed, options.per_skill)))
    print(f"{len(results)} held-out prompts, temperature {options.temperature}, seed {options.seed}\n")
    print(table(results))
    if options.failures:
        with options.failures.open("w") as file:
            for result in results:
                if result.problem is not None:
                    prompt = result.case.prompt or prompt_text(result.case.conversation)
                    record = {"rows": rows_of(result.case), "prompt": prompt, "answer": result.answer, "problem": result.problem}
                    file.write(json.dumps(record, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
