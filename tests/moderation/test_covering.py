"""Which queue takes everything from another: read from what they match, without a case."""

from __future__ import annotations

import pytest

from moderation.queues.covering import covers, shadowed
from moderation.queues.values import Match, Queue, Source


@pytest.mark.parametrize(
    ("first", "second", "takes_all"),
    [
        (Match(), Match(categories=("hate",)), True),
        (Match(categories=("hate",)), Match(), False),
        (Match(categories=("hate", "spam")), Match(categories=("spam",)), True),
        (Match(categories=("hate",)), Match(categories=("hate", "spam")), False),
        (Match(categories=("hate",)), Match(categories=("hate",), languages=("fr",)), True),
        (Match(categories=("hate",), languages=("fr",)), Match(categories=("hate",)), False),
        (Match(languages=("pt",)), Match(languages=("pt-BR",)), True),
        (Match(languages=("pt-BR",)), Match(languages=("pt",)), False),
        (Match(languages=("p",)), Match(languages=("pt",)), False),
        (Match(domains=("far.example",)), Match(domains=("sub.far.example",)), True),
        (Match(domains=("far.example",)), Match(domains=("tofar.example",)), False),
        (Match(sources=(Source.LOCAL, Source.REMOTE)), Match(), True),
        (Match(sources=(Source.LOCAL, Source.REMOTE)), Match(sources=(Source.REPORT,)), True),
        (Match(sources=(Source.LOCAL,)), Match(sources=(Source.REPORT,)), False),
        (Match(sources=(Source.REPORT,)), Match(sources=(Source.LOCAL, Source.REPORT)), True),
    ],
)
def test_one_queue_takes_all_of_another_where_whatever_fits_it_fits_the_first(
    first: Match, second: Match, takes_all: bool
) -> None:
    assert covers(first, second) is takes_all


def test_only_those_before_it_take_a_queues_cases() -> None:
    hatred, everything = Queue(1, "Hatred", Match(categories=("hate",))), Queue(2, "all")
    assert shadowed([hatred, everything]) == []
    assert shadowed([everything, hatred]) == [(hatred, everything)]
