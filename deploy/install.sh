#!/bin/sh
# Install Barfrub from this unpacked bundle, without internet.  ./install.sh [--prefix DIR] [--python PYTHON]
# Each version gets a folder of its own below the prefix; `current` leads to the newest, so going back is one link.
set -eu
cd "$(dirname "$0")"

say() { printf 'install: %s\n' "$*"; }
fail() { printf 'install: %s\n' "$*" >&2; exit 1; }

prefix=/opt/barfrub
python=
while [ $# -gt 0 ]; do
    case $1 in
        --prefix) prefix=${2:?--prefix wants a folder}; shift 2 ;;
        --python) python=${2:?--python wants a program}; shift 2 ;;
        *) fail "unknown option $1; usage: ./install.sh [--prefix DIR] [--python PYTHON]" ;;
    esac
done

fact() { sed -n "s/^$1=//p" bundle.txt; }
version=$(fact version)
wanted=$(fact python)

[ "$(uname -m)" = "$(fact machine)" ] || fail "this bundle is for $(fact machine), this machine is $(uname -m)"
sha256sum --check --strict --quiet SHA256SUMS || fail "a file of the bundle is not as it was made; copy the bundle again"
[ -n "$python" ] || python=$(command -v "python$wanted" || command -v python3 || fail "Python $wanted is missing")
found=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])') || fail "$python does not run"
[ "$found" = "$wanted" ] || fail "this bundle is for Python $wanted, $python is $found (see --python)"

mkdir -p "$prefix"
prefix=$(cd "$prefix" && pwd)
target=$prefix/$version
n=2
while [ -e "$target" ]; do target=$prefix/$version-$n; n=$((n + 1)); done
work=$(mktemp -d "$prefix/.installing-XXXXXX")
done=no
finish() { rm -rf "$work"; [ "$done" = yes ] || rm -rf "$target"; }
trap finish EXIT
trap 'exit 1' INT TERM

say "installing Barfrub $version into $target (about a minute)"
"$python" -m zipfile --extract wheels/uv-*.whl "$work"
uv=$(find "$work" -path '*.data/scripts/uv')
chmod +x "$uv"
export UV_OFFLINE=1 UV_NO_CONFIG=1 UV_NO_CACHE=1 UV_PYTHON_DOWNLOADS=never UV_LINK_MODE=copy VIRTUAL_ENV="$target"
"$uv" venv --quiet --python "$python" "$target"
"$uv" pip install --quiet --no-index --find-links wheels --require-hashes --compile-bytecode --requirement requirements.lock
"$uv" pip install --quiet --no-index --no-deps --compile-bytecode wheels/barfrub-*.whl
rm -f "$target/.lock"
(cd / && "$target/bin/python" -c 'import api.server.app') || fail "the installed program does not start"
cp -R deploy administrator.md "$target/"
[ ! -d kernels ] || cp -R kernels "$target/"

ln -s "${target##*/}" "$work/current"
mv -T "$work/current" "$prefix/current"
done=yes
command -v espeak-ng >/dev/null || say "no espeak-ng: phones without a voice of their driver's language lead by tones (apt install espeak-ng)"
say "done: $prefix/current/bin/barfrub"
say "next: $prefix/current/administrator.md (service unit, HTTPS, first start)"
