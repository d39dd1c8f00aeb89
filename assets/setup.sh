#!/bin/sh
# Installs what is missing and says so: setup.sh [--check] GOAL, which
# is build, test, check (all that test has, and more), demo or bench.
#
# With --check nothing is installed: it says what is missing and the command that
# gets it, and fails. Debian and Ubuntu, Homebrew, FreeBSD's pkg.

set -eu

PATH=$PATH:/usr/sbin # where Debian has its daemons, for root only

check=no
if [ "${1:-}" = --check ]; then
	check=yes
	shift
fi
goal=${1:-build}
tested=no
case $goal in
test | check) tested=yes ;;
esac

has()
{
	command -v "$1" >/dev/null 2>&1
}

# Can a program that includes this header, of this package, be compiled?
# shellcheck disable=SC2046 # these are several arguments
includes()
{
	echo "#include <$1>" |
	    ${CC:-cc} $(pkg-config --cflags-only-I "${2:-libedit}" 2>/dev/null) \
	    -include stddef.h -include stdint.h -include stdarg.h \
	    -include setjmp.h -E -x c -o /dev/null - 2>/dev/null
}

# The kind of system: names of packages, how they are installed.
if has apt-get; then
	manager=apt
elif has brew; then
	manager=brew
elif has pkg; then
	manager=pkg
else
	manager=
fi

# need APT BREW PKG: the package that gives what was found missing; - for none.
missing=
need()
{
	case $manager in
	apt) package=$1 ;;
	brew) package=$2 ;;
	*) package=$3 ;;
	esac
	[ "$package" = - ] || missing="$missing $package"
}

# clang's libFuzzer is a package of its own.
fuzzes()
{
	echo 'int LLVMFuzzerTestOneInput(void) { return 0; }' |
	    clang -fsanitize=fuzzer -x c -o /dev/null - 2>/dev/null
}

look_for_checkers()
{
	has valgrind || need valgrind - valgrind
	has clang || need clang - -
	has clang-tidy || need clang-tidy - -
	fuzzes || need libclang-rt-dev - -
	has patch || need patch - -
}

look()
{
	missing=
	if ! includes stdio.h; then
		need 'gcc libc6-dev' - -
		# nothing below can be compiled to find out
		need 'libncurses-dev libedit-dev libutf8proc-dev libjansson-dev
		    libseccomp-dev' \
		    'ncurses libedit utf8proc jansson' 'utf8proc jansson'
		[ $tested = no ] ||
		    need 'libvterm-dev libcmocka-dev' 'libvterm cmocka' \
		    'libvterm cmocka'
	else
		includes curses.h || need libncurses-dev ncurses ncurses
		includes histedit.h || need libedit-dev libedit libedit
		includes utf8proc.h libutf8proc ||
		    need libutf8proc-dev utf8proc utf8proc
		[ "$(uname -s)" != Linux ] || includes seccomp.h libseccomp ||
		    need libseccomp-dev - -
		includes jansson.h jansson ||
		    need libjansson-dev jansson jansson
		if [ $tested = yes ]; then
			includes cmocka.h || need libcmocka-dev cmocka cmocka
			includes vterm.h || need libvterm-dev libvterm libvterm
		fi
	fi
	has pkg-config || need pkg-config pkgconf pkgconf
	has make || need make make -
	case $goal in
	test | check)
		has tmux || need tmux tmux tmux
		has socat || need socat socat socat
		has nc || need netcat-openbsd - -
		has redis-benchmark || need redis-tools redis redis
		has haproxy || need haproxy haproxy haproxy
		has ip || need iproute2 - -
		has nft || need nftables - -
		infocmp xterm-16color >/dev/null 2>&1 || need ncurses-term - -
		[ "$goal" = test ] || look_for_checkers
		;;
	demo)
		has tmux || need tmux tmux tmux
		;;
	bench)
		includes ev.h libev || need libev-dev libev libev
		includes uv.h libuv || need libuv1-dev libuv libuv
		includes event2/event.h libevent_core ||
		    need libevent-dev libevent libevent
		has socat || need socat socat socat
		has ncat || need ncat nmap nmap
		has python3 || need python3 python3 python3
		has strace || need strace - -
		;;
	esac
}

look
[ -n "$missing" ] || exit 0

sudo=
[ "$(id -u)" -eq 0 ] || sudo=sudo
case $manager in
apt)
	command="apt-get install -y --no-install-recommends$missing"
	;;
brew)
	sudo=
	command="brew install$missing"
	;;
pkg)
	command="pkg install -y$missing"
	;;
*)
	echo "yodel needs, and this system lacks:$missing" >&2
	exit 1
	;;
esac

if [ $check = yes ]; then
	echo "yodel needs what is missing here; this gets it:" >&2
	echo "    ${sudo:+$sudo }$command" >&2
	exit 1
fi

echo "Installing what is missing:$missing"
if [ $manager = apt ]; then
	export DEBIAN_FRONTEND=noninteractive
	# shellcheck disable=SC2086 # a word or none
	$sudo apt-get update -q
fi
# shellcheck disable=SC2086 # a command and its arguments
$sudo $command </dev/null

look
if [ -n "$missing" ]; then
	echo "still missing after that:$missing" >&2
	exit 1
fi
