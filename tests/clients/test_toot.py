"""The `toot` command against a real server: sign in, post, read, delete."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.clients.conftest import House
from tests.support.pictures import picture

pytestmark = [pytest.mark.clients, pytest.mark.one_database]
BINARY = Path(sys.executable).parent / "toot"


class Toot:
    """The command with a home of its own."""

    def __init__(self, home: Path) -> None:
        self._home = home

    def __call__(self, *words: str, typed: str = "") -> str:
        """Run it; what it prints."""
        done = subprocess.run(
            [sys.executable, str(BINARY), "--no-color", *words],
            input=typed,
            env={
                "HOME": str(self._home),
                "XDG_CONFIG_HOME": str(self._home),
                "LANG": "C.UTF-8",
                "PATH": "/usr/bin:/bin",
            },
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, (words, done.stdout, done.stderr)
        return done.stdout

    def sign_in(self, house: House, name: str) -> None:
        """`toot login`, the address opened in a browser, the code typed in."""
        process = subprocess.Popen(
            [sys.executable, str(BINARY), "login", "-i", house.url],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env={
                "HOME": str(self._home),
                "XDG_CONFIG_HOME": str(self._home),
                "LANG": "C.UTF-8",
                "PATH": "/usr/bin:/bin",
            },
            text=True,
        )
        with process:
            assert process.stdin is not None and process.stdout is not None
            lines = iter(process.stdout.readline, "")
            address = next(line.strip() for line in lines if line.startswith(f"{house.url}/oauth/authorize"))
            rest, _none = process.communicate(f"n\n{house.code(name, address)}\n", timeout=60)
        assert "Successfully logged in" in rest


@pytest.fixture
def toot(house: House, tmp_path: Path) -> Toot:
    """Ana's, signed in."""
    command = Toot(tmp_path)
    command.sign_in(house, "ana")
    return command


def test_a_member_signs_in_posts_reads_and_deletes(house: House, toot: Toot) -> None:
    assert f"ana@{house.services.settings.domain}" in toot("auth")
    assert "@ana" in toot("whoami")
    posted = json.loads(toot("post", "Good morning from the terminal #toot", "--json"))
    number = posted["id"]
    assert "Good morning from the terminal" in toot("timeline", "-1")
    assert "Good morning" in toot("status", number)
    toot("favourite", number)
    toot("delete", number)
    assert "Good morning" not in toot("timeline", "-1")


def test_a_member_finds_and_follows_somebody(house: House, toot: Toot) -> None:
    assert "ben" in toot("search", "ben")
    assert "following ben" in toot("follow", "ben")
    assert "ben" in toot("following", "ana")
    assert house.services.settings.domain in toot("instance")


def test_a_poll_a_picture_and_a_list_from_the_terminal(house: House, toot: Toot, tmp_path: Path) -> None:
    (tmp_path / "wall.png").write_bytes(picture())
    said = ("--media", str(tmp_path / "wall.png"), "--description", "a wall", "--spoiler-text", "bricks", "--sensitive")
    posted = json.loads(toot("post", "My wall", *said, "--json"))
    assert [each["description"] for each in posted["media_attachments"]] == ["a wall"]
    asked = json.loads(toot("post", "Paint it?", "--poll-option", "Yes", "--poll-option", "No", "--json"))
    assert [each["title"] for each in asked["poll"]["options"]] == ["Yes", "No"]
    toot("bookmark", posted["id"])
    assert "My wall" in toot("bookmarks", "-1")
    toot("follow", "ben")
    toot("lists", "create", "Neighbours")
    toot("lists", "add", "Neighbours", "ben")
    assert "ben" in toot("lists", "accounts", "Neighbours")
    toot("tags", "follow", "brick")
    assert "brick" in toot("tags", "followed")
    toot("mute", "ben")
    assert "ben" in toot("muted")
    toot("notifications")
    toot("update_account", "--display-name", "Ana of the wall")
    assert "Ana of the wall" in toot("whoami")
