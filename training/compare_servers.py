"""Asks two servers the same held-out prompts, greedily, and prints where their answers differ.

    python3 compare_servers.py http://127.0.0.1:8080/v1 http://127.0.0.1:8081/v1 --per-skill 20

Meant for this program and llama.cpp's `llama-server --jinja` on the same file.
"""

from __future__ import annotations

import argparse

from evaluate import Server, cases


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("urls", nargs=2)
    parser.add_argument("--model", default="parlance-tiny")
    parser.add_argument("--per-skill", type=int, default=20)
    options = parser.parse_args()
    first, second = (Server(url, options.model, temperature=0.0, seed=1) for url in options.urls)
    drawn = cases(seed=3, per_skill=options.per_skill)
    same = 0
    for case in drawn:
        ours, theirs = first.answer(case), second.answer(case)
        if ours == theirs:
            same += 1
        else:
            print(f"{case.skill}: {ours!r}\n{' ' * len(case.skill)}  {theirs!r}")
    print(f"{same} of {len(drawn)} answers are the same")


if __name__ == "__main__":
    main()
