"""The same story in several languages, from what sources say to what is published, and back out again."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from datetime import timedelta
from itertools import permutations
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import settings as tuned
from hypothesis import strategies as st
from lxml import etree

from fakes import FakeTransport
from newsroom import ATOM, Newsroom, feed
from republisher.model import LanguageTag, Source
from republisher.records import AS_USUAL, Grouping
from republisher.siblings import Verdicts, pair
from republisher.store import SqliteStore
from republisher.translations import likely, parted, settle, settling

if TYPE_CHECKING:
    from collections.abc import Iterator

WORDS = {
    "ko": "경기도가 미유기 치어를 방류했다.",
    "en": "The province released fish.",
    "fr": "La province a lâché des poissons.",
}
NUMBERS = " 7341, 3052, 63.6 %, 12 804 217, NAVER"


@pytest.fixture
def room() -> Iterator[Newsroom]:
    """Open an empty newsroom."""
    with SqliteStore(":memory:") as store:
        yield Newsroom(store)


def entry(name: str, language: str, *, links: str = "", words: str = "", day: int = 4, title: str = "") -> str:
    """Return an Atom entry called `name`, which is also the end of its address."""
    return (
        f'<entry xml:lang="{language}"><id>urn:example:{name}</id><title>{title or name}</title>'
        f"<updated>2026-03-{day:02}T09:00:00Z</updated><published>2026-03-{day:02}T09:00:00Z</published>"
        f'<link href="https://{language}.site.example/{name}"/>{links}'
        f'<content type="html">&lt;p&gt;{WORDS.get(language, "")} {words or name}&lt;/p&gt;</content></entry>'
    )


def to(name: str, language: str, rel: str = "alternate") -> str:
    """Return a link to a translation."""
    return f'<link rel="{rel}" hreflang="{language}" href="https://{language}.site.example/{name}"/>'


def sitemap(*sets: str) -> bytes:
    """Return a sitemap; a set is names such as `1/en 2/ko`."""
    urls = []
    for one in sets:
        addresses = [
            (language, f"https://{language}.site.example/{name}")
            for name, _, language in (part.partition("/") for part in one.split())
        ]
        links = "".join(f'<x:link rel="alternate" hreflang="{language}" href="{url}"/>' for language, url in addresses)
        urls += [f"<url><loc>{url}</loc>{links}</url>" for _, url in addresses]
    space = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:x="http://www.w3.org/1999/xhtml"'
    return f"<urlset {space}>{''.join(urls)}</urlset>".encode()


def beside(room: Newsroom, name: str) -> list[str]:
    """Return the names of the articles shown with `name`, guesses with a question mark."""
    found = room.store.siblings([f"urn:example:{name}"]).get(f"urn:example:{name}", ())
    return [one.id.removeprefix("urn:example:") + "?" * (one.confidence is not None) for one in found]


def related(room: Newsroom, path: str = "all.atom") -> dict[str, list[tuple[str | None, ...]]]:
    """Return hreflang, href and title of the translations each entry links to."""
    tree = etree.fromstring(room.output.files[path])
    return {
        str(one.findtext(f"{ATOM}id")).removeprefix("urn:example:"): [
            (link.get("hreflang"), link.get("href"), link.get("title"))
            for link in one.iter(f"{ATOM}link")
            if link.get("rel") == "related"
        ]
        for one in tree.iter(f"{ATOM}entry")
    }


def in_json(room: Newsroom, name: str) -> list[dict[str, Any]]:
    """Return what JSON Feed says of the translations of an article."""
    items = json.loads(room.output.files["all.json"])["items"]
    (item,) = (item for item in items if item["id"] == f"urn:example:{name}")
    found: list[dict[str, Any]] = item["_republisher"].get("translations", [])
    return found


def test_what_an_entry_says_is_shown_on_both_sides(room: Newsroom) -> None:
    """One side says so; each links to the other by its permalink, with title and language."""
    room.transport.documents["feeds/a"] = feed(entry("k", "ko", links=to("e", "en")), entry("e", "en", title="Fish"))
    room.run()
    assert (beside(room, "k"), beside(room, "e")) == (["e"], ["k"])
    assert related(room)["k"] == [("en", "https://en.site.example/e", "Fish")]
    assert related(room)["e"] == [("ko", "https://ko.site.example/k", "k")]
    assert in_json(room, "e") == [{"url": "https://ko.site.example/k", "language": "ko", "title": "k"}]
    assert b'rel="related" type="text/html" hreflang="ko"' in room.output.files["en/all.rss"]


def test_every_entry_keeps_one_alternate_link(room: Newsroom) -> None:
    """Readers take the first or the last of several, so there is one."""
    room.transport.documents["feeds/a"] = feed(entry("k", "ko", links=to("e", "en")), entry("e", "en"))
    room.run()
    tree = etree.fromstring(room.output.files["all.atom"])
    for one in tree.iter(f"{ATOM}entry"):
        assert len([link for link in one.iter(f"{ATOM}link") if link.get("rel") == "alternate"]) == 1


def test_an_address_nobody_has_is_still_linked(room: Newsroom) -> None:
    """What the source says of a translation that was never taken in is passed on as it is."""
    room.transport.documents["feeds/a"] = feed(entry("k", "ko", links=to("x", "es") + to("e", "en")), entry("e", "en"))
    room.run()
    assert [href for _, href, _ in related(room)["k"]] == ["https://es.site.example/x", "https://en.site.example/e"]
    assert [one["language"] for one in in_json(room, "k")] == ["es", "en"]


def test_a_sitemap_brings_languages_together(room: Newsroom) -> None:
    """It has no articles; what it names is one story, whichever is read first."""
    room.transport.documents |= {
        "feeds/a": feed(entry("k", "ko"), entry("e", "en"), entry("f", "fr")),
        "feeds/z": sitemap("k/ko e/en f/fr", "q/ko r/en"),
    }
    tally, _ = room.run()
    assert not tally.failures
    assert (beside(room, "k"), beside(room, "e"), beside(room, "f")) == (["e", "f"], ["f", "k"], ["e", "k"])


@pytest.mark.parametrize("order", [("fr", "ko"), ("ko", "fr")])
def test_numbers_of_polylang_reach_from_document_to_document(room: Newsroom, order: tuple[str, str]) -> None:
    """WordPress gives the posts of each language by themselves, which name their translations by numbers."""
    numbers = {"fr": 7, "ko": 9}
    for place, language in enumerate(order):
        number = numbers[language]
        post = {
            "id": number,
            "guid": {"rendered": f"https://site.example/?p={number}"},
            "link": f"https://site.example/{language}/post/",
            "date_gmt": "2026-03-04T09:00:00",
            "title": {"rendered": language},
            "content": {"rendered": WORDS[language]},
            "lang": language,
            "translations": numbers,
        }
        room.transport.documents[f"feeds/{place}"] = json.dumps([post]).encode()
        room.run()
    for language, other in (("fr", "ko"), ("ko", "fr")):
        id_ = f"https://site.example/?p={numbers[language]}"
        (sibling,) = room.store.siblings([id_])[id_]
        assert (sibling.language, sibling.link) == (other, f"https://site.example/{other}/post/")
        assert sibling.confidence is None


def test_a_sitemap_may_come_long_before_the_articles(room: Newsroom) -> None:
    """What it said is remembered, also when it has dropped the addresses since."""
    room.transport.documents["feeds/z"] = sitemap("k/ko e/en")
    room.run()
    room.transport.documents["feeds/z"] = sitemap("q/ko r/en")
    room.transport.documents["feeds/a"] = feed(entry("k", "ko"))
    room.run()
    assert beside(room, "k") == []
    room.transport.documents["feeds/a"] = feed(entry("e", "en"))
    room.run()
    assert (beside(room, "k"), beside(room, "e")) == (["e"], ["k"])


def test_the_last_word_of_a_sitemap_counts(room: Newsroom) -> None:
    """A page that is named with others than before leaves those it was named with."""
    room.transport.documents |= {
        "feeds/a": feed(entry("k", "ko"), entry("e", "en"), entry("f", "en")),
        "feeds/z": sitemap("k/ko e/en"),
    }
    room.run()
    room.transport.documents["feeds/z"] = sitemap("k/ko f/en")
    room.run()
    assert (beside(room, "k"), beside(room, "e"), beside(room, "f")) == (["f"], [], ["k"])


def test_nonsense_merges_nothing(room: Newsroom) -> None:
    """Wrong languages, one's own language, two for one language, several that claim the same one."""
    room.transport.documents["feeds/a"] = feed(
        entry("k", "ko", links=to("e", "fr").replace("//fr.", "//en.")),
        entry("l", "ko", links=to("k", "ko")),
        entry("m", "ko", links=to("e", "en") + to("f", "en")),
        entry("n", "ko", links=to("g", "en")),
        entry("o", "ko", links=to("g", "en")),
        entry("e", "en"),
        entry("f", "en"),
        entry("g", "en"),
    )
    room.run()
    assert [beside(room, name) for name in "klmnoefg"] == [[]] * 8


def test_who_is_answered_is_believed(room: Newsroom) -> None:
    """Two claim the same article; it answers one of them."""
    room.transport.documents["feeds/a"] = feed(
        entry("n", "ko", links=to("g", "en")),
        entry("o", "ko", links=to("g", "en")),
        entry("g", "en", links=to("o", "ko")),
    )
    room.run()
    assert [beside(room, name) for name in "nog"] == [[], ["g"], ["o"]]


def test_nobody_can_put_an_article_beside_another_s(room: Newsroom) -> None:
    """What one side says alone is believed of its own site or source; of others it must be answered."""
    room.sources = (Source(key="feeds/", location="feeds/"), Source(key="else/", location="else/"))
    stranger = entry("s", "es", links=to("k", "ko")).replace("es.site.example/s", "spam.example/s")
    room.transport.documents |= {"feeds/a": feed(entry("k", "ko")), "else/b": feed(stranger)}
    room.run()
    assert (beside(room, "k"), beside(room, "s")) == ([], [])
    answer = '<link rel="related" hreflang="es" href="https://spam.example/s"/>'
    room.transport.documents["feeds/a"] = feed(entry("k", "ko", links=answer))
    room.run()
    assert (beside(room, "k"), beside(room, "s")) == (["s"], ["k"])


def test_a_claim_that_is_taken_back_frees_the_others(room: Newsroom) -> None:
    """Two claim the same article and neither is believed, until one of them no longer does."""
    documents = room.transport.documents
    documents["feeds/a"] = feed(entry("n", "ko", links=to("g", "en")), entry("g", "en"))
    documents["feeds/b"] = feed(entry("o", "ko", links=to("g", "en")))
    room.run()
    assert beside(room, "g") == []
    documents["feeds/b"] = feed(entry("o", "ko"))
    room.run()
    assert beside(room, "g") == ["n"]


def test_a_guess_is_marked_and_is_no_link(room: Newsroom) -> None:
    """It stands in JSON Feed with its confidence; Atom and RSS do not have it."""
    room.transport.documents["feeds/a"] = feed(entry("k", "ko", words=NUMBERS), entry("e", "en", words=NUMBERS))
    room.run()
    assert (beside(room, "k"), beside(room, "e")) == (["e?"], ["k?"])
    (guess,) = in_json(room, "k")
    assert guess["url"] == "https://en.site.example/e"
    assert 0.7 <= guess["confidence"] < 1
    assert related(room) == {"k": [], "e": []}
    assert b"related" not in room.output.files["ko/all.rss"].partition(b"<item>")[2]


def test_what_is_declared_ends_guessing(room: Newsroom) -> None:
    """A declared translation takes the place of one that was guessed for the same language."""
    documents = room.transport.documents
    documents["feeds/a"] = feed(entry("k", "ko", words=NUMBERS), entry("e", "en", words=NUMBERS), entry("f", "en"))
    room.run()
    assert beside(room, "e") == ["k?"]
    documents["feeds/z"] = sitemap("k/ko f/en")
    room.run()
    assert [beside(room, name) for name in "kef"] == [["f"], [], ["k"]]


def test_a_guess_may_add_a_language_to_what_is_declared(room: Newsroom) -> None:
    """Two are declared, a third is guessed to go with both: each shows the others, the guess as a guess."""
    room.transport.documents["feeds/a"] = feed(
        entry("k", "ko", words=NUMBERS), entry("e", "en", words=NUMBERS), entry("f", "fr", words=NUMBERS)
    )
    room.transport.documents["feeds/z"] = sitemap("k/ko f/fr")
    room.run()
    assert [beside(room, name) for name in "kef"] == [["f", "e?"], ["f?", "k?"], ["k", "e?"]]


def test_the_editor_has_the_last_word(room: Newsroom) -> None:
    """A confirmed guess is declared, a denied one is gone, and both may be taken back."""
    room.transport.documents["feeds/a"] = feed(
        entry("k", "ko", words=NUMBERS), entry("e", "en", words=NUMBERS), entry("f", "fr")
    )
    room.run()
    room.verdicts = Verdicts(
        confirmed=frozenset({pair("urn:example:k", "urn:example:f")}),
        denied=frozenset({pair("urn:example:k", "urn:example:e")}),
    )
    _, issue = room.run()
    assert [beside(room, name) for name in "kef"] == [["f"], [], ["k"]]
    assert "all.atom" in issue.written
    room.verdicts = Verdicts()
    room.run()
    assert [beside(room, name) for name in "kef"] == [["e?"], ["k?"], []]
    room.verdicts = Verdicts(excluded=frozenset({"urn:example:k"}))
    room.run()
    assert [beside(room, name) for name in "kef"] == [[], [], []]


def test_what_is_denied_stays_apart_whoever_declares_it(room: Newsroom) -> None:
    """Also by way of a third article."""
    room.transport.documents |= {
        "feeds/a": feed(entry("k", "ko"), entry("e", "en"), entry("f", "fr")),
        "feeds/z": sitemap("k/ko e/en f/fr"),
    }
    room.verdicts = Verdicts(denied=frozenset({pair("urn:example:k", "urn:example:e")}))
    room.run()
    assert "e" not in beside(room, "k")
    assert "k" not in beside(room, "e")


def test_a_source_s_own_link_goes_with_what_is_denied_or_withdrawn(room: Newsroom) -> None:
    """Whoever was not believed in the first place loses the link all the same, and has it back with the article."""
    room.sources = (Source(key="feeds/", location="feeds/"), Source(key="else/", location="else/"))
    stranger = entry("s", "es", links=to("e", "en")).replace("es.site.example/s", "other.example/s")
    room.transport.documents |= {
        "feeds/a": feed(
            entry("e", "en", links=to("f", "fr") + to("x", "ko")), entry("f", "fr", links=to("e", "en", "related"))
        ),
        "else/b": feed(stranger),
    }
    room.run()
    before = related(room)
    assert [[tag for tag, _, _ in before[name]] for name in "efs"] == [["ko", "fr"], ["en"], ["en"]]
    denied = frozenset({pair("urn:example:e", "urn:example:f"), pair("urn:example:e", "urn:example:s")})
    room.verdicts = Verdicts(denied=denied)
    _, issue = room.run()
    assert related(room) == {"e": before["e"][:1], "f": [], "s": []}
    assert [one["language"] for one in in_json(room, "e")] == ["ko"]
    assert {"en/all.rss", "fr/all.json", "es/all.atom"} <= set(issue.written)
    room.verdicts = Verdicts()
    room.run()
    assert related(room) == before
    room.store.withdraw(["urn:example:e"], "wrong", room.now)
    room.run()
    assert related(room) == {"f": [], "s": []}
    assert room.publish().written == ()


def test_languages_are_those_of_the_channels(room: Newsroom) -> None:
    """Standards that are kept apart may be one story, languages that are put together may not; both can be undone."""
    room.transport.documents["feeds/a"] = feed(
        entry("b", "pt-BR", links=to("p", "pt-PT")), entry("p", "pt-PT"), entry("k", "ko", words=NUMBERS)
    )
    room.transport.documents["feeds/b"] = feed(
        entry("n", "nb", links=to("y", "nn")), entry("y", "nn"), entry("e", "en", words=NUMBERS)
    )
    room.run()
    usual = [[], [], ["y"], ["n"], ["e?"], ["k?"]]
    assert [beside(room, name) for name in "bpnyke"] == usual
    wished = {"pt-BR": "pt-BR", "pt-PT": "pt-PT", "nn": "nb", "nb": "nb", "ko": "en", "en": "en"}
    room.grouping = Grouping(channels={LanguageTag(tag): LanguageTag(channel) for tag, channel in wished.items()})
    room.run()
    assert [beside(room, name) for name in "bpnyke"] == [["p"], ["b"], [], [], [], []]
    assert related(room)["b"] == [("pt-PT", "https://pt-PT.site.example/p", "p")]
    assert related(room)["p"] == [("pt-BR", "https://pt-BR.site.example/b", "b")]
    room.grouping = AS_USUAL
    room.run()
    assert [beside(room, name) for name in "bpnyke"] == usual


def test_withdrawn_articles_leave_their_groups(room: Newsroom) -> None:
    """What showed them is rendered again, and the others stay together."""
    room.transport.documents |= {
        "feeds/a": feed(entry("k", "ko"), entry("e", "en"), entry("f", "fr")),
        "feeds/z": sitemap("k/ko e/en f/fr"),
    }
    room.run()
    room.store.withdraw(["urn:example:e"], "wrong", room.now)
    _, issue = room.run()
    assert (beside(room, "k"), beside(room, "e"), beside(room, "f")) == (["f"], [], ["k"])
    assert {"ko/all.atom", "fr/all.atom"} <= set(issue.written)


def test_a_translation_that_comes_later_makes_nothing_new(room: Newsroom) -> None:
    """The first article is rendered again with its link; its date of change, and its place in an archive, stay."""
    entries = [entry(f"k{number}", "ko", day=1 + number // 4) for number in range(80)]
    room.transport.documents["feeds/a"] = feed(*entries)
    room.run()
    archive = min(path for path in room.output.files if path.startswith("archive/ko/all"))
    before = etree.fromstring(room.output.files[archive])
    old = str(before.findtext(f"{ATOM}entry/{ATOM}id"))
    name = old.removeprefix("urn:example:")
    room.transport.documents["feeds/b"] = feed(entry("e", "en", links=to(name, "ko")))
    room.now += timedelta(days=9)
    tally, issue = room.run()
    assert (tally.new, tally.changed) == (1, 0)
    assert archive in issue.written
    after = etree.fromstring(room.output.files[archive])
    assert [one.text for one in after.iter(f"{ATOM}updated")] == [one.text for one in before.iter(f"{ATOM}updated")]
    assert related(room, archive)[name] == [("en", "https://en.site.example/e", "e")]


def test_a_second_run_writes_nothing(room: Newsroom) -> None:
    """Nothing is looked at again that has not changed."""
    room.transport.documents |= {
        "feeds/a": feed(entry("k", "ko", words=NUMBERS), entry("e", "en", words=NUMBERS), entry("f", "fr")),
        "feeds/z": sitemap("f/fr x/en"),
    }
    room.run()
    assert room.store.unsettled() == {}
    assert room.publish().written == ()
    room.take_in(reread=True)
    assert room.publish().written == ()


def test_topics_count_when_they_change_and_their_scores_do_not(room: Newsroom) -> None:
    """What was learned from an editor moves all scores a little; that is no reason to look at everything again."""
    room.transport.documents["feeds/a"] = feed(entry("k", "ko", title="health"))
    room.run()
    (one,) = (kept.article for kept in room.store.stored(["urn:example:k"]).values())
    room.store.reclassify([(replace(one, topics=(replace(one.topics[0], score=2.5),)), ())], "2")
    assert room.store.unsettled() == {}
    room.store.reclassify([(replace(one, topics=()), ())], "3")
    assert room.store.unsettled() == {"urn:example:k": False}


def test_an_edited_title_is_shown_with_the_others(room: Newsroom) -> None:
    """The link says what the other article is called now."""
    room.transport.documents["feeds/a"] = feed(entry("k", "ko", links=to("e", "en")), entry("e", "en"))
    room.run()
    room.transport.documents["feeds/a"] = feed(
        entry("k", "ko", links=to("e", "en")), entry("e", "en", title="Better title")
    )
    room.run()
    assert related(room)["k"] == [("en", "https://en.site.example/e", "Better title")]


def test_the_order_of_sources_does_not_matter() -> None:
    """Any order of documents, in one run or in several, gives the same bytes."""
    documents = {
        "a": feed(entry("k", "ko", words=NUMBERS), entry("g", "en")),
        "b": feed(entry("e", "en", words=NUMBERS), entry("h", "ko", links=to("g", "en"))),
        "c": feed(entry("f", "fr", words=NUMBERS)),
        "d": sitemap("g/en i/fr"),
    }
    outputs = []
    for order in [*permutations(documents)][::4]:
        with SqliteStore(":memory:") as store:
            room = Newsroom(store)
            for number, name in enumerate(order):
                room.transport.documents[f"feeds/{number}"] = documents[name]
                room.take_in()
            room.publish()
            outputs.append({path: text for path, text in room.output.files.items() if path != "sources.html"})
    assert all(files == outputs[0] for files in outputs)


@tuned(max_examples=40)
@given(st.integers(0, 10_000))
def test_what_is_decided_bit_by_bit_is_what_would_be_decided_at_once(seed: int) -> None:
    """However articles come, change and go, siblings are those of a store that is looked at as a whole."""
    chance = random.Random(seed)  # noqa: S311  # a scenario, not a secret
    with SqliteStore(":memory:") as store, pytest.MonkeyPatch.context() as patch:
        patch.setattr(likely, "SURE", 0.2)  # so that there is much to be guessed
        patch.setattr(settling, "_COMMON", 4)  # and marks become common and rare again
        room = Newsroom(store, transport=FakeTransport({}), sources=(Source(key="feeds/", location="feeds/"),))
        for _ in range(4):
            for _ in range(4):
                name, language = chance.choice("abcdefgh"), chance.choice(["ko", "en", "fr"])
                marks = " ".join(str(chance.choice([7341, 3052, 12804217, 4477, 918, 63.6])) for _ in range(4))
                links = "".join(to(chance.choice("abcdefgh"), chance.choice(["ko", "en", "fr"])) for _ in range(2))
                day = chance.choice([4, 5, 6, 12, 19])
                said = entry(name, language, words=marks, day=day, links=links * (chance.random() < 0.3))
                room.transport.documents[f"feeds/{name}"] = feed(
                    said.replace(f"urn:example:{name}", f"urn:example:{name}{language}")
                )
            if chance.random() < 0.5:
                sets = f"{chance.choice('abcdefgh')}/ko {chance.choice('abcdefgh')}/en"
                room.transport.documents["feeds/z"] = sitemap(sets)
            room.take_in()
            if chance.random() < 0.3:
                store.withdraw([f"urn:example:{chance.choice('abcdefgh')}ko"], "", room.now)
        settle(store)
        ids = [f"urn:example:{name}{language}" for name in "abcdefgh" for language in ("ko", "en", "fr")]
        before = store.siblings(ids), parted(store)
        store.set_note("parted", "{}")
        with store.transaction() as connection:
            connection.execute("DELETE FROM siblings")
            connection.execute("DELETE FROM guesses")
        store.unsettle(None)
        settle(store)
        assert (store.siblings(ids), parted(store)) == before
