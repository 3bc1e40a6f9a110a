"""Which language an article is written in.

What a source declares is believed unless the script of the text contradicts it; then the script decides where it can,
then detection. The detectors are imported where they are used: most articles need neither.
"""

from __future__ import annotations

from functools import lru_cache
from math import log
from typing import TYPE_CHECKING

from republisher.language import chinese
from republisher.language.scripts import LATIN_ENOUGH, ONE_LANGUAGE, OWN_ENOUGH, dominant, letters_of, only, scripts_of
from republisher.language.tags import SCRIPT, canonical, fallbacks, primary
from republisher.language.words import evidence, shipped
from republisher.model import UNDETERMINED, LanguageTag
from republisher.text import legal

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Iterable, Mapping

    from py3langid.langid import LanguageIdentifier

_UNTOLD = frozenset({"und", "mul", "mis", "zxx"})  # codespell:ignore mis
_FEW_LETTERS = 4
_FEW_FOR_GUESSING = 12
"""Letters; what a name or a piece of code sounds like is nobody's language."""
_CODE_LENGTH = 2
"""Of ISO 639-1; the detectors' three-letter codes are mostly their guesses at something else."""
_NAMES = dict.fromkeys(("wuu", "yue", "nan", "hak", "gan", "lzh"), "zh") | {"no": "nb", "bs": "hr"}
"""What we call a detector's answer; Bosnian and Croatian are one to detectors, our words tell them apart."""
_SAMPLE = 400
_SURE = 80
"""Per cent of the text the fast detector must find in one language to be believed alone; more gains nothing."""
_WORST = -16.0
"""The least a language may have against it, however improbable the careful detector finds it: it is always too sure."""
_CAREFUL = 1.6
"""What the logarithm of the careful detector's probability counts, beside the points of `words`."""
_QUICK = 2.0
"""What the fast detector's answer counts if it is about all of the text."""
_COMMON = 0.5
"""What a language counts because there is a lexicon for it."""
_HONEST = -1.8
"""Below this the best is a guess: hardly one in three for the careful detector, and no word that speaks for it."""
_NEVER = 1e-12
_UNASKED = -6.0
"""What a language counts that the careful detector does not know."""
_HONEST_AMONG = -12.0
"""The same, among languages that were expected."""
_RIVAL = 1.0
"""Points by which the words must speak for another language to doubt the fast detector."""
_CLOSE = (
    "hr sr-Latn bs sl",
    "id ms",
    "da nb nn sv",
    "cs sk",
    "af nl",
    "es gl ca pt",
    "bg mk ru sr",
    "hi mr ne",
    "am ti",
    "rn rw",
)
_TWINS = {"id": ("ms",), "ms": ("id",), "da": ("nb",), "nb": ("da",), "nn": ("da", "nb")}
"""Languages the fast detector takes for each other, so that its word for one is half a word for the other."""
_TWIN = 0.5
_NEIGHBOURS = {code: frozenset(group.split()) - {code} for group in _CLOSE for code in group.split()}
"""Languages so close that the fast detector is not believed where the words speak for both alike."""
_ENGLISH = frozenset("the and with that for from was will has this have are".split())
_LONG = 80
"""Characters from which a feed's word `en` may be doubted; shorter texts are names and slogans too often."""


def decide(
    declared: Iterable[tuple[str, str | None]], title: str, text: str, expected: tuple[LanguageTag, ...] = ()
) -> tuple[LanguageTag, str]:
    """Return the language of an article and its origin: a declaration's, or `script`, `detected`, `unknown`.

    `declared` are pairs of origin (`entry`, `feed`, `source`) and tag, the most trusted first. `expected` limits what
    is detected, never what was declared. Any string will do as `title` and `text`.
    """
    sample = legal(f"{title[:_SAMPLE]}\n{text[:_SAMPLE]}")
    letters = letters_of(sample)
    for origin, given in declared:
        tag = canonical(given) if given else None
        if tag and primary(tag) not in _UNTOLD and not _contradicted(tag, letters, sample):
            if origin == "feed" and primary(tag) == "en" and _plainly_not_english(sample):
                continue
            return _told_apart(tag, sample), origin
    return _found(sample, letters, expected)


def recognised(text: str) -> LanguageTag:
    """Return the language of a text nothing is known of, `und` if it does not tell."""
    sample = legal(text[:_SAMPLE])
    return _found(sample, letters_of(sample), ())[0]


def near(tag: LanguageTag) -> frozenset[str]:
    """Return the languages so close to `tag` that a few sentences do not tell them apart."""
    return _NEIGHBOURS.get(tag, _NEIGHBOURS.get(primary(tag), frozenset()))


def _found(sample: str, letters: Counter[str], expected: tuple[LanguageTag, ...]) -> tuple[LanguageTag, str]:
    """Return what the text itself says, from its script where that is enough."""
    script = dominant(letters)
    if not script:
        return UNDETERMINED, "unknown"
    possible = [tag for tag in expected if script in scripts_of(tag)]
    if script != "Latn" and len(possible) == 1:
        return _told_apart(possible[0], sample), "script"
    if not possible and script == "Hani":
        return LanguageTag("ja") if chinese.is_japanese(sample) else chinese.standard(sample), "script"
    if not possible and script in ONE_LANGUAGE:
        return LanguageTag(ONE_LANGUAGE[script]), "script"
    found = _detect(sample, letters, frozenset(map(primary, possible)), script)
    if found is None:
        return UNDETERMINED, "unknown"
    return _told_apart(LanguageTag(found), sample), "detected"


def _detect(sample: str, letters: Counter[str], allowed: frozenset[str], script: str) -> str | None:
    """Return the language code of `sample` among `allowed` (all, if empty), None if it is anybody's guess.

    A language in another script than the dominant one is believed if its letters are there: a text about software may
    hold more Latin letters than its own.
    """
    if letters.total() < _FEW_FOR_GUESSING:
        return None
    if script != "Latn" and len(letters) > 1:
        sample = only(sample, script)
    said = evidence(sample)
    code, percent = _quick(sample, script)
    if percent >= _SURE and _fits(code, letters, allowed, script) and not _rivalled(code, said):
        return code
    scores = _scores(sample, said, (code, percent), script)
    best = max(
        (tag for tag in scores if _fits(tag, letters, allowed)),
        key=lambda tag: scores[tag] + (_COMMON if tag in shipped() else 0),
        default=None,
    )
    return best if best and scores[best] >= (_HONEST_AMONG if allowed else _HONEST) else None


def _fits(tag: str, letters: Counter[str], allowed: frozenset[str], script: str = "") -> bool:
    """Say whether `tag` is allowed, or, if all are, known to everybody and written in these letters."""
    if allowed:
        return primary(LanguageTag(tag)) in allowed
    scripts = scripts_of(LanguageTag(tag))
    known = len(primary(LanguageTag(tag))) == _CODE_LENGTH
    return known and (script in scripts if script else any(letters[one] for one in scripts))


def _rivalled(code: str, said: Mapping[str, float]) -> bool:
    """Say whether the words of a text speak rather for another language than `code`."""
    own = said.get(code, 0.0)
    if any(points >= own + _RIVAL for points in said.values()):
        return True
    return any(said.get(other, 0.0) >= own for other in _NEIGHBOURS.get(code, ()))


def _scores(sample: str, said: Mapping[str, float], quick: tuple[str, int], script: str) -> dict[str, float]:
    """Return what speaks for each language: the careful detector, the fast one, and the words."""
    before: dict[str, float] = {}
    for label, probability in _careful().rank(sample):
        tag = _named(label, script)
        before[tag] = max(before.get(tag, _WORST), _CAREFUL * log(max(probability, _NEVER)))
    scores = dict(before)
    code, weight = quick[0], _QUICK * quick[1] / 100
    votes = {"und": 0.0} | dict.fromkeys(_TWINS.get(code, ()), weight * _TWIN) | {code: weight}
    for tag in {*said, *votes} - {"und"}:
        known = _named(tag, script)
        scores[tag] = _start(known, before) + votes.get(known, 0.0) + said.get(tag, 0.0)
    return scores


def _start(tag: str, before: Mapping[str, float]) -> float:
    """Return what the careful detector says for `tag`; nearly what it says for a neighbour where it knows only that."""
    if tag in before:
        return before[tag]
    return max((before[other] - 0.5 for other in _NEIGHBOURS.get(tag, ()) if other in before), default=_UNASKED)


def _named(label: str, script: str) -> str:
    """Return what we call a detector's `label` for a text in `script`."""
    name = _NAMES.get(label, label)
    return "sr-Latn" if name == "sr" and script == "Latn" else name


def _quick(sample: str, script: str = "") -> tuple[str, int]:
    """Return the fast detector's answer and the per cent of the text it is about, 0 if it is unsure."""
    import pycld2  # type: ignore[import-untyped,unused-ignore]  # noqa: PLC0415 - a run whose languages are all declared need not load it

    try:
        reliable, _, ((_, code, percent, _), *_) = pycld2.detect(sample)
    except pycld2.error:
        return "und", 0
    tag = canonical(code)
    known = reliable and tag and not code.startswith("xx-") and len(primary(tag)) == _CODE_LENGTH
    return (_named(primary(tag), script), percent) if known and tag else ("und", 0)


@lru_cache(maxsize=1)
def _careful() -> LanguageIdentifier:
    """Return the careful detector, which takes most of a second to wake and a hundred megabytes to keep."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier  # noqa: PLC0415 - as above, and more so

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


def _plainly_not_english(sample: str) -> bool:
    """Say whether a feed's `en` is the default nobody changed: the fast detector is sure of another language."""
    if len(sample) < _LONG or len(_ENGLISH.intersection(sample.lower().split())) > 1:
        return False
    code, percent = _quick(sample)
    return percent >= _SURE and code not in {"en", "und"}


def _contradicted(tag: LanguageTag, letters: Counter[str], sample: str) -> bool:
    """Say whether a text with these letters cannot be in the language `tag`."""
    total = letters.total()
    if total < _FEW_LETTERS:
        return False
    scripts = scripts_of(tag)
    own = sum(letters[script] for script in scripts)
    if own < (LATIN_ENOUGH if "Latn" in scripts else OWN_ENOUGH) * total:
        return True
    stated = next((part for part in fallbacks(tag) if part in {"zh-Hans", "zh-Hant"}), None)
    return stated is not None and chinese.standard(sample) not in {stated, "zh"}


def _told_apart(tag: LanguageTag, sample: str) -> LanguageTag:
    """Return `tag` with its script, if it says no more than Chinese or Serbian, whose usual one is Cyrillic."""
    if primary(tag) == "sr" and not SCRIPT.match(tag):
        return LanguageTag(f"sr-Latn{tag[2:]}") if dominant(letters_of(sample)) == "Latn" else tag
    return chinese.standard(sample) if tag == "zh" else tag
