"""Every error republisher raises on purpose.

    RepublisherError
    ├── ConfigError      the configuration or the command line is wrong; nothing was started
    ├── SourceError      this source failed; the others go on
    │   ├── FetchError   its document could not be had: no such file, no permission, no answer
    │   ├── ParseError   its document was had, but there are no articles to be read in it
    │   └── ConflictError  what it brings contradicts what is stored, such as two articles with one page
    ├── StoreError       the store cannot be read or written; the run stops, nothing published changes
    │   └── LockedError  another run is at work; this one stops at once
    ├── PublishError     the output directory cannot be written; the message says what that means
    └── DeliveryError    mail cannot be sent, to nobody; the run stops, what was not sent stays to be sent
        └── DisconnectedError  the mail server is not there, went away or wants to be left alone; a later run goes on

A message says what is wrong, where, and what to do about it, in words for somebody who is not a programmer.
Constructor arguments all reach `super().__init__`, so that every error survives the way through a process pool.
"""

from __future__ import annotations


class RepublisherError(Exception):
    """The root of the tree; caught as such only at the command line."""


class ConfigError(RepublisherError):
    """The configuration is wrong: every problem at once, each a sentence with its place."""

    def __init__(self, *problems: str) -> None:
        super().__init__(*problems)
        self.problems = problems

    def __str__(self) -> str:
        return "\n".join(self.problems)


class SourceError(RepublisherError):
    """One source failed; raised while it is worked on and kept as a value afterwards."""

    def __init__(self, message: str, location: str = "", advice: str = "") -> None:
        super().__init__(message, location, advice)
        self.message = message
        self.location = location
        self.advice = advice

    def __str__(self) -> str:
        place = f"{self.location}: " if self.location else ""
        advice = f" — {self.advice}" if self.advice else ""
        return f"{place}{self.message}{advice}"


class FetchError(SourceError):
    """The document of a source could not be had."""


class ParseError(SourceError):
    """A document holds nothing that can be read as articles."""


class ConflictError(SourceError):
    """What a document brings cannot be stored beside what is there."""


class StoreError(RepublisherError):
    """The store cannot be opened, read or written."""


class LockedError(StoreError):
    """Another run holds the store; the message names it."""


class PublishError(RepublisherError):
    """The output cannot be written; the message says whether anything published has changed."""


class DeliveryError(RepublisherError):
    """Mail cannot be sent, for a reason that is no reader's fault."""


class DisconnectedError(DeliveryError):
    """The connection to the mail server could not be made, or ended; later it may be different."""
