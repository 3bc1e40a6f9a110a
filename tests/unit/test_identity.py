"""Which article an entry is: the same one in spite of edits and moves, another one in spite of likeness."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import permutations

from republisher.identity import Identified, identify, is_absolute_iri, keys
from republisher.model import Entry, Link, Markup

DAY = datetime(2026, 3, 4, 8, 0, tzinfo=UTC)
AUTHORITY = "feeds.example.org,2026"


def entry(title: str = "Fry released", *, id: str | None = None, link: str | None = None, hours: int = 0) -> Entry:  # noqa: A002  # Atom's name
    """Return an entry published some hours after the day began."""
    links = (Link(href=link),) if link else ()
    return Entry(id=id, title=Markup(value=title), links=links, published=DAY + timedelta(hours=hours))


def ledger_of(*found: Identified) -> dict[str, str]:
    """Return what the store would remember."""
    return {key: one.id for one in found for key in one.keys}


def again(first: Entry, second: Entry) -> bool:
    """Tell whether `second`, arriving later, is the article that `first` was."""
    (before,) = identify([first], "feed", {}, AUTHORITY)
    (after,) = identify([second], "feed", ledger_of(before), AUTHORITY)
    return before.id == after.id


def test_the_source_s_own_id_is_kept_verbatim() -> None:
    """An absolute IRI becomes the article's id as it stands, capitals and all."""
    (found,) = identify([entry(id="HTTP://Source.example/?p=1")], "feed", {}, AUTHORITY)
    assert found.id == "HTTP://Source.example/?p=1"


def test_an_id_that_is_no_iri_is_replaced_by_a_tag() -> None:
    """Two sources that both count 1, 2, 3 do not collide."""
    (one,) = identify([entry(id="1")], "a", {}, AUTHORITY)
    (two,) = identify([entry(id="1")], "b", {}, AUTHORITY)
    assert one.id.startswith("tag:feeds.example.org,2026:article/20260304-")
    assert one.id != two.id


def test_an_edited_title_is_not_a_new_article() -> None:
    """Without id and link, the moment of publication still tells."""
    assert again(entry("Fry released"), entry("Fry released in five valleys"))


def test_a_corrected_date_is_not_a_new_article() -> None:
    """Without id and link, the title still tells."""
    assert again(entry(hours=0), entry(hours=5))


def test_a_lost_guid_is_not_a_new_article() -> None:
    """The link, or else moment and title together, still tell."""
    assert again(
        entry(id="urn:example:1", link="https://s.example/a"), entry("Other title", link="https://s.example/a", hours=1)
    )
    assert again(entry(id="urn:example:1"), entry())


def test_a_restamped_guid_is_not_a_new_article() -> None:
    """A source that moved and gave everything new ids keeps its articles."""
    assert again(
        entry(id="http://old.example/?p=1", link="http://old.example/a"),
        entry(id="https://new.example/b", link="https://new.example/b"),
    )


def test_http_and_https_are_the_same_link() -> None:
    """The scheme of a permalink does not make an article new."""
    assert again(entry("One", link="http://s.example/a"), entry("Two", link="https://s.example/a", hours=3))


def test_one_link_for_every_entry_makes_no_duplicates() -> None:
    """A feed whose entries all link to the front page still holds different articles."""
    for ids in (("urn:example:1", "urn:example:2"), (None, None)):
        monday = entry("Monday", id=ids[0], link="https://s.example/")
        tuesday = entry("Tuesday", id=ids[1], link="https://s.example/", hours=24)
        first = identify([monday], "feed", {}, AUTHORITY)
        second = identify([monday, tuesday], "feed", ledger_of(*first), AUTHORITY)
        assert len({one.id for one in second}) == 2
        assert first[0].id in {one.id for one in second}


def test_two_articles_of_one_moment_stay_two() -> None:
    """Dumps that only know the day do not melt a day's articles into one."""
    first = identify([entry("One"), entry("Two")], "feed", {}, AUTHORITY)
    second = identify([entry("One"), entry("Two"), entry("Three")], "feed", ledger_of(*first), AUTHORITY)
    assert len({one.id for one in first}) == 2
    assert len({one.id for one in second}) == 3
    assert {one.id for one in first} < {one.id for one in second}


def test_the_order_of_entries_does_not_matter() -> None:
    """Every permutation of a document gives the same articles the same ids and page names."""
    entries = [
        entry("One"),
        entry("Two"),
        entry("Two", hours=1),
        entry("Three", id="7", hours=2),
        entry("경기도", hours=3),
    ]
    results = {
        tuple((one.id, one.slug) for one in identify(order, "feed", {}, AUTHORITY)) for order in permutations(entries)
    }
    assert len(results) == 1


def test_an_entry_given_twice_is_one_article() -> None:
    """The one updated last speaks for both."""
    old = entry("Old", id="urn:example:1")
    new = Entry(id="urn:example:1", title=Markup(value="New"), published=DAY, updated=DAY + timedelta(days=1))
    (found,) = identify([new, old], "feed", {}, AUTHORITY)
    assert found.entry is new


def test_page_names_are_readable_and_never_empty() -> None:
    """A page is named by day and title where letters allow, and always by a digest."""
    found = identify([entry("Fry released"), entry("경기도", hours=1), Entry()], "feed", {}, AUTHORITY)
    slugs = sorted(one.slug for one in found)
    assert any(slug.startswith("2026-03-04-fry-released-") for slug in slugs)
    assert all(slug and slug.isascii() for slug in slugs)
    assert len(set(slugs)) == 3


def test_long_keys_are_cut_and_stay_different() -> None:
    """A kilometre of title does not fill the ledger, and its end still counts."""
    one, two = (keys(entry("x" * 5000 + end), "feed") for end in "ab")
    assert max(map(len, one)) <= 120
    assert one[0] != two[0]


def test_what_is_an_absolute_iri() -> None:
    """A scheme and no white space is enough for most; tags and URNs must have the form of their RFC."""
    right = (
        "tag:a.example,2026:x",
        "tag:me@a.example,2026-01-02:/x?y",
        "urn:isbn:0451450523",
        "https://ko.example/경기",
    )
    wrong = ("1", "/a/b", "a b:c", "", "http:", "https://a b", "tag:a.example:x", "urn:uuid:1", "urn:x")
    assert all(map(is_absolute_iri, (*right, "urn:uuid:4ae8550b-2987-49fa-9f8c-54c180c418ac")))
    assert not any(map(is_absolute_iri, wrong))


def test_an_id_beyond_ascii_is_written_as_a_uri() -> None:
    """Validators refuse an IRI there; the same IRI always gives the same URI (RFC 3987 §3.1)."""
    (found,) = identify([entry(id="https://ko.example/경기?p=1")], "feed", {}, AUTHORITY)
    assert found.id == "https://ko.example/%EA%B2%BD%EA%B8%B0?p=1"
