#!/bin/sh
# What can be said of the sources without running them; silent when all is well.
# A tool that is not installed is named and left out.

set -u

PATH=$PATH:/usr/sbin # where Debian has its daemons, for root only

failed=0
problem()
{
	echo "lint: $*" >&2
	failed=1
}

has()
{
	command -v "$1" >/dev/null 2>&1 || {
		echo "lint: without $1, which is not installed"
		return 1
	}
}

# forbid WHAT PATTERN FILE...: no line of the files may match.
forbid()
{
	what=$1 pattern=$2
	shift 2
	found=$(grep -nE "$pattern" "$@" /dev/null) || return 0
	problem "$what"
	echo "$found" >&2
}

includes='^[[:space:]]*#[[:space:]]*include[[:space:]]*'
sources=$(find common server tui-client tests -name '*.c' | sort)
headers=$(find common server tui-client tests -name '*.h' | sort)
scripts="$(find assets tests -name '*.sh' | sort) .ci/run
    assets/examples/freebsd/yodeld"
makefiles='Makefile tests/tests.mk tests/check.mk'

# The names have neither blanks nor wildcards in them.
# shellcheck disable=SC2046,SC2086
layers()
{
	forbid 'common/ includes what is above it' \
	    "${includes}[\"<].*(server|tui-client)/" $(find common -name '*.[ch]')
	forbid 'server/ includes tui-client/' \
	    "${includes}[\"<].*tui-client/" $(find server -name '*.[ch]')
	forbid 'tui-client/ includes server/' \
	    "${includes}[\"<].*server/" $(find tui-client -name '*.[ch]')
	forbid 'curses outside of screen and panes' \
	    "$includes<n?curses" $(find common server tui-client -name '*.[ch]' |
	    grep -vE 'tui-client/(screen|pane_)[^/]*$')
	forbid 'libedit outside of the editor' \
	    "$includes<(histedit|editline)" \
	    $(find common server tui-client -name '*.[ch]' |
	    grep -vE 'tui-client/editor[^/]*$')
}

# shellcheck disable=SC2086
marks()
{
	forbid 'something is left to do' 'TODO|FIXME' $sources $headers
	forbid 'blanks at the end of a line' '[[:blank:]]$' $sources $headers \
	    $scripts $makefiles
	for header in $headers; do
		grep -q '^#ifndef [A-Z0-9_]*_H$' "$header" ||
		    [ "$header" = common/kqueue/sys/event.h ] ||
		    problem "$header has no guard"
	done
	for source in $sources; do
		name=$(basename "$source" .c)
		case $source in
		tests/tools/* | tests/bench/* | tests/fuzz/*) ;;
		*)
			grep -qE "(^|[[:blank:]/])(test_)?${name#test_}([[:blank:]]|$)" \
			    $makefiles ||
			    problem "$source is in no list of the makefiles"
			;;
		esac
		case $source in
		tests/*) continue ;;
		esac
		case $name in
		kq* | editor_*) ;;
		*) grep -q "\`$name\`" README.md ||
		    problem "$source is not in the README's map" ;;
		esac
		[ "$(wc -l <"$source")" -le 450 ] ||
		    problem "$source is longer than 450 lines"
	done
}

# says WHAT COMMAND...: it has to end well without a word.
says()
{
	what=$1
	shift
	if ! said=$("$@" 2>&1) || [ -n "$said" ]; then
		problem "$what: $said"
	fi
}

# The example configurations, each by what will read it. The program that a unit
# starts has to be there.
examples()
{
	dir=$(mktemp -d) || exit 1
	cp assets/examples/systemd/* assets/examples/logrotate/yodeld "$dir"
	if has systemd-analyze; then
		sed 's|/usr/local/bin/yodeld|/bin/sh|' \
		    assets/examples/systemd/yodeld.service >"$dir/yodeld.service"
		says 'the systemd units' systemd-analyze verify --man=no \
		    "$dir/yodeld.service" "$dir/yodeld.socket"
		# in tenths: what verify does not know is one more exposure
		systemd-analyze security --offline=true --threshold=5 \
		    "$dir/yodeld.service" >"$dir/said" 2>&1 ||
		    problem "yodeld.service is exposed: $(cat "$dir/said")"
	fi
	plist=assets/examples/launchd/org.example.yodeld.plist
	if has python3; then
		says "$plist" python3 -c 'import plistlib, sys
assert plistlib.load(open(sys.argv[1], "rb"))["ProgramArguments"]' $plist
	fi
	says 'the rc.d script' sh -n assets/examples/freebsd/yodeld
	if has logrotate; then
		chmod 600 "$dir/yodeld"
		# a word that it does not know is told, but is no failure to it
		if ! logrotate -d -s "$dir/state" "$dir/yodeld" \
		    >"$dir/said" 2>&1 || grep -q '^error:' "$dir/said"; then
			problem "the rotation: $(cat "$dir/said")"
		fi
	fi
	rm -r "$dir"
}

layers
marks
examples

if has clang-format; then
	# shellcheck disable=SC2086
	clang-format --dry-run -Werror $sources || failed=1
fi
if has cppcheck; then
	for part in common server tui-client; do
		cppcheck --quiet --std=c11 --error-exitcode=1 \
		    --enable=warning,performance,portability \
		    --suppress=missingIncludeSystem --inline-suppr \
		    -D__linux__ -D_XOPEN_SOURCE=700 \
		    -Icommon -Icommon/kqueue $part || failed=1
	done
fi
if has shellcheck; then
	# shellcheck disable=SC2086
	shellcheck $scripts || failed=1
fi
if has mandoc; then
	# which other manuals are installed here is no matter of these
	for page in server/yodeld.8 tui-client/yodel.1; do
		said=$(mandoc -T lint "$page" 2>&1 |
		    grep -vE 'referenced manual not found|mandoc\.db')
		[ -z "$said" ] || problem "$said"
	done
fi
if has haproxy; then
	haproxy -c -q -f assets/haproxy.cfg || failed=1
fi
[ $failed -eq 0 ] && echo 'lint: clean'
exit $failed
