#!/bin/sh
# Whether this compiler has libFuzzer, and says so where not: probe.sh BUILD-DIR CC...

set -u

dir=$1
shift
if echo 'int LLVMFuzzerTestOneInput(void) { return 0; }' |
    "$@" -fsanitize=fuzzer,address -x c -o "$dir/probe.$$" - 2>/dev/null; then
	rm -f "$dir/probe.$$"
	exit 0
fi
echo "$* has no libFuzzer (Debian: clang, libclang-rt-14-dev)"
exit 1
