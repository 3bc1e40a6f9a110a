"""Tags that do not match, made to match in one pass: what libxml2's recovery would do with losses and in more time."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

_MOST: Final = 300_000
"""Tags, comments and sections that are looked at; the rest is left to libxml2."""
_TOKEN = re.compile(
    r"<!\[CDATA\[(?:.*?\]\]>|.*)|<!--|<\?[^<>]*+>?"
    r"|<(/?)([^\W\d][\w:.-]*+)((?:[^<>\"']++|\"[^\"<>]*+\"|'[^'<>]*+')*+|[^<>]*+)>",
    re.DOTALL,
)
_ATTRIBUTES = re.compile(r"(?:\s+[^\W\d][\w:.-]*+\s*=\s*(?:\"[^\"<]*+\"|'[^'<]*+'))*+\s*/?")
_ATTRIBUTE = re.compile(r"([^\W\d][\w:.-]*+)(?:\s*=\s*(?:\"([^\"]*+)\"?|'([^']*+)'?|([^\s\"'>]++)))?")
_VOID: Final = frozenset(("br", "hr", "img", "input", "wbr", "area", "embed", "col", "param"))
"""Elements of HTML that have no end; `link` and `source` are others' words too."""


_SHORT: Final = frozenset(
    "title link guid id pubdate updated published issued modified category dc:date dc:creator dc:subject comments"
    " p b i em strong span a font u".split()
)
"""Fields that hold text only, and HTML that strayed between the fields: what another field in them shows to be open."""
_FIELDS: Final = frozenset(
    "title link guid id pubdate updated published issued modified category dc:date dc:creator dc:subject comments"
    " description summary content content:encoded author enclosure source".split()
)
_NEAR: Final = 8
"""Elements between an entry and a field in it that are looked through."""


def balance(text: str, entry: str) -> str:
    """Return XML text whose tags match and whose attributes are well-formed, as far as it goes.

    An `entry` never stands in another, an end tag without a beginning is dropped, and what is open when an outer
    element ends is closed before it. What is open at the end stays so: the text was cut off there.
    """
    return "".join(_balanced(text, entry))


def _balanced(text: str, entry: str) -> Iterator[str]:
    open_tags: list[str] = []
    opened: Counter[str] = Counter()
    last_entry, last_comment = text.rfind(f"<{entry}"), text.rfind("-->")
    place = 0
    for _ in range(_MOST):
        token = _TOKEN.search(text, place)
        if token is None:
            break
        yield text[place : token.start()].replace("]]>", "]]&gt;")
        place = token.end()
        end, name, attributes = token.groups()
        if name is None:
            yield _section(token.group())
            if token.group() == "<!--" and place <= last_comment:
                place = text.index("-->", place) + 3
        elif end:
            # Of documents joined end to end, the first root holds all.
            if open_tags[:1] != [name] or place > last_entry:
                yield from _closed(name.lower(), open_tags, opened)
        else:
            yield from _begun(name.lower(), entry, open_tags, opened)
            alone = attributes.rstrip().endswith("/") or name.lower() in _VOID
            yield f"<{name}{_mended(attributes)}{'/' if alone else ''}>"
            if not alone:
                open_tags.append(name)
                opened[name.lower()] += 1
        if not open_tags and name is not None:
            return
    yield text[place:] if place and opened.total() else ""


def _begun(name: str, entry: str, open_tags: list[str], opened: Counter[str]) -> Iterator[str]:
    """Yield the end tags that were forgotten before `name` begins: of an entry, or of the field before it."""
    if name == entry:
        yield from _closed(entry, open_tags, opened)
    elif name in _FIELDS and opened[entry]:
        place = len(open_tags) - 1
        while open_tags[place].lower() != entry and place > len(open_tags) - _NEAR:
            place -= 1
        if open_tags[place].lower() == entry and place + 1 < len(open_tags) and open_tags[place + 1].lower() in _SHORT:
            while len(open_tags) > place + 1:
                yield from _closed(open_tags[-1].lower(), open_tags, opened)


def _closed(name: str, open_tags: list[str], opened: Counter[str]) -> Iterator[str]:
    """Yield the end tags up to that of `name`, in the spelling of their beginnings; none if it is not open."""
    while opened[name]:
        last = open_tags.pop()
        opened[last.lower()] -= 1
        yield f"</{last}>"
        if last.lower() == name:
            return


def _section(found: str) -> str:
    """Return a CDATA section, closed; nothing for a comment or an instruction."""
    if not found.startswith("<![CDATA["):
        return ""
    return found if found.endswith("]]>") else f"{found}]]>"


def _mended(attributes: str) -> str:
    """Return attributes each once, quoted and with a value."""
    own = attributes.rstrip().removesuffix("/")
    found = {name: one or two or bare or name for name, one, two, bare in reversed(_ATTRIBUTE.findall(own))}
    if _ATTRIBUTES.fullmatch(attributes) and attributes.count("=") <= len(found):
        return own
    return "".join(f' {name}="{_quoted(value)}"' for name, value in reversed(found.items()))


def _quoted(value: str) -> str:
    return value.replace('"', "&quot;").replace("<", "&lt;")
