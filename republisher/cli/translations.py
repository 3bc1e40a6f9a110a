"""What `republish explain` says of the same story in other languages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from republisher.urls import shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from republisher.model import Article, Sibling


def facts(article: Article, siblings: Iterable[Sibling]) -> list[dict[str, object]]:
    """Return each with who says so, or with the confidence of the guess and its reasons."""
    return [
        {
            "id": one.id,
            "title": one.title,
            "language": one.language,
            "address": _address(one),
            "origin": "proposed" if one.confidence is not None else "declared",
        }
        | (
            {"confidence": one.confidence, "reasons": list(one.reasons)}
            if one.confidence is not None
            else {"declared_by": [_speaker(name, article, one) for name in one.said_by]}
        )
        for one in siblings
    ]


def lines(article: Article, siblings: Iterable[Sibling]) -> Iterator[str]:
    """Yield a line for each; a guess can be told from what is declared."""
    for one in siblings:
        if one.confidence is None:
            speakers = ", ".join(_speaker(name, article, one) for name in one.said_by)
            yield f"  in {one.language:<8} {one.title}: {_address(one)} (declared by {speakers})"
        else:
            reasons = f"{', '.join(one.reasons[:-1])}; {one.reasons[-1]}".removeprefix("; ")
            yield (
                f"  in {one.language:<8} probably the same story as “{one.title}”: {_address(one)}"
                f" ({one.confidence:.2f}: {reasons})"
            )


def _address(one: Sibling) -> str:
    return one.link or f"articles/{one.slug}.html"


def _speaker(name: str, article: Article, other: Sibling) -> str:
    if name == article.id:
        return "this article"
    return "the other article" if name == other.id else shown(name)
