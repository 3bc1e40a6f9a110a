"""What the documents say is true: links lead somewhere, commands exist, every setting is described."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from republisher import __version__, config
from republisher.cli import _parser

ROOT = Path(__file__).parent.parent
PAGES = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    """Every relative link names a file, and a heading of it if it has an anchor."""
    for target in re.findall(r"\]\((?!https?:)([^)\s]+)\)", page.read_text(encoding="utf-8")):
        path, _, anchor = target.partition("#")
        file = (page.parent / path) if path else page
        assert file.exists(), target
        if anchor:
            heads = re.findall(r"^#+ (.+)$", file.read_text(encoding="utf-8"), re.MULTILINE)
            slugs = {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}
            assert anchor in slugs, target


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_commands_are_ones_we_have(page: Path) -> None:
    """Every `republish …` line of a shell example is understood by the parser."""
    for block in re.findall(r"```sh\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL):
        for line in re.findall(r"^(?:.*&& )?(?:\S*/)?republish( .*)?$", block, re.MULTILINE):
            arguments = [word.strip("'\"") for word in re.findall(r"'[^']*'|\"[^\"]*\"|\S+", line)]
            _parser().parse_args(arguments)


def test_every_setting_is_described() -> None:
    """The reference names each key the configuration reads."""
    reference = (ROOT / "docs" / "reference.md").read_text(encoding="utf-8")
    source = Path(config.__file__).read_text(encoding="utf-8")
    keys = set(re.findall(r'\.(?:text|texts|url|date|language|languages|number|real|email|words)\("(\w+)"', source))
    assert len(keys) > 20
    assert [key for key in sorted(keys) if f"{key}`" not in reference and f".{key}" not in reference] == []


def test_the_readme_tells_the_truth_about_exit_status() -> None:
    """Help, reference and code list the same numbers."""
    howto = (ROOT / "docs" / "howto.md").read_text(encoding="utf-8")
    listed = {int(number) for number in re.findall(r"^\| (\d+) \|", howto, re.MULTILINE)}
    assert listed == {0, 1, 2, 3, 4, 70, 130}


def test_continuous_integration_runs_what_the_readme_says() -> None:
    """The script takes the test command out of the README, and there is exactly one."""
    command = "python3 -m venv .venv && .venv/bin/pip install -q tox && .venv/bin/tox -q -e tests"
    assert README.count(command) == 1
    assert "grep -m 1 'tox -q -e tests' README.md" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")


def test_the_repository_s_configuration_is_right() -> None:
    """It is what a newcomer runs first."""
    assert config.load(ROOT / "republish.toml").sources


def test_the_version_is_stated_once() -> None:
    """The package states it, and everything else asks the package."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert project["project"]["dynamic"] == ["version"]
    assert re.fullmatch(r"\d+\.\d+\.\d+", __version__)
