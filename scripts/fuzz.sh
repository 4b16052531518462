#!/bin/sh
# Fuzzes: scripts/fuzz.sh [TARGET [MINUTES]]
#
# TARGET is a class such as JsonFuzzTest; without one, all are listed. What is found lands in
# src/test/resources beside the tests, where every test run tries it again: mend it, then commit it.
# What was reached is kept in .cifuzz-corpus, and the next run goes on from there.
set -eu
cd "$(dirname "$0")/.."

file_of() {
    find engine server app -path '*/src/test/java/*' -name "$1.java"
}

if [ $# -eq 0 ]; then
    echo "Usage: scripts/fuzz.sh TARGET [MINUTES]; targets are"
    file_of '*FuzzTest' | sed 's|.*/||; s|\.java$||' | sort
    exit 0
fi
target=$1
minutes=${2:-1}
module=$(file_of "$target" | cut -d/ -f1)
if [ -z "$module" ]; then
    echo "there is no target '$target'; scripts/fuzz.sh lists them" >&2
    exit 2
fi

# Tests connect to their own server, which Jazzer would take for a finding.
own_connections=com.code_intelligence.jazzer.sanitizers.ServerSideRequestForgery

# The modules it needs come first and are not tested: they have no class of this name.
JAZZER_FUZZ=1 exec ./mvnw --quiet --projects "$module" --also-make \
    -Dtest="$target" -Dsurefire.failIfNoSpecifiedTests=false \
    -Djazzer.hooks=true -Djazzer.max_duration="${minutes}m" -Djazzer.instrument='dev.parlance.**' \
    -Djazzer.disabled_hooks="$own_connections" \
    test-compile surefire:test@default-test
