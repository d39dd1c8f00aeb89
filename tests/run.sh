#!/bin/sh
# Runs test programs, without a terminal or an input: run.sh BUILD-DIR PROGRAM...
#
# A line for each program as it ends, the whole output of those that fail, and at
# the end `N passed, N failed`. A program that crashes, reports no test or is not done
# after $YODEL_TEST_SECONDS (120) is a failure. $YODEL_TEST_WITH is put before each
# (valgrind, for example). $YODEL_TEST_JOBS run at the same time: most of them
# wait for something most of the time.

set -u

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

# told NAME: what there is to say of a program.
told()
{
	if [ "$bad" -eq 0 ]; then
		printf 'ok    %s (%d)' "$1" "$ok"
		[ "$skipped" -eq 0 ] || printf ', %d skipped' "$skipped"
		echo
		return
	fi
	printf 'FAIL  %s (%d of %d)\n' "$1" "$bad" $((ok + bad))
	sed 's/^/    /' "$log"
	case $status in
	124 | 137) echo "    (not done after $limit seconds)" ;;
	*) echo "    (exit status $status)" ;;
	esac
}

# run PROGRAM: runs it, tells of it at once, and notes its numbers.
run()
{
	log=$TMPDIR/log.$$
	# shellcheck disable=SC2086 # it is a command and its arguments
	guarded ${YODEL_TEST_WITH:-} "$1"
	status=$?
	ok=$(count PASSED)
	bad=$(count FAILED)
	skipped=$(count 'SKIPPED ')
	if [ "$status" -ne 0 ] || [ $((ok + skipped)) -eq 0 ]; then
		[ "$bad" -gt 0 ] || bad=1
	fi
	echo "$ok $bad" >>"$TMPDIR/numbers"
	told "${1#"$dir"/}" >"$log.told"
	cat "$log.told"
	rm -f "$log" "$log.told"
}

dir=$1
shift
limit=${YODEL_TEST_SECONDS:-120}

# Called by the one below, for one of them.
if [ "$dir" = --one ]; then
	dir=$1
	run "$2"
	exit 0
fi

YODELD=${YODELD:-$dir/yodeld}
YODEL=${YODEL:-$dir/yodel}
LC_ALL=C.UTF-8
export YODELD YODEL LC_ALL

# What the programs leave behind when they are killed goes with it.
TMPDIR=$(mktemp -d "${TMPDIR:-/tmp}/yodel-run.XXXXXX") || exit 1
chmod 711 "$TMPDIR" # as /tmp: a test can open what is its own to other users
export TMPDIR
trap 'rm -rf "$TMPDIR"' EXIT
trap 'exit 1' HUP INT TERM

jobs=${YODEL_TEST_JOBS:-$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 1)}
printf '%s\n' "$@" | xargs -n 1 -P "$jobs" sh "$0" --one "$dir"

# One that has left no numbers has not even been run.
awk -v programs=$# '{ passed += $1; failed += $2 }
    END {
	failed += programs - NR
	printf "%d passed, %d failed\n", passed, failed
	exit failed > 0
    }' "$TMPDIR/numbers"
