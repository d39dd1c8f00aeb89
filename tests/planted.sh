#!/bin/sh
# Puts the defects of tests/planted/ into copies of the sources, one at a time, and
# sees the proof fail that each of them names: planted.sh BUILD-DIR MAKE [PATCH...]
#
# A patch begins with what is wrong with it, and then
#
#	Proof: PROGRAM [VARIABLE=VALUE...]	of the build's tests/, or
#	Proof: soak OPTION...			of tests/soak
#	Says: TEXT				that is in what the proof says then
#
# A proof has to pass without the defect first; where it skips all of its tests, as
# without root, so are its patches. One that does not apply any more is a failure.
# Two copies, or $YODEL_TEST_JOBS, are at work at the same time.

set -u

build=$1 make="$2 -s B=build WERROR="
shift 2
place=$build/planted
jobs=${YODEL_TEST_JOBS:-2}
limit=${YODEL_TEST_SECONDS:-120}
passed=0 failed=0 skipped=0
well='' left_out=''

# problem TEXT: of the patch, with what was said last.
problem()
{
	failed=$((failed + 1))
	{
		echo "FAIL  $name: $1"
		sed 's/^/    /' "$log"
	} >"$log.told"
	cat "$log.told"
}

# The sources, and what is built of them, where it was built by the usual name.
copy_tree()
{
	mkdir -p "$tree/build" || exit 1
	cp -Rp Makefile README.md assets common server tests tui-client "$tree"
	[ "$build" = build ] || return 0
	for part in common server tui-client tests yodeld yodel ready; do
		cp -Rp "$build/$part" "$tree/build"
	done
	cp -p "$build"/*.a "$build"/*.mk "$tree/build"
}

# head_of WHAT: what stands behind it at the head of the patch.
head_of()
{
	sed -n -e '/^--- /q' -e "s/^$1: //p" "$patch"
}

# In the tree: builds the proof "$@", and runs it. 3: it does not build.
prove()
{
	program=$1
	shift
	case $program in
	soak)
		$make build/yodeld build/tests/soak/soak || return 3
		build/tests/soak/soak "$@" build/yodeld
		return
		;;
	e2e/*) $make all "build/tests/$program" || return 3 ;;
	*) $make "build/tests/$program" || return 3 ;;
	esac
	env YODEL_TEST_SECONDS="$limit" "$@" \
	    sh tests/run.sh build "build/tests/$program"
}

# try PROOF: in the tree; what it says goes to the log.
try()
{
	# shellcheck disable=SC2086 # a program and its variables
	(cd "$tree" && prove $1) >"$log" 2>&1 </dev/null
}

# sound PROOF: whether it passes without a defect; each is asked once.
sound()
{
	case $well in
	*"|$1|"*) return 0 ;;
	esac
	case $left_out in
	*"|$1|"*) ;;
	*)
		if ! try "$1"; then
			problem "$1 fails without it"
			return 1
		fi
		if ! grep -q '^0 passed' "$log"; then
			well="$well|$1|"
			return 0
		fi
		left_out="$left_out|$1|"
		;;
	esac
	skipped=$((skipped + 1))
	return 1
}

# Whether the proof that the patch names fails with it, and for that reason.
catches()
{
	if ! patch -s -p1 -d "$tree" <"$patch" >"$log" 2>&1; then
		problem 'it does not apply any more'
		return 1
	fi
	try "$proof"
	case $? in
	0) problem "$proof passes with it" ;;
	3) problem 'it does not build' ;;
	*)
		grep -Fq -- "$says" "$log" && return 0
		problem "$proof fails, but does not say: $says"
		;;
	esac
	return 1
}

# What is put back is new to make.
restore()
{
	sed -n 's|^+++ b/||p' "$patch" | while read -r file; do
		cp "$file" "$tree/$file"
		rm -f "$tree/$file.rej" "$tree/$file.orig"
	done
}

plant()
{
	name=$(basename "$patch" .patch)
	proof=$(head_of Proof) says=$(head_of Says)
	: >"$log"
	if [ -z "$proof" ] || [ -z "$says" ]; then
		problem 'its head has no Proof, or not what that Says'
		return
	fi
	sound "$proof" || return
	began=$(date +%s)
	if catches; then
		passed=$((passed + 1))
		echo "ok    $name: $proof, $(($(date +%s) - began)) s"
	fi
	restore
}

# lane NUMBER: in a copy of its own, the patches of these lines that are for it.
lane()
{
	tree=$place/$1 log=$place/log.$1
	copy_tree
	while read -r number patch; do
		[ "$number" != "$1" ] || plant
	done
	echo "$passed $failed $skipped" >>"$place/numbers"
}

# Patches of the same proof are for the same lane, which has to see it pass but once.
share_out()
{
	for patch in "$@"; do
		printf '%s\t%s\n' "$(head_of Proof)" "$patch"
	done | sort | awk -F '\t' -v jobs="$jobs" '
	    $1 != last { last = $1; n++ }
	    { print n % jobs, $2 }'
}

[ $# -gt 0 ] || set -- tests/planted/*.patch
rm -rf "$place"
mkdir -p "$place" || exit 1
share_out "$@" >"$place/lanes"
number=0
while [ $number -lt "$jobs" ]; do
	lane $number <"$place/lanes" &
	number=$((number + 1))
done
wait
awk '{ caught += $1; missed += $2; left += $3 }
    END {
	if (left > 0)
		printf "%d skipped, as their proofs are\n", left
	printf "%d planted defects caught, %d missed\n", caught, missed
	exit missed > 0 || caught + left == 0
    }' "$place/numbers"
result=$?
rm -rf "$place"
exit $result
