#!/bin/sh
# Records the README's moving picture anew: recording.sh BUILD-DIR
#
# The demo with a crowd runs in a tmux inside a tmux. What a person would type is
# typed at a person's pace, while the outer one's screen is captured again and again;
# that becomes assets/recording.svg.

set -eu

dir=$1
# shellcheck source=assets/stage.sh
. assets/stage.sh

cursor="$(printf '\f')#{?cursor_flag,#{cursor_x} #{cursor_y},}"

# The screens, until there is a file that says it is over.
capture()
{
	while [ ! -e "$stage/over" ]; do
		tm display-message -p -t shot "$cursor" \; \
		    capture-pane -e -p -t shot
		sleep 0.1
	done >"$stage/screens"
}

# pause SECONDS: for whoever looks on.
pause()
{
	sleep "$1"
}

# Each character on its own.
type()
{
	printf '%s\n' "$1" | sed 's/./&\
/g' | while IFS= read -r character; do
		[ -z "$character" ] || tm send-keys -t shot -l "$character"
		sleep 0.07
	done
}

say()
{
	type "$1"
	pause 0.3
	tm send-keys -t shot Enter
	await "‹ $1"
}

open_screen 120 36 "CLIENTS=2 CROWD=12 sh assets/demo.sh '$dir'"
await '$>'
await '#3'
pause 10
begun=$(date +%s)
capture &
pause 1
say 'hello, everyone'
pause 1
tm send-keys -t shot C-b Right
pause 0.7
say '안녕하세요, 메아리'
pause 1.5

# The watcher: one of the crowd is asked to leave, and its log is looked through.
tm send-keys -t shot C-b Up
for key in Down Down Down k; do
	pause 0.5
	tm send-keys -t shot "$key"
done
pause 1.5
tm send-keys -t shot y
pause 2.5
tm send-keys -t shot /
pause 0.5
type 'reason='
pause 0.5
tm send-keys -t shot Enter
pause 2.5
tm send-keys -t shot Escape
pause 1.5

tm send-keys -t shot C-b Down
pause 0.7
say 'back to typing'
pause 3
: >"$stage/over"
wait
count=$(grep -c "$(printf '\f')" "$stage/screens")
picture assets/recording.svg \
    $((($(date +%s) - begun) * 1000 / count)) <"$stage/screens"
