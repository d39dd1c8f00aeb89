#!/bin/sh
# Has clang-tidy read the sources, a few at a time: tidy.sh FLAGS SOURCE...
#
# What it looks for, and what not and why, is in .clang-tidy. Prints what it finds
# and fails; where it is not installed it is named and left out.

set -u

flags=$1
shift

# Called by the one below, for some of them.
if [ "$flags" = --some ]; then
	flags=$1
	shift
	# how many warnings were not shown is of no interest
	# shellcheck disable=SC2086 # these are several words
	exec clang-tidy --quiet "$@" -- $flags 2>/dev/null
fi

if ! command -v clang-tidy >/dev/null 2>&1; then
	echo 'not installed: left out'
	exit 0
fi
jobs=${YODEL_TEST_JOBS:-$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 1)}
printf '%s\n' "$@" | xargs -n 8 -P "$jobs" sh "$0" --some "$flags" &&
    echo "tidy: $# sources are clean"
