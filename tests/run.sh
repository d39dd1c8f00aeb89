#!/bin/sh
# Runs test programs, without a terminal or an input: run.sh BUILD-DIR PROGRAM...
#
# A line for each program, the whole output of those that fail, and at the end
# `N passed, N failed`. A program that crashes, reports no test or is not done after
# $YODEL_TEST_SECONDS (120) is a failure. $YODEL_TEST_WITH is put before each
# (valgrind, for example).

set -u

dir=$1
shift
limit=${YODEL_TEST_SECONDS:-120}
YODELD=${YODELD:-$dir/yodeld}
YODEL=${YODEL:-$dir/yodel}
LC_ALL=C.UTF-8
export YODELD YODEL LC_ALL

# What the programs leave behind when they are killed goes with it.
TMPDIR=$(mktemp -d "${TMPDIR:-/tmp}/yodel-run.XXXXXX") || exit 1
chmod 711 "$TMPDIR" # as /tmp: a test can open what is its own to other users
export TMPDIR
log=$TMPDIR/log
trap 'rm -rf "$TMPDIR"' EXIT
trap 'exit 1' HUP INT TERM

# Puts "$@" into a session of its own, so without a terminal, and under the limit,
# which ends what the program has started with it.
guarded()
{
	if command -v timeout >/dev/null 2>&1; then
		set -- timeout -k 5 "$limit" "$@"
	fi
	if command -v setsid >/dev/null 2>&1; then
		set -- setsid -w "$@"
	fi
	"$@" </dev/null >"$log" 2>&1
}

# count WHAT: the sum of the tests in the log that cmocka reports as WHAT.
count()
{
	sed -n "s/^\[  $1 *\] \([0-9][0-9]*\) test(s).*/\1/p" "$log" |
	    awk '{ n += $1 } END { print n + 0 }'
}

passed=0 failed=0
for program; do
	# shellcheck disable=SC2086 # it is a command and its arguments
	guarded ${YODEL_TEST_WITH:-} "$program"
	status=$?
	ok=$(count PASSED)
	bad=$(count FAILED)
	skipped=$(count 'SKIPPED ')
	if [ "$status" -ne 0 ] || [ $((ok + skipped)) -eq 0 ]; then
		[ "$bad" -gt 0 ] || bad=1
	fi
	passed=$((passed + ok))
	failed=$((failed + bad))
	if [ "$bad" -eq 0 ]; then
		printf 'ok    %s (%d)' "${program#"$dir"/}" "$ok"
		[ "$skipped" -eq 0 ] || printf ', %d skipped' "$skipped"
		echo
		continue
	fi
	printf 'FAIL  %s (%d of %d)\n' "${program#"$dir"/}" "$bad" \
	    $((ok + bad))
	sed 's/^/    /' "$log"
	case $status in
	124 | 137) echo "    (not done after $limit seconds)" ;;
	*) echo "    (exit status $status)" ;;
	esac
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
