"""Tokens: what shows that a link or an address was made by us, for one reader and one purpose.

Twenty-six letters and digits: the reader's number, the mark of an edition, and 80 bits of HMAC-SHA256 (RFC 2104 §5).
They are written in base32 (RFC 4648 §6) without regard to case, because they also stand in envelope addresses, and
there are mail servers that put those in small letters.
"""

from __future__ import annotations

import hmac
import os
import re
import secrets
from base64 import b32decode, b32encode
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import TYPE_CHECKING, Final, Literal

from republisher.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

Purpose = Literal["unsubscribe", "preferences", "confirm", "bounce"]

LENGTH: Final = 26
_NUMBER: Final = 4
_MARK: Final = 2
_MAC: Final = 10
_PADDING: Final = "======"
_CANDIDATE: Final = re.compile(r"(?<![a-z0-9])[a-z2-7]{26}(?![a-z0-9])", re.IGNORECASE)
_KEY: Final = re.compile(r"[0-9a-f]{64}")
_OTHERS: Final = 0o077


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What a token says."""

    number: int
    """Of the reader, as the ledger gives it."""
    mark: int = 0
    """Of the edition, 0 if it is about none; see `mark_of`."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """Makes tokens and reads them; whoever has the key can unsubscribe everybody."""

    key: bytes = field(repr=False)

    def make(self, purpose: Purpose, number: int, edition: str = "") -> str:
        """Return the token of the reader with `number`; it is the same every time."""
        return self._token(purpose, Claim(number=number, mark=mark_of(edition)))

    def read(self, purpose: Purpose, token: str) -> Claim | None:
        """Return what `token` says, None if it was not made by us for this purpose."""
        if not _CANDIDATE.fullmatch(token):
            return None
        data = b32decode(token.upper() + _PADDING)
        claim = Claim(
            number=int.from_bytes(data[:_NUMBER], "big"),
            mark=int.from_bytes(data[_NUMBER : _NUMBER + _MARK], "big"),
        )
        return claim if hmac.compare_digest(self._token(purpose, claim), token.lower()) else None

    def find(self, purpose: Purpose, text: str) -> Claim | None:
        """Return what the first token for this purpose in `text` says."""
        return next((claim for one in candidates(text) if (claim := self.read(purpose, one))), None)

    def _token(self, purpose: Purpose, claim: Claim) -> str:
        payload = claim.number.to_bytes(_NUMBER, "big") + claim.mark.to_bytes(_MARK, "big")
        mac = hmac.digest(self.key, f"{purpose}:".encode() + payload, "sha256")[:_MAC]
        return b32encode(payload + mac).decode("ascii").rstrip("=").lower()


def candidates(text: str) -> Iterator[str]:
    """Yield whatever in `text` looks like a token."""
    return (match.group() for match in _CANDIDATE.finditer(text))


def mark_of(edition: str) -> int:
    """Return two bytes that tell an edition such as `weekly/2026-W47` from those around it; 0 for none."""
    return int.from_bytes(blake2b(edition.encode(), digest_size=_MARK).digest(), "big") if edition else 0


def load_key(path: Path) -> bytes:
    """Return the key in the file at `path`, made now if there is none; raise `ConfigError`.

    Two processes that make it at the same time end up with the same one.
    """
    try:
        if not path.exists():
            _make_key(path)
        if path.stat().st_mode & _OTHERS:
            raise ConfigError(f"{path}: others may read the key of readers' links — make it yours with chmod 600")
        content = path.read_text(encoding="ascii").strip()
    except UnicodeDecodeError:
        content = ""
    except OSError as error:
        raise ConfigError(
            f"{path}: the key of readers' links cannot be used ({error.strerror}) — check the folder and its rights"
        ) from error
    if not _KEY.fullmatch(content):
        raise ConfigError(f"{path}: is no key of readers' links — put back a backup: a new key makes all links useless")
    return bytes.fromhex(content)


def _make_key(path: Path) -> None:
    """Write a new key beside its place, then link it there unless another has done so meanwhile."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(f"{secrets.token_hex(32)}\n")
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            path.hardlink_to(draft)
    finally:
        draft.unlink()
