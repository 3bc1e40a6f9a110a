"""The words of pages and mail in the reader's language: gettext catalogues, one `.po` file a language."""

from __future__ import annotations

import gettext
from functools import lru_cache
from io import BytesIO
from typing import TYPE_CHECKING

from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po

from republisher.editions import nearest
from republisher.errors import ConfigError
from republisher.model import LanguageTag

if TYPE_CHECKING:
    from pathlib import Path


class Catalogues:
    """The catalogues in some folders, earlier folders before later ones; English needs none."""

    def __init__(self, folders: tuple[Path, ...]) -> None:
        self._folders = folders
        self._load = lru_cache(maxsize=None)(self._read)

    def translations(self, language: str) -> gettext.NullTranslations:
        """Return the translations for `language` or the nearest one there are any for; raise `ConfigError`."""
        for tag in nearest(LanguageTag(language)):
            if tag == "en":
                break
            found = self._load(tag)
            if found is not None:
                return found
        return gettext.NullTranslations()

    def languages(self) -> tuple[str, ...]:
        """Return the tag of every language there is a catalogue for, and English."""
        return tuple(sorted({"en", *(file.stem for folder in self._folders for file in folder.glob("*.po"))}))

    def _read(self, tag: str) -> gettext.NullTranslations | None:
        file = next((folder / f"{tag}.po" for folder in self._folders if (folder / f"{tag}.po").is_file()), None)
        if file is None:
            return None
        compiled = BytesIO()
        try:
            with file.open("rb") as source:
                write_mo(compiled, read_po(source, locale=tag.replace("-", "_"), abort_invalid=True))
        except (PoFileError, ValueError, OSError) as error:
            raise ConfigError(f"{file}: cannot be read as a message catalogue ({error}) — mend or remove it") from error
        compiled.seek(0)
        return gettext.GNUTranslations(compiled)
