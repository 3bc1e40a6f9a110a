"""A whole document of each format, byte for byte; `--update-golden` rewrites them and then fails."""

from __future__ import annotations

from pathlib import Path

import pytest

from builders import HEALTH, NOON, PEACE, arabic, article, channel, edition, hostile, korean, site, topics
from republisher.model import Edition, LanguageTag, Source
from republisher.render import make_feed_formats, render_opml, render_sources

GOLDEN = Path(__file__).parent.parent / "golden" / "render"
EDITIONS: dict[str, Edition] = {
    "full": edition(previous_archive="archive/fr/health/2"),
    "mixed": edition(article(), korean(), arabic(), hostile(), channel=channel(None, None), siblings=()),
    "archive": edition(archive="archive/fr/health/2", previous_archive="archive/fr/health/1"),
}


def documents() -> dict[str, bytes]:
    """Return every document that has a golden file, by its name."""
    made = {
        f"{name}{each.ending}": each.render(given)
        for each in make_feed_formats(site(), topics())
        for name, given in EDITIONS.items()
        if given.archive is None or each.archived
    }
    channels = [channel(None, None), *(channel(topic, tag) for topic in (HEALTH, PEACE) for tag in ("fr", "ko"))]
    made["channels.opml"] = render_opml("All channels", channels, site(), NOON)
    sources = [
        Source(key="a", location="https://www.source.example/feed/", title="Q & A", language=LanguageTag("fr")),
        Source(key="b", location="/home/somebody/dump.txt"),
    ]
    made["sources.opml"] = render_sources("Sources", sources, site(), NOON)
    return made


@pytest.mark.parametrize("name", sorted(documents()))
def test_document_is_golden(name: str, request: pytest.FixtureRequest) -> None:
    """What is published changes only on purpose."""
    golden, made = GOLDEN / name, documents()[name]
    if request.config.getoption("--update-golden", default=False) and (
        not golden.exists() or golden.read_bytes() != made
    ):
        golden.write_bytes(made)
        pytest.fail(f"rewrote {golden}; read the difference before you commit it")
    assert made.decode() == golden.read_bytes().decode()


def test_every_golden_file_has_its_document() -> None:
    """No golden file is left behind when its document goes."""
    assert {path.name for path in GOLDEN.iterdir()} == documents().keys()
