#!/bin/sh
# What this system has, as make variables: config.sh BUILD-DIR CC...
#
# BUILD-DIR/config.mk is written only when it changes, as every object depends
# on it; the compiler is asked for its flags once and again when it is another.

set -u

dir=$1
shift
cc=$*
mkdir -p "$dir" || exit 1

# Prints those of the flags that the compiler takes without a word.
accepted()
{
	for flag; do
		said=$(echo 'int main(void) { return 0; }' |
		    $cc -Werror -O2 "$flag" -x c -o "$dir/probe" - 2>&1) &&
		    [ -z "$said" ] && printf ' %s' "$flag"
	done
	rm -rf "$dir/probe" "$dir/probe.dSYM"
}

hardening()
{
	fortify=$(accepted -D_FORTIFY_SOURCE=3)
	[ -n "$fortify" ] || fortify=$(accepted -D_FORTIFY_SOURCE=2)
	echo "HARDENING =$(accepted -U_FORTIFY_SOURCE)$fortify$(accepted \
	    -fstack-protector-strong -fstack-clash-protection -fPIE \
	    -ftrivial-auto-var-init=zero -fcf-protection)"
	echo "HARDENING_LINK =$(accepted -pie -Wl,-z,relro -Wl,-z,now)"
}

# library PREFIX PACKAGE FALLBACK: how to compile and link with it. What a
# package's file defines is left out: which standard is asked for is ours. Its
# headers come behind our own, which may have the same names.
library()
{
	if pkg-config --exists "$2" 2>/dev/null; then
		flags=$(pkg-config --cflags-only-I "$2" |
		    sed 's/-I */-isystem /g')
		libs=$(pkg-config --libs "$2")
	else
		flags='' libs=$3
	fi
	echo "$1_CFLAGS = $flags"
	echo "$1_LIBS = $libs"
}

# Linux's seccomp, for whoever has the library: without it that part is left out.
seccomp()
{
	found=$(library SECCOMP libseccomp -lseccomp)
	flags=$(echo "$found" | sed -n 's/^SECCOMP_CFLAGS = *//p')
	# shellcheck disable=SC2086 # flags are several words
	if [ "$(uname -s)" = Linux ] && echo '#include <seccomp.h>' |
	    $cc $flags -E -x c -o /dev/null - 2>/dev/null; then
		echo "$found" | sed '/CFLAGS/s/$/ -DYODEL_SECCOMP/'
	else
		echo 'SECCOMP_CFLAGS ='
		echo 'SECCOMP_LIBS ='
	fi
}

# Which of the benchmark's servers can be built here.
peers()
{
	found=
	for peer in 'peer_libev libev -lev ev.h' 'peer_libuv libuv -luv uv.h' \
	    'peer_libevent libevent_core -levent_core event2/event.h'; do
		# shellcheck disable=SC2086 # these are several words
		set -- $peer
		library "$1" "$2" "$3"
		# shellcheck disable=SC2086 # flags are several words
		if echo "#include <$4>" |
		    $cc ${flags:-} -E -x c -o /dev/null - 2>/dev/null; then
			found="$found $1"
		fi
	done
	echo "PEERS_FOUND =$found"
}

# Whether the linker can put a function of ours before another (GNU's and LLVM's).
wraps()
{
	if echo 'int main(void) { return 0; }' | $cc -Wl,--wrap=read -x c \
	    -o "$dir/probe" - 2>/dev/null; then
		echo 'WRAPS = yes'
	else
		echo 'WRAPS = no'
	fi
	rm -rf "$dir/probe" "$dir/probe.dSYM"
}

system()
{
	name=$(uname -s)
	standard='-D_DEFAULT_SOURCE -D_XOPEN_SOURCE=700'
	curses=-lncursesw kqueue='' util=-lutil
	case $name in
	Linux)	kqueue=-Icommon/kqueue ;;
	Darwin)	standard=-D_DARWIN_C_SOURCE curses=-lncurses util='' ;;
	NetBSD)	standard=-D_NETBSD_SOURCE curses=-lcurses ;;
	*BSD | DragonFly) standard='' ;;
	esac
	echo "SYSTEM = $name"
	echo "STANDARD = -std=c11 $standard"
	echo "KQUEUE_CFLAGS = $kqueue"
	echo "UTIL_LIBS = $util"
	library CURSES ncursesw "$curses"
	library EDIT libedit -ledit
	library UTF8PROC libutf8proc -lutf8proc
	library JANSSON jansson -ljansson
	library CMOCKA cmocka -lcmocka
	library VTERM vterm -lvterm
	seccomp
	peers
}

compiler="# $($cc --version 2>/dev/null | head -n 1)"
if [ "$(head -n 1 "$dir/flags.mk" 2>/dev/null)" != "$compiler" ] ||
    ! grep -q '^WRAPS =' "$dir/flags.mk"; then
	{ echo "$compiler"; hardening; wraps; } >"$dir/flags.mk.$$" &&
	    mv "$dir/flags.mk.$$" "$dir/flags.mk"
fi
{ cat "$dir/flags.mk"; system; } >"$dir/config.mk.$$"
if cmp -s "$dir/config.mk.$$" "$dir/config.mk"; then
	rm "$dir/config.mk.$$"
else
	mv "$dir/config.mk.$$" "$dir/config.mk"
fi
