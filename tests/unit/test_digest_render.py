"""Digests as they are read: what they name, what they hold, how long they get, and what cannot get into them."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import html5lib
import pytest
from jinja2 import ChoiceLoader, DictLoader

from digests import LATIN, TEXTS, digest, hostile, pages
from republisher.digest.render import MOST, personal
from republisher.digest.values import Variant
from republisher.errors import ConfigError
from republisher.model import LanguageTag

if TYPE_CHECKING:
    from republisher.digest.values import Bodies, Digest

HTML = "{http://www.w3.org/1999/xhtml}"


def bodies(made: Digest) -> Bodies:
    """Return a digest as it is mailed."""
    return pages().bodies(made)


def many(language: str, count: int, per_section: int) -> Digest:
    """Return a digest with more articles than a mail can hold."""
    whole = digest(language, count)
    items = [item for section in whole.sections for item in section.items]
    section = whole.sections[0]
    groups = [items[start : start + per_section] for start in range(0, count, per_section)]
    return replace(whole, sections=tuple(replace(section, items=tuple(group), more=0) for group in groups))


def shown(made: Bodies) -> int:
    """Return how many articles the HTML shows."""
    return made.html.count("<h3")


@pytest.mark.parametrize("language", sorted(TEXTS))
def test_it_is_in_the_reader_s_language(language: str) -> None:
    """HTML and text say their language and direction, and hold no English of ours."""
    made = bodies(digest(language))
    direction = "rtl" if language in {"ar", "fa", "he"} else "ltr"
    root = html5lib.parse(made.html)
    assert (root.get("lang"), root.get("dir")) == (language, direction)
    (wrapper,) = root.find(f"{HTML}body")
    assert (wrapper.get("lang"), wrapper.get("dir")) == (language, direction)
    assert language == "en" or "Unsubscribe" not in made.html + made.text
    assert language == "en" or "Weekly" not in made.html + made.text
    for section in digest(language).sections:
        for item in section.items:
            assert item.title in made.html
            assert item.link in made.text


@pytest.mark.parametrize("language", sorted(TEXTS))
def test_it_is_short_enough(language: str) -> None:
    """Forty articles in a Latin script are at most 40 kB of HTML, in any script at most 80."""
    size = len(bodies(digest(language, 40)).html.encode())
    assert size <= (40_000 if language in LATIN else MOST)


@pytest.mark.parametrize("per_section", [1, 7, 400])
def test_what_finds_no_room_is_counted(per_section: int) -> None:
    """Four hundred articles are cut to what Gmail shows, and each that was cut is one more on the web."""
    made = bodies(many("hi", 400, per_section))
    size = len(made.html.encode())
    assert MOST * 0.9 < size <= MOST
    for words in (made.html, made.text.replace("\n", " ")):
        more = sum(int(count) for count in re.findall(r"वेब पर (\d+) और लेख", words))
        assert shown(made) + more == 400
    assert shown(made) > 40
    assert made.subject.endswith("और 399 अन्य लेख")


def test_a_page_holds_every_article() -> None:
    """Only mail is cut."""
    assert pages().page(many("en", 400, 400)).count(b"<h3") == 400


def test_an_introduction_that_is_too_long_is_said() -> None:
    """An editor learns of it when the edition is made, not from a mail without articles."""
    with pytest.raises(ConfigError, match=r"the introduction in en makes 20,00\d bytes"):
        bodies(digest("en", 8, introduction="x" * 20_001))


def test_a_template_that_is_too_long_is_said() -> None:
    """A user's own template cannot make us try forever."""
    given = pages()
    long = DictLoader({"digest.html": f"<p>{'x' * MOST}</p>"})
    given.environment.loader = ChoiceLoader([long, given.environment.loader or long])
    with pytest.raises(ConfigError, match=r"digest\.html: makes 8\d,\d{3} bytes without any article"):
        given.bodies(digest())


def test_subject_and_preheader_name_headlines() -> None:
    """The first headline and how many more there are; then the next ones, whole."""
    made = bodies(digest("en", 8))
    titles = [title for title, _ in TEXTS["en"]["articles"]]
    assert made.subject == f"{titles[0]}, and 8 more articles"
    assert made.preheader == f"{titles[1]} · {titles[2]}"
    assert made.preheader in made.html


def test_the_subject_counts_by_the_rules_of_the_language() -> None:
    """Plurals are those of CLDR."""
    subjects = {count: bodies(digest("ru", count)).subject.rpartition("ещё ")[2] for count in (2, 3, 6)}
    assert subjects == {2: "1 статья", 3: "2 статьи", 6: "5 статей"}
    assert bodies(digest("ar", 3)).subject.endswith("ومقالان آخران")


def test_one_article_is_the_subject_and_its_summary_the_preheader() -> None:
    """Nothing is said of more where there is none."""
    made = bodies(digest("ko", 1))
    ((title, summary), *_) = TEXTS["ko"]["articles"]
    assert made.subject == title
    assert summary.startswith(made.preheader.removesuffix("…"))


def test_an_editor_s_subject_is_taken() -> None:
    """It stands instead of the headlines, on one line."""
    assert pages().bodies(digest(), "Water,\nweek by week").subject == "Water, week by week"


@pytest.mark.parametrize(
    ("language", "since", "until", "period"),
    [
        ("en", (2026, 11, 16, 6), (2026, 11, 23, 6), "Nov 16 – 23, 2026"),
        ("de", (2026, 11, 16), (2026, 11, 23), "16.–22. Nov. 2026"),
        ("ko", (2026, 11, 16), (2026, 11, 23), "2026년 11월 16일~22일"),
        ("fa", (2026, 11, 16), (2026, 11, 23), "۱۶ تا ۲۲ نوامبر ۲۰۲۶"),
        ("sw", (2026, 11, 26), (2026, 12, 3), "26 Nov 2026 – 2 Des 2026"),
        ("fr", (2026, 11, 22), (2026, 11, 23), "22 novembre 2026"),
    ],
)
def test_the_period_is_written_as_people_write_it(
    language: str, since: tuple[int, int, int], until: tuple[int, int, int], period: str
) -> None:
    """Dates come from CLDR; midnight belongs to the day before."""
    made = digest(language, since=datetime(*since, tzinfo=UTC), until=datetime(*until, tzinfo=UTC))
    for thin in ("\u2009", "\u202f"):
        period = period.replace(thin, " ")
    said = bodies(made).text.splitlines()[1].replace("\u2009", " ").replace("\u202f", " ").replace("\xa0", " ")
    assert f"· {period} ·" in said


@pytest.mark.parametrize("language", ["en", "ar", "zh-Hant"])
def test_hostile_texts_stay_texts(language: str) -> None:
    """No title, name or address becomes an element, an attribute, a script, or a reader's own link."""
    made = bodies(hostile(language))
    html, text = personal(made, "https://u.example/own", "https://p.example/own")
    root = html5lib.parse(html)
    elements = {element.tag.removeprefix(HTML) for element in root.iter() if isinstance(element.tag, str)}
    assert not elements & {"script", "b", "img", "svg"}
    attributes = {name for element in root.iter() for name in element.keys()}  # noqa: SIM118  # not a dictionary
    assert attributes <= {"lang", "dir", "class", "style", "role", "href", "hreflang", "charset", "name", "content"}
    links = [element.get("href") for element in root.iter(f"{HTML}a")]
    assert all(re.match(r"https?://[!-~]+$", link) for link in links)
    assert sum("/own" in link for link in links) == 2
    assert text.count("/own") == 2
    assert not re.search(
        "[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069]", html + text + made.subject
    )


def test_a_reader_s_links_are_escaped_where_they_must_be() -> None:
    """In HTML an ampersand is written as one; in text it stands as it is."""
    html, text = personal(bodies(digest()), "mailto:u@example.org?subject=a&body=b", 'https://e.example/"><script>')
    assert 'href="mailto:u@example.org?subject=a&amp;body=b"' in html
    assert "mailto:u@example.org?subject=a&body=b" in text
    assert "<script>" not in html
    assert "{unsubscribe}" not in html + text
    assert "{preferences}" not in html + text


def test_a_page_has_nothing_of_a_reader() -> None:
    """The same digest on the web: no links to unsubscribe, feeds of its own, nothing active."""
    page = pages().page(digest("fr")).decode()
    assert "{unsubscribe}" not in page
    assert "Se désabonner" not in page
    assert 'href="https://feeds.example.org/digest/weekly/fr.all.atom"' in page
    assert "default-src &#39;none&#39;" in page or "default-src 'none'" in page
    assert "<main" in page


def test_each_article_says_its_own_language() -> None:
    """A screen reader changes its voice with the article, and back for what we say of it."""
    arabic = digest("ar").sections[0].items[0]
    mixed = digest("en", 1)
    made = bodies(replace(mixed, sections=(replace(mixed.sections[0], items=(arabic,)),)))
    assert re.search(r'<td class="first" dir="rtl" lang="ar"', made.html)
    assert re.search(r'<p class="soft" dir="ltr" lang="en"', made.html)


def test_the_introduction_is_in_both_parts() -> None:
    """In text, an address follows the words it is behind."""
    made = bodies(digest(introduction='<p>Read <a href="https://a.example/?x=1&amp;y=2">this</a>.</p>\n<p>Yours</p>'))
    assert ">this</a>.</p>" in made.html
    assert "Read this (https://a.example/?x=1&y=2).\n\nYours\n" in made.text


def test_an_introduction_takes_no_heading_from_the_mail() -> None:
    """There is one heading of the first level: the name of the site."""
    made = bodies(digest(introduction="<h1>Water</h1><p>Dear readers</p>"))
    assert len(re.findall("<h1[ >]", made.html)) == 1
    assert re.search("<h2 [^>]*>Water</h2>", made.html)


def test_what_is_missing_leaves_no_hole() -> None:
    """No summary, no page, no articles: nothing empty stands in the mail."""
    made = digest("en", 1, page="")
    item = replace(made.sections[0].items[0], summary="")
    rendered = bodies(replace(made, sections=(replace(made.sections[0], items=(item,)),)))
    assert "<p></p>" not in rendered.html
    assert "View in browser" not in rendered.html
    empty = bodies(replace(made, sections=()))
    assert empty.subject.startswith("Provincial Press Office — ")
    assert "<h2" not in empty.html


def test_the_same_digest_is_the_same_bytes() -> None:
    """Nothing but what is given shows."""
    assert bodies(digest("ja", 40)) == bodies(digest("ja", 40))
    assert pages().page(digest("ja", 40)) == pages().page(digest("ja", 40))


def test_text_fits_on_a_screen() -> None:
    """No line of text is wider than 72 columns, addresses apart."""
    from republisher.digest.wrap import COLUMNS, width  # noqa: PLC0415

    for language in TEXTS:
        for line in bodies(digest(language, 8)).text.splitlines():
            assert width(line) <= COLUMNS or "://" in line


@pytest.mark.parametrize("frequency", ["daily", "monthly"])
def test_other_frequencies_are_named(frequency: str) -> None:
    """A daily and a monthly digest say so."""
    variant = Variant(frequency=frequency, language=LanguageTag("fr"))  # type: ignore[arg-type]
    made = bodies(digest("fr", variant=variant, since=datetime(2026, 11, 23, tzinfo=UTC) - timedelta(days=1)))
    assert {"daily": "Lettre du jour", "monthly": "Lettre du mois"}[frequency] in made.html


def test_a_template_can_be_replaced() -> None:
    """A user's own file comes before the shipped one, and a mistake in it is said with its line."""
    given = pages()
    shipped = given.environment.loader
    assert shipped
    given.environment.loader = ChoiceLoader([DictLoader({"digest-subject.txt": "News: {{ headline }}"}), shipped])
    assert given.bodies(digest()).subject.startswith("News: Vaccination")
    given.environment.loader = ChoiceLoader([DictLoader({"digest.txt": "\n{% oops %}"}), shipped])
    with pytest.raises(ConfigError, match=r"digest\.txt, line 2: the template is wrong"):
        given.bodies(digest())
