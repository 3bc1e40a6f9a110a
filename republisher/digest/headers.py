"""Header fields of mail as they travel: ASCII, folded, so that every reader gets back what was meant.

The standard library is not used for these: it encodes a long `List-Unsubscribe` as words of RFC 2047, after which no
program finds the address in it, and it can write two encoded words side by side without white space (RFC 2047 §5),
which some providers refuse. Here addresses are never encoded and fields are broken only between them, and a text is
either ASCII as a whole or encoded as a whole.
"""

from __future__ import annotations

import re
from base64 import b64encode
from typing import TYPE_CHECKING, Final

from republisher import text
from republisher.errors import ConfigError
from republisher.urls import uri

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_FOLD: Final = "\r\n "
_LINE: Final = 76
"""Characters of a line that holds an encoded word (RFC 2047 §2)."""
_WORD: Final = 75
"""Characters of an encoded word, all included (RFC 2047 §2)."""
_FRAME: Final = len("=?utf-8?b??=")
_LONG: Final = 56
"""Characters of a word that fits beside the name of any field."""
_LONGEST: Final = 900
"""Characters of an address; a line may have 998 (RFC 5322 §2.1.1)."""
_BARE: Final = frozenset(b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!*+-/")
"""What stands for itself in a Q word wherever it is (RFC 2047 §5.3)."""
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]+")
_ADDRESS = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*"
)
"""RFC 5322 §3.4.1 without quoted local parts, comments and literals, which no list uses."""
_LIST_ID = re.compile(r"[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)+")
_ID = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+@[A-Za-z0-9.-]+")


def unstructured(name: str, value: str) -> str:
    """Return the field `name` with a text, such as a subject (RFC 5322 §3.6.5)."""
    line = text.plain(value)
    return f"{name}: {_encoded(line, len(name) + 2) if _must_encode(line) else _folded(line, len(name) + 2)}"


def mailbox(name: str, address: str, person: str = "") -> str:
    """Return the field `name` with one mailbox (RFC 5322 §3.4); raise `ConfigError` if `address` is none."""
    where = f"<{ascii_address(address)}>"
    phrase = _phrase(text.plain(person), len(name) + 2)
    if not phrase:
        return f"{name}: {where[1:-1]}"
    last = f"{name}: {phrase}".rpartition("\r\n")[2]
    return f"{name}: {phrase}{' ' if len(last) + 1 + len(where) <= _LINE else _FOLD}{where}"


def uris(name: str, addresses: Iterable[str]) -> str:
    """Return the field `name` with addresses in angle brackets (RFC 2369 §2); raise `ConfigError` if one is long."""
    plain = [uri(address) for address in addresses]
    if wrong := next((one for one in plain if len(one) > _LONGEST), None):
        raise ConfigError(f"{name}: {wrong[:60]}… is too long for a mail — it may have {_LONGEST} characters")
    return f"{name}: {f',{_FOLD}'.join(f'<{one}>' for one in plain)}"


def list_id(identifier: str, name: str = "") -> str:
    """Return the field `List-Id` (RFC 2919 §3), with the list's name if that is ASCII: the field is never encoded."""
    if not _LIST_ID.fullmatch(identifier):
        raise ConfigError(f"{identifier!r} cannot be the id of a list — take a name such as digest.example.org")
    phrase = _phrase(text.plain(name), len("List-Id: "))
    return f"List-Id: <{identifier}>" if not phrase or "=?" in phrase else f"List-Id: {phrase}{_FOLD}<{identifier}>"


def message_id(identifier: str) -> str:
    """Return the field `Message-ID` (RFC 5322 §3.6.4)."""
    if not _ID.fullmatch(identifier):
        raise ConfigError(f"{identifier!r} cannot be the id of a message — it needs a part before and after one @")
    return f"Message-ID: <{identifier}>"


def ascii_address(address: str) -> str:
    """Return `address` in ASCII, its domain in the form of IDNA; raise `ConfigError` if no mail can go there."""
    local, _, domain = address.rpartition("@")
    try:
        found = f"{local}@{domain.encode('idna').decode('ascii')}"
    except UnicodeError:
        found = ""
    if not _ADDRESS.fullmatch(found):
        raise ConfigError(f"{address!r} is no address mail can be sent to — write it as name@example.org")
    return found


def _must_encode(line: str) -> bool:
    """Tell whether a text cannot stand as it is: not ASCII, looks encoded already, or has no place to be folded."""
    return not line.isascii() or "=?" in line or any(len(word) > _LONG for word in line.split())


def _folded(line: str, used: int) -> str:
    """Return ASCII words in lines, the first of which has `used` characters before it."""
    parts: list[str] = []
    for word in line.split(" "):
        if parts and used + 1 + len(word) > _LINE:
            parts.append(_FOLD + word)
            used = 1 + len(word)
        else:
            parts.append(f" {word}" if parts else word)
            used += len(parts[-1])
    return "".join(parts)


def _phrase(name: str, used: int) -> str:
    """Return a display name: as it is, quoted or encoded (RFC 5322 §3.2.5)."""
    if not name:
        return ""
    if _must_encode(name):
        return _encoded(name, used)
    if _ATOMS.fullmatch(name):
        return _folded(name, used)
    quoted = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{quoted}"' if used + len(quoted) + 2 <= _LINE else _encoded(name, used)


def _encoded(line: str, used: int) -> str:
    """Return a text as encoded words (RFC 2047), each on a line of its own; base64 or Q, whichever is shorter."""
    data = line.encode()
    quoted = sum(_cost(byte) for byte in data)
    kind = "q" if quoted <= 4 * -(-len(data) // 3) else "b"
    words = (
        "".join(map(_quoted, part)) if kind == "q" else b64encode(part).decode("ascii")
        for part in _portions(line, kind, min(_WORD, _LINE - used))
    )
    return _FOLD.join(f"=?utf-8?{kind}?{word}?=" for word in words)


def _portions(line: str, kind: str, room: int) -> Iterator[bytes]:
    """Yield the bytes of each word; a character never stands in two (RFC 2047 §5), `room` is that of the first word."""
    part, size = b"", 0
    for char in line:
        data = char.encode()
        cost = sum(map(_cost, data)) if kind == "q" else len(data)
        most = room - _FRAME if kind == "q" else (room - _FRAME) // 4 * 3
        if part and size + cost > most:
            yield part
            part, size, room = b"", 0, _WORD
        part, size = part + data, size + cost
    yield part


def _cost(byte: int) -> int:
    return 1 if byte in _BARE or byte == ord(" ") else 3


def _quoted(byte: int) -> str:
    if byte == ord(" "):
        return "_"
    return chr(byte) if byte in _BARE else f"={byte:02X}"
