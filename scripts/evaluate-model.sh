#!/usr/bin/env bash
# Starts the program with its embedded model (or with the options given) and prints its marks on held-out prompts.
#   scripts/evaluate-model.sh [--model FILE …]     PER_SKILL=100 TEMPERATURE=0 FAILURES=file.jsonl
set -euo pipefail
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
said="$(mktemp)"
"$root/parlance" serve --port 0 --name evaluated --parallel 8 "$@" > "$said" &
server=$!
trap 'kill "$server" 2> /dev/null || true; wait "$server" || true; rm -f "$said"' EXIT
until url="$(grep -o -m 1 'http://[^ ]*/v1' "$said")"; do
  kill -0 "$server" || exit 1
  sleep 0.1
done
python3 "$root/training/evaluate.py" --url "$url" --model evaluated --parallel 8 --per-skill "${PER_SKILL:-100}" \
  --temperature "${TEMPERATURE:-0}" ${FAILURES:+--failures "$FAILURES"}
