#!/bin/sh
# Formats all Java sources, or with --check fails when one is not formatted. The formatter's jars are put into
# target/formatter by the build (see pom.xml).
set -eu
cd "$(dirname "$0")/.."
. scripts/find-jdk.sh
jdk="$(find_jdk)"
case "${1:-}" in
  --check) mode="--dry-run --set-exit-if-changed" ;;
  '') mode="--replace" ;;
  *) echo "usage: scripts/format.sh [--check]" >&2; exit 2 ;;
esac
find engine server app contract-tests bench -name '*.java' -path '*/src/*' > target/formatter/sources
exports=""
for package in api code file parser tree util; do
  exports="$exports --add-exports=jdk.compiler/com.sun.tools.javac.$package=ALL-UNNAMED"
done
# shellcheck disable=SC2086
if ! "$jdk/bin/java" $exports -cp 'target/formatter/*' com.google.googlejavaformat.java.Main --aosp $mode @target/formatter/sources; then
  echo "The files above are not formatted; run: make format" >&2
  exit 1
fi
