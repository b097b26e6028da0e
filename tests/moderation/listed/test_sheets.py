"""Lists of hashes as files: what the field's look like, and ours there and back."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from moderation.listed import sheets
from moderation.listed.bank import Entry
from moderation.listed.tables import HashKind, ListedHashRow

PDQ = "f0" * 32
SHA = "ab" * 32


@pytest.mark.parametrize(
    ("text", "kind", "wanted"),
    [
        (f"hash,reason\n{'1' * 32},sold here before\n", None, Entry(HashKind.MD5, "1" * 32, "sold here before")),
        (f"{'2F' * 20}\n", None, Entry(HashKind.SHA1, "2f" * 20)),
        (f"hash,reason\n{SHA},x\n", HashKind.SHA256, Entry(HashKind.SHA256, SHA, "x")),
        (f"pdq:{PDQ}\n", None, Entry(HashKind.PDQ, PDQ)),
        (f"{PDQ},100,holiday.jpg\n", HashKind.PDQ, Entry(HashKind.PDQ, PDQ, "holiday.jpg")),
        (f"signal_type,signal_str\nPDQ,{PDQ}\n", None, Entry(HashKind.PDQ, PDQ)),
        (f'\ufeffsha256,description\n{SHA},"a, b"\n', None, Entry(HashKind.SHA256, SHA, "a, b")),
        (
            f"kind,hash,expires_at\nsha256,{SHA},2027-01-31\n",
            None,
            Entry(HashKind.SHA256, SHA, "", datetime(2027, 1, 31, tzinfo=UTC)),
        ),
    ],
)
def test_the_shapes_of_the_field_are_understood(text: str, kind: HashKind | None, wanted: Entry) -> None:
    assert sheets.parse(text, kind) == sheets.Sheet((wanted,), ())


def test_each_bad_line_is_refused_with_its_reason_and_the_others_are_taken() -> None:
    text = (
        f"# ours\nkind,hash\nmd5,{'1' * 32}\nmd5,short\nphotodna,{'1' * 32}\n,{SHA}\npdq,{'0' * 64}\nmd5,{'g' * 32}\n\n"
    )
    sheet = sheets.parse(text)
    assert [each.digest for each in sheet.entries] == ["1" * 32]
    assert [(each.line, each.reason.split(":")[0]) for each in sheet.refused] == [
        (4, "a md5 hash has 32 hexadecimal digits"),
        (5, "a hash is md5, sha1, sha256 or pdq"),
        (6, "say whether hashes of 64 digits are sha256 or pdq"),
        (7, "this hash is of a plain surface, and near to many pictures"),
        (8, "a md5 hash has 32 hexadecimal digits"),
    ]


def test_a_hash_of_too_little_quality_is_refused() -> None:
    assert "quality" in sheets.parse(f"{PDQ},12,sky.jpg\n", HashKind.PDQ).refused[0].reason


def test_what_is_written_is_read_again() -> None:
    until = datetime(2027, 1, 31, tzinfo=UTC)
    rows = [ListedHashRow(kind=HashKind.PDQ, digest=PDQ, reason="from, a friend", expires_at=until)]
    assert sheets.parse(sheets.write(rows)).entries == (Entry(HashKind.PDQ, PDQ, "from, a friend", until),)


def test_no_table_of_numbers_takes_a_reason_for_a_formula() -> None:
    row = ListedHashRow(kind=HashKind.PDQ, digest=PDQ, reason="=HYPERLINK()", expires_at=None)
    assert "'=HYPERLINK()" in sheets.write([row])
