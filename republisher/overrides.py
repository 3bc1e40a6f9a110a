"""Overrides: what editors decided about articles. It wins over every rule, for ever.

The file is made for people: a decision a line, in the order they were made, later ones before earlier ones.

    assign   health           https://example.org/2026/17   # Clinic opens (2026-11-23)
    exclude  economy,peace    tag:example.org,2026:18
    pin      health           tag:example.org,2026:19       # these topics and no others
    pin      none             tag:example.org,2026:20       # none at all
    language zh-Hant          tag:example.org,2026:21
    release  all              tag:example.org,2026:19       # whatever was decided before counts no more
    same     tag:…:22         tag:example.org,2026:21       # one story in two languages; "different" if it is not

An article is named by its id, its address or the name of its page.
"""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final, Literal, Self, cast, get_args

from republisher.errors import ConfigError
from republisher.identity import address
from republisher.language import canonical
from republisher.model import Assignment, Evidence
from republisher.urls import is_web

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from republisher.model import Article, LanguageTag

Verb = Literal["assign", "exclude", "pin", "language", "release", "same", "different"]

NONE: Final = "none"
ALL: Final = "all"
_TOPICAL = frozenset(("assign", "exclude", "pin"))
_ABOUT_TWO: Final = frozenset(("same", "different"))
_WEIGHT: Final = 4.0
HEAD: Final = """\
# What editors decided. It wins over every rule, for ever; a later line wins over an earlier one.
# One decision a line; what follows # is for people. Write it by hand, or with `republish assign`, `exclude`, `pin`,
# `release`, `same`, `different`:
#
#   assign   TOPICS    ARTICLE    it belongs there
#   exclude  TOPICS    ARTICLE    it does not belong there
#   pin      TOPICS    ARTICLE    there and nowhere else, whatever the rules come to say; "none" for no topic
#   language TAG       ARTICLE    it is written in this language
#   release  all       ARTICLE    what was decided before counts no more
#   same     ARTICLE   ARTICLE    the same story in two languages
#   different ARTICLE  ARTICLE    not the same story
#
# TOPICS are divided by commas, without spaces. ARTICLE is its id, its address or the name of its page.

"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """One decision, a line of the file."""

    verb: Verb
    words: tuple[str, ...]
    """Topics, the language's tag, or the name of another article."""
    article: str
    """As it was named."""
    comment: str = ""
    number: int = 0
    """Of its line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What all rulings on an article come to."""

    assigned: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    pinned: bool = False
    """Whether the assigned topics are all it has."""
    language: LanguageTag | None = None
    rulings: tuple[Ruling, ...] = ()


@dataclass(frozen=True, slots=True)
class Overrides:
    """All decisions there are."""

    rulings: tuple[Ruling, ...] = ()
    _by_name: dict[str, list[Ruling]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        by_name: dict[str, list[Ruling]] = defaultdict(list)
        for ruling in self.rulings:
            by_name[_key(ruling.article)].append(ruling)
        object.__setattr__(self, "_by_name", dict(by_name))

    def of(self, article: Article) -> Decision | None:
        """Return what was decided about `article`, None if nothing was or nothing of it counts any more."""
        names = {_key(article.id), _key(article.link or article.id), article.slug}
        found = sorted(
            (ruling for name in names for ruling in self._by_name.get(name, ())), key=lambda ruling: ruling.number
        )
        decision = Decision()
        for ruling in found:
            decision = _after(decision, ruling)
        return decision if decision.rulings else None

    def pairs(self) -> tuple[tuple[Verb, str, str], ...]:
        """Return what was decided about two articles being one story, in its order: the verb and both names."""
        found: list[tuple[Verb, str, str]] = []
        for one in self.rulings:
            if one.verb == "release":
                found = [pair for pair in found if _key(one.article) not in {_key(pair[1]), _key(pair[2])}]
            elif one.verb in _ABOUT_TWO:
                found.append((one.verb, one.words[0], one.article))
        return tuple(found)

    def changed(self, before: Overrides) -> tuple[str, ...]:
        """Return the names of the articles about which other things were decided than `before`, or in another order."""
        old, new = before.told(), self.told()
        while old and new and old[0] == new[0]:
            old, new = old[1:], new[1:]
        while old and new and old[-1] == new[-1]:
            old, new = old[:-1], new[:-1]
        return tuple(sorted({name for _, _, name in (*old, *new)}))

    def names(self) -> tuple[str, ...]:
        """Return the names of all articles something was decided about, as they were written."""
        both = ((*one.words, one.article) if one.verb in _ABOUT_TWO else (one.article,) for one in self.rulings)
        return tuple(dict.fromkeys(name for names in both for name in names))

    def dump(self) -> str:
        """Return what is decided as text, without what is for people."""
        return json.dumps(self.told(), ensure_ascii=False)

    @classmethod
    def load(cls, dumped: str | None) -> Self:
        """Return what was dumped; nothing, if nothing was."""
        told: list[tuple[Verb, list[str], str]] = json.loads(dumped) if dumped else []
        return cls(
            tuple(
                Ruling(verb=verb, words=tuple(words), article=name, number=number)
                for number, (verb, words, name) in enumerate(told, 1)
            )
        )

    def told(self) -> list[tuple[Verb, tuple[str, ...], str]]:
        """Return what is decided in its order, without comments and numbers of lines."""
        return [(one.verb, one.words, one.article) for one in self.rulings]


NOTHING: Final = Overrides()


def _key(name: str) -> str:
    """Return what a name is compared by: of an address what tells it apart, whatever its scheme and spelling."""
    return address(name) if is_web(name) else name


def _after(decision: Decision, ruling: Ruling) -> Decision:
    """Return what counts once `ruling` was made."""
    words, rulings = ruling.words, (*decision.rulings, ruling)
    if ruling.verb in _ABOUT_TWO:
        return decision
    if ruling.verb == "release":
        return Decision()
    if ruling.verb == "language":
        return replace(decision, language=canonical(words[0]), rulings=rulings)
    if ruling.verb == "pin":
        return replace(decision, assigned=words, excluded=(), pinned=True, rulings=rulings)
    gained, lost = (words, ()) if ruling.verb == "assign" else ((), words)
    return replace(
        decision,
        assigned=_joined(decision.assigned, gained, lost),
        excluded=_joined(decision.excluded, lost, gained),
        rulings=rulings,
    )


def _joined(known: tuple[str, ...], more: tuple[str, ...], without: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(word for word in (*known, *more) if word not in without))


def apply(decision: Decision | None, topics: tuple[Assignment, ...]) -> tuple[Assignment, ...]:
    """Return the topics an article has once an editor's word counts; those the editor gave come first."""
    if decision is None:
        return topics
    others = () if decision.pinned else tuple(one for one in topics if one.topic not in decision.excluded)
    reasons = {one.topic: one.evidence for one in topics}
    given = tuple(
        Assignment(
            topic=topic,
            score=_WEIGHT,
            signal="editor",
            evidence=(
                Evidence(term=_verb_for(topic, decision), surface=topic, place="rule", weight=_WEIGHT),
                *reasons.get(topic, ()),
            ),
        )
        for topic in decision.assigned
    )
    return given + tuple(one for one in others if one.topic not in decision.assigned)


def _verb_for(topic: str, decision: Decision) -> str:
    return next(ruling.verb for ruling in reversed(decision.rulings) if topic in ruling.words)


def parse(lines: str, place: str, topics: Collection[str] | None) -> Overrides:
    """Return what the file `place` says; raise `ConfigError` with every line of it that cannot be followed.

    Without `topics`, any word may be one.
    """
    problems: list[str] = []
    rulings = tuple(_rulings(lines.removeprefix("\ufeff"), topics, problems))
    if problems:
        raise ConfigError(*(f"{place}: {problem}" for problem in problems))
    return Overrides(rulings)


def _rulings(lines: str, topics: Collection[str] | None, problems: list[str]) -> Iterator[Ruling]:
    for number, line in enumerate(lines.splitlines(), 1):
        words_, comment = _divided(line)
        if not words_:
            continue
        if len(words_) != 3 or words_[0] not in get_args(Verb):  # noqa: PLR2004  # verb, words, article
            problems.append(
                f"line {number} should be a word ({', '.join(get_args(Verb))}), topics and an article,"
                f" not {line.strip()!r}"
            )
            continue
        verb, words, article = cast("Verb", words_[0]), words_[1], words_[2]
        wrong = _wrong(verb, words, topics)
        if wrong:
            problems.append(f"line {number} names {wrong}")
            continue
        if verb in _ABOUT_TWO:
            given: tuple[str, ...] = (words,)
        else:
            given = () if verb == "release" or (verb == "pin" and words == NONE) else tuple(words.split(","))
        yield Ruling(verb=verb, words=given, article=article, comment=comment, number=number)


def _divided(line: str) -> tuple[list[str], str]:
    """Return the words of a line and its comment: from the first word that begins with #; ids may have one inside."""
    words = line.split()
    end = next((at for at, word in enumerate(words) if word.startswith("#")), len(words))
    return words[:end], " ".join(words[end:]).lstrip("# ")


def _wrong(verb: Verb, words: str, topics: Collection[str] | None) -> str:
    """Return what is wrong about the words after `verb`, empty if nothing is."""
    if verb == "release" and words != ALL:
        return f"{words!r} where it should be {ALL!r}: what is released is all that was decided before"
    if verb == "language":
        return "" if canonical(words) else f"{words!r}, which is no language tag, such as ko or zh-Hant"
    if topics is not None and verb in _TOPICAL and not (verb == "pin" and words == NONE):
        unknown = [word for word in words.split(",") if word not in topics]
        if unknown:
            return f"{unknown[0]!r}, which is no topic, only {', '.join(sorted(topics))}"
    return ""


def line(ruling: Ruling) -> str:
    """Return `ruling` as a line of the file."""
    words = ",".join(ruling.words) or (ALL if ruling.verb == "release" else NONE)
    comment = f"   # {' '.join(ruling.comment.split())}" if ruling.comment else ""
    return f"{ruling.verb:<8} {words:<16} {ruling.article}{comment}\n"
