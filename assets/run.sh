#!/bin/sh
# A server in the background, one client in this terminal: run.sh BUILD-DIR
#
# The server takes port 8080, or a free one where that is taken; it ends with the
# client. Its log is BUILD-DIR/yodeld.log.

set -eu

dir=$1
log=$dir/yodeld.log
server=

end_server()
{
	[ -z "$server" ] || kill "$server" 2>/dev/null || :
	wait
}
trap end_server EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# start PORT: true once it listens, false when it cannot.
start()
{
	: >"$log"
	# a suspended client leaves its server running
	(trap '' TSTP && exec "$dir/yodeld" -v -p "$1" -l "$log") &
	server=$!
	until grep -q ' listen ' "$log"; do
		if ! kill -0 "$server" 2>/dev/null; then
			wait "$server" || :
			server=
			return 1
		fi
		sleep 0.02
	done
}

start 8080 2>/dev/null || start 0
port=$(sed -n 's/.* listen .*:\([0-9]*\)$/\1/p' "$log" | head -n 1)
echo "The server listens on port $port and logs to $log."
"$dir/yodel" 127.0.0.1 "$port"
