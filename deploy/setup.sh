#!/usr/bin/env bash
# Makes .venv and puts the locked packages in it, each checked against its hash. Usage: setup.sh PYTHON LOCKFILE
# Nothing is built: the checkout is put on the path, and `.venv/bin/ostiary` starts it.
set -euo pipefail
cd "$(dirname "$0")/.."
python=$1 lock=$2

fail() { echo "setup: $*" >&2; exit 1; }

command -v "$python" >/dev/null || fail "there is no $python here; on Debian or Ubuntu: apt-get install python3 python3-venv"
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
    fail "Python 3.11 or newer is needed; $python is $("$python" -V 2>&1). Name another: make run PYTHON=python3.12"

if ! "$python" -c 'import venv, ensurepip' 2>/dev/null; then
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        export DEBIAN_FRONTEND=noninteractive
        apt-get update -qq && apt-get install -y -qq python3-venv >/dev/null
    else
        fail "Python's venv module is missing. Once, as root: apt-get install -y python3-venv"
    fi
fi

if ! { [ -x .venv/bin/python ] && .venv/bin/python -m pip --version; } >/dev/null 2>&1; then
    rm -rf .venv
    "$python" -m venv .venv
fi
.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-input --require-hashes --only-binary :all: -r "$lock"

site=$(.venv/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
pwd >"$site/ostiary.pth"
cat >.venv/bin/ostiary <<LAUNCHER
#!/bin/sh
exec "$PWD/.venv/bin/python" -m workers.cli "\$@"
LAUNCHER
chmod +x .venv/bin/ostiary
