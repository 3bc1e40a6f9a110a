"""The words of pages and mail: every catalogue complete, every template's words in it."""

from __future__ import annotations

import gettext
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from babel import Locale
from babel.messages.pofile import read_po

from republisher.errors import ConfigError
from republisher.messages import Catalogues

if TYPE_CHECKING:
    from babel.messages.catalog import Catalog, Message

ROOT = Path(__file__).parent.parent.parent
TEMPLATES = ROOT / "templates"
FILES = sorted((TEMPLATES / "messages").glob("*.po"))
MAIL = frozenset("ar de es fa fr he hi id it ja ko nl pl pt ru sw tr uk vi zh-Hans zh-Hant".split())
"""Languages digests are written in, besides English; pages are in more."""
CALL = re.compile(r"""\b(?:n?gettext|words|counted)\((["'])(.*?)\1""")


def used(*files: Path) -> set[str]:
    """Return the messages some templates or modules use; of a plural, the singular."""
    return {match[2] for file in files for match in CALL.finditer(file.read_text(encoding="utf-8"))}


ON_PAGES = used(*(file for file in TEMPLATES.glob("*.html") if not file.name.startswith("digest")))
IN_MAIL = used(
    *TEMPLATES.glob("digest*"), *(ROOT / "republisher" / "digest").glob("*.py"), ROOT / "republisher" / "mailroom.py"
)
WHOLE = {"one", "two", "zero"}
"""Forms that may say their number in words."""


def catalogue_of(file: Path) -> Catalog:
    """Return a catalogue."""
    with file.open("rb") as source:
        return read_po(source, locale=file.stem.replace("-", "_"), abort_invalid=True)


def by_id(catalogue: Catalog) -> dict[str, Message]:
    """Return the messages of a catalogue; of a plural, by its singular."""
    return {one.id if isinstance(one.id, str) else one.id[0]: one for one in catalogue if one.id}


def test_there_are_catalogues() -> None:
    """The tests below would pass without any."""
    assert {file.stem for file in FILES} >= MAIL
    assert len(ON_PAGES) >= 18
    assert len(IN_MAIL) >= 12


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_catalogue_is_complete(file: Path) -> None:
    """Every message of the templates is translated, none is left over, none is fuzzy or English."""
    messages = by_id(catalogue_of(file))
    wanted = ON_PAGES | IN_MAIL if file.stem in MAIL else ON_PAGES
    assert not wanted - set(messages)
    assert not set(messages) - ON_PAGES - IN_MAIL
    assert not [message for message in messages.values() if message.fuzzy or not message.string]
    single = [message for message in messages.values() if not message.pluralizable]
    assert len({message.string for message in single}) >= len(single) - 2
    english = [message.id for message in single if message.string == message.id]
    assert all(" " not in str(word) for word in english)
    assert len(english) <= 3


@pytest.mark.parametrize("tag", sorted(MAIL))
def test_plurals_follow_the_rules_of_the_language(tag: str) -> None:
    """Numbers of one category in CLDR have one form of their own here, and each form keeps what is put into it."""
    catalogue = catalogue_of(TEMPLATES / "messages" / f"{tag}.po")
    rule = Locale.parse(tag.replace("-", "_")).plural_form
    form = gettext.c2py(catalogue.plural_expr)
    pairs = {(rule(number), form(number)) for number in range(1, 1000)} | ({("zero", 0)} if tag == "ar" else set())
    assert len(pairs) == len({category for category, _ in pairs}) == len({index for _, index in pairs})
    categories = {index: category for category, index in pairs}
    plural = [message for message in catalogue if message.id and message.pluralizable]
    assert len(plural) >= 3
    for message in plural:
        strings = tuple(message.string or ())
        assert len(strings) == catalogue.num_plurals
        for index, string in enumerate(strings):
            lost = set(re.findall(r"%\(\w+\)s", message.id[0])) - set(re.findall(r"%\(\w+\)s", string))
            assert not lost - {"%(count)s"}
            assert not lost or categories.get(index) in WHOLE


@pytest.mark.parametrize("tag", sorted(MAIL))
def test_what_is_put_into_a_message_stays_in_it(tag: str) -> None:
    """A translation has the same places to fill in as the original."""
    for key, message in by_id(catalogue_of(TEMPLATES / "messages" / f"{tag}.po")).items():
        if not message.pluralizable:
            assert re.findall(r"%\(\w+\)s", key) == re.findall(r"%\(\w+\)s", str(message.string))


def test_the_nearest_language_is_taken() -> None:
    """A region falls back to its language, a language without catalogue to English."""
    catalogues = Catalogues((TEMPLATES / "messages",))
    assert catalogues.translations("fr-CA").gettext("Subscribe") == "S’abonner"
    assert catalogues.translations("zh-TW").gettext("Subscribe") == "訂閱"
    assert catalogues.translations("en-GB").gettext("Subscribe") == "Subscribe"
    assert catalogues.translations("und").gettext("Subscribe") == "Subscribe"


def test_a_user_s_catalogue_comes_first(tmp_path: Path) -> None:
    """One file in a folder of one's own replaces the shipped one; a broken one is a clear error."""
    (tmp_path / "fr.po").write_text('msgid "Subscribe"\nmsgstr "Suivre"\n', encoding="utf-8")
    (tmp_path / "de.po").write_text("this is no catalogue\n", encoding="utf-8")
    catalogues = Catalogues((tmp_path, TEMPLATES / "messages"))
    assert catalogues.translations("fr").gettext("Subscribe") == "Suivre"
    assert catalogues.translations("ko").gettext("Subscribe") == "구독"
    with pytest.raises(ConfigError, match=r"de\.po: cannot be read as a message catalogue"):
        catalogues.translations("de")
