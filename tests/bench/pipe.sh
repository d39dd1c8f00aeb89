#!/bin/sh
# yodel in a pipe against nc -N: pipe.sh BUILD-DIR [PAIRS [MIB]]
#
# Each sends so many MiB through a yodeld and back, from a pipe into a pipe, and from
# a file to /dev/null. They take turns; what counts is the median of the ratios within
# the pairs, as a machine is not the same from one minute to the next. What came
# back is counted, here: tests/e2e/test_pipe.c compares it.

set -eu

dir=$1
pairs=${2:-7}
mib=${3:-1024}
bytes=$((mib * 1048576))
goal=0.7
server=
work=$(mktemp -d "${TMPDIR:-/tmp}/yodel-pipe.XXXXXX")
export LC_ALL=C

finish()
{
	status=$?
	trap - EXIT
	[ -z "$server" ] || kill "$server" 2>/dev/null || :
	rm -rf "$work"
	exit $status
}
trap finish EXIT
trap 'exit 1' HUP INT TERM

now()
{
	case $(date +%N) in
	*[!0-9]*) perl -MTime::HiRes=time -e 'printf "%.6f\n", time' ;;
	*) date +%s.%N ;;
	esac
}

# through CLIENT: from a pipe into a pipe.
through()
{
	came=$(head -c "$bytes" /dev/zero | talk "$1" | wc -c)
	[ "$((came))" -eq "$bytes" ] || {
		echo "bench: $1 brought $((came)) of $bytes bytes back" >&2
		exit 1
	}
}

# from_file CLIENT: to /dev/null.
from_file()
{
	talk "$1" <"$work/zeros" >/dev/null
}

talk()
{
	case $1 in
	nc) nc -N 127.0.0.1 "$port" ;;
	*) "$dir/yodel" 127.0.0.1 "$port" ;;
	esac
}

# seconds WAY CLIENT: how long it takes.
seconds()
{
	begin=$(now)
	"$1" "$2"
	now | awk -v begin="$begin" '{ printf "%.3f", $1 - begin }'
}

# compare WAY WHAT: a line about it.
compare()
{
	: >"$work/pairs"
	pair=0
	while [ $pair -lt "$pairs" ]; do
		if [ $((pair % 2)) -eq 0 ]; then
			nc=$(seconds "$1" nc)
			yodel=$(seconds "$1" yodel)
		else
			yodel=$(seconds "$1" yodel)
			nc=$(seconds "$1" nc)
		fi
		echo "$nc $yodel" >>"$work/pairs"
		pair=$((pair + 1))
	done
	awk '{ print $1 / $2, $1, $2 }' "$work/pairs" | sort -n |
	    awk -v what="$2" -v mib="$mib" -v goal=$goal '
		{ ratio[NR] = $1; nc[NR] = $2; yodel[NR] = $3 }
		END {
			m = int((NR + 1) / 2)
			printf "%-18s %.2f of nc'\''s speed (%.2f to %.2f), " \
			    "%.0f MiB/s: %s\n", what, ratio[m], ratio[1], \
			    ratio[NR], mib / yodel[m], \
			    (ratio[m] >= goal) ? "met" : "missed"
			exit(ratio[m] < goal)
		}'
}

if ! nc -h 2>&1 | grep -q -e '-[^ ]*N'; then
	echo 'bench: without an nc that knows -N, nothing to compare with'
	exit 0
fi
"$dir/yodeld" -b 127.0.0.1 -p 0 2>"$work/log" &
server=$!
until port=$(sed -n 's/.* listen *127.0.0.1:\([0-9]*\)$/\1/p' "$work/log") &&
    [ -n "$port" ]; do
	kill -0 "$server" 2>/dev/null || exit 1
	sleep 0.02
done
dd if=/dev/zero of="$work/zeros" bs=1048576 count="$mib" 2>/dev/null
echo "$mib MiB there and back, $pairs pairs, wanted: $goal or more"
compare through 'pipe into pipe'
compare from_file 'file to /dev/null'
