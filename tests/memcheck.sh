#!/bin/sh
# End-to-end tests of programs that are run by a memory checker:
# memcheck.sh BUILD-DIR CHECKER PROGRAM... What the checker says goes to files, so
# that a test reads what its program says and nothing else; an error, also of a
# program that was killed, is a failure.

set -u

build=$1 checker=$2
shift 2
place=$build/memcheck
rm -rf "$place"
mkdir -p "$place" || exit 1
place=$(cd "$place" && pwd)
for name in yodeld yodel; do
	{
		echo '#!/bin/sh'
		echo "exec $checker --suppressions=$PWD/tests/valgrind.supp \\"
		echo "    --log-file=$place/said.%p ${place%/*}/$name \"\$@\""
	} >"$place/$name"
	chmod +x "$place/$name"
done
YODELD=$place/yodeld YODEL=$place/yodel sh tests/run.sh "$build" "$@"
result=$?
grep -h '^==' "$place"/said.* && result=1
exit $result
