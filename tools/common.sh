# SPDX-License-Identifier: Apache-2.0
# Sourced by every script of ./dev: messages, the cache folder, root rights, one-at-a-time steps.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cache=${WEIR_CACHE:-${HOME:-/var/tmp}/.cache/weir}
export PYTHONDONTWRITEBYTECODE=1

say() { printf '%s\n' "$*" >&2; }
# A failure is one sentence that says what to do.
die() { printf 'dev: %s\n' "$*" >&2; exit 1; }
# Exit code 3: this cannot be had here, and the caller should report it as skipped.
skip() { printf 'dev: skipped: %s\n' "$*" >&2; exit 3; }
has() { command -v "$1" >/dev/null 2>&1; }

as_root() {
  if [ "$(id -u)" = 0 ]; then
    "$@"
  elif has sudo; then
    sudo "$@"
  else
    die "'$1' needs root: run './dev build' once as root, or install sudo"
  fi
}

# long_step "what" LOGFILE COMMAND...: quiet while it works, the log's tail when it does not.
long_step() {
  local what=$1 log=$2 started=$SECONDS
  shift 2
  mkdir -p "$(dirname "$log")"
  say "$what ..."
  if "$@" >"$log" 2>&1; then
    say "$what: done in $((SECONDS - started)) s"
  else
    tail -n 25 "$log" >&2
    return 1
  fi
}

# Two callers of one step wait for each other; the lock goes with the shell that took it.
take_lock() {
  mkdir -p "$cache/locks"
  exec 9>"$cache/locks/$1"
  flock 9
}

digest() { cat "$@" | sha256sum | cut -c1-12; }

# apt_install PACKAGE...: installs what dpkg does not have; nothing to do costs one dpkg-query.
apt_install() {
  local missing=() package
  for package in "$@"; do
    dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed ||
      missing+=("$package")
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  has apt-get || die "no apt-get here: install on Debian 12, or bring these yourself: ${missing[*]}"
  local log=$cache/log/apt.log
  long_step "updating the package list" "$log" as_root apt-get update -q ||
    die "apt-get update failed: check the network and /etc/apt, then run this again"
  long_step "installing ${#missing[@]} Debian packages (${missing[*]})" "$log" as_root env \
    DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "${missing[@]}" ||
    die "apt-get install failed (log: $log): repair apt, then run this again"
}

# The one Python the locks are made for; prints its path.
python_311() {
  local candidate
  for candidate in python3.11 /usr/bin/python3.11; do
    if has "$candidate" && "$candidate" -c 'import ensurepip, venv' 2>/dev/null; then
      printf '%s\n' "$candidate"
      return
    fi
  done
  apt_install python3 python3-venv python3-pip
  [ -x /usr/bin/python3.11 ] || skip "Python 3.11 is needed: the locks are made for Debian 12"
  printf '%s\n' /usr/bin/python3.11
}

# apt_group NAME: the packages of one group of tools/lock/apt.txt.
apt_group() {
  local packages
  mapfile -t packages < <(awk -v group="$1" '$1 == group {print $2}' "$root/tools/lock/apt.txt")
  apt_install "${packages[@]}"
}

# Half a gigabyte of Arrow headers a compiler: as many compilers as there are cores, unless told.
jobs=${DEV_JOBS:-$(nproc)}

# configure_and_build PRESET [TARGET...]: one build folder, or some targets in it, brought up to date.
configure_and_build() {
  local preset=$1 folder log=$cache/log/build-$1.log
  case $preset in release) folder=$root/build ;; *) folder=$root/build-$preset ;; esac
  apt_group build
  [ "$preset" != fuzz ] || apt_group fuzz
  fetch_arrow
  fetch_duckdb
  # Fuzzers and sanitizers look at C++ alone.
  page_root=
  [ "$preset" != release ] || build_page
  # Build folders share their objects; only the folder that a debugger is told differs.
  export CCACHE_DIR=${CCACHE_DIR:-$cache/ccache} CCACHE_MAXSIZE=${CCACHE_MAXSIZE:-5G} CCACHE_NOHASHDIR=1
  # So do clones of the repository.
  export CCACHE_BASEDIR=${CCACHE_BASEDIR:-$root}
  if [ ! -e "$folder/build.ninja" ] ||
    ! grep -qxF "WEIR_ARROW_ROOT:PATH=$arrow_root" "$folder/CMakeCache.txt" ||
    ! grep -qxF "WEIR_DUCKDB_ROOT:PATH=$duckdb_root" "$folder/CMakeCache.txt" ||
    ! grep -qxF "WEIR_PAGE_ROOT:PATH=$page_root" "$folder/CMakeCache.txt"; then
    long_step "configuring $preset" "$log" cmake -S "$root" -B "$folder" --preset "$preset" \
      "-DWEIR_ARROW_ROOT=$arrow_root" "-DWEIR_DUCKDB_ROOT=$duckdb_root" \
      "-DWEIR_PAGE_ROOT=$page_root" ||
      die "cmake failed (log: $log): mend CMakeLists.txt or run './dev clean', then try again"
  fi
  run_ninja "$preset" "$folder" "${@:2}"
}

# Compiler messages go straight to the person; of ninja's own lines, one in ten seconds.
# Two ninjas in one folder would spoil it, so the second waits.
run_ninja() {
  local line next=0
  { flock 8 && ninja -C "$2" -j "$jobs" "${@:3}" 2>&1; } 8>"$2/.dev-lock" | while IFS= read -r line; do
    case $line in
      "[0/"* | "ninja: no work"* | "ninja: Entering"* | "-- "*) ;;
      "["[0-9]*)
        [ "$SECONDS" -lt "$next" ] || say "building $1 ${line%%]*}] ..."
        [ "$SECONDS" -lt "$next" ] || next=$((SECONDS + 10))
        ;;
      *) say "$line" ;;
    esac
  done || die "the $1 build failed: mend what the compiler says above"
}

# Arrow's headers and libraries out of the locked pyarrow wheel; sets arrow_root.
fetch_arrow() {
  local lock=$root/tools/lock/arrow.txt wheels=$cache/wheels python
  arrow_root=$cache/arrow-$(sed -n 's/^pyarrow==\([0-9.]*\).*/\1/p' "$lock")
  [ ! -e "$arrow_root/.complete" ] || return 0
  take_lock arrow
  [ ! -e "$arrow_root/.complete" ] || return 0
  python=$(python_311)
  long_step "downloading Arrow (the pyarrow wheel, 50 MB)" "$cache/log/arrow.log" \
    "$python" -m pip download --disable-pip-version-check --require-hashes --no-deps \
    --only-binary :all: --platform manylinux_2_28_x86_64 --python-version 3.11 -d "$wheels" -r "$lock" ||
    die "pip could not download pyarrow: check that pip reaches its package index, then run this again"
  "$python" "$root/tools/unpack_arrow.py" "$wheels"/pyarrow-*.whl "$arrow_root"
  rm -rf "$wheels"
  touch "$arrow_root/.complete"
}

# DuckDB's library out of the locked npm package, its headers out of the source distribution; sets duckdb_root.
fetch_duckdb() {
  local lock=$root/tools/lock/duckdb.txt log=$cache/log/duckdb.log downloads=$cache/duckdb-downloads python library source
  source=$(awk '$1 == "pip" {print $2 "==" $3}' "$lock")
  library=$(awk '$1 == "npm" {print $2 "@" $3}' "$lock")
  duckdb_root=$cache/duckdb-${source##*==}-$(digest "$lock")
  [ ! -e "$duckdb_root/.complete" ] || return 0
  take_lock duckdb
  [ ! -e "$duckdb_root/.complete" ] || return 0
  has npm || apt_install nodejs npm
  python=$(python_311)
  rm -rf "$downloads"
  mkdir -p "$downloads" "$duckdb_root"
  (cd "$downloads" && long_step "downloading DuckDB (its npm package, 24 MB)" "$log" npm pack --ignore-scripts "$library") ||
    die "npm could not download $library: check that npm reaches its registry, then run this again"
  # pip asks the back end for the package's name before it keeps the file.
  long_step "downloading DuckDB's headers (its source distribution, 18 MB)" "$log" \
    "$python" -m pip download --disable-pip-version-check --no-deps --no-binary duckdb -d "$downloads" "$source" ||
    die "pip could not download $source: check that pip reaches its package index, then run this again"
  "$python" "$root/tools/unpack_duckdb.py" "$lock" "$downloads" "$duckdb_root" || exit 1
  rm -rf "$downloads"
  touch "$duckdb_root/.complete"
}

# The name of the web page's sources as they are: sets page_files, page_digest.
digest_page() {
  mapfile -t page_files < <(cd "$root/ui" && find . -name node_modules -prune -o -type f -print | LC_ALL=C sort)
  page_digest=$(cd "$root/ui" && { printf '%s\n' "${page_files[@]}" && cat "${page_files[@]}"; } | sha256sum | cut -c1-12)
}

# What builds the web page, and a copy of its sources beside it, so that nothing is put into the tree: sets page_home,
# page_source. Call it under the lock `page`, after digest_page.
fetch_page_tools() {
  local ui=$root/ui
  page_home=$cache/ui-$(digest "$ui/package.json" "$ui/package-lock.json")
  page_source=$page_home/source-$page_digest
  if [ ! -e "$page_home/.complete" ]; then
    { has node && has npm; } || apt_install nodejs npm
    rm -rf "$page_home"
    mkdir -p "$page_home"
    cp "$ui/package.json" "$ui/package-lock.json" "$page_home/"
    long_step "installing what builds the web page" "$cache/log/page-tools.log" \
      npm ci --prefix "$page_home" --no-audit --no-fund --ignore-scripts ||
      die "npm failed (log: $cache/log/page-tools.log): check that npm reaches its registry, then run this again"
    touch "$page_home/.complete"
  fi
  rm -rf "$page_home"/source-*
  mkdir "$page_source"
  (cd "$ui" && cp --parents -t "$page_source" "${page_files[@]}")
}

# The web page's files out of ui/, once for each state of it; sets page_root. Needs no network after the first time.
build_page() {
  local page_files page_digest page_home page_source
  digest_page
  page_root=$cache/page-$page_digest
  [ ! -e "$page_root/index.html" ] || return 0
  take_lock page
  fetch_page_tools
  rm -rf "$page_root.part"
  long_step "building the web page" "$cache/log/page.log" env -C "$page_source" \
    node "$page_home/node_modules/vite/bin/vite.js" build --logLevel warn --emptyOutDir --outDir "$page_root.part" ||
    die "the web page does not build (log: $cache/log/page.log): mend what Vite says above"
  rm -rf "$page_root"
  mv "$page_root.part" "$page_root"
  exec 9>&-
}
