"""Which articles are said to be one story in several languages, and how much of that is believed.

What is said is a graph: an entry names others, a document (a sitemap, an export of a site) names a whole set. It is
read with these rules, so that nonsense cannot merge two stories:

- A language that is said must be that of the article; an article is not a translation into its own language.
- Who names two articles for one language says nothing of that language.
- What both sides say, or a document says, or the editor, comes before what one side says alone.
- What one side says alone is believed only of its own site or source: nobody can put an article beside another's.
- If several articles of one language claim the same article, and it answers none of them, none is believed.
- A group never holds two articles of one language: a claim that would bring that about is left out.
- What the editor denied stays apart.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from republisher.editions import channel_language
from republisher.model import LanguageTag
from republisher.records import AS_USUAL
from republisher.siblings import pair

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from republisher.records import Grouping
    from republisher.siblings import Pair, Statement, Verdicts

EDITOR: Final = "editor"
"""Who says so, if the editor has confirmed a guess."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """That one article is a translation of another."""

    one: str
    other: str
    speaker: str
    alone: bool
    """Whether only the first of them says so."""


def claims(
    statements: Iterable[Statement],
    articles: Mapping[str, str],
    languages: Mapping[str, str],
    grouping: Grouping = AS_USUAL,
) -> tuple[Claim, ...]:
    """Return what follows from `statements`; `articles` are those known by address, `languages` their channels'."""
    found = set()
    for statement in statements:
        named = {
            article: said
            for address, said in statement.members
            if (article := articles.get(address)) is not None and article in languages
        }
        spoken = Counter(said or languages[id_] for id_, said in named.items())
        right = sorted(
            id_
            for id_, said in named.items()
            if spoken[said or languages[id_]] == 1 and (not said or _same(said, languages[id_], grouping))
        )
        if statement.speaker == statement.id:
            found |= {_claim(statement, statement.id, other, alone=True) for other in right}
        else:
            found |= {_claim(statement, one, other, alone=False) for one in right for other in right}
    return tuple(
        sorted(
            (claim for claim in found if claim.one in languages and languages[claim.one] != languages[claim.other]),
            key=lambda claim: (claim.one, claim.other, claim.speaker),
        )
    )


def _claim(statement: Statement, one: str, other: str, *, alone: bool) -> Claim:
    return Claim(one=one, other=other, speaker=statement.speaker, alone=alone)


def _same(said: str, language: str, grouping: Grouping) -> bool:
    """Tell whether a language that is said may be that of an article: the same, or one of which the other is a kind."""
    tag = LanguageTag(said)
    return language in (tag, channel_language(tag), channel_language(tag, grouping)) or language.startswith(f"{tag}-")


def groups(
    given: Iterable[Claim], languages: Mapping[str, str], verdicts: Verdicts, homes: Mapping[str, frozenset[str]]
) -> tuple[dict[str, tuple[str, ...]], dict[Pair, tuple[str, ...]]]:
    """Return the groups of two or more by each of their articles, and who said so of which two.

    `languages` are those of the articles' channels, `homes` the sites and sources they come from.
    """
    said: dict[Pair, set[str]] = {}
    sides: dict[Pair, set[str]] = {}
    certain: set[Pair] = set()
    for claim in given:
        both = pair(claim.one, claim.other)
        said.setdefault(both, set()).add(claim.speaker)
        sides.setdefault(both, set()).add(claim.one)
        if not claim.alone:
            certain.add(both)
    certain |= {both for both, speakers in sides.items() if len(speakers) > 1}
    alone = {both: next(iter(speakers)) for both, speakers in sides.items() if both not in certain}
    doubtful = _contradicted(alone, languages) | {both for both in alone if not homes[both[0]] & homes[both[1]]}
    for both in verdicts.confirmed:
        if all(id_ in languages for id_ in both):
            said.setdefault(both, set()).add(EDITOR)
    order = sorted(
        (both for both in said if both not in doubtful or both in verdicts.confirmed),
        key=lambda both: (both not in verdicts.confirmed, both not in certain, both),
    )
    found: dict[str, frozenset[str]] = {}
    accepted = {}
    for both in order:
        one, other = (found.get(id_, frozenset((id_,))) for id_ in both)
        if one == other or _may_join(one, other, languages, verdicts):
            accepted[both] = tuple(sorted(said[both]))
            found |= dict.fromkeys(one | other, one | other)
    return {id_: tuple(sorted(group)) for id_, group in sorted(found.items())}, accepted


def _contradicted(alone: Mapping[Pair, str], languages: Mapping[str, str]) -> set[Pair]:
    """Return the one-sided claims that several articles of one language make on the same article."""
    targets = {both: both[1] if speaker == both[0] else both[0] for both, speaker in alone.items()}
    rivals = Counter((targets[both], languages[speaker]) for both, speaker in alone.items())
    return {both for both, speaker in alone.items() if rivals[targets[both], languages[speaker]] > 1}


def _may_join(one: frozenset[str], other: frozenset[str], languages: Mapping[str, str], verdicts: Verdicts) -> bool:
    spoken = Counter(languages[id_] for id_ in one | other)
    return max(spoken.values()) == 1 and not any(pair(a, b) in verdicts.denied for a in one for b in other)
