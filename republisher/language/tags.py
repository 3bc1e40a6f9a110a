"""Language tags: their canonical form, what may stand in for them, and which way their text runs."""

from __future__ import annotations

import re

from republisher.model import LanguageTag

_TAG = re.compile(
    r"(?P<language>[a-z]{2,3})(?P<extended>(?:-[a-z]{3}){0,3})(?:-(?P<script>[a-z]{4}))?(?:-(?P<region>[a-z]{2}|[0-9]{3}))?"
    r"(?P<rest>(?:-(?:[a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*(?:-[a-wy-z0-9](?:-[a-z0-9]{2,8})+)*(?:-x(?:-[a-z0-9]{1,8})+)?)"
)
"""RFC 5646 §2.1 in lower case, without the grandfathered tags and the four-letter and longer languages nobody has."""
_LANGUAGES = {
    # Deprecated by the registry (RFC 5646 §2.2.1), or covering one written standard in practice (CLDR's aliases).
    "cmn": "zh", "fil": "tl", "in": "id", "iw": "he", "ji": "yi", "jw": "jv", "mo": "ro", "no": "nb", "sh": "sr",
    # A country's code where its language's belongs; none of these is a language of its own.
    "cn": "zh", "cz": "cs", "dk": "da", "gr": "el", "jp": "ja", "vn": "vi",
    # ISO 639-2 where ISO 639-1 has a shorter code, as broadcasters write it.
    "ara": "ar", "chi": "zh", "deu": "de", "eng": "en", "fra": "fr", "fre": "fr", "ger": "de", "ita": "it",
    "jpn": "ja", "kor": "ko", "por": "pt", "rus": "ru", "spa": "es", "zho": "zh",
}  # fmt: skip
SCRIPT = re.compile("^[a-z]{2,3}-([A-Z][a-z]{3})(?:-|$)")
"""Finds the script a canonical tag names."""
_REGIONS = {"bu": "mm", "dd": "de", "uk": "gb"}  # codespell:ignore bu
_RIGHT_TO_LEFT = frozenset({"Adlm", "Arab", "Aran", "Hebr", "Mand", "Nkoo", "Rohg", "Samr", "Syrc", "Thaa"})
_WRITTEN_RIGHT_TO_LEFT = frozenset("ar arc ary arz ckb dv fa he ks lad nqo pnb ps sd sdh syr ug ur yi".split())
_CHINESE_REGIONS = {"CN": "Hans", "SG": "Hans", "MY": "Hans", "TW": "Hant", "HK": "Hant", "MO": "Hant"}


def canonical(tag: str) -> LanguageTag | None:
    """Return `tag` in the canonical form and case of BCP 47, or None if it is no language tag.

    Understands what feeds write beside the standard: underscores, `en_US.UTF-8`, `en-UK`, ISO 639-2 codes, a country's
    code for its language. A region is kept (`zh-CN`), since leaving it out is a choice for whoever makes channels.
    """
    match = _TAG.fullmatch(re.split(r"[.@]", tag.strip(), maxsplit=1)[0].replace("_", "-").lower())
    if match is None:
        return None
    language, script, region = match["language"], match["script"], match["region"]
    if match["extended"]:
        language = match["extended"].rsplit("-", 1)[1]
    if language == "sh" and script is None:
        script = "latn"
    subtags = [_LANGUAGES.get(language, language)]
    if script:
        subtags.append(script.title())
    if region:
        subtags.append(_REGIONS.get(region, region).upper())
    return LanguageTag("-".join(subtags) + match["rest"])


def fallbacks(tag: LanguageTag) -> tuple[LanguageTag, ...]:
    """Return `tag` and what may stand in for it, nearest first (RFC 4647 §3.4): zh-Hant-TW, zh-Hant, zh.

    Chinese regions imply a script, so zh-TW falls back to zh-Hant and never to a reader of zh-Hans.
    """
    chain = [tag]
    subtags = tag.split("-")
    while len(subtags) > 1:
        last = subtags.pop()
        if len(subtags[-1]) == 1:
            subtags.pop()
        if subtags == ["zh"] and last in _CHINESE_REGIONS:
            chain.append(LanguageTag(f"zh-{_CHINESE_REGIONS[last]}"))
        chain.append(LanguageTag("-".join(subtags)))
    return tuple(chain)


def direction(tag: LanguageTag) -> str:
    """Return `rtl` or `ltr`: how text in this language is written."""
    script = SCRIPT.search(tag)
    if script is None:
        return "rtl" if tag.split("-")[0] in _WRITTEN_RIGHT_TO_LEFT else "ltr"
    return "rtl" if script[1] in _RIGHT_TO_LEFT else "ltr"


def primary(tag: LanguageTag) -> str:
    """Return the language of `tag` without script, region and the rest."""
    return tag.split("-", 1)[0]
