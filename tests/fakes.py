"""Stand-ins for what the pipeline talks to; small enough to be read at a glance, and fit for users' own tests."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from republisher.errors import FetchError
from republisher.model import Assignment, Document, Validators
from republisher.records import Answer, Published

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from republisher.model import Article, Source
    from republisher.records import Wanted


@dataclass
class FakeTransport:
    """Documents in a dictionary; a source stands for every location that begins with its own."""

    documents: dict[str, bytes]
    fetched: list[str] = field(default_factory=list)

    def locate(self, source: Source) -> tuple[str, ...]:
        found = tuple(sorted(location for location in self.documents if location.startswith(source.location)))
        if not found:
            raise FetchError("there is nothing here", source.location, "look elsewhere")
        return found

    def fetch_all(self, wanted: Sequence[Wanted]) -> Iterator[Answer]:
        for one in wanted:
            content = self.documents[one.location]
            validators = Validators(modified=hash(content), size=len(content))
            if one.known == validators:
                yield Answer(wanted=one)
                continue
            self.fetched.append(one.location)
            document = Document(source=one.source, location=one.location, content=content, validators=validators)
            yield Answer(wanted=one, document=document)


@dataclass
class FakeClassifier:
    """Gives a topic whose name stands in the title, and whatever the source was set to."""

    topics: tuple[str, ...] = ("health", "peace")
    version: str = "1"

    def classify(self, article: Article, given: tuple[str, ...] = ()) -> tuple[Assignment, ...]:
        named = tuple(topic for topic in self.topics if topic in article.title.lower())
        return tuple(Assignment(topic=topic, score=1.0, signal="rule") for topic in dict.fromkeys((*given, *named)))


@dataclass
class FakeOutput:
    """Files in a dictionary; counts writes instead of keeping times."""

    files: dict[str, bytes] = field(default_factory=dict)
    writes: int = 0

    def intact(self, file: Published) -> bool:
        return file.path in self.files and len(self.files[file.path]) == file.size

    def read(self, path: str) -> bytes | None:
        return self.files.get(path)

    def write(self, files: Iterable[tuple[str, bytes]]) -> tuple[tuple[Published, ...], tuple[str, ...]]:
        everything = dict(files)
        new = tuple(path for path, content in everything.items() if self.files.get(path) != content)
        self.files.update(everything)
        self.writes += len(new)
        published = (Published(path=path, state="", modified=0, size=len(text)) for path, text in everything.items())
        return tuple(published), new

    def remove(self, paths: Iterable[str]) -> None:
        for path in paths:
            del self.files[path]
