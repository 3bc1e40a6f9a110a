"""Foreign HTML: nothing active comes through, what is harmless stays."""

from __future__ import annotations

import html5lib
import pytest
from hypothesis import given
from hypothesis import strategies as st

from republisher.model import Markup
from republisher.sanitise import sanitise, to_text

BASE = "https://source.example/posts/1/"
PIECES = (
    *"""
<script>alert(1)</script>
<img src=x onerror=alert(1)>
<a href='javascript:alert(1)'>
<a href=' java	script:alert(1)'>
</a>
<svg onload=alert(1)>
<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>
<style>@import 'x'</style>
<p>
</p>
<table><tr><td>
<noscript><p title='</noscript><img src=x onerror=alert(1)>'>
<!--
-->
<![CDATA[
]]>
&lt;
&#x0;
<iframe srcdoc='<script>alert(1)</script>'>
<base href='https://evil.example/'>
text
<b>
<object data='data:text/html,x'>
<blockquote cite='javascript:alert(1)'>
<textarea>
<template>
<xmp>
<plaintext>
<select><option>
<meta http-equiv=refresh content='0;url=javascript:alert(1)'>
""".split("\n"),
    "\ud800",
    "\x0c",
    "\x00",
)
ACTIVE = frozenset(
    "script style iframe object embed form input button svg math base meta link template textarea".split()
)


def clean(html: str, base: str | None = BASE) -> str:
    """Sanitise a piece of HTML."""
    return sanitise(Markup(value=html, type="html", base=base))


@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
def test_nothing_active_survives(hostile: str) -> None:
    """An independent HTML5 parser finds no active element, no handler and no address but of the web or mail."""
    tree = html5lib.parseFragment(clean(hostile), namespaceHTMLElements=False)
    for element in tree.iter():
        assert element.tag not in ACTIVE
        for name, value in element.attrib.items():
            assert not str(name).startswith("on")
            if name in {"href", "src", "cite", "poster"}:
                assert value.startswith(("https://", "http://", "mailto:", "tel:"))


@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
def test_sanitising_twice_is_sanitising_once(hostile: str) -> None:
    """What has been cleaned is left alone."""
    once = clean(hostile)
    assert clean(once) == once


def test_harmless_markup_stays() -> None:
    """Paragraphs, lists, tables, links and pictures come through."""
    html = (
        '<h2>A</h2><ul><li>b<ul><li>c</li></ul></li></ul><table><tbody><tr><td colspan="2">d</td></tr></tbody></table>'
    )
    assert clean(html) == html


@pytest.mark.parametrize(
    ("reference", "expected"),
    [("/a b", "https://source.example/a%20b"), ("?p=1", BASE + "?p=1"), ("//cdn.example/x", "https://cdn.example/x")],
)
def test_relative_addresses_are_resolved(reference: str, expected: str) -> None:
    """A relative reference becomes absolute against its base."""
    assert f'href="{expected}"' in clean(f'<a href="{reference}">x</a>')


@pytest.mark.parametrize("base", [None, "not a url", "http://[broken", "file:///etc/"])
def test_relative_addresses_without_a_base_are_dropped(base: str | None) -> None:
    """The text of the link stays."""
    assert clean('<a href="/a">words</a>', base) == '<a rel="noopener noreferrer">words</a>'


def test_plain_text_becomes_paragraphs() -> None:
    """Blank lines part paragraphs, single ones break lines, and nothing is taken for markup."""
    markup = Markup(value="a < b\r\nc\n\n<script>", type="text")
    assert sanitise(markup) == "<p>a &lt; b<br>\nc</p>\n<p>&lt;script&gt;</p>"


def test_titles_lose_their_markup_but_no_words() -> None:
    """Tags go, entities are resolved once, scripts vanish with what is in them."""
    assert to_text(Markup(value="<b>A</b> &amp; B &lt;i&gt;<script>x</script>", type="html")) == "A & B <i>"
    assert to_text(Markup(value="A &amp; B", type="text")) == "A &amp; B"
    assert to_text(None) == ""
