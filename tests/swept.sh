#!/bin/sh
# Is each call that can fail one that tests/fault lets fail, or is it explained in
# tests/fault/unswept? As one of run.sh's programs; YODEL_FAULTS has the former.

set -u

list=tests/fault/unswept
passed=0 failed=0

problem()
{
	failed=$((failed + 1))
	echo "$*"
}

# calls PROGRAM: what it is linked with, by the names that sources have for it. What
# the compiler, its sanitizers and the C library's start ask for is left out.
calls()
{
	nm -u "$1" | sed -n 's/^ *[Uw] \([^@]*\).*/\1/p' | sed \
	    -e '/^_ITM_/d' -e '/^_exit$/d' -e '/^_Unwind_/d' -e '/^__cxa_/d' \
	    -e '/^__gmon_/d' -e '/^__libc_start/d' -e '/^__stack_chk/d' \
	    -e '/^__errno_/d' -e '/^__assert_/d' -e '/^__pthread_/d' \
	    -e '/^__[a-z]*san_/d' -e '/^__sanitizer_/d' \
	    -e 's/^__isoc[0-9]*_//' -e 's/^__\(.*\)_chk$/\1/' \
	    -e 's/^__\(.*\)_2$/\1/' -e 's/^__*//' -e 's/64$//'
}

# among NAME WORDS: whether it is one of them.
among()
{
	case " $2 " in
	*" $1 "*) ;;
	*) return 1 ;;
	esac
}

if [ "$(uname)" != Linux ] || ! command -v nm >/dev/null 2>&1 ||
    ! nm -u "$YODELD" >/dev/null 2>&1 || nm "$YODELD" | grep -q __gcov_; then
	echo '[  SKIPPED ] 1 test(s), as more than the program calls is in it'
	exit 0
fi

explained=$(sed '/^#/d' "$list" | tr '\n' ' ')
for name in $explained; do
	! among "$name" "$YODEL_FAULTS" ||
	    problem "$name fails in tests/fault, and $list says that it does not"
done
for program in "$YODELD" "$YODEL"; do
	before=$failed
	for name in $(calls "$program" | sort -u); do
		among "$name" "$YODEL_FAULTS $explained" ||
		    problem "$program: $name fails nowhere: FAULTS or $list wants it"
	done
	[ $failed -gt "$before" ] || passed=$((passed + 1))
done

[ $passed -eq 0 ] || echo "[  PASSED  ] $passed test(s)."
[ $failed -eq 0 ] || echo "[  FAILED  ] $failed test(s)."
exit $((failed > 0))
