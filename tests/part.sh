#!/bin/sh
# Runs one part of a check and says how long it took, and how long it is meant to
# take on two cores that have nothing else to do, but ends nothing for it:
# part.sh WHAT SECONDS TOOL COMMAND... where TOOL is missing the part is left out.

set -u

what=$1 meant=$2 tool=$3
shift 3
echo "== $what"
if ! command -v "$tool" >/dev/null 2>&1; then
	echo "without $tool: left out"
	exit 0
fi
began=$(date +%s)
env "$@"
result=$?
echo "== $what: $(($(date +%s) - began)) s of $meant s"
exit $result
