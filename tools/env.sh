#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# ./dev env NAME: brings one environment of the tests into the cache and prints its path, one line on stdout.
# Exit codes: 0 path printed; 1 broken, try again; 2 unknown name; 3 cannot be had here, skip.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

locks=$root/tools/lock
collector_version=0.161.0
pyiceberg_version=0.12.0
pyiceberg_source_sum=19f165d298054f9436108691098b60fa0fa99d0eff5fb884700c43b29334a39d
usage="usage: ./dev env engines|spark|rck|pyiceberg|otel|chdb|node|collector|telemetrygen|otlpblast|browser"

# A finished environment has this mark; its folder carries the digest of its lock, so a new lock is a new folder.
is_complete() { [ -e "$1/.complete" ]; }
begin() { rm -rf "$1" && mkdir -p "$1"; }
finish() { touch "$1/.complete"; }

python_env() {
  local name=$1 lock=$locks/$1.txt
  home=$cache/$name-$(digest "$lock")
  is_complete "$home" && return
  local python log=$cache/log/env-$name.log
  python=$(python_311)
  begin "$home"
  "$python" -m venv "$home"
  long_step "installing the $name environment ($(grep -c == "$lock") Python packages)" "$log" \
    "$home/bin/python" -m pip install --disable-pip-version-check --require-hashes -r "$lock" ||
    die "pip failed (log: $log): check that pip reaches its package index, then run this again"
  [ "$name" != engines ] || link_duckdb_extensions
  [ "$name" != spark ] || fetch_jars
  [ "$name" != pyiceberg ] || fetch_pyiceberg_tests
  finish "$home"
}

# DuckDB finds an extension offline as <extension_directory>/v<version>/<platform>/<name>.duckdb_extension.
link_duckdb_extensions() {
  local folder=$home/duckdb_ext/v1.5.5/linux_amd64
  mkdir -p "$folder"
  ln -f "$home"/lib/python3.11/site-packages/duckdb_extension_*/extensions/v1.5.5/*.duckdb_extension "$folder/"
}

fetch_jars() {
  has java || apt_install openjdk-17-jre-headless
  has mvn || apt_install maven
  mkdir -p "$home/weir-jars"
  local coordinate sum file
  while read -r coordinate sum; do
    [[ $coordinate == \#* || -z $coordinate ]] && continue
    file=$(cut -d: -f2,3 <<<"$coordinate" | tr : -).jar
    long_step "fetching $coordinate" "$cache/log/env-maven.log" mvn -q -B -Dstyle.color=never dependency:copy \
      -Dartifact="$coordinate" -DoutputDirectory="$home/weir-jars" </dev/null ||
      die "Maven could not fetch $coordinate: check its settings, then run this again"
    echo "$sum  $home/weir-jars/$file" | sha256sum --check --quiet - >&2 ||
      die "$file is not the file the lock names: do not use it; see tools/lock/README.md"
  done <"$locks/spark-jars.txt"
}

# PyIceberg's own tests are in its source distribution alone; pip asks its build back end for the name before it keeps it.
fetch_pyiceberg_tests() {
  long_step "fetching PyIceberg's tests" "$cache/log/env-pyiceberg-tests.log" \
    "$home/bin/python" -m pip download --disable-pip-version-check --no-deps --no-binary pyiceberg --dest "$home" \
    "pyiceberg==$pyiceberg_version" || die "pip could not fetch PyIceberg's source (log: $cache/log/env-pyiceberg-tests.log)"
  echo "$pyiceberg_source_sum  $home/pyiceberg-$pyiceberg_version.tar.gz" | sha256sum --check --quiet - >&2 ||
    die "PyIceberg's source is not the file that tools/env.sh names: do not use it; see tools/lock/README.md"
  tar -xzf "$home/pyiceberg-$pyiceberg_version.tar.gz" -C "$home" --strip-components=1 "pyiceberg-$pyiceberg_version/tests"
}

# Iceberg's REST Compatibility Kit: a class path of jars, in lib/.
rck_env() {
  local pom=$locks/rck-pom.xml sums=$locks/rck-jars.sha256
  home=$cache/rck-$(digest "$pom" "$sums")
  is_complete "$home" && return
  has java || apt_install openjdk-17-jre-headless
  has mvn || apt_install maven
  begin "$home"
  cp "$pom" "$home/pom.xml"
  long_step "fetching Iceberg's REST Compatibility Kit" "$cache/log/env-maven.log" mvn -q -B -Dstyle.color=never \
    -f "$home/pom.xml" dependency:copy-dependencies -DoutputDirectory="$home/lib" </dev/null ||
    die "Maven could not fetch the kit: check its settings, then run this again"
  (cd "$home/lib" && sha256sum --check --quiet --strict "$sums" >&2 && [ "$(ls | wc -l)" = "$(wc -l <"$sums")" ]) ||
    die "the kit's jars are not those the lock names: do not use them; see tools/lock/README.md"
  finish "$home"
}

node_env() {
  local source=$root/tests/system/node log=$cache/log/env-node.log
  [ -e "$source/package-lock.json" ] || skip "tests/system/node has no package-lock.json"
  home=$cache/node-$(digest "$source/package.json" "$source/package-lock.json")
  is_complete "$home" && return
  has node || apt_install nodejs
  has npm || apt_install npm
  begin "$home"
  cp "$source/package.json" "$source/package-lock.json" "$home/"
  long_step "installing the node packages" "$log" \
    npm ci --prefix "$home" --no-audit --no-fund --ignore-scripts ||
    die "npm failed (log: $log): check that npm reaches its registry, then run this again"
  finish "$home"
}

need_go() {
  has go || skip "$1 needs Go >= $2, and there is none on the PATH"
  local have
  have=$(go env GOVERSION | sed 's/^go//')
  printf '%s\n%s\n' "$2" "$have" | sort -V -C || skip "$1 needs Go >= $2, this is $have"
}

collector_env() {
  local source=$root/tests/system/collector log=$cache/log/env-collector.log
  home=$cache/collector-$collector_version-$(digest "$source/builder.yaml" "$source/lock/go.mod")
  binary=$home/otelcol
  is_complete "$home" && return
  need_go "the OpenTelemetry Collector" "$(awk '$1 == "go" {print $2}' "$source/lock/go.mod")"
  begin "$home"
  mkdir "$home/source"
  # The builder writes main.go; the module versions and checksums are ours, not what is newest today.
  (cd "$home" && long_step "generating the Collector" "$log" env GOFLAGS=-mod=mod \
    go run "go.opentelemetry.io/collector/cmd/builder@v$collector_version" --config "$source/builder.yaml" \
    --skip-compilation --skip-get-modules) ||
    die "the Collector's builder failed (log: $log): check that Go reaches its module proxy"
  cp "$source/lock/go.mod" "$source/lock/go.sum" "$home/source/"
  long_step "building the Collector" "$log" \
    go build -C "$home/source" -p 2 -mod=readonly -trimpath -ldflags=-s -o "$binary" . ||
    die "the Collector did not build (log: $log): check that Go reaches its module proxy"
  rm -rf "$home/source"
  finish "$home"
}

telemetrygen_env() {
  local log=$cache/log/env-telemetrygen.log
  home=$cache/telemetrygen-$collector_version
  binary=$home/telemetrygen
  is_complete "$home" && return
  need_go telemetrygen 1.26
  begin "$home"
  # go install checks the module against Go's checksum database, and its go.sum the rest.
  long_step "building telemetrygen" "$log" env GOBIN="$home" go install -p 2 -trimpath -ldflags=-s \
    "github.com/open-telemetry/opentelemetry-collector-contrib/cmd/telemetrygen@v$collector_version" ||
    die "telemetrygen did not build (log: $log): check that Go reaches its module proxy"
  finish "$home"
}

otlpblast_env() {
  local source=${WEIR_OTLPBLAST:-$root/../shared/tools/otlpblast} log=$cache/log/env-otlpblast.log
  [ -e "$source/go.mod" ] || skip "otlpblast's source is not there: set WEIR_OTLPBLAST to its folder"
  home=$cache/otlpblast-$(digest "$source"/*.go "$source"/go.*)
  binary=$home/otlpblast
  is_complete "$home" && return
  need_go otlpblast "$(awk '$1 == "go" {print $2}' "$source/go.mod")"
  begin "$home"
  long_step "building otlpblast" "$log" go build -C "$source" -p 2 -mod=readonly -o "$binary" . ||
    die "otlpblast did not build (log: $log): check that Go reaches its module proxy"
  finish "$home"
}

# Debian's Chromium, and what drives and checks it: the node packages of tests/page.
browser_env() {
  local source=$root/tests/page log=$cache/log/env-browser.log
  home=$cache/browser-$(digest "$source/package.json" "$source/package-lock.json")
  { [ -x /usr/bin/chromium ] || has apt-get; } || skip "the page's tests need /usr/bin/chromium"
  apt_group browser
  is_complete "$home" && return
  { has node && has npm; } || apt_install nodejs npm
  begin "$home"
  cp "$source/package.json" "$source/package-lock.json" "$home/"
  long_step "installing what drives the browser" "$log" \
    npm ci --prefix "$home" --no-audit --no-fund --ignore-scripts ||
    die "npm failed (log: $log): check that npm reaches its registry, then run this again"
  finish "$home"
}

[ $# -eq 1 ] || { say "$usage"; exit 2; }
case $1 in
  engines | spark | rck | pyiceberg | otel | chdb | node | collector | telemetrygen | otlpblast | browser) take_lock "env-$1" ;;
  *) say "dev: there is no environment '$1'"; say "$usage"; exit 2 ;;
esac
# Only the answer may reach stdout.
exec 3>&1 1>&2
binary=
case $1 in
  engines | spark | pyiceberg | otel | chdb) python_env "$1" ;;
  *) "$1_env" ;;
esac
printf '%s\n' "${binary:-$home}" >&3
