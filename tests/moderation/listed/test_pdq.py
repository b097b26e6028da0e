"""PDQ: what stays the same when a picture is changed, what doesn't, and the index that finds what is near."""

from __future__ import annotations

import io

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from moderation.listed import pdq
from moderation.listed.near import NearIndex
from tests.support.pictures import scene

# Computed once with the reference implementation (pdqhash 0.2.8) from the pixels of `grid`.
REFERENCE = "451c59813a2dbffe0f77043ce0c8c458b891981fee239ab1ff89a4574aaa72f1"


def grid(height: int = 90, width: int = 70) -> NDArray[np.uint8]:
    """Pixels by a formula, so that another implementation can be given the very same ones."""
    down, across = np.mgrid[0:height, 0:width].astype(np.int64)
    return np.uint8((down * down * 3 + across * across * 5 + down * across * 7 + (down // 9) * 31) % 251)


def bits(image: Image.Image) -> str:
    return pdq.compute(np.asarray(image.convert("L"))).bits


def test_it_says_what_the_reference_says_bit_by_bit() -> None:
    assert pdq.compute(grid()).bits == REFERENCE


def test_a_picture_made_smaller_or_coarser_or_paler_is_still_near() -> None:
    picture = scene(1)
    coarse = io.BytesIO()
    picture.save(coarse, "JPEG", quality=20)
    changed = [picture.resize((256, 200)), Image.open(coarse), picture.point(lambda value: value // 2 + 60)]
    assert [pdq.distance(bits(picture), bits(each)) <= pdq.FARTHEST for each in changed] == [True] * 3


def test_another_picture_is_far() -> None:
    assert pdq.distance(bits(scene(1)), bits(scene(2))) > 80


@pytest.mark.parametrize("turn", list(Image.Transpose))
def test_a_picture_that_was_turned_or_mirrored_is_near_one_of_its_turns(turn: Image.Transpose) -> None:
    picture = scene(3)
    turns = pdq.compute_turned(np.asarray(picture))
    assert len(turns) == 8
    assert min(pdq.distance(each.bits, bits(picture.transpose(turn))) for each in turns) <= pdq.FARTHEST


def test_a_plain_surface_and_a_speck_say_nothing() -> None:
    assert pdq.compute(np.full((300, 300), 77, dtype=np.uint8)).quality == 0
    assert pdq.compute(np.zeros((4, 300), dtype=np.uint8)).quality == 0
    assert pdq.compute(np.asarray(scene(1))).quality >= pdq.GOOD


def flipped(bits: str, count: int, rng: np.random.Generator) -> str:
    whole = int(bits, 16)
    for bit in rng.choice(256, count, replace=False):
        whole ^= 1 << int(bit)
    return f"{whole:064x}"


def test_the_index_finds_everything_within_31_bits_and_nothing_beyond() -> None:
    rng = np.random.default_rng(5)
    asked = rng.bytes(32).hex()
    near = [flipped(asked, count, rng) for count in range(32)]
    far = [flipped(asked, count, rng) for count in range(32, 60)]
    index = NearIndex(range(60), near + far)
    assert [(one.id, one.distance) for one in index.find([asked], 31)] == [(count, count) for count in range(32)]
    assert [one.id for one in index.find([asked], 3)] == [0, 1, 2, 3]


def test_the_index_agrees_with_comparing_all() -> None:
    rng = np.random.default_rng(6)
    centres = [rng.bytes(32).hex() for _ in range(20)]
    listed = [flipped(centre, int(rng.integers(0, 45)), rng) for centre in centres for _ in range(20)]
    index = NearIndex(range(len(listed)), listed)
    for centre in centres:
        wanted = {number for number, each in enumerate(listed) if pdq.distance(centre, each) <= 31}
        assert {one.id for one in index.find([centre], 31)} == wanted


def test_of_several_turns_the_nearest_is_named() -> None:
    rng = np.random.default_rng(8)
    one, other = rng.bytes(32).hex(), rng.bytes(32).hex()
    (found,) = NearIndex([7], [flipped(other, 4, rng)]).find([one, other], 31)
    assert (found.id, found.distance, found.turn) == (7, 4, 1)


def test_an_empty_index_finds_nothing() -> None:
    assert NearIndex((), ()).find(["0" * 64], 31) == []
