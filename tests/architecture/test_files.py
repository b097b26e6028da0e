"""What must not lie in the project, and what its files must not say."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
LARGEST_BYTES = 8 * 1024 * 1024
FORBIDDEN = re.compile(r"\.(pkl|pickle|joblib|pyc|sqlite3?|db|pem|key|egg-info)$|(^|/)(\.env|node_modules|\.venv)(/|$)")
# Written in two parts, so that this file doesn't hold what it looks for.
REGISTRIES = re.compile(
    "|".join(("https?://[^/ ]*" + "pypi", "registry" + r"\.npmjs", "--(extra-)?index" + "-url[ =]"))
)
TEXT = {
    ".py",
    ".md",
    ".toml",
    ".txt",
    ".sh",
    ".yml",
    ".yaml",
    ".html",
    ".css",
    ".js",
    ".conf",
    ".env",
    ".service",
    "",
}


def files() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


def texts() -> list[tuple[Path, str]]:
    return [(file, file.read_text(errors="replace")) for file in files() if file.suffix in TEXT]


def test_no_pickle_database_or_key_is_committed() -> None:
    assert [str(file) for file in files() if FORBIDDEN.search(file.relative_to(ROOT).as_posix())] == []


def test_no_file_is_too_large_to_clone() -> None:
    assert [str(file) for file in files() if file.stat().st_size > LARGEST_BYTES] == []


def test_no_registry_is_named() -> None:
    assert [str(file) for file, text in texts() if REGISTRIES.search(text)] == []


def test_locks_have_a_hash_for_every_package() -> None:
    for name in ("runtime.txt", "dev.txt"):
        entries = (ROOT / "locks" / name).read_text().replace("\\\n", " ").splitlines()
        assert [entry[:40] for entry in entries if entry.strip() and "--hash=sha256:" not in entry] == []


def test_every_module_says_what_it_is_for() -> None:
    silent = [
        str(file)
        for file in files()
        if file.suffix == ".py"
        and file.relative_to(ROOT).parts[0] in ("app", "models", "moderation", "workers", "bench")
        and file.read_text().strip()
        and not file.read_text().startswith(('"""', "#!"))
    ]
    assert silent == []
