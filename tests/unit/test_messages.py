"""The words of pages: every catalogue complete, every template's words in it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from republisher.errors import ConfigError
from republisher.messages import Catalogues

TEMPLATES = Path(__file__).parent.parent.parent / "templates"
FILES = sorted((TEMPLATES / "messages").glob("*.po"))
USED = {
    message
    for template in TEMPLATES.glob("*.html")
    for message in re.findall(r'gettext\("([^"]*)"\)', template.read_text(encoding="utf-8"))
}


def test_there_are_catalogues() -> None:
    """The test below would pass without any."""
    assert len(FILES) >= 21
    assert len(USED) >= 18


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_catalogue_is_complete(file: Path) -> None:
    """Every message of the templates is translated, none is left over, none is fuzzy or English."""
    with file.open("rb") as source:
        catalogue = read_po(source, locale=file.stem.replace("-", "_"), abort_invalid=True)
    messages = {str(message.id): message for message in catalogue if message.id}
    assert set(messages) == USED
    assert not [message for message in messages.values() if message.fuzzy or not message.string]
    assert len({message.string for message in messages.values()}) >= len(USED) - 1
    english = [message.id for message in messages.values() if message.string == message.id]
    assert all(" " not in str(word) for word in english)
    assert len(english) <= 3


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
