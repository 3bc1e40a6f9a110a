"""Imports go down only: a module sees modules of lower floors and of its own sub-package, nothing else."""

from __future__ import annotations

import ast
from pathlib import Path

PACKAGE = Path(__file__).parent.parent / "republisher"
FLOORS = (
    ("__init__", "errors"),
    ("model",),
    ("records", "siblings", "text", "urls"),
    ("health", "likeness", "schedule"),
    ("protocols",),
    ("language", "sanitise", "sources"),
    ("classify", "parse", "identity"),
    ("editions",),
    ("messages",),
    ("normalise", "overrides", "render", "check"),
    ("fetch", "store", "transport", "writer"),
    ("translations", "understand", "web", "review"),
    ("ingest", "publish"),
    ("settings",),
    ("digest",),
    ("config",),
    ("editor",),
    ("app",),
    ("mailroom",),
    ("frontdesk",),
    ("cli",),
    ("__main__",),
)
FLOOR = {module: floor for floor, modules in enumerate(FLOORS) for module in modules}


def imports(path: Path) -> set[str]:
    """Return the top modules of our package that the file imports, wherever in it."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == PACKAGE.name:
            parts = (node.module or "").split(".")[1:]
            found |= {parts[0]} if parts else {name.name if name.name in FLOOR else "__init__" for name in node.names}
        elif isinstance(node, ast.Import):
            found |= {name.name.split(".")[1] for name in node.names if name.name.startswith(f"{PACKAGE.name}.")}
    return found


def modules() -> list[tuple[str, Path]]:
    """Return every source file with the module or sub-package it belongs to."""
    files = sorted(PACKAGE.rglob("*.py"))
    return [(path.relative_to(PACKAGE).parts[0].removesuffix(".py"), path) for path in files]


def test_every_module_has_a_floor() -> None:
    """A new module must be given its place before it can be merged."""
    assert {name for name, _ in modules()} == set(FLOOR)


def test_imports_go_down_only() -> None:
    """No module imports from its own floor or a higher one, its own sub-package apart."""
    wrong = [
        f"{path.relative_to(PACKAGE)} imports {other}"
        for name, path in modules()
        for other in imports(path) - {name}
        if FLOOR[other] >= FLOOR[name]
    ]
    assert not wrong


def test_nothing_below_the_root_knows_the_configuration() -> None:
    """Only the composition roots and the command line see `config`; the pipeline works on values."""
    knowing = {name for name, path in modules() if "config" in imports(path)}
    assert knowing == {"app", "cli", "editor", "frontdesk", "mailroom"}
