"""The schema, as the list of steps that led to it: append only, a step that has been released never changes."""

from __future__ import annotations

MIGRATIONS = (
    """
    CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE runs (
        id INTEGER PRIMARY KEY, started TEXT NOT NULL, seconds REAL NOT NULL, documents INTEGER NOT NULL,
        new INTEGER NOT NULL, changed INTEGER NOT NULL, failed INTEGER NOT NULL, written INTEGER NOT NULL
    );
    CREATE TABLE sources (
        key TEXT PRIMARY KEY, title TEXT, read TEXT, failing_since TEXT, error TEXT
    ) WITHOUT ROWID;
    CREATE TABLE documents (
        location TEXT PRIMARY KEY, source TEXT NOT NULL, modified INTEGER NOT NULL, size INTEGER NOT NULL,
        digest TEXT NOT NULL
    ) WITHOUT ROWID;
    CREATE TABLE articles (
        id TEXT PRIMARY KEY, slug TEXT NOT NULL UNIQUE, language TEXT NOT NULL, link TEXT,
        published TEXT NOT NULL, updated TEXT NOT NULL, owner TEXT NOT NULL, entry TEXT NOT NULL, body TEXT NOT NULL,
        checksum TEXT NOT NULL, topics TEXT NOT NULL, rules TEXT NOT NULL
    );
    CREATE INDEX articles_link ON articles (link);
    CREATE INDEX articles_rules ON articles (rules);
    CREATE TABLE revisions (
        article TEXT NOT NULL, number INTEGER NOT NULL, replaced TEXT NOT NULL, body TEXT NOT NULL,
        PRIMARY KEY (article, number)
    ) WITHOUT ROWID;
    CREATE TABLE identities (key TEXT PRIMARY KEY, article TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE origins (
        article TEXT NOT NULL, source TEXT NOT NULL, seen TEXT NOT NULL, PRIMARY KEY (article, source)
    ) WITHOUT ROWID;
    CREATE INDEX origins_source ON origins (source);
    CREATE TABLE placements (
        channel TEXT NOT NULL, article TEXT NOT NULL, published TEXT NOT NULL, state TEXT NOT NULL,
        size INTEGER NOT NULL, archive INTEGER, PRIMARY KEY (channel, article)
    ) WITHOUT ROWID;
    CREATE INDEX placements_article ON placements (article);
    CREATE INDEX placements_archive ON placements (channel, archive, published DESC, article);
    CREATE TABLE published (
        path TEXT PRIMARY KEY, state TEXT NOT NULL, modified INTEGER NOT NULL, size INTEGER NOT NULL
    ) WITHOUT ROWID;
    """,
)
