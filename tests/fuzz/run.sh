#!/bin/sh
# Runs fuzz targets that libFuzzer drives, two at a time: run.sh BUILD-DIR SECONDS
# PROGRAM...
#
# A line for each as it ends. What it has found on its way is kept in
# BUILD-DIR/corpus, to begin with next time; an input that breaks a promise, leaks
# or hangs in BUILD-DIR/found, and the way to run it again is told.

set -u

# figure PATTERN: what libFuzzer said there last.
figure()
{
	sed -n "s/.*$1.*/\1/p" "$log" | tail -n 1
}

run()
{
	name=${1##*/fuzz_}
	log=$dir/$name.log
	mkdir -p "$dir/corpus/$name" "$dir/found"
	set -- "$1" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=1024 \
	    -max_len=1000 -print_final_stats=1 \
	    -artifact_prefix="$dir/found/$name-"
	if [ -f "tests/fuzz/$name.dict" ]; then
		set -- "$@" -dict="tests/fuzz/$name.dict"
	fi
	case $name in
	# Each editor leaves what ncurses leaks: looking for more takes all day.
	edit*) set -- "$@" -detect_leaks=0 ;;
	# A header is as long as that.
	proxy) set -- "$@" -max_len=4200 ;;
	esac
	if "$@" "$dir/corpus/$name" "tests/fuzz/corpus/$name" \
	    </dev/null >"$log" 2>&1; then
		printf 'ok    %s: %s runs, cov %s, corpus %s\n' "$name" \
		    "$(figure 'number_of_executed_units: *\([0-9]*\)')" \
		    "$(figure ' cov: \([0-9]*\)')" \
		    "$(figure ' corp: \([0-9]*\)')"
		return 0
	fi
	printf 'FAIL  %s\n' "$name"
	tail -n 40 "$log" | sed 's/^/    /'
	found=$(figure 'Test unit written to \(.*\)')
	echo "    again: $1 ${found:-?}"
	return 1
}

dir=$1 seconds=$2
shift 2

# Called by the one below, for one of them.
if [ "$seconds" = --one ]; then
	seconds=$1
	run "$2"
	exit
fi

TMPDIR=$(mktemp -d "${TMPDIR:-/tmp}/yodel-fuzz.XXXXXX") || exit 1
export TMPDIR
trap 'rm -rf "$TMPDIR"' EXIT
trap 'exit 1' HUP INT TERM

# Most of the time goes into memory that is not used again otherwise.
ASAN_OPTIONS=quarantine_size_mb=8:malloc_context_size=5
LSAN_OPTIONS=print_suppressions=0:suppressions=tests/lsan.supp
export ASAN_OPTIONS LSAN_OPTIONS
printf '%s\n' "$@" | xargs -n 1 -P 2 sh "$0" "$dir" --one "$seconds"
