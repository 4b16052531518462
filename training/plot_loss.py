"""Draws the loss curve of a training as an SVG picture, with the standard library alone.

    python3 plot_loss.py out/log.jsonl loss.svg
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

WIDTH, HEIGHT = 760, 420
LEFT, RIGHT, TOP, BOTTOM = 56, 150, 24, 48
COLOURS = ("#4269d0", "#efb118", "#ff725c", "#6cc5b0", "#3ca951", "#ff8ab7", "#a463f2", "#97bbf5", "#9c6b4e")

Point = tuple[float, float]


def curves(log: Path) -> dict[str, list[Point]]:
    """Loss over millions of tokens: of training, and of the held-out documents by kind."""
    result: dict[str, list[Point]] = {"training": []}
    for entry in map(json.loads, log.read_text().splitlines()):
        tokens = entry["tokens"] / 1e6
        result["training"].append((tokens, entry["loss"]))
        for kind, loss in entry.get("held_out", {}).items():
            result.setdefault(f"held out: {kind}", []).append((tokens, loss))
    return result


def picture(lines: dict[str, list[Point]], highest: float) -> str:
    most = max(x for points in lines.values() for x, _ in points)

    def place(x: float, y: float) -> str:
        across = LEFT + x / most * (WIDTH - LEFT - RIGHT)
        down = TOP + (1 - min(y, highest) / highest) * (HEIGHT - TOP - BOTTOM)
        return f"{across:.1f},{down:.1f}"

    parts = []
    for step in range(6):
        y = highest * step / 5
        parts.append(f'<polyline points="{place(0, y)} {place(most, y)}" stroke="#ddd" fill="none"/>')
        parts.append(_label(LEFT - 8, float(place(0, y).split(",")[1]) + 4, f"{y:.1f}", "end"))
        x = most * step / 5
        parts.append(_label(float(place(x, 0).split(",")[0]), HEIGHT - BOTTOM + 18, f"{x:.1f}", "middle"))
    parts.append(_label((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 8, "million tokens trained on", "middle"))
    parts.append(_label(LEFT, 14, "loss, nats per token", "start"))
    for number, (name, points) in enumerate(lines.items()):
        colour = "#222" if name == "training" else COLOURS[(number - 1) % len(COLOURS)]
        path = " ".join(place(x, y) for x, y in points)
        parts.append(f'<polyline points="{path}" stroke="{colour}" stroke-width="1.6" fill="none"/>')
        parts.append(_label(WIDTH - RIGHT + 12, TOP + 12 + 18 * number, name, "start", colour))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" '
        f'font-family="sans-serif" font-size="12"><rect width="100%" height="100%" fill="white"/>{"".join(parts)}</svg>\n'
    )


def _label(x: float, y: float, text: str, anchor: str, colour: str = "#444") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}">{text}</text>'


def main() -> None:
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    log, target = map(Path, sys.argv[1:])
    target.write_text(picture(curves(log), highest=2.5))


if __name__ == "__main__":
    main()
