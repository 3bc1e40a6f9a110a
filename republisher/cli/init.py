"""`republish init`: a configuration a newcomer can read, complete without editing."""

from __future__ import annotations

import json
import shlex
import shutil
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from republisher import config
from republisher.app import resource
from republisher.errors import ConfigError

if TYPE_CHECKING:
    import argparse

_TEMPLATE = """\
# The configuration of republish. Lines that begin with # are explanations, or settings you may switch on.
# Run `republish` in this folder; `republish check` looks over this file and everything that is published.

[site]
title = {title}
# Where the output folder will be on the web. Feeds carry this address: set it before anybody subscribes.
url = {url}
# subtitle = "News of the province, by topic and language"
# The language of the pages that mix languages.
# language = "en"
# Part of the names of feeds and articles. Never change it once you have published.
since = {since}
# rights = "Every article remains the property of its source."
# license = "https://creativecommons.org/licenses/by/4.0/"
# icon = "https://www.example.org/favicon.ico"
# logo = "https://www.example.org/logo.png"

# [site.author]
# name = "Press office"
# email = "press@example.org"

[output]
directory = {output}
# Templates of your own, file by file, before the shipped ones.
# templates = "templates"

# Languages you expect; articles whose language nothing declares are recognised among these only.
# [languages]
# expected = ["en", "ko", "ar"]
# Kinds of a language with channels of their own, and languages that share one.
# separate = ["pt-BR", "pt-PT"]
# together = {{ nb = ["nb", "nn"] }}

# How live URLs are asked for; see docs/reference.md.
# [fetch]
# private_hosts = ["intranet.example.org"]

# Where articles come from: a file, a pattern such as "feeds/*.xml", a folder, or a URL. As many as you like.
{sources}
# A topic of your own, beside health, economy, environment and peace:
# [topics.water]
# names = {{ en = "Water", fr = "Eau" }}
# keywords = {{ en = ["drinking water", "well"], fr = ["eau potable", "puits"] }}
# exclude = {{ en = ["well known"] }}
"""
_SOURCE = """\
[[sources]]
location = {location}
# title = "What to call it; else its own title"
# language = "ko"
# topics = ["health"]  # what every article of it is about
# publish = "excerpt"  # or "link-only", if it may not be published in full
# rights = "© the source, CC BY 4.0"

"""


def main(options: argparse.Namespace) -> int:
    """Write the configuration, never over one that is there."""
    path = Path(options.file or (options.config if options.config != config.FILE_NAME else config.FILE_NAME))
    if path.exists() and not options.force:
        raise ConfigError(f"{path}: is there already — name another file, or replace it with --force")
    if not options.output:
        raise ConfigError("--output: names no folder")
    sources = [_relative(source, path) for source in options.source] or [_example(path)]
    content = _TEMPLATE.format(
        title=_quoted("My channels"),
        url=_quoted(_site_url(options.site_url)),
        since=f"{datetime.now(UTC):%Y}-01-01",
        output=_quoted(_relative(options.output, path)),
        sources="".join(_SOURCE.format(location=_quoted(source)) for source in sources),
    )
    _write(path, content)
    if options.json:
        sys.stdout.write(json.dumps({"written": str(path), "sources": sources}, ensure_ascii=False) + "\n")
    elif not options.quiet:
        default = path.name == config.FILE_NAME and path.parent == Path()
        named = "" if default else f" --config {shlex.quote(str(path))}"
        sys.stdout.write(f"{path} written. Look it over if you like, then run `republish{named}`.\n")
        if not options.site_url:
            sys.stdout.write(f"Before anybody subscribes, set site.url in it: it is {config.EXAMPLE_URL} for now.\n")
    return 0


def _write(path: Path, content: str) -> None:
    """Write the configuration and read it back under another name first, so that only a right one is left behind."""
    draft = path.with_name(f".{path.name}.draft")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft.write_text(content, encoding="utf-8")
        config.load(draft)
        draft.replace(path)
    except OSError as error:
        raise ConfigError(f"{path}: cannot be written ({error.strerror}) — name another place") from error
    except ConfigError as error:
        raise ConfigError(*(line.replace(str(draft), str(path)) for line in error.problems)) from error
    finally:
        draft.unlink(missing_ok=True)


def _quoted(value: str) -> str:
    """Return `value` as a TOML basic string, which JSON's strings are too once DEL is escaped."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _site_url(given: str | None) -> str:
    if given is None:
        return config.EXAMPLE_URL
    if not given.lower().startswith(("http://", "https://")):
        raise ConfigError(f"--site-url: must begin with https:// or http://, not {given!r}")
    return given if given.endswith("/") else given + "/"


def _relative(place: str, path: Path) -> str:
    """Return `place`, given from where the user is, as it reads from where the configuration is."""
    if "://" in place or place.startswith(("/", "~")) or path.parent.resolve() == Path.cwd():
        return place
    return str(Path.cwd() / place)


def _example(path: Path) -> str:
    """Put the shipped example beside the configuration, so that there is something to see at once."""
    folder = path.parent / "seeds"
    folder.mkdir(parents=True, exist_ok=True)
    for file in sorted(resource("seeds").glob("*.txt")):
        if not (folder / file.name).exists():
            shutil.copyfile(file, folder / file.name)
    return "seeds/*.txt"
