# Finds a JDK 25 or newer and prints its folder; sourced by the scripts of this repository.
# Looks at PARLANCE_JAVA_HOME, JAVA_HOME, the java on PATH, then the usual folders.
# If there is none: one sentence on stderr, exit status 1.

# Without other programs, each of which would cost every start some milliseconds.
is_jdk_25() { # FOLDER
  [ -n "$1" ] && [ -x "$1/bin/java" ] && [ -x "$1/bin/javac" ] && [ -r "$1/release" ] || return 1
  while IFS='=' read -r key value; do
    if [ "$key" = JAVA_VERSION ]; then
      value="${value#\"}"
      [ "${value%%[!0-9]*}" -ge 25 ] 2>/dev/null
      return
    fi
  done <"$1/release"
  return 1
}

find_jdk() {
  if [ -n "${PARLANCE_JAVA_HOME:-}" ]; then
    if ! is_jdk_25 "$PARLANCE_JAVA_HOME"; then
      echo "PARLANCE_JAVA_HOME is '$PARLANCE_JAVA_HOME', which is not the folder of a JDK 25 or newer." >&2
      return 1
    fi
    echo "$PARLANCE_JAVA_HOME"
    return 0
  fi
  path_java="$(command -v java || true)"
  if [ -n "$path_java" ]; then
    path_java="$(readlink -f "$path_java")"
    path_java="${path_java%/bin/java}"
  fi
  for folder in "${JAVA_HOME:-}" "$path_java" \
    /usr/lib/jvm/* /usr/java/* /opt/java/* /opt/jdk* /usr/local/openjdk* \
    "${HOME:-}"/.sdkman/candidates/java/* "${HOME:-}"/.jdks/* \
    /opt/homebrew/opt/openjdk*/libexec/openjdk.jdk/Contents/Home \
    /usr/local/opt/openjdk*/libexec/openjdk.jdk/Contents/Home \
    /Library/Java/JavaVirtualMachines/*/Contents/Home; do
    if is_jdk_25 "$folder"; then
      echo "$folder"
      return 0
    fi
  done
  echo "Parlance needs a JDK 25 or newer and found none: install one (for example Eclipse Temurin 25) or set PARLANCE_JAVA_HOME to its folder." >&2
  return 1
}
