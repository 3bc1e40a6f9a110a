"""Which channel carries which article, and which files were published from that."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from republisher.records import Placement, Published
from republisher.store.database import Database

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


class Output(Database):
    """What the store knows of channels and published files."""

    def channels(self) -> dict[str, int]:
        """Return the number of articles in each channel that has any."""
        rows = self.rows("SELECT channel, count(*) FROM placements GROUP BY channel ORDER BY channel")
        return cast("dict[str, int]", dict(cast("Any", rows)))

    def live(self, channel: str) -> tuple[Placement, ...]:
        """Return what is in no archive document of `channel`, newest first."""
        return self._placements("channel = ? AND archive IS NULL", channel)

    def archived(self, channel: str, number: int) -> tuple[Placement, ...]:
        """Return what archive document `number` of `channel` carries, newest first."""
        return self._placements("channel = ? AND archive = ?", channel, number)

    def archives(self, channel: str) -> tuple[int, ...]:
        """Return the numbers of the archive documents of `channel`, oldest first."""
        rows = self.rows(
            "SELECT DISTINCT archive FROM placements WHERE channel = ? AND archive IS NOT NULL ORDER BY 1", channel
        )
        return tuple(cast("int", row[0]) for row in rows)

    def archive(self, channel: str, number: int, articles: Sequence[str]) -> None:
        """Move `articles` from the live feed of `channel` into its archive document `number`."""
        with self.transaction() as connection:
            connection.executemany(
                "UPDATE placements SET archive = ? WHERE channel = ? AND article = ?",
                [(number, channel, article) for article in articles],
            )

    def published(self) -> dict[str, Published]:
        """Return every file as it was last written, by path."""
        rows = cast("Any", self.rows("SELECT path, state, modified, size FROM published ORDER BY path"))
        return {
            path: Published(path=path, state=state, modified=modified, size=size)
            for path, state, modified, size in rows
        }

    def record(self, written: Iterable[Published], removed: Iterable[str]) -> None:
        """Remember which files were written and which are gone."""
        with self.transaction() as connection:
            connection.executemany("DELETE FROM published WHERE path = ?", [(path,) for path in removed])
            connection.executemany(
                "INSERT OR REPLACE INTO published VALUES (?, ?, ?, ?)",
                [(file.path, file.state, file.modified, file.size) for file in written],
            )

    def _placements(self, condition: str, *values: object) -> tuple[Placement, ...]:
        rows = self.rows(
            f"SELECT article, state, size, archive FROM placements WHERE {condition} ORDER BY published DESC, article",
            *values,
        )
        return tuple(
            Placement(article=article, state=state, size=size, archive=archive)
            for article, state, size, archive in cast("Any", rows)
        )
