# What the tests of the program `train` share. Each is a script that gets the program's path.
set -euo pipefail
train=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
export LC_ALL=C.UTF-8
failures=0

fail() {
  echo "FAILED: $1" >&2
  failures=$((failures + 1))
}

# same WHAT EXPECTED FOUND
same() {
  [ "$2" = "$3" ] && return
  fail "$1"
  printf '  expected: %s\n  found:    %s\n' "$2" "$3" >&2
}

# weights ARGUMENTS…: the hash of the weights that a run ends with.
weights() { "$train" "$@" --quiet 2>/dev/null | sed -n 's/.*weights //p'; }

# refused CODE MESSAGE ARGUMENTS…: the program exits with the code after exactly this line on stderr.
refused() {
  local code=0 found
  found=$("$train" "${@:3}" --quiet 2>&1 >/dev/null </dev/null) || code=$?
  same "exit code of train ${*:3}" "$1" "$code"
  same "message of train ${*:3}" "$2" "$found"
}

finish() {
  [ "$failures" -eq 0 ] || { echo "$failures failed" >&2; exit 1; }
  echo "ok"
}
