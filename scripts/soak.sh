#!/usr/bin/env bash
# Shows that many streams at a time lose nothing, and that hours of clients who come and go leave nothing behind.
#   scripts/soak.sh MINUTES [--streams N] [--seed N] [OPTION…]     options of serve, such as --model FILE
# First N streams (default 1000) are open at a time and all must reach their end; then, for so many minutes (0: not at all),
# 50 clients ask one request after the other and leave a third of them at random points. After that, threads, file
# handles, the blocks of the KV cache in use and the heap after a collection, without the blocks that are kept on purpose, must be
# where they were before.
# Ends with 1 if something was lost or left. Needs Linux (/proc) and curl.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
minutes="${1:?minutes of the soak; 0 for the open streams alone}"
shift
streams=1000
seed=1
while [[ $# -gt 0 ]]; do
  case "$1" in
    --streams) streams="$2"; shift 2 ;;
    --seed) seed="$2"; shift 2 ;;
    *) break ;;
  esac
done
clients=50
. scripts/find-jdk.sh
jdk="$(find_jdk)"
port=$((20000 + RANDOM % 20000))
url="http://127.0.0.1:$port"
log="$(mktemp)"
server=''
trap '[[ -z "$server" ]] || kill "$server" 2>/dev/null || true; rm -f "$log"' EXIT

fail() {
  echo "$1; the server's last lines:" >&2
  tail -n 20 "$log" >&2
  exit 1
}

metric() { # NAME -> its number
  curl -s "$url/metrics" | awk -v name="parlance_$1{" 'index($0, name) == 1 { print $2 }'
}

await_idle() {
  for ((i = 0; i < 300; i++)); do
    if [[ "$(metric requests_running)$(metric requests_waiting)" == 00 ]]; then return; fi
    sleep 0.2
  done
  fail "requests still run a minute after the last client left"
}

cpu_ticks() { awk '{ sub(/.*\) /, ""); print $12 + $13 }' "/proc/$server/stat"; }
status() { awk -v name="$1:" '$1 == name { print $2 }' "/proc/$server/status"; } # NAME of /proc's status
handles() { find "/proc/$server/fd" -mindepth 1 2>/dev/null | wc -l; }

heap_kib() { # after a collection, without blocks that are kept in case a prompt begins so
  local used cache
  "$jdk/bin/jcmd" "$server" GC.run >/dev/null
  used="$("$jdk/bin/jcmd" "$server" GC.heap_info | sed -n 's/.*used \([0-9]*\)K.*/\1/p' | head -n 1)"
  cache="$(sed -n 's/.*keys and values of .* in at most \([0-9]*\) MiB.*/\1/p' "$log")"
  echo $((used - $(metric kv_blocks_kept) * cache * 1024 / $(metric kv_blocks)))
}

run_clients() { # ARGUMENT…; shows what came of them and what CPU an event took
  local ticks result events
  ticks="$(cpu_ticks)"
  result="$("$jdk/bin/java" scripts/StreamClients.java "$@")" || { echo "$result"; fail "streams were lost"; }
  echo "$result"
  events="${result##*events }"
  echo "CPU of the server per event, inference included: $((($(cpu_ticks) - ticks) * 1000000 / $(getconf CLK_TCK) / events)) µs"
  await_idle
}

snapshot() { # names and numbers of what must not grow
  sleep 15 # idle connections and carrier threads are let go of
  threads="$(status Threads)" files="$(handles)" heap="$(heap_kib)" blocks="$(metric kv_blocks_used)"
  echo "$1: $threads threads, $files file handles, heap $((heap / 1024)) MiB beside $(metric kv_blocks_kept) kept blocks, $blocks blocks in use, most memory $(($(status VmHWM) / 1024)) MiB"
}

./parlance --version >/dev/null 2>&1 # builds the program where that has not been done
./parlance serve --accept-any-model --port "$port" --parallel 32 --queue-requests "$((streams + clients))" \
  --queue-tokens 1000000 "$@" >"$log" 2>&1 &
server=$!
until curl -sf "$url/health" >/dev/null; do
  kill -0 "$server" 2>/dev/null || fail "parlance serve ended early"
  sleep 0.2
done

run_clients open "$url" "$streams"
if [[ "$minutes" == 0 ]]; then exit 0; fi
run_clients soak "$url" "$clients" 20 "$((seed + 1000000))" # what is made once is made before the comparison
snapshot before
threads_before="$threads" files_before="$files" heap_before="$heap"
run_clients soak "$url" "$clients" "$((minutes * 60))" "$seed"
snapshot after
((threads <= threads_before + 4)) || fail "threads grew from $threads_before to $threads"
((files <= files_before + 8)) || fail "file handles grew from $files_before to $files"
((heap <= heap_before + 32 * 1024)) || fail "the heap grew from $heap_before to $heap KiB"
((blocks == 0)) || fail "$blocks blocks are still in use"
echo "nothing was lost, nothing was left behind"
