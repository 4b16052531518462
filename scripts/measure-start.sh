#!/usr/bin/env bash
# Measures how long `parlance serve` takes from the start of the process to the first token of a first chat request.
#   scripts/measure-start.sh [--runs N] [--no-archive] [OPTION…]     options of serve, such as --model FILE
# Prints per run, and as medians, the milliseconds until the port answers (listening), until /health says ok (ready)
# and until the first text of a streamed answer (first token). --no-archive takes the archive of classes away before
# every run, which is how a copy of the program starts for the first time. Needs bash 5.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
runs=7
archive=true
while [[ $# -gt 0 ]]; do
  case "$1" in
    --runs) runs="$2"; shift 2 ;;
    --no-archive) archive=false; shift ;;
    *) break ;;
  esac
done
body='{"stream": true, "max_tokens": 8, "messages": [{"role": "user", "content": "Hello, my name is Anna."}]}'
log="$(mktemp)"
server=''
trap '[[ -z "$server" ]] || kill "$server" 2>/dev/null || true; rm -f "$log"' EXIT

millis() { # SINCE -> whole milliseconds from that $EPOCHREALTIME to now
  local now="${EPOCHREALTIME/[.,]/}" since="${1/[.,]/}"
  echo $(((now - since) / 1000))
}

connect() { # opens the server's port as descriptor 3
  { exec 3<>"/dev/tcp/127.0.0.1/$port"; } 2>/dev/null
}

# Polls are short because what they use of the CPU is missing in what is measured.
await() { # COMMAND…; until it succeeds
  until "$@"; do
    if ! kill -0 "$server" 2>/dev/null; then
      echo "parlance serve ended early:" >&2
      cat "$log" >&2
      exit 1
    fi
    read -r -t 0.005 <> <(:) || true
  done
}

is_ready() {
  local status=''
  connect || return 1
  printf 'GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n' >&3
  read -r status <&3 || true
  exec 3>&-
  [[ "$status" == *' 200 '* ]]
}

await_text() {
  local line=''
  connect
  printf 'POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: %s\r\n\r\n%s' \
    "${#1}" "$1" >&3
  while read -r -t 60 line <&3; do
    if [[ "$line" == *'"content":"'?* && "$line" != *'"content":""'* ]]; then
      exec 3>&-
      return
    fi
    if [[ "$line" == *'"error"'* ]]; then break; fi
  done
  echo "no text came; the last line: $line" >&2
  exit 1
}

median() { # NUMBER…
  printf '%s\n' "$@" | sort -n | sed -n "$((($# + 1) / 2))p"
}

./parlance --version >/dev/null 2>&1 # builds the program where that has not been done
listening=() ready=() text=()
for ((run = 1; run <= runs; run++)); do
  if [[ "$archive" == false ]]; then rm -f app/target/parlance-serve-*; fi
  port=$((20000 + RANDOM % 20000))
  began="$EPOCHREALTIME"
  ./parlance serve --accept-any-model --port "$port" "$@" >"$log" 2>&1 &
  server=$!
  await connect
  listening+=("$(millis "$began")")
  exec 3>&-
  await is_ready
  ready+=("$(millis "$began")")
  await_text "${body/\{/{\"model\": \"any\", }"
  text+=("$(millis "$began")")
  kill "$server"
  wait "$server" || true
  server=''
  echo "listening ${listening[-1]}, ready ${ready[-1]}, first token ${text[-1]} ms"
done
echo "median of $runs: listening $(median "${listening[@]}"), ready $(median "${ready[@]}"), first token $(median "${text[@]}") ms"
