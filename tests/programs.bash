# What the tests of the programs share. Each is a script that gets the program's path.
set -euo pipefail
program=$(realpath "$1")
name=$(basename "$program")
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

# exits CODE ARGUMENTS…: the program's exit code; what it prints is in the files out and err.
exits() {
  local code=0
  "$program" "${@:2}" --quiet >out 2>err </dev/null || code=$?
  same "exit code of $name ${*:2}" "$1" "$code"
}

# refused CODE MESSAGE ARGUMENTS…: the program exits with the code after exactly this line on stderr.
refused() {
  exits "$1" "${@:3}"
  same "message of $name ${*:3}" "$2" "$(cat err)"
}

# weights ARGUMENTS…: the hash of the weights that train ends with.
weights() { "$program" "$@" --quiet 2>/dev/null | sed -n 's/.*weights //p'; }

finish() {
  [ "$failures" -eq 0 ] || { echo "$failures failed" >&2; exit 1; }
  echo "ok"
}
