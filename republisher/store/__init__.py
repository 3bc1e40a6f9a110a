"""Where articles stay: SQLite, one file, one writer."""

from republisher.store.articles import Articles
from republisher.store.documents import Documents
from republisher.store.history import History
from republisher.store.output import Output
from republisher.store.translations import Translations


class SqliteStore(Articles, Documents, History, Output, Translations):
    """The store of a small server; `protocols.Store` says what each method promises."""
