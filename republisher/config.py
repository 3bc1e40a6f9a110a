"""`republish.toml` and the command line become one frozen `Config`; every problem is reported at once.

Nothing is guessed from what is misspelt: an unknown key is a problem, with the nearest known one as advice.
"""

from __future__ import annotations

import os.path
import re
import tomllib
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, cast, get_args
from urllib.parse import urlsplit

from republisher import __version__, text
from republisher.errors import ConfigError
from republisher.language import canonical
from republisher.model import Category, LanguageTag, Person, Policy, Rule, Site, Source, TopicSpec
from republisher.settings import Table, near, read_grouping
from republisher.urls import uri

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from republisher.digest.settings import DigestSettings
    from republisher.records import Grouping

FILE_NAME = "republish.toml"
EXAMPLE_URL = "https://feeds.example.org/"
_BEGAN = date(2026, 1, 1)
_DNS_NAME = re.compile(r"[a-z0-9._-]+", re.IGNORECASE)
_SLUG = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
_RESERVED = frozenset("all archive articles index feeds none other con prn aux nul".split())


@dataclass(frozen=True, slots=True, kw_only=True)
class WebSettings:
    """How live URLs are asked for."""

    seconds: int
    """The most one document may take."""
    hosts: int
    """Asked at the same time."""
    least_minutes: int
    """Between two requests for the same document."""
    most_hours: int
    private_hosts: tuple[str, ...]
    """Hosts that may be inside a private network."""
    proxy: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """Everything a run is told."""

    path: Path
    base: Path
    """The folder relative paths count from: the one the file is in."""
    digest: str
    """Of the file as it stands; anything that shows may depend on it."""
    site: Site
    began: datetime
    sources: tuple[Source, ...]
    topics: tuple[TopicSpec, ...]
    rules: tuple[Rule, ...]
    expected: tuple[LanguageTag, ...]
    grouping: Grouping
    """Which languages share channels."""
    opt_out: tuple[str, ...]
    """Hosts and addresses whose articles are not taken."""
    web: WebSettings
    output: Path
    store: Path
    templates: Path | None
    overrides: Path
    """Where editors' decisions are kept."""
    learn: bool
    """Whether to learn from them."""
    mail: DigestSettings | None
    """None if there is to be no digest."""


def load(path: Path) -> Config:
    """Read the configuration at `path`; raise `ConfigError` with every problem in it."""
    return _Reader(path).config(*_tables(path))


def _tables(path: Path) -> tuple[dict[str, Any], str]:
    """Return the tables of a file and a digest of what it says."""
    try:
        content = path.read_bytes()
    except FileNotFoundError as error:
        raise ConfigError(
            f"{path}: there is no configuration here — make one with `republish init`, or name one with --config FILE"
        ) from error
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read ({error.strerror}) — check its owner and rights") from error
    try:
        tables = tomllib.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: is not UTF-8 (byte {error.start}) — save it as UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path}: is not valid TOML: {error} — texts need quotes, lists square brackets") from error
    return tables, text.digest(content.decode("utf-8-sig"))


def load_topics(path: Path, beside: Config) -> tuple[tuple[TopicSpec, ...], tuple[Rule, ...]]:
    """Return the topics and rules of the file at `path`, of which nothing else is looked at; raise `ConfigError`.

    A file without rules is tried with those of the configuration `beside`.
    """
    tables = _tables(path)[0]
    return _Reader(path).topics({key: tables[key] for key in ("topics", "rules") if key in tables}, beside)


class _Reader:
    """Reads tables and collects problems, so that all of them come out together."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._problems: list[str] = []

    def topics(self, tables: Mapping[str, Any], beside: Config) -> tuple[tuple[TopicSpec, ...], tuple[Rule, ...]]:
        root = Table(tables, "", self._problems)
        config = replace(beside, sources=(), topics=self._topics(root), rules=self._rules(root) or beside.rules)
        self._check_topics(config, root)
        self._finish(root)
        return config.topics, config.rules

    def config(self, tables: Mapping[str, Any], digest: str) -> Config:
        base = self._path.resolve().parent
        root = Table(tables, "", self._problems)
        site, began = self._site(root.table("site"))
        output, store = root.table("output"), root.table("store")
        languages, editor = root.table("languages"), root.table("editor")
        config = Config(
            path=self._path,
            base=base,
            digest=digest,
            site=site,
            began=began,
            sources=self._sources(root.tables("sources")),
            topics=self._topics(root),
            rules=self._rules(root),
            expected=languages.languages("expected"),
            grouping=read_grouping(languages),
            opt_out=tuple(word.strip().lower() if "/" not in word else word.strip() for word in root.texts("opt_out")),
            web=self._web(root.table("fetch")),
            output=base / output.text("directory", "out"),
            store=base / store.text("file", f"{self._path.stem}.db"),
            templates=base / folder if (folder := output.text("templates", "")) else None,
            overrides=base / editor.text("overrides", f"{self._path.stem}.overrides.txt"),
            learn=editor.truth("learn", default=True),
            mail=self._mail(root, base, site),
        )
        self._cross_check(config, root)
        self._finish(root, output, store, languages, editor)
        return config

    def _finish(self, *tables: Table) -> None:
        for table in tables:
            table.finish()
        if self._problems:
            raise ConfigError(*(f"{self._path}: {problem}" for problem in dict.fromkeys(self._problems)))

    def _mail(self, root: Table, base: Path, site: Site) -> DigestSettings | None:
        table = root.table("digest")
        if not table.keys:
            return None
        from republisher.digest.settings import read  # noqa: PLC0415  # only who sends digests pays for it

        return read(table, base, self._path.stem, (site.author, urlsplit(site.url).hostname or "localhost"))

    def _topics(self, root: Table) -> tuple[TopicSpec, ...]:
        return tuple(self._topic(slug, root.table("topics").table(slug)) for slug in root.table("topics").keys)

    def _rules(self, root: Table) -> tuple[Rule, ...]:
        return tuple(self._rule(number, table) for number, table in enumerate(root.tables("rules"), 1))

    def _site(self, table: Table) -> tuple[Site, datetime]:
        url = self._site_url(table)
        began = table.date("since", _BEGAN)
        title = table.text("title", "") or (urlsplit(url).hostname or "republish")
        author = table.table("author")
        site = Site(
            title=text.plain(title),
            url=url,
            authority=f"{table.text('authority', '') or urlsplit(url).hostname},{began:%Y}",
            subtitle=text.plain(table.text("subtitle", "")),
            language=table.language("language") or LanguageTag("en"),
            author=Person(
                name=text.plain(author.text("name", "") or title), email=author.email("email"), uri=author.url("uri")
            ),
            rights=text.plain(table.text("rights", "")) or None,
            license=table.url("license"),
            icon=table.url("icon"),
            logo=table.url("logo"),
            hub=table.url("hub"),
            ttl=table.number("ttl", 60),
            version=__version__,
        )
        author.finish()
        table.finish()
        return site, datetime(began.year, began.month, began.day, tzinfo=UTC)

    @staticmethod
    def _site_url(table: Table) -> str:
        """Return the address of the site, fit to be put before paths and into ids."""
        url = uri(table.url("url", EXAMPLE_URL) or EXAMPLE_URL)
        parts = urlsplit(url)
        if parts.query or parts.fragment or parts.username or not _DNS_NAME.fullmatch(parts.hostname or ""):
            table.problem("url", f"must be a plain address such as https://press.example.org/feeds/, not {url!r}")
            return EXAMPLE_URL
        return url if url.endswith("/") else url + "/"

    @staticmethod
    def _web(table: Table) -> WebSettings:
        web = WebSettings(
            seconds=table.number("seconds", 60),
            hosts=table.number("hosts", 64),
            least_minutes=table.number("least_minutes", 0),
            most_hours=table.number("most_hours", 24),
            private_hosts=table.texts("private_hosts"),
            proxy=table.url("proxy"),
        )
        table.finish()
        return web

    def _sources(self, tables: Iterable[Table]) -> tuple[Source, ...]:
        found = []
        for table in tables:
            location = table.text("location", "")
            if not location:
                table.problem("location", "is missing: a file, a pattern, a folder or a URL")
            found.append(
                Source(
                    key=location if "://" in location else os.path.normpath(location) if location else "",
                    location=location,
                    title=text.plain(table.text("title", "")) or None,
                    language=table.language("language"),
                    topics=table.texts("topics"),
                    policy=cast("Policy", table.choice("publish", get_args(Policy))),
                    rights=text.plain(table.text("rights", "")) or None,
                )
            )
            table.finish()
        return tuple(found)

    def _topic(self, slug: str, table: Table) -> TopicSpec:
        if not _SLUG.fullmatch(slug) or slug in _RESERVED:
            table.problem(
                "", "cannot be a topic's name: small letters, digits and hyphens, and none of the reserved words"
            )
        names = table.table("names")
        codes = table.table("codes")
        spec = TopicSpec(
            slug=slug,
            names={str(canonical(tag) or tag): text.plain(names.text(tag, "")) for tag in names.keys},
            keywords=table.words("keywords"),
            exclude=table.words("exclude"),
            threshold=table.real("threshold", 1.0),
            codes=tuple(Category(term=code, scheme=scheme) for scheme in codes.keys for code in codes.texts(scheme)),
            categories=table.texts("categories"),
        )
        for inner in (names, codes, table):
            inner.finish()
        return spec

    @staticmethod
    def _rule(number: int, table: Table) -> Rule:
        rule = Rule(
            topics=table.texts("topics"),
            name=table.text("name", f"rule {number}"),
            categories=table.texts("category"),
            addresses=table.texts("address"),
            authors=table.texts("author"),
            titles=table.texts("title"),
        )
        if not rule.topics:
            table.problem("topics", "is missing: which topics the rule gives")
        if not (rule.categories or rule.addresses or rule.authors or rule.titles):
            table.problem("", "needs a condition: category, address, author or title")
        table.finish()
        return rule

    def _cross_check(self, config: Config, root: Table) -> None:
        if not config.sources:
            root.problem(
                "sources", "is missing: name at least one place articles come from, as [[sources]] location = …"
            )
        locations = [source.location for source in config.sources]
        for location in sorted({location for location in locations if location and locations.count(location) > 1}):
            root.problem("sources", f"names {location!r} twice")
        if config.rules or any(source.topics for source in config.sources):
            self._check_topics(config, root)

    def _check_topics(self, config: Config, root: Table) -> None:
        from republisher.classify.topics import shipped_specs  # noqa: PLC0415  # only who names topics pays for it

        known = {topic.slug for topic in (*shipped_specs(), *config.topics)}
        named: dict[str, Sequence[Source | Rule]] = {"sources": config.sources, "rules": config.rules}
        for name, tables in named.items():
            for number, table in enumerate(tables, 1):
                for topic in table.topics:
                    if topic not in known:
                        root.problem(
                            f"{name}[{number}].topics", f"names {topic!r}, which is no topic{near(topic, known)}"
                        )
