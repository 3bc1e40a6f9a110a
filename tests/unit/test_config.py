"""The configuration: what it may say, and how it says what is wrong."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from republisher import config
from republisher.errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path

MINIMAL = '[[sources]]\nlocation = "feeds/*.xml"\n'


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Return where the configuration of a test is."""
    return tmp_path / "republish.toml"


def problems(file: Path, content: str) -> list[str]:
    """Return what is wrong with a configuration, without the file's name."""
    file.write_text(content, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        config.load(file)
    return [problem.removeprefix(f"{file}: ") for problem in caught.value.problems]


def test_little_is_enough(file: Path) -> None:
    """A source is all that must be said; the rest has defaults that count from where the file is."""
    file.write_text(MINIMAL, encoding="utf-8")
    loaded = config.load(file)
    assert [source.location for source in loaded.sources] == ["feeds/*.xml"]
    assert loaded.output == file.parent / "out"
    assert loaded.store == file.parent / "republish.db"
    assert loaded.site.url == config.EXAMPLE_URL
    assert loaded.site.authority == "feeds.example.org,2026"


def test_everything_can_be_said(file: Path) -> None:
    """Each setting arrives where it belongs."""
    file.write_text(
        """
        opt_out = ["Example.com", "https://b.example/X/"]
        [site]
        title = "Press"
        subtitle = "Sorted"
        url = "https://press.example.org/feeds"
        since = 2024-05-06
        language = "ko"
        rights = "CC BY"
        license = "https://creativecommons.org/licenses/by/4.0/"
        ttl = 30
        [site.author]
        name = "Desk"
        email = "desk@example.org"
        [fetch]
        seconds = 30
        hosts = 8
        least_minutes = 10
        most_hours = 12
        private_hosts = ["intranet.example.org"]
        proxy = "http://proxy.example.org:3128"
        [output]
        directory = "public"
        templates = "mine"
        [store]
        file = "data/store.db"
        [languages]
        expected = ["en", "ko"]
        [[sources]]
        location = "a.xml"
        title = "A"
        language = "pt_br"
        topics = ["water", "health"]
        publish = "excerpt"
        rights = "© A"
        [topics.water]
        names = { en = "Water", fr = "Eau" }
        keywords = { en = ["well"], "*" = ["H2O"] }
        exclude = ["well known"]
        threshold = 1.5
        categories = ["Hydrology"]
        codes = { "http://metadata.un.org/sdg/" = ["6"] }
        """,
        encoding="utf-8",
    )
    loaded = config.load(file)
    (source,), (topic,) = loaded.sources, loaded.topics
    assert loaded.site.url == "https://press.example.org/feeds/"
    assert loaded.site.authority == "press.example.org,2024"
    assert (loaded.site.author.name, loaded.site.author.email, loaded.site.ttl) == ("Desk", "desk@example.org", 30)
    assert loaded.began == datetime(2024, 5, 6, tzinfo=UTC)
    assert (loaded.site.language, loaded.expected) == ("ko", ("en", "ko"))
    assert (loaded.output, loaded.store) == (file.parent / "public", file.parent / "data" / "store.db")
    assert loaded.templates == file.parent / "mine"
    assert (source.title, source.language, source.topics) == ("A", "pt-BR", ("water", "health"))
    assert (topic.names, topic.threshold, topic.categories) == ({"en": "Water", "fr": "Eau"}, 1.5, ("Hydrology",))
    assert (source.policy, source.rights) == ("excerpt", "© A")
    assert loaded.opt_out == ("example.com", "https://b.example/X/")
    assert loaded.web == config.WebSettings(
        seconds=30,
        hosts=8,
        least_minutes=10,
        most_hours=12,
        private_hosts=("intranet.example.org",),
        proxy="http://proxy.example.org:3128",
    )
    assert topic.keywords == {"en": ("well",), "*": ("H2O",)}
    assert topic.exclude == {"*": ("well known",)}
    assert [(code.scheme, code.term) for code in topic.codes] == [("http://metadata.un.org/sdg/", "6")]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("", "sources is missing: name at least one place articles come from, as [[sources]] location = …"),
        (MINIMAL * 2, "sources names 'feeds/*.xml' twice"),
        (MINIMAL + "[sight]\n", "sight is not a setting — did you mean 'site'?"),
        (MINIMAL + '[site]\ntitel = "x"\n', "site.titel is not a setting — did you mean 'title'?"),
        (MINIMAL + "[site]\ntitle = 3\n", "site.title must be a text in quotes"),
        (MINIMAL + '[site]\nurl = "ftp://x"\n', "site.url must be an address beginning with https:// or http://, not"),
        (MINIMAL + '[site]\nurl = "https://"\n', "site.url must be an address beginning with https:// or http://, not"),
        (MINIMAL + '[site]\nsince = "2026"\n', "site.since must be a date, such as 2026-01-01 without quotes"),
        (MINIMAL + "[site]\nttl = true\n", "site.ttl must be a whole number"),
        (MINIMAL + '[site]\nauthor = "x"\n', "site.author must be a table"),
        (MINIMAL + '[site.author]\nemail = "x"\n', "site.author.email must be a mail address, not 'x'"),
        (
            MINIMAL + '[languages]\nexpected = ["english!"]\n',
            "languages.expected holds 'english!', which must be a language tag",
        ),
        (
            MINIMAL + '[languages]\nseparate = ["pt"]\n',
            'languages.separate holds "pt", which has channels of its own anyway: name a standard, such as "pt-BR"',
        ),
        (
            MINIMAL + '[languages]\ntogether = { norsk = ["nb", "nn"] }\n',
            "languages.together.norsk must be a language tag",
        ),
        (
            MINIMAL + "[languages]\ntogether = { nb = [] }\n",
            'languages.together.nb must list the languages that share its channels, such as ["nb", "nn"]',
        ),
        (
            MINIMAL + '[languages]\nseparate = ["pt-BR"]\ntogether = { pt = ["pt-BR"] }\n',
            'languages.together.pt holds "pt-BR", whose articles already go to "pt-BR"',
        ),
        (MINIMAL + "[languages]\napart = []\n", "languages.apart is not a setting"),
        ("[[sources]]\n", "sources[1].location is missing: a file, a pattern, a folder or a URL"),
        ("sources = 3\n", "sources must be tables, each beginning with [[sources]]"),
        (
            MINIMAL + 'topics = ["helth"]\n',
            "sources[1].topics names 'helth', which is no topic — did you mean 'health'?",
        ),
        (MINIMAL + 'language = "???"\n', "sources[1].language must be a language tag"),
        (MINIMAL + 'publish = "some"\n', "sources[1].publish must be one of full, excerpt, link-only, not 'some'"),
        (MINIMAL + '[site]\nurl = "https://x.example/?q=1"\n', "site.url must be a plain address"),
        (MINIMAL + '[site]\nurl = "https://u:p@x.example/"\n', "site.url must be a plain address"),
        (MINIMAL + '[site]\nurl = "http://[::1]:8000/"\n', "site.url must be a plain address"),
        (MINIMAL + "[topics.Water]\n", "topics.Water cannot be a topic's name"),
        (MINIMAL + "[topics.all]\n", "topics.all cannot be a topic's name"),
        (MINIMAL + "[topics.water]\nkeywords = { en = 3 }\n", "topics.water.keywords.en must be a list of texts"),
    ],
)
def test_what_is_wrong_is_said_with_its_place_and_what_to_do(file: Path, content: str, expected: str) -> None:
    """A person who never saw TOML before can mend it."""
    assert any(problem.startswith(expected) for problem in problems(file, content))


def test_every_problem_is_said_at_once(file: Path) -> None:
    """Nobody mends a file one error a run."""
    assert len(problems(file, '[site]\nurl = "x"\ntitle = 3\nfoo = 1\n[[sources]]\n')) == 4


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"title = Press\n", "is not valid TOML"),
        (b'title = "\xff"\n', "is not UTF-8 (byte 9) — save it as UTF-8"),
    ],
)
def test_a_file_that_cannot_be_read_is_a_clear_error(file: Path, content: bytes, expected: str) -> None:
    """Broken TOML and wrong encodings are said in words."""
    file.write_bytes(content)
    with pytest.raises(ConfigError) as caught:
        config.load(file)
    assert expected in str(caught.value)


def test_an_address_beyond_ascii_is_written_as_every_reader_understands_it(file: Path) -> None:
    """IDN hosts become punycode, also in ids."""
    file.write_text(MINIMAL + '[site]\nurl = "https://뉴스.example.kr/f"\n', encoding="utf-8")
    site = config.load(file).site
    assert site.url == "https://xn--vg1b002a.example.kr/f/"
    assert site.authority == "xn--vg1b002a.example.kr,2026"


def test_paths_that_mean_the_same_are_the_same_source(file: Path) -> None:
    """Respelling a path does not make its articles new."""
    keys = []
    for location in ("feeds/a.xml", "./feeds/a.xml", "feeds//a.xml"):
        file.write_text(f'[[sources]]\nlocation = "{location}"\n', encoding="utf-8")
        keys.append(config.load(file).sources[0].key)
    assert len(set(keys)) == 1


def test_a_missing_file_says_how_to_make_one(file: Path) -> None:
    """It is the first thing a newcomer meets."""
    with pytest.raises(ConfigError, match="make one with `republish init`"):
        config.load(file)


def test_a_byte_order_mark_does_no_harm(file: Path) -> None:
    """Editors on Windows write one."""
    file.write_bytes(b"\xef\xbb\xbf" + MINIMAL.encode())
    assert config.load(file).sources


def test_languages_are_grouped_as_the_publisher_wishes(file: Path) -> None:
    """What is kept apart goes to channels of its own, what is put together to those of the language named first."""
    file.write_text(
        MINIMAL
        + '[languages]\nseparate = ["pt-BR", "pt_PT"]\ntogether = { no = ["nn"], zh = ["zh-Hans", "zh-Hant"] }\n',
        encoding="utf-8",
    )
    assert config.load(file).grouping.channels == {
        "pt-BR": "pt-BR", "pt-PT": "pt-PT", "nb": "nb", "nn": "nb", "zh": "zh", "zh-Hans": "zh", "zh-Hant": "zh",
    }  # fmt: skip
