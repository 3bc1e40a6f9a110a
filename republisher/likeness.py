"""Near-identical copies of one story: found by a sketch, decided by how many word sequences two texts share.

Agencies' stories come from several sources with another headline, a changed first sentence, a signature. Two texts are
copies if the sequences of four words they share are at least three quarters of all they have (the Jaccard index), which
can be said to an editor in one number. The sketch is the smallest hashes of those sequences (Broder's min-wise sampling
with one hash function): two copies are all but certain to share one of them.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from zlib import crc32

ENOUGH = 0.75
"""Of all sequences, from which on two texts are copies; below, they tell of the same event in words of their own."""
_SEQUENCE = 4
_FEWEST = 25
"""Sequences; shorter texts are alike by chance."""
_SKETCH = 8
_WORD = re.compile(r"[^\W\d_]+|\d+")
_UNSPACED = re.compile(
    r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff]"
)


@lru_cache(maxsize=128)
def sequences(title: str, text: str) -> frozenset[int]:
    """Return the hashes of every four words in a row; of every four letters where words are not spaced."""
    folded = unicodedata.normalize("NFKC", f"{title}\n{text}").casefold()
    words: list[str] = []
    for word in _WORD.findall(folded):
        words += list(word) if _UNSPACED.match(word) else [word]
    rows = (" ".join(words[start : start + _SEQUENCE]) for start in range(len(words) - _SEQUENCE + 1))
    return frozenset(crc32(row.encode()) for row in rows)


def sketch(found: frozenset[int]) -> tuple[int, ...]:
    """Return what to look copies up by; nothing for a text too short to have any."""
    return tuple(sorted(found)[:_SKETCH]) if len(found) >= _FEWEST else ()


def likeness(one: frozenset[int], other: frozenset[int]) -> float:
    """Return the part of all sequences that both texts have, from 0 to 1."""
    union = len(one | other)
    return len(one & other) / union if union else 0.0
