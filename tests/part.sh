#!/bin/sh
# The parts of a check: each runs, whatever became of those before it.
#
# part.sh NOTES WHAT SECONDS TOOL COMMAND... runs one and notes how it went and how
# long it took, beside how long it is meant to take on two cores that have nothing
# else to do. Where TOOL is missing it is left out.
#
# part.sh NOTES says it of all of them, and whether all was well.

set -u

notes=$1
if [ $# -eq 1 ]; then
	echo '== check'
	cat "$notes"
	awk '{ spent += $2 } END { printf "in all  %5d s\n", spent }' "$notes"
	! grep -q '^FAIL' "$notes"
	exit
fi

what=$2 meant=$3 tool=$4
shift 4
echo "== $what"
began=$(date +%s)
if ! command -v "$tool" >/dev/null 2>&1; then
	word=absent
	what="$what: there is no $tool"
elif env "$@"; then
	word=ok
else
	word=FAIL
fi
printf '%-7s %5d of %3d s  %s\n' $word $(($(date +%s) - began)) "$meant" \
    "$what" | tee -a "$notes"
