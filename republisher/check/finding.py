"""What the checks share: a finding, a rule, and readers that neither crash nor fetch, whatever the bytes are."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from lxml import etree

from republisher.urls import document_url

if TYPE_CHECKING:
    from collections.abc import Iterator

    from republisher.model import Site

Severity = Literal["error", "warning"]

_XML = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False)
_RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)", re.ASCII)
_RFC822 = re.compile(
    r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d? (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4}"
    r" \d\d:\d\d(?::\d\d)? (?:[+-]\d{4}|GMT|UT)",
    re.ASCII,
)
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:\S+")
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something wrong with a published file."""

    path: str
    line: int | None
    severity: Severity
    rule: str
    """A stable name, such as `entry-alternate`."""
    message: str
    """What is wrong and what to do about it."""


class Complaint(NamedTuple):
    """What a rule says; the rule's name and the file are added by whoever applies it."""

    line: int | None
    message: str
    severity: Severity = "error"


class Entry(NamedTuple):
    """What tells one article in a feed from another."""

    id: str
    link: str
    title: str
    line: int | None


class Reference(NamedTuple):
    """A link out of a file, as it stands there."""

    url: str
    line: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A file under check: `root` is its element, or the object its JSON holds."""

    path: str
    content: bytes
    root: Any
    site: Site | None

    @property
    def url(self) -> str | None:
        """Where the file is served, if that is known."""
        return document_url(self.path, "", self.site) if self.site else None


Rule = Callable[[Subject], "Iterator[Complaint]"]
"""Looks at one thing; never fails, whatever the file holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """How files of one ending are read and judged: a row of the table."""

    read: Callable[[bytes], Any]
    rules: tuple[Rule, ...] = ()
    references: Callable[[Subject], Iterator[Reference]] | None = None
    entries: Callable[[Subject], Iterator[Entry]] | None = None


class UnreadableError(Exception):
    """The file is not even what its ending says; the message is a complaint."""

    def __init__(self, message: str, line: int | None = None) -> None:
        super().__init__(message, line)
        self.complaint = Complaint(line, message)


def judge(subject: Subject, rules: tuple[Rule, ...]) -> Iterator[Finding]:
    """Yield what `rules` find wrong; a rule is called as its function is."""
    for rule in rules:
        for complaint in rule(subject):
            yield finding(subject.path, getattr(rule, "__name__", "rule").replace("_", "-"), complaint)


def finding(path: str, rule: str, complaint: Complaint) -> Finding:
    """Return `complaint` with its place."""
    return Finding(path=path, line=complaint.line, severity=complaint.severity, rule=rule, message=complaint.message)


def read_xml(content: bytes) -> Any:  # noqa: ANN401 - an element of lxml, which ships no types
    """Return the root element; raise `UnreadableError`. Nothing is expanded and nothing fetched."""
    try:
        root = etree.fromstring(content, _XML)
    except etree.XMLSyntaxError as error:
        raise UnreadableError(f"not well-formed XML: {error.msg}; no reader will show it", error.lineno) from error
    except ValueError as error:
        raise UnreadableError(f"not XML: {error}") from error
    return root


def read_json(content: bytes) -> Any:  # noqa: ANN401 - whatever JSON holds
    """Return what the JSON holds; raise `UnreadableError`."""
    try:
        return json.loads(content.decode("utf-8"), parse_constant=_refuse)
    except json.JSONDecodeError as error:
        raise UnreadableError(f"not JSON: {error.msg}; no reader will show it", error.lineno) from error
    except RecursionError as error:
        raise UnreadableError("JSON nested too deeply to be read") from error
    except ValueError as error:  # not UTF-8, or a number nobody can hold
        raise UnreadableError(f"not JSON: {error}") from error


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON (RFC 8259 §6)")


def plain_xml(subject: Subject) -> Iterator[Complaint]:
    """Require what every reader copes with: UTF-8, no byte order mark, no document type."""
    if subject.content.startswith(b"\xef\xbb\xbf"):
        yield Complaint(1, "starts with a byte order mark; write UTF-8 without one")
    info = subject.root.getroottree().docinfo
    if info.doctype:
        yield Complaint(1, "has a document type declaration, which many readers refuse; leave it out")
    if (info.encoding or "UTF-8").upper() != "UTF-8":
        yield Complaint(1, f"is encoded in {info.encoding}; write UTF-8", "warning")


def is_timestamp(value: object) -> bool:
    """Tell whether `value` is a date-time by RFC 3339."""
    if not isinstance(value, str) or not _RFC3339.fullmatch(value):
        return False
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return False
    return True


def is_mail_date(value: str) -> bool:
    """Tell whether `value` is a date by RFC 822 with four digits for the year, English names and the right weekday."""
    if not _RFC822.fullmatch(value):
        return False
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return False
    return ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")[moment.weekday()] == value[:3]


def is_absolute(value: object) -> bool:
    """Tell whether `value` is an IRI with a scheme."""
    return isinstance(value, str) and _ABSOLUTE.fullmatch(value) is not None


def is_language(value: object) -> bool:
    """Tell whether `value` has the form of a language tag (BCP 47)."""
    return isinstance(value, str) and _LANGUAGE.fullmatch(value) is not None


def text_of(element: Any, tag: str) -> str:  # noqa: ANN401 - an element of lxml
    """Return the text of the first child `tag`, stripped; empty if there is none."""
    found = element.find(tag)
    return "" if found is None else "".join(found.itertext()).strip()


def same_place(declared: str, subject: Subject) -> bool:
    """Tell whether `declared` is where the file is served; yes, if that is not known."""
    return subject.url is None or declared == subject.url


def duplicates(entries: Iterator[Entry]) -> Iterator[Complaint]:
    """Complain of each id that stood before in the same feed."""
    seen: dict[str, int | None] = {}
    for entry in entries:
        if entry.id and entry.id in seen:
            where = f" (first on line {seen[entry.id]})" if seen[entry.id] else ""
            yield Complaint(
                entry.line, f"the id {shown(entry.id)} stands here a second time{where}; give each article its own"
            )
        seen.setdefault(entry.id, entry.line)


def shown(value: object, limit: int = 80) -> str:
    """Return `value` as it may stand in a message: on one line, not too long."""
    text = " ".join(str(value).split())
    return f"“{text if len(text) <= limit else text[:limit] + '…'}”"
