#!/usr/bin/env bash
# What the tests need from the system: a Chromium for the pages, a PostgreSQL to start as a throw-away server, FFmpeg for films.
set -euo pipefail
missing=()
command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null || missing+=(chromium)
compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || command -v initdb >/dev/null || missing+=(postgresql)
command -v ffmpeg >/dev/null || missing+=(ffmpeg)
[ ${#missing[@]} = 0 ] && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq && apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
else
    echo "The tests need ${missing[*]}. Once, as root: apt-get install -y ${missing[*]}" >&2
    exit 1
fi
