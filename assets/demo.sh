#!/bin/sh
# For an audience, in tmux: what a server does, watched from above, and $CLIENTS (2)
# clients below to type into: demo.sh BUILD-DIR
#
# $CROWD (0) more clients come and go, and say the lines of assets/crowd.txt at human
# speed. It ends when the last client is left, the session is detached from, or this
# script is told to. Without a terminal it says something in each client, waits for
# the echo, prints the screens, and ends. All that it makes is in a directory of its
# own and goes with it; several can run side by side.

set -eu

dir=$1
seconds=20
least_columns=40 least_rows=20	# of a client; of all
crowd_max=1000

fail()
{
	echo "demo: $*" >&2
	exit "${status:-1}"
}

usage()
{
	status=2
	fail "$@"
}

# number NAME VALUE MIN MAX
number()
{
	case $2 in
	'' | *[!0-9]* | 0?* | ?????*) ;;
	*) [ "$2" -lt "$3" ] || [ "$2" -gt "$4" ] || return 0 ;;
	esac
	usage "$1=$2: a number from $3 to $4 is wanted"
}

columns=120 rows=40 attach=no
if [ -t 0 ] && [ -t 1 ]; then
	attach=yes
	size=$(stty size)
	rows=${size% *} columns=${size#* }
fi
# without a wish of theirs, as many as there is room for
if [ -z "${CLIENTS:-}" ]; then
	CLIENTS=2
	[ "$columns" -gt $((least_columns * 2)) ] || CLIENTS=1
fi
number CLIENTS "$CLIENTS" 1 9
number CROWD "${CROWD:=0}" 0 $crowd_max
wanted=$((CLIENTS * (least_columns + 1) - 1))
[ $attach = yes ] || [ "$columns" -ge "$wanted" ] || columns=$wanted
if [ "$columns" -lt "$wanted" ] || [ "$rows" -lt "$least_rows" ]; then
	usage "CLIENTS=$CLIENTS wants a terminal of $wanted x $least_rows," \
	    "this one has $columns x $rows"
fi

case $(locale charmap 2>/dev/null) in
UTF-8) ;;
*) export LC_ALL=C.UTF-8 ;;
esac

# Its own tmux server, without anybody's configuration, also within tmux.
tm()
{
	TMUX='' tmux -u -S "$place/tmux" -f /dev/null "$@"
}

# await WHAT COMMAND...: until the command succeeds; gives up after a while.
await()
{
	what=$1
	shift
	tries=$((seconds * 50))
	until "$@"; do
		tries=$((tries - 1))
		if [ $tries -eq 0 ]; then
			print_screens >&2
			fail "$what did not happen"
		fi
		sleep 0.02
	done
}

# Gone, or dead and only not waited for yet.
is_gone()
{
	! kill -0 "$1" 2>/dev/null ||
	    grep -q '^State:.Z' "/proc/$1/status" 2>/dev/null
}

shows()
{
	tm capture-pane -p -J -t "$1" | grep -q -e "$2"
}

listens()
{
	port=$(sed -n 's/.* listen .*:\([0-9][0-9]*\) *$/\1/p' "$place/log" |
	    head -n 1)
	[ -n "$port" ] || is_gone "$server"
}

# logged COUNT TEXT
logged()
{
	[ "$(grep -c -e "$2" "$place/log")" -ge "$1" ]
}

print_screens()
{
	for pane in $watcher $clients; do
		echo "--- $(tm display-message -p -t "$pane" \
		    '#{pane_title}, #{pane_width} x #{pane_height}')"
		tm capture-pane -p -t "$pane" | sed 's/[[:blank:]]*$//'
	done
}

# Asks all to end and waits for each, the terminal's owner among them.
finish()
{
	status=$?
	trap - EXIT
	trap '' INT TERM HUP PIPE QUIT
	[ -n "$place" ] || exit "$status"
	tm kill-server 2>/dev/null || :
	# the crowd may not have begun when the signal below comes, and die of it
	pardoned=143
	[ -z "$crowd" ] || ! is_gone "$crowd" || pardoned=none
	# a signal may have come before the last one had its name
	last=${!:-}
	for pid in $crowd $server; do
		kill "$pid" 2>/dev/null || :
		[ "$pid" != "$last" ] || last=
	done
	[ -z "$last" ] || kill "$last" 2>/dev/null || :
	if [ -n "$crowd" ]; then
		over=0
		wait "$crowd" || over=$?
		cat "$place/crowd" 2>/dev/null || :
		if [ $over -ne 0 ] && [ $over != $pardoned ]; then
			[ "$status" -ne 0 ] || status=1
			[ $over -le 128 ] ||
			    echo "demo: signal $((over - 128)) ended the crowd" >&2 || :
		fi
	fi
	wait
	for pid in $others; do
		until is_gone "$pid"; do
			sleep 0.02
		done
	done
	rm -rf "$place"
	exit "$status"
}
place='' server='' crowd='' others='' watcher='' clients=''
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
trap 'exit 141' PIPE
trap 'exit 131' QUIT

place=$(mktemp -d "${TMPDIR:-/tmp}/yodel-demo.XXXXXX")
: >"$place/log"
"$dir/yodeld" -v -p 0 -l "$place/log" --control "$place/control" \
    2>"$place/said" &
server=$!
await 'the start of the server' listens
[ -n "$port" ] || fail "no server: $(cat "$place/said")"

# Attributes such as dim get through where this type is known.
type=screen
if infocmp tmux-256color >/dev/null 2>&1; then
	type=tmux-256color
fi

# Who is left alone with the watcher takes the session along; the watcher may go.
height=$((rows / 3))
[ "$CROWD" -eq 0 ] || height=$((rows / 2))
tm set-option -g default-terminal "$type" \; \
    set-option -g status off \; \
    set-option -g main-pane-height "$height" \; \
    set-option -g allow-rename off \; \
    unbind-key C-z \; \
    set-hook -g pane-exited \
    "if-shell -F '#{P:#{@client}}' '' kill-server" \; \
    new-session -d -s demo -x "$columns" -y "$rows" \
    "exec '$dir/yodel' --watch '$place/control'" \; \
    select-pane -T watcher
watcher=$(tm display-message -p -t demo '#{pane_id}')

# First the places, then who lives there: nobody is drawn for a size that changes.
i=0
while [ $i -lt "$CLIENTS" ]; do
	i=$((i + 1))
	pane=$(tm split-window -t demo -P -F '#{pane_id}' cat)
	tm select-layout -t demo main-horizontal \; \
	    select-pane -t "$pane" -T "client $i" \; \
	    set-option -p -t "$pane" @client "$i"
	clients="$clients $pane"
done
for pane in $clients; do
	tm respawn-pane -k -t "$pane" \
	    "exec '$dir/yodel' --history none 127.0.0.1 $port"
done
first=${clients# }
tm select-pane -t "${first%% *}"
others=$(tm display-message -p '#{pid}'; tm list-panes -s -F '#{pane_pid}')

# start_crowd OPTION...
start_crowd()
{
	[ "$CROWD" -eq 0 ] && return
	"$dir/tests/tools/crowd" -c "$CROWD" "$@" "127.0.0.1:$port" \
	    assets/crowd.txt >"$place/crowd" 2>&1 &
	crowd=$!
}

# In the background, as a signal is only heeded while this shell waits.
if [ $attach = yes ]; then
	# some four lines a second at most, which can still be read
	pause=$((CROWD / 4))
	[ $pause -ge 4 ] || pause=4
	[ $pause -le 20 ] || pause=20
	start_crowd --pause "${pause}s"
	exec 3<&0
	tm attach-session -t demo <&3 &
	wait $! || :
	exit 0
fi

# Nobody looks on: the crowd does not take its time.
start_crowd --pause 500ms
i=0
for pane in $clients; do
	i=$((i + 1))
	await "client $i" shows "$pane" '\$>'
	for line in "Hello from client $i" "안녕하세요, 메아리 $i"; do
		tm send-keys -t "$pane" -l "$line"
		tm send-keys -t "$pane" Enter
		await "the echo of '$line'" shows "$pane" "‹ $line"
	done
done
await 'the log of that' logged 1 "메아리 $CLIENTS"
await 'what the watcher saw of it' shows "$watcher" '#[1-9]'
await 'the crowd' logged $((CLIENTS + CROWD)) ' connect '
print_screens
