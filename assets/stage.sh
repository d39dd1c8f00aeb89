# A terminal to take pictures of: a tmux of its own, for scripts that set dir, the
# build directory. It ends with the script, and so does $server, where one is set.
# shellcheck shell=sh disable=SC2154 # dir is the script's

stage=$(mktemp -d "${TMPDIR:-/tmp}/yodel-stage.XXXXXX")
server=
unset TMUX
export LC_ALL=C.UTF-8

tm()
{
	tmux -u -S "$stage/tmux" -f /dev/null "$@"
}

clear_stage()
{
	status=$?
	trap - EXIT
	[ -z "$server" ] || kill "$server" 2>/dev/null || :
	shown=$(tm list-panes -a -F '#{pane_pid}' 2>/dev/null) || :
	tm kill-server 2>/dev/null || :
	wait
	# the demo has much to clear away itself
	for pid in $shown; do
		while kill -0 "$pid" 2>/dev/null; do
			sleep 0.02
		done
	done
	rm -rf "$stage"
	exit $status
}
trap clear_stage EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# await TEXT: until the screen shows it; gives up after a while.
await()
{
	tries=1000
	until tm capture-pane -p -t shot | grep -q -F -e "$1"; do
		tries=$((tries - 1))
		if [ $tries -eq 0 ]; then
			echo "'$1' was not shown" >&2
			tm capture-pane -p -t shot >&2
			exit 1
		fi
		sleep 0.02
	done
}

# open_screen COLUMNS ROWS COMMAND
open_screen()
{
	tm set-option -g default-terminal tmux-256color \; \
	    new-session -d -s shot -x "$1" -y "$2" "$3" \; \
	    set-option -g status off \; set-option -g prefix None
	columns=$1 rows=$2
}

# picture FILE [MS]: of the screens on standard input.
picture()
{
	file=$1
	shift
	"$dir/tests/tools/ansi2svg" "$columns" "$rows" "$@" >"$file.new"
	mv "$file.new" "$file"
}
