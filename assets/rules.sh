#!/bin/sh
# Prints the rules that are alike, one for each source, as GNU make's pattern
# rules and BSD make's .for do not go together: rules.sh BUILD-DIR KIND SOURCE...
#
# `objects FLAGS SOURCE...` makes objects; `archive NAME SOURCE...` puts them into
# NAME.a, all but the one that main() of a product is in; `tests FLAGS LIBRARIES SOURCE...` makes
# a program of each source; `programs` does too, without the libraries of tests:
# what name.c needs besides is in name_CFLAGS and name_LIBS. `headers` prints what
# the compiler noted of the last build, so that a changed header is noticed.

set -u

dir=$1 kind=$2
shift 2

compile()
{
	echo "$dir/${1%.c}.o: $1 $dir/config.mk $dir/ready"
	echo "	@mkdir -p $dir/${1%/*}"
	echo "	@echo '  CC    $1'"
	echo "	\$Q\$(COMPILE) $flags -o $dir/${1%.c}.o $1"
}

link()
{
	echo "$dir/${1%.c}: $dir/${1%.c}.o $libraries"
	echo "	@echo '  LINK  $dir/${1%.c}'"
	echo "	\$Q\$(LINK) -o $dir/${1%.c} $dir/${1%.c}.o $libraries $more"
}

archive()
{
	objects=
	for source; do
		case $source in
		server/yodeld.c | tui-client/yodel.c) ;;
		*) objects="$objects $dir/${source%.c}.o" ;;
		esac
	done
	echo "$dir/$name.a:$objects"
	echo "	@rm -f \$@"
	echo "	@echo '  AR    $dir/$name.a'"
	echo "	\$Q\$(AR) -rcs \$@$objects"
}

case $kind in
objects)
	flags=$1
	shift
	for source; do
		compile "$source"
	done
	;;
archive)
	name=$1
	shift
	archive "$@"
	;;
tests)
	flags=$1 libraries=$2 more="\$(TEST_LIBS)"
	shift 2
	for source; do
		compile "$source"
		link "$source"
	done
	;;
programs)
	own=$1 libraries=$2
	shift 2
	for source; do
		name=$(basename "$source" .c)
		flags="$own \$(${name}_CFLAGS)" more="\$(${name}_LIBS)"
		compile "$source"
		link "$source"
	done
	;;
headers)
	find "$dir" -name '*.d' -exec cat {} +
	;;
esac
