# Sets JAVA_HOME to a JDK 25 or newer, for the scripts that source this file: mvnw, ingest, .ci/run.
# Order: JAVA_HOME, the java on PATH, then the usual places, where 25 goes before anything newer.
# With none found, says so on stderr and returns 1. Sets JDK_21_HOME as well, if there is a JDK 21. POSIX sh.

# The feature version of the JDK in folder $1, as 25 for 25.0.1; 0 when there is none.
withal_jdk_version() {
  withal_version=
  if [ -x "$1/bin/java" ] && [ -x "$1/bin/javac" ]; then
    if [ -r "$1/release" ]; then
      withal_version=$(sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release")
    else
      withal_version=$("$1/bin/java" -version 2>&1 | sed -n 's/.* version "\([0-9]*\).*/\1/p')
    fi
  fi
  echo "${withal_version:-0}"
}

withal_find_jdk() {
  if [ "$(withal_jdk_version "${JAVA_HOME-}")" -ge 25 ]; then
    return 0
  fi

  # Asked for its home, because /usr/bin/java may be a link, a shim or a stub.
  withal_jdk=$(java -XshowSettings:properties -version 2>&1 | sed -n 's/^ *java\.home = //p')
  if [ "$(withal_jdk_version "$withal_jdk")" -ge 25 ]; then
    JAVA_HOME=$withal_jdk
    return 0
  fi

  JAVA_HOME=$(withal_find_version 25 25)
  [ -n "$JAVA_HOME" ] || JAVA_HOME=$(withal_find_version 26 99)
  [ -n "$JAVA_HOME" ]
}

# The folder of the first JDK in the usual places whose feature version is from $1 to $2; nothing if there is none.
withal_find_version() {
  for withal_jdk in \
    /usr/lib/jvm/* /usr/java/* /opt/java/* \
    /Library/Java/JavaVirtualMachines/*/Contents/Home \
    "${HOME-}"/Library/Java/JavaVirtualMachines/*/Contents/Home \
    "${HOME-}"/.sdkman/candidates/java/* \
    /opt/homebrew/opt/openjdk*/libexec/openjdk.jdk/Contents/Home \
    /usr/local/opt/openjdk*/libexec/openjdk.jdk/Contents/Home \
    "${HOMEBREW_PREFIX-}"/opt/openjdk*/libexec \
    "${HOME-}"/.jdks/*; do
    withal_found=$(withal_jdk_version "$withal_jdk")
    if [ "$withal_found" -ge "$1" ] && [ "$withal_found" -le "$2" ]; then
      echo "$withal_jdk"
      return 0
    fi
  done
}

if withal_find_jdk; then
  export JAVA_HOME
  JDK_21_HOME=${JDK_21_HOME-$(withal_find_version 21 21)}
  if [ -n "$JDK_21_HOME" ]; then
    export JDK_21_HOME
  else
    unset JDK_21_HOME
  fi
else
  echo "Withal needs JDK 25 or newer and found none: install one, or set JAVA_HOME to the folder of one." >&2
  return 1
fi
