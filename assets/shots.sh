#!/bin/sh
# Draws the README's pictures anew: shots.sh BUILD-DIR
#
# Something is said in a client that runs in a tmux, and what that shows becomes a
# picture in assets/.

set -eu

dir=$1
. assets/stage.sh

say()
{
	tm send-keys -t shot -l "$1"
	tm send-keys -t shot Enter
	await "‹ $1"
}

shoot()
{
	tm capture-pane -e -p -t shot | picture "$1"
	tm kill-session -t shot
}

"$dir/yodeld" -p 0 2>"$stage/log" &
server=$!
until port=$(sed -n 's/.* listen *127.0.0.1:\([0-9]*\)$/\1/p' "$stage/log") &&
    [ -n "$port" ]; do
	sleep 0.02
done
yodel="exec '$dir/yodel' --history none"

# chat: some of everything, and a line that is being typed.
chat()
{
	await '$>'
	say 'hello world'
	say '안녕하세요, 메아리'
	say 'wide and combining: 漢字 é 🎉'
	# shellcheck disable=SC1112 # the right-to-left override is what is shown
	tm send-keys -t shot -l "$(printf 'what would reorder is spelt out: \342\200\256')"
	tm send-keys -t shot Enter
	tm send-keys -t shot -l 'a line that is longer than the pane goes on in the next row, under its own beginning, and its mark is at the end'
	tm send-keys -t shot Enter
	await 'at the end  '
}

open_screen 80 24 "$yodel 127.0.0.1 $port"
chat
tm send-keys -t shot -l '한글을 치는 중'
await '$> 한글을 치는 중'
shoot assets/client.svg

# The side pane, a word that is looked for, and the bytes of what came back.
open_screen 120 40 "$yodel --hex 127.0.0.1 $port"
chat
tm send-keys -t shot M-/
await 'find:'
tm send-keys -t shot -l 'the'
tm send-keys -t shot Enter
await 'Esc back'
shoot assets/wide.svg

# The smallest that it works in, while it waits for a server that is not there.
open_screen 40 8 "$yodel 127.0.0.1 $port"
await '$>'
say '메아리'
kill "$server"
server=
await 'again'
tm send-keys -t shot -l '이어서'
await '$> 이어서'
shoot assets/small.svg
