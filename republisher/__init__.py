"""Multilingual feed republisher: articles in, topic channels out as Atom, RSS, JSON Feed, pages and mail."""

__version__ = "0.1.0"
