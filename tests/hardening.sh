#!/bin/sh
# Is what the compiler was asked for in the programs? As one of run.sh's programs.
#
# YODEL_HARDENING has the flags of compiling and linking: what was not asked for
# is not looked for, as where the compiler does not have it or a sanitizer runs.

set -u

flags=" ${YODEL_HARDENING:-} "
passed=0 failed=0 skipped=0

# expect FLAG WHAT SECTION PATTERN: for the program, in readelf's words.
expect()
{
	case $flags in
	*" $1"*) ;;
	*)
		skipped=$((skipped + 1))
		return
		;;
	esac
	if readelf -W "$3" "$program" 2>/dev/null | grep -Eq -- "$4"; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "$program: $2 is not there"
	fi
}

# refuse WHAT SECTION PATTERN: whatever was asked for.
refuse()
{
	if readelf -W "$2" "$program" 2>/dev/null | grep -Eq -- "$3"; then
		failed=$((failed + 1))
		echo "$program: $1"
	else
		passed=$((passed + 1))
	fi
}

if ! command -v readelf >/dev/null 2>&1 ||
    ! readelf -h "$YODELD" >/dev/null 2>&1; then
	echo '[  SKIPPED ] 1 test(s), as readelf does not read these programs'
	exit 0
fi

for program in "$YODELD" "$YODEL"; do
	expect -pie 'an address that is not fixed' -h 'Type: +DYN'
	expect -Wl,-z,relro 'RELRO' -l ' GNU_RELRO '
	expect -Wl,-z,now 'BIND_NOW' -d '\((FLAGS|FLAGS_1|BIND_NOW)\).*NOW'
	expect -fstack-protector 'the canary' --dyn-syms '__stack_chk_fail'
	expect -D_FORTIFY_SOURCE 'FORTIFY' --dyn-syms ' __[a-z]+_chk(@|$)'
	refuse 'the stack can be executed' -l 'GNU_STACK.* RWE'
	refuse 'memory is both written and executed' -l 'LOAD.* RWE'
	refuse 'libraries are looked for elsewhere' -d '\((RPATH|RUNPATH)\)'
done

# The linker only keeps this if the C library's own start has it, too.
for program in "${YODELD%/*}/server/server.o" "${YODEL%/*}/tui-client/app.o"; do
	expect -fcf-protection 'IBT and SHSTK' -n 'IBT, SHSTK'
done

[ $passed -eq 0 ] || echo "[  PASSED  ] $passed test(s)."
[ $skipped -eq 0 ] || echo "[  SKIPPED ] $skipped test(s), not asked for"
[ $failed -eq 0 ] || echo "[  FAILED  ] $failed test(s)."
exit $((failed > 0))
