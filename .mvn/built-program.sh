# Builds a program of this project when it isn't built or is older than its sources, for the scripts that source this
# file: ingest, serve, withal. They set `home`, the project's folder, `program`, their own name, and `modules`, the
# folders of the modules that the program is built from, its own one last. Sets JAVA_HOME and app, the folder with its
# jars; ends the script with status 1 if it can't be built. POSIX sh.

. "$home/.mvn/find-jdk.sh" || exit 1

# Each build is a folder in here, never changed once it is there: a program that runs keeps its
# jars, whatever is built or cleaned meanwhile. The file `current` names the newest build.
# Who runs a build leaves the file used-by.<process id> in it.
builds=$home/.$program

is_newest() {
  [ "$1" = "$builds/$(cat "$builds/current" 2>/dev/null)" ]
}

is_alive() {
  kill -0 "$1" 2>/dev/null
}

# Sets app to the newest build and marks it as used; fails if there is none, or a source is newer.
find_app() {
  app=$builds/$(cat "$builds/current" 2>/dev/null) || return 1
  changed=$(
    cd "$home"
    for module in $modules; do
      find pom.xml "$module/pom.xml" "$module/src/main" -newer "$app/started" 2>&1
    done | head -n 1
  )
  [ -z "$changed" ] || return 1
  for user in "$app"/used-by.*; do
    is_alive "${user##*.}" || rm -f "$user"
  done
  # Marked first, looked at then: whoever removes builds does it the other way round.
  touch "$app/used-by.$$" && is_newest "$app"
}

stop_build() {
  [ -z "$maven" ] || kill "$maven" 2>/dev/null || :
  exit "$1"
}

# Builds apart from every other build, puts the outcome in place in one step, and sets app to it.
build_app() {
  echo "building $program… (half a minute; some minutes if Maven has libraries to download)" >&2
  work=$builds/work.$$
  maven=
  trap 'rm -rf "$work"' EXIT
  trap 'stop_build 129' HUP
  trap 'stop_build 130' INT
  trap 'stop_build 143' TERM
  mkdir -p "$work"
  touch "$work/started" "$work/used-by.$$"

  # The log has warnings too, because each of them fails the build.
  (
    cd "$home"
    exec ./mvnw --batch-mode -Dorg.slf4j.simpleLogger.defaultLogLevel=warn \
      -pl "${modules##* }" -am package \
      -Dmaven.test.skip -Dspotless.check.skip -Djacoco.skip \
      "-Dtarget.directory=$work/\${project.artifactId}"
  ) >"$work/log" 2>&1 </dev/null &
  maven=$!
  if ! wait "$maven"; then
    cat "$work/log" >&2
    exit 1
  fi

  name=build.$(date +%s).$$
  app=$builds/$name
  # Of all modules, only that of the program makes such a folder.
  mv "$work"/*/app "$app"
  mv "$work/started" "$work/used-by.$$" "$app"
  echo "$name" >"$work/current"
  mv -f "$work/current" "$builds/current"
  rm -rf "$work"
  trap - EXIT HUP INT TERM
}

# Removes the builds that are neither the newest nor in use, and what a killed build left.
prune() {
  for old in "$builds"/build.*; do
    if is_newest "$old"; then continue; fi
    for user in "$old"/used-by.*; do
      if is_alive "${user##*.}"; then continue 2; fi
    done
    # One being put in place by another process right now is recent.
    is_alive "${old##*.}" || rm -rf "$old"
  done
  for old in "$builds"/work.*; do
    is_alive "${old##*.}" || rm -rf "$old"
  done
}

if ! find_app; then
  build_app
  prune
fi
