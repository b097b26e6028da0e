"""Normalisation undoes disguises, leaves plain text alone, and knows where everything came from."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.attacks import ATTACKS
from models.normalise import LONGEST, normalise


@pytest.mark.parametrize(
    ("disguised", "plain"),
    [
        ("I h4te y0u, k1ll y0urself", "i hate you , kill yourself"),
        ("h a t e them", "hate them"),
        ("k i l l  y o u", "kill you"),
        ("ｈａｔｅ", "hate"),
        ("𝐡𝐚𝐭𝐞 𝓽𝓱𝓮𝓶", "hate them"),
        ("h\u200ba\u200bt\u2060e", "hate"),
        ("h̶́a̶t̶e̶", "hate"),
        ("I hаtе уоu", "i hate you"),
        ("f.u.c.k you @ssh0le", "fuck you asshole"),
        ("f*ck y0u b!tch", "fuck you bitch"),
        ("ki🔥ll h🔥a🔥t🔥e", "kill hate"),
        ("🅺🅸🅻🅻 ʜᴀᴛᴇ", "kill hate"),
        ("haaaaate", "hate"),
        ("#KillAllMen", "# kill all men"),
        ("k\u00adill", "kill"),
        ("you are stu·pid, h•ate th-em.", "you are stupid , hate them ."),
        ("I h473 th3m all", "i hate them all"),
        ("th3 v4ll3y$ b347 us", "the valleys beat us"),
        ("th0$e p30pl3 of z0rbl4nd13", "those people of zorblandie"),
        ("z-o-r-b-l-a-n-d is bad. z.o.r.b.l.a.n.d.", "zorbland is bad . zorbland ."),
        ("h a t e all z o r b l i n s", "hate all zorblins"),
    ],
)
def test_a_disguise_is_undone(disguised: str, plain: str) -> None:
    assert normalise(disguised).text == plain


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("mp3 rtx3080 i18n k8s w3c sha256 h264 ps5 covid19", "mp3 rtx3080 i18n k8s w3c sha256 h264 ps5 covid19"),
        ("привет как дела, это хорошо", "привет как дела , это хорошо"),
        ("сосна и рот", "сосна и рот"),
        ("Γεια σου κόσμε", "γεια σου κόσμε"),
        ("今日は良い天気 Tシャツ", "今日は良い天気 tシャツ"),
        ("5 μm", "5 μm"),
        ("x = a*b*c + y[i]", "x = a * b * c + y [ i ]"),
        ("C G D A E", "c g d a e"),
        ("2nd of 4k, B2B at 10:30", "2nd of 4k , b2b at 10 : 30"),
        ("well-known re-elect", "well - known re - elect"),
        ("**very** bold", "* * very * * bold"),
        ("B347, m337, a330", "b347 , m337 , a330"),
        ("x1carbon z0rbl4nd13", "x1carbon z0rbl4nd13"),
        ("y0ur rtx4070, sha256, covid19, 10k3", "your rtx4070 , sha256 , covid19 , 10k3"),
        ("3·10 a·b·c • one • two", "3 · 10 a · b · c • one • two"),
        ("v1.2.3 at 10.0.0.1, main.py.", "v1 . 2 . 3 at 10 . 0 . 0 . 1 , main . py ."),
        ("e.g. U.S.A. p.m.", "e . g . u . s . a . p . m ."),
        ("A-B-C-D, x_y_z, a.b c.d e.f g.h", "a - b - c - d , x _ y _ z , a . b c . d e . f g . h"),
    ],
)
def test_harmless_text_that_looks_disguised_stays(text: str, expected: str) -> None:
    assert normalise(text).text == expected


@pytest.mark.parametrize("text", ["tou·te·s les ami·e·s", "des étudiant·e·s français·e·s.", "un home intel·ligent"])
def test_inclusive_french_and_catalan_are_not_called_a_disguise(text: str) -> None:
    assert not normalise(text).disguised


def test_a_middle_dot_within_an_insult_is_undone_in_inclusive_spelling_too() -> None:
    assert normalise("vous, salop·e·s").text == "vous , salopes"


@pytest.mark.parametrize("text", ["stu·pid", "I h473 th3m all", "h-ate.", "z-o-r-b-l-i-n"])
def test_a_version_of_an_older_format_reads_as_it_was_taught(text: str) -> None:
    assert normalise(text, form=3).text != normalise(text).text


def test_a_name_that_is_spelt_for_emphasis_is_read_and_called_no_disguise() -> None:
    spelt = normalise("her name is Z-O-R-B-L-I-N, not Zorblan")
    assert "zorblin" in spelt.text.split()
    assert not spelt.disguised


def test_ascii_art_is_not_called_a_disguise() -> None:
    art = "  /\\_/\\\n ( o.o )\n  > ^ <\n(╯°□°)╯︵ ┻━┻"
    assert not normalise(art).disguised


def test_addresses_and_mentions_become_tokens_that_nobody_can_type() -> None:
    text = normalise("@ana@b.example see https://x.example/a?b=1 or mail ben@c.example \ue000").text
    assert text == "\ue001 see \ue000 or mail \ue002"


def test_a_span_points_at_the_original_word() -> None:
    original = "dear @ana, they are 𝓿𝓮𝓻𝓶𝓲𝓷 and r-a-t-s"
    item = normalise(original, offsets=True)
    for word, source in (("vermin", "𝓿𝓮𝓻𝓶𝓲𝓷"), ("rats", "r-a-t-s"), ("they", "they")):
        place = item.text.index(word)
        start, end = item.span(place, place + len(word))
        assert original[start:end] == source


@pytest.mark.parametrize("attack", sorted(ATTACKS))
def test_every_attack_keeps_offsets_and_text_in_step(attack: str) -> None:
    original = "Somebody should burn down every printer in this wonderful town, said my neighbour #RainyDays"
    text = ATTACKS[attack](original, random.Random(3))
    tracked, plain = normalise(text, offsets=True), normalise(text)
    assert tracked.text == plain.text
    assert len(tracked.text) == len(tracked.starts) == len(tracked.ends)


@given(st.text(alphabet=st.characters(), max_size=300))
@settings(max_examples=300, deadline=None)
def test_any_text_is_normalised_and_every_span_lies_within_it(text: str) -> None:
    tracked = normalise(text, offsets=True)
    assert tracked.text == normalise(text).text
    assert len(tracked.text) == len(tracked.starts) == len(tracked.ends)
    assert all(0 <= s < e <= len(text) for s, e in zip(tracked.starts, tracked.ends, strict=True))
    assert tracked.text == " ".join(tracked.text.split())


@given(st.text(alphabet="ab4@$!*. -_#k1lh\u200b🔥аеI\n", max_size=120))
@settings(max_examples=300, deadline=None)
def test_thick_disguises_keep_offsets_in_step(text: str) -> None:
    tracked = normalise(text, offsets=True)
    assert tracked.text == normalise(text).text
    assert len(tracked.text) == len(tracked.starts) == len(tracked.ends)


def test_lone_surrogates_and_controls_are_no_error() -> None:
    assert normalise("a\ud800b\x00c\udfff").text == "a b c"


@pytest.mark.parametrize(
    "unit", ["a-", "a.", "@", "*a", "a$", "#aB", "4a", "a ", "аa", "\u0301", "🔥a", "http://", "aaa", "x@"]
)
def test_a_megabyte_is_cut_to_head_middle_and_tail(unit: str) -> None:
    item = normalise(unit * (1_000_000 // len(unit)), offsets=True)
    assert item.cut
    assert len(item.text) <= 4 * LONGEST


def test_the_tail_of_a_long_text_is_read() -> None:
    text = "soup " * 5000 + "the very end"
    item = normalise(text, offsets=True)
    assert item.text.endswith("the very end")
    start, end = item.span(len(item.text) - 3, len(item.text))
    assert text[start:end] == "end"
