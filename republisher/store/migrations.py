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
    """
    ALTER TABLE documents ADD COLUMN url TEXT NOT NULL DEFAULT '';
    ALTER TABLE documents ADD COLUMN etag TEXT NOT NULL DEFAULT '';
    ALTER TABLE documents ADD COLUMN last_modified TEXT NOT NULL DEFAULT '';
    ALTER TABLE documents ADD COLUMN permanent TEXT NOT NULL DEFAULT '';
    ALTER TABLE documents ADD COLUMN title TEXT;
    CREATE INDEX documents_source ON documents (source, title);
    CREATE TABLE paces (
        location TEXT PRIMARY KEY, failures INTEGER NOT NULL, changes TEXT NOT NULL, asked TEXT, due TEXT,
        paused INTEGER NOT NULL
    ) WITHOUT ROWID;
    CREATE TABLE members (
        list TEXT NOT NULL, source TEXT NOT NULL, position INTEGER NOT NULL, title TEXT, language TEXT,
        PRIMARY KEY (list, source)
    ) WITHOUT ROWID;
    CREATE TABLE visits (
        run INTEGER NOT NULL, source TEXT NOT NULL, location TEXT NOT NULL, outcome TEXT NOT NULL,
        entries INTEGER NOT NULL, new INTEGER NOT NULL, changed INTEGER NOT NULL, seconds REAL NOT NULL,
        message TEXT NOT NULL
    );
    CREATE INDEX visits_run ON visits (run);
    CREATE INDEX visits_location ON visits (location, run);
    CREATE TABLE withdrawn (article TEXT PRIMARY KEY, moment TEXT NOT NULL, reason TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE sketches (value INTEGER NOT NULL, article TEXT NOT NULL, PRIMARY KEY (value, article)) WITHOUT ROWID;
    CREATE INDEX sketches_article ON sketches (article);
    CREATE TABLE copies (article TEXT PRIMARY KEY, first TEXT NOT NULL) WITHOUT ROWID;
    CREATE INDEX copies_first ON copies (first);
    """,
    """
    CREATE TABLE unsettled (article TEXT PRIMARY KEY, traced INTEGER NOT NULL) WITHOUT ROWID;
    CREATE TABLE statements (
        id TEXT NOT NULL, speaker TEXT NOT NULL, address TEXT NOT NULL, language TEXT NOT NULL,
        PRIMARY KEY (id, address)
    ) WITHOUT ROWID;
    CREATE INDEX statements_address ON statements (address);
    CREATE TABLE traces (article TEXT PRIMARY KEY, week INTEGER NOT NULL, body TEXT NOT NULL) WITHOUT ROWID;
    CREATE INDEX traces_week ON traces (week);
    CREATE TABLE marks (
        key TEXT NOT NULL, week INTEGER NOT NULL, article TEXT NOT NULL, language TEXT NOT NULL,
        PRIMARY KEY (key, week, article)
    ) WITHOUT ROWID;
    CREATE TABLE guesses (
        article TEXT NOT NULL, language TEXT NOT NULL, other TEXT NOT NULL, confidence REAL NOT NULL,
        reasons TEXT NOT NULL, PRIMARY KEY (article, language)
    ) WITHOUT ROWID;
    CREATE TABLE siblings (article TEXT PRIMARY KEY, state TEXT NOT NULL, body TEXT NOT NULL) WITHOUT ROWID;
    CREATE INDEX identities_addresses ON identities (article)
        WHERE (key >= 'link:' AND key < 'link;' OR key >= 'iri:' AND key < 'iri;');
    INSERT INTO unsettled SELECT id, 0 FROM articles;
    CREATE TRIGGER article_stored AFTER INSERT ON articles BEGIN
        DELETE FROM unsettled WHERE article = new.id; INSERT INTO unsettled VALUES (new.id, 0);
    END;
    CREATE TRIGGER article_changed AFTER UPDATE ON articles
    WHEN old.body <> new.body OR old.owner <> new.owner OR
        (SELECT group_concat(topic) FROM (
            SELECT json_extract(value, '$.topic') topic FROM json_each(old.topics) ORDER BY 1
        )) IS NOT
        (SELECT group_concat(topic) FROM (
            SELECT json_extract(value, '$.topic') topic FROM json_each(new.topics) ORDER BY 1
        )) BEGIN
        DELETE FROM unsettled WHERE article = new.id; INSERT INTO unsettled VALUES (new.id, 0);
    END;
    CREATE TRIGGER article_withdrawn AFTER INSERT ON withdrawn BEGIN
        DELETE FROM unsettled WHERE article = new.article; INSERT INTO unsettled VALUES (new.article, 0);
    END;
    CREATE TRIGGER copy_found AFTER INSERT ON copies BEGIN
        DELETE FROM unsettled WHERE article = new.article; INSERT INTO unsettled VALUES (new.article, 0);
    END;
    CREATE TRIGGER copy_lost AFTER DELETE ON copies BEGIN
        DELETE FROM unsettled WHERE article = old.article; INSERT INTO unsettled VALUES (old.article, 0);
    END;
    CREATE TRIGGER address_met AFTER INSERT ON identities
    WHEN new.key >= 'link:' AND new.key < 'link;' OR new.key >= 'iri:' AND new.key < 'iri;' BEGIN
        INSERT OR IGNORE INTO unsettled VALUES (new.article, 1);
    END;
    """,
)
