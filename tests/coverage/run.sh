#!/bin/sh
# Runs test programs of a coverage build and says how much of common/ and server/
# they came to: run.sh BUILD-DIR PROGRAM...
#
# A table goes to stdout, each source with its lines to BUILD-DIR/index.html.

set -u

dir=$1
shift
command -v gcovr >/dev/null 2>&1 || {
	echo 'coverage: without gcovr, which is not installed' >&2
	exit 1
}

# A server that is another user by its end has to be able to write its counts.
find "$dir" -name '*.gcda' -exec rm {} +
find "$dir" -name '*.gcno' | while read -r notes; do
	: >"${notes%.gcno}.gcda"
	chmod a+rw "${notes%.gcno}.gcda"
done

YODEL_TEST_SECONDS=${YODEL_TEST_SECONDS:-300} sh tests/run.sh "$dir" "$@"
result=$?

# What is at odds with itself, as of a program that was killed, is no more than a count.
report()
{
	gcovr --root . --exclude-unreachable-branches --exclude-throw-branches \
	    "$@" || exit 1
}
report --filter common/ --filter server/ --gcov-ignore-parse-errors \
    --json "$dir/counts.json" "$dir"
report -a "$dir/counts.json" --html-details "$dir/index.html"
for part in common server; do
	report -a "$dir/counts.json" --filter "$part/" >"$dir/lines.txt"
	report -a "$dir/counts.json" --filter "$part/" --branches \
	    >"$dir/branches.txt"
	sed '/^TOTAL/d; /^---/d' "$dir/branches.txt"
	sed -n "s/^TOTAL/$part: lines/p" "$dir/lines.txt"
	sed -n "s/^TOTAL/$part: branches/p" "$dir/branches.txt"
done
exit $result
