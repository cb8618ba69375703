# Builds what isn't built, and runs a class of this module: sourced by run and fuzz. POSIX sh.
# Expects $home, the project's folder.
. "$home/.mvn/find-jdk.sh" || exit 1

built=$home/conformance/target/lib/built
if [ ! -e "$built" ] || [ -n "$(find "$home/core/src/main" "$home/conformance/src/main" \
  "$home/core/pom.xml" "$home/conformance/pom.xml" "$home/pom.xml" -newer "$built" | head -n 1)" ]; then
  echo "building…" >&2
  log=$(mktemp)
  if ! (cd "$home" && ./mvnw --batch-mode -pl conformance -am package \
    -Dmaven.test.skip -Dspotless.check.skip -Djacoco.skip) >"$log" 2>&1 </dev/null; then
    cat "$log" >&2
    rm -f "$log"
    exit 1
  fi
  rm -f "$log"
  touch "$built"
fi

run_java() {
  exec "$JAVA_HOME/bin/java" -cp "$home/conformance/target/classes:$home/conformance/target/lib/*" "$@"
}
