#!/bin/sh
# A server's log above, $CLIENTS (2) clients below, in tmux: demo.sh BUILD-DIR
#
# It ends when the last client is left. Without a terminal it runs detached, says
# something in each client, waits for the echo, prints the screens, and ends. The
# tmux server, the port and all else is its own: several can run side by side.

set -eu

dir=$1
clients=${CLIENTS:-2}
seconds=20
least=40			# columns that a client needs
socket=yodel-demo-$$
server=
columns=120 rows=40
case $(locale charmap 2>/dev/null) in
UTF-8) ;;
*) export LC_ALL=C.UTF-8 ;;
esac
case $clients in
'' | 0 | *[!0-9]*)
	echo "CLIENTS=$clients is not a number of clients" >&2
	exit 2
	;;
esac

# Its own tmux server, without anybody's configuration, also within tmux.
tm()
{
	TMUX='' tmux -u -L "$socket" -f /dev/null "$@"
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
			echo "demo: $what did not happen" >&2
			tm list-panes -t demo -F '#{pane_id}' 2>/dev/null |
			    while read -r pane; do
				tm capture-pane -p -t "$pane" >&2
			    done
			exit 1
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

# The server first: it would take the hang-up of its terminal for a request to
# open its log again.
finish()
{
	status=$?
	trap - EXIT
	[ -z "$server" ] || kill "$server" 2>/dev/null || :
	tm kill-server 2>/dev/null || :
	rm -f "${TMUX_TMPDIR:-/tmp}/tmux-$(id -u)/$socket"
	[ -z "$server" ] || await 'the end of the server' is_gone "$server"
	exit $status
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

if [ -t 0 ] && [ -t 1 ]; then
	attach=yes
	size=$(stty size)
	rows=${size% *} columns=${size#* }
else
	attach=no
	[ "$clients" -le 2 ] || columns=$((clients * (least + 1)))
fi
if [ $((columns / clients)) -lt $least ]; then
	echo "$columns columns have no place for $clients clients" >&2
	exit 2
fi

# A pane that has nobody left beside the server takes the session with it.
last="[ \$(tmux list-panes | wc -l) -gt 2 ] || tmux kill-session"

# Attributes such as dim get through where this type is known.
type=screen
if infocmp tmux-256color >/dev/null 2>&1; then
	type=tmux-256color
fi

tm set-option -g default-terminal "$type" \; \
    new-session -d -s demo -x "$columns" -y "$rows" \
    "exec '$dir/yodeld' -p 0 -v" \; \
    set-option -g status off \; \
    set-option -g main-pane-height $((rows / 3)) \; \
    set-option -g remain-on-exit off
server=$(tm display-message -p -t demo '#{pane_pid}')
log=$(tm display-message -p -t demo '#{pane_id}')
await 'the start of the server' shows "$log" ' listen .*:[0-9]'
port=$(tm capture-pane -p -J -t "$log" |
    sed -n 's/.* listen .*:\([0-9][0-9]*\) *$/\1/p' | head -n 1)

# First the places, then who lives there: nobody is drawn for a size that changes.
panes=
i=0
while [ $i -lt "$clients" ]; do
	i=$((i + 1))
	panes="$panes $(tm split-window -t demo -P -F '#{pane_id}' cat)"
	tm select-layout -t demo main-horizontal
done
for pane in $panes; do
	tm respawn-pane -k -t "$pane" \
	    "'$dir/yodel' --history none 127.0.0.1 $port; $last"
done

if [ $attach = yes ]; then
	tm attach-session -t demo || :
	exit 0
fi

i=0
for pane in $panes; do
	i=$((i + 1))
	await "client $i" shows "$pane" '\$>'
	for line in "Hello from client $i" "안녕하세요, 메아리 $i"; do
		tm send-keys -t "$pane" -l "$line"
		tm send-keys -t "$pane" Enter
		await "the echo of '$line'" shows "$pane" "‹ $line"
	done
done
await 'the log of that' shows "$log" "메아리 $clients"

i=0
for pane in $log $panes; do
	name="client $i"
	[ $i -gt 0 ] || name=server
	i=$((i + 1))
	echo "--- $name, $(tm display-message -p -t "$pane" \
	    '#{pane_width} x #{pane_height}')"
	tm capture-pane -p -t "$pane" | sed 's/[[:blank:]]*$//'
done
