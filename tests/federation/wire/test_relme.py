"""Whose links say rel=me: browsers' links, and nothing that only looks like one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.federation.wire import relme

HOME = "https://ostiary.example/@ana"


@pytest.mark.parametrize(
    "page",
    [
        f'<a rel="me" href="{HOME}">me</a>',
        f"<html><head><link rel=me href={HOME}></head></html>",
        f"<LINK HREF='{HOME}' REL='ME'/>",
        f'<a\n class="x > y" rel="noopener me nofollow"\n href=" {HOME} ">',
        f'<p><b>bold<a rel="me" href="{HOME}" rel="nofollow">',
        f'<!-- old --><script>let a = "<a>";</script><a rel="me" href="{HOME}">',
        f'<svg/><a data-x="a&quot;b" rel="me" href="{HOME.replace("@", "&#64;")}">',
        f'İİ <script>İ</SCRIPT><a rel="me" href="{HOME}">',
    ],
)
def test_a_link_that_says_me_is_found(page: str) -> None:
    assert relme.links(page) == {HOME}


@pytest.mark.parametrize(
    "page",
    [
        "",
        f'<a href="{HOME}">',
        f'<a rel="nofollow" href="{HOME}">',
        f'<a rel="menu" href="{HOME}">',
        '<a rel="me">',
        f'<!-- <a rel="me" href="{HOME}"> -->',
        f'<!-- <a rel="me" href="{HOME}">',
        f'<script>let a = \'<a rel="me" href="{HOME}">\';</script>',
        f'<script><a rel="me" href="{HOME}">',
        f'<textarea><a rel="me" href="{HOME}"></textarea>',
        f'<title><a rel="me" href="{HOME}"></title>',
        f'<div title="<a rel=me href={HOME}>">',
        f'&lt;a rel="me" href="{HOME}"&gt;',
        f'<abbr rel="me" href="{HOME}">',
        f'<a rel="nofollow" rel="me" href="{HOME}">',
        f'<a title="{"x" * relme.LONGEST_TAG}" rel="me" href="{HOME}">',
    ],
)
def test_what_only_looks_like_one_is_none(page: str) -> None:
    assert relme.links(page) == frozenset()


@pytest.mark.parametrize("piece", ["<", "<a ", '<a "', "<!--", "<script>", "<script ", "<a rel='", "</", "<a/", "&lt;"])
def test_a_page_made_to_take_long_is_read_to_its_end(piece: str) -> None:
    assert relme.links(piece * (300_000 // len(piece))) == frozenset()


@given(st.text(alphabet="<>ahrefl me=\"'/!-scipt", max_size=200))
def test_any_text_is_read(page: str) -> None:
    relme.links(page)
