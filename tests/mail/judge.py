"""What mail programs, checkers and filters say of our digests; prints a table and fails at the first thing they mind.

Every language of mail with 1, 8 and 40 articles and a hostile one: the features of Gmail, Outlook and Apple Mail
(caniemail), the Nu checker, html-validate, axe in light and dark on three widths, SpamAssassin before and after a hop
through OpenSMTPD, and what that hop leaves of headers, bodies and DKIM signatures. Nothing leaves the machine.

    apt-get install chromium default-jre-headless nodejs npm opensmtpd spamassassin     (as root, also to run the hop)
    npm install --prefix ~/judges caniemail@2.0.2 vnu-jar html-validate axe-core puppeteer-core
    python tests/mail/judge.py ~/judges
    python tests/mail/judge.py ~/judges --languages en,ko --only axe,spam
    python tests/mail/judge.py ~/judges --languages en,ko,ar --shots FOLDER

The Python packages are those of the extra `test`. The whole takes about ten minutes on one core.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, cast

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))

from digests import LATIN, TEXTS, digest, hostile, pages  # noqa: E402  # found by the line above
from mail.relay import hop  # noqa: E402
from republisher.digest.compose import introduction  # noqa: E402
from republisher.digest.message import build  # noqa: E402
from republisher.digest.render import personal  # noqa: E402
from republisher.digest.values import Digest, Letter  # noqa: E402
from republisher.model import LanguageTag, Person  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable

Faults = dict[str, list[str]]
COUNTS = (1, 8, 40)
KILO = 1000
LATIN_MOST, MOST = 40 * KILO, 80 * KILO

WORDS = """\
# 2026

[2026](https://www.example.org/?a=1&b=2), **2026**, *2026*

- 1
- 2

> 2026
"""
"""What an editor might say first, in any language."""
FALSE_ALARMS = {"MIXED_ES": ("ru", "uk", "vi"), "FUZZY_XPILL": ("ru", "uk")}
"""Rules that take letters of these languages for disguised Latin ones: the Cyrillic е, «районах на…»."""


def letter(made: Digest, name: str) -> Letter:
    """Return `made` as a letter to a reader, named `name`."""
    bodies = pages().bodies(made)
    own = "https://digest.example.org/u/MDAwMDAwMDAwMDEyMzQ1Njc4OTAx"
    html, text = personal(bodies, own, "mailto:digest@example.org?subject=preferences&body=MDAwMDAw")
    return Letter(
        sender=Person(name="Provincial Press Office", email="digest@example.org"),
        to="reader@example.net",
        reply_to="press@example.org",
        envelope_from="bounces+MDAwMDAwMDAwMDEyMzQ1Njc4OTAx@example.org",
        message_id=f"20261123.weekly.2026-w47.{name}@digest.example.org",
        subject=bodies.subject,
        html=html,
        text=text,
        language=LanguageTag(made.variant.language),
        list_id="digest.example.org",
        list_name="Provincial Press Office",
        unsubscribe=(own, "mailto:digest@example.org?subject=unsubscribe%20MDAwMDAwMDAwMDEyMzQ1"),
        one_click=True,
        archive=made.page,
    )


def write(folder: Path, languages: list[str]) -> Faults:
    """Write each digest as a mail and its HTML, and one as a page; check their sizes."""
    faults: Faults = {}
    now = datetime.now(UTC)  # a filter would mind any other
    for language in languages:
        (folder / f"{language}-page.html").write_bytes(pages().page(digest(language)))
        kinds = {str(count): digest(language, count) for count in COUNTS} | {"hostile": hostile(language)}
        kinds["8"] = replace(kinds["8"], introduction=introduction(WORDS))
        for kind, made in kinds.items():
            name = f"{language}-{kind}"
            sent = letter(made, name)
            (folder / f"{name}.html").write_text(sent.html, encoding="utf-8")
            (folder / f"{name}.eml").write_bytes(build(sent, now))
            size, most = len(sent.html.encode()), LATIN_MOST if language in LATIN else MOST
            faults[name] = [f"{size} bytes"] if size > most else []
    return faults


def caniemail(tools: Path, files: list[Path]) -> Faults:
    """Return what Gmail, Outlook and Apple Mail do not have."""
    return _node(tools, "caniemail.mjs", _mails(files))


def axe(tools: Path, files: list[Path]) -> Faults:
    """Return what axe minds: WCAG 2.2 A and AA, 2.0 AAA, and best practice."""
    return _node(tools, "axe.mjs", files)


def _mails(files: list[Path]) -> list[Path]:
    return [file for file in files if file.with_suffix(".eml").exists()]


def _node(tools: Path, script: str, files: list[Path], *options: str) -> Faults:
    """Run one of our scripts among the packages it needs."""
    shutil.copy(HERE / script, tools / script)
    said = _run(["node", str(tools / script), *options, *map(str, files)])
    found = cast("Faults", json.loads(said.stdout))
    return {Path(name).stem: faults for name, faults in found.items()}


def nu(tools: Path, files: list[Path]) -> Faults:
    """Return errors and warnings of the Nu Html Checker."""
    jar = tools / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"
    said = _run(["java", "-jar", str(jar), "--format", "json", *map(str, files)], failing=True)
    faults: Faults = {file.stem: [] for file in files}
    for message in json.loads(said.stderr)["messages"]:
        faults[Path(message["url"]).stem].append(f"{message['message']} {message.get('extract', '')!r:.160}")
    return faults


def html_validate(tools: Path, files: list[Path]) -> Faults:
    """Return errors and warnings of html-validate."""
    program = tools / "node_modules" / ".bin" / "html-validate"
    said = _run([str(program), "-c", str(HERE / "html-validate.json"), "-f", "json", *map(str, files)], failing=True)
    faults: Faults = {file.stem: [] for file in files}
    for page in json.loads(said.stdout):
        faults[Path(page["filePath"]).stem] += [f"{one['ruleId']}: {one['message']}" for one in page["messages"]]
    return faults


def spam(_: Path, files: list[Path]) -> Faults:
    """Return what SpamAssassin scores above 0.0 before the mail is sent, and after a hop."""
    before = [file.with_suffix(".eml") for file in _mails(files)]
    folder = before[0].parent / "hopped"
    folder.mkdir(exist_ok=True)
    faults, messages = hop([(mail.stem, mail.read_bytes()) for mail in before])
    after = []
    for name, message in messages.items():
        after.append(folder / f"{name}.eml")
        after[-1].write_bytes(message)
    said = _run(["perl", str(HERE / "spam.pl"), *map(str, [*before, *after])]).stdout.splitlines()
    spared = Counter[str]()
    for path, score, rules in (line.split("\t") for line in said):
        name, when = Path(path).stem, "after" if Path(path).parent == folder else "before"
        met = dict(rule.split("=") for rule in rules.split())
        alarms = {rule for rule in met if name.partition("-")[0] in FALSE_ALARMS.get(rule, ())}
        spared.update(f"{rule} in {name}" for rule in alarms)
        if round(float(score) - sum(float(met[rule]) for rule in alarms), 2) > 0:
            faults[name].append(f"{score} {when}: {rules}")
    scores = Counter(float(line.split("\t")[1]) + 0 for line in said)
    _say(f"scores: {', '.join(f'{score} ({count})' for score, count in sorted(scores.items()))}")
    _say(f"false alarms: {', '.join(sorted(spared)) or 'none'}")
    return faults


def _run(command: list[str], *, failing: bool = False) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, check=not failing, capture_output=True, text=True, encoding="utf-8")


JUDGES: dict[str, Callable[[Path, list[Path]], Faults]] = {
    "caniemail": caniemail,
    "nu": nu,
    "html-validate": html_validate,
    "axe": axe,
    "spam": spam,
}


def main() -> int:
    """Judge; return the exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("tools", type=Path, help="the folder with the node_modules of the judges")
    parser.add_argument("--languages", default=",".join(TEXTS), help="tags, joined by commas")
    parser.add_argument("--only", default=",".join(JUDGES), help=f"of {', '.join(JUDGES)}")
    parser.add_argument("--shots", type=Path, help="take pictures into this folder instead")
    given = parser.parse_args()
    tools = given.tools.expanduser().resolve()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        verdicts = {"size": write(folder, given.languages.split(","))}
        files = sorted(folder.glob("*.html"))
        if given.shots:
            given.shots.mkdir(parents=True, exist_ok=True)
            _node(tools, "axe.mjs", files, "--shots", str(given.shots.resolve()))
            return 0
        for file in files:
            _say(f"{file.stem}: {file.stat().st_size:,} bytes")
        for name in given.only.split(","):
            verdicts[name] = JUDGES[name](tools, files)
            _say(f"{name}: {sum(map(len, verdicts[name].values()))} faults in {len(verdicts[name])} files")
    told = [f"{name}, {file}: {one}" for name, all_ in verdicts.items() for file, said in all_.items() for one in said]
    _say("\n".join(told) or "nothing to mind")
    return 1 if told else 0


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201  # figures are what it is run for


if __name__ == "__main__":
    sys.exit(main())
