"""Ten manifests with known mistakes, and who finds what at which line: `python benchmarks/side_by_side.py [record]`.

Makes docs/side-by-side.md from side_by_side/*.yaml (a mistake stands where `# mistake: name` is), side_by_side/mistakes.toml (what each
is, how it is known, and by which words a linter says it) and side_by_side/peers.json (where the peers said something, and about which
mistake; not their words). `record` asks those peers anew that are installed. Everybody reads the manifests without the marks, each as a
whole set.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
FOLDER = HERE / "side_by_side"
PAGE = HERE.parent / "docs" / "side-by-side.md"
_MARK = re.compile(r"[ \t]*# mistake: ([a-z0-9-]+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Said:
    """One statement about a file; line 0 where none is named."""

    file: str
    line: int
    text: str


@dataclass(frozen=True, slots=True)
class Told:
    """What a statement comes to: where it stands, the mistakes that it is about, and whether it is untrue."""

    file: str
    line: int
    about: tuple[str, ...]
    untrue: bool


@dataclass(frozen=True, slots=True)
class Case:
    """One file: its text without marks, and the line of each mistake."""

    name: str
    text: str
    lines: dict[str, int]


def cases() -> Iterator[Case]:
    """All files."""
    for path in sorted(FOLDER.glob("*.yaml")):
        text = path.read_text(encoding="utf-8")
        lines = {
            found.group(1): number
            for number, line in enumerate(text.split("\n"), 1)
            if (found := _MARK.search(line)) is not None
        }
        yield Case(path.name, _MARK.sub("", text), lines)


def table() -> dict[str, dict[str, Any]]:
    """What is known of each mistake."""
    try:
        import tomllib
    except ModuleNotFoundError:
        import tomli as tomllib
    return dict(tomllib.loads((FOLDER / "mistakes.toml").read_text(encoding="utf-8")))


def told(who: str, said: Iterable[Said]) -> list[Told]:
    """What the statements of a linter come to, by the words of the table."""
    mistakes = table()
    false = mistakes.pop("false")
    of_file = {case.name: case.lines for case in cases()}
    found = []
    for one in said:
        about = [n for n in of_file[one.file] if who in mistakes[n] and re.search(mistakes[n][who], one.text)]
        untrue = any(
            entry["who"] == who and entry["file"] == one.file and entry["text"].strip("`") in one.text
            for entry in false
        )
        found.append(Told(one.file, one.line, tuple(about), untrue))
    return found


# --- what is said ------------------------------------------------------------------------------------------------------------------


def kubetrial(case: Case) -> list[Said]:
    """What kubetrial says with its default rules when the file is all there is."""
    from kubetrial.lint.engine import Known, Text, check_texts

    checked = check_texts([Text(case.name, case.text)], known=Known(complete=True, closed_world=True))
    return [Said(case.name, f.range.start.line, f"{f.rule}: {f.message}") for f in checked.findings]


def _run(command: list[str], folder: Path) -> str:
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False).stdout


def _kubeconform(case: Case, folder: Path, schemas: Path) -> Iterator[Said]:
    location = f"{schemas}/{{{{ .ResourceKind }}}}{{{{ .KindSuffix }}}}.json"
    out = _run(["kubeconform", "-strict", "-output", "json", "-schema-location", location, case.name], folder)
    for found in json.loads(out).get("resources") or ():
        text = found["msg"].replace(str(schemas), "").partition("' - ")[2] or found["msg"]
        for part in re.split(r"(?:^|\n)\s*-? ?(?=at ')", text):
            if part.strip():
                yield Said(case.name, 0, f"{found['kind']} {found['name']}: {part.strip()}")


def _kube_score(case: Case, folder: Path, schemas: Path) -> Iterator[Said]:
    out = subprocess.run(
        ["kube-score", "score", "-o", "json", case.name], cwd=folder, capture_output=True, text=True, check=False
    )
    if not out.stdout.startswith("["):
        yield Said(case.name, 0, " ".join((out.stdout + out.stderr).split())[:300])
        return
    for found in json.loads(out.stdout):
        for check in found["checks"] or ():
            if check["grade"] < 10 and not check["skipped"]:
                for comment in check["comments"] or [{"path": "", "summary": ""}]:
                    text = f"{found['object_name']}: {check['check']['id']}: {comment['path']} {comment['summary']}"
                    yield Said(case.name, 0, " ".join(text.split()))


def _checkov(case: Case, folder: Path, schemas: Path) -> Iterator[Said]:
    out = _run(["checkov", "-f", case.name, "--framework", "kubernetes", "-o", "json", "--quiet", "--compact"], folder)
    for report in json.loads(out) if out.startswith("[") else [json.loads(out)]:
        for found in (report.get("results") or {}).get("failed_checks") or ():
            yield Said(case.name, 0, f"{found['resource']}: {found['check_id']}: {found['check_name']}")


def _yamllint(case: Case, folder: Path, schemas: Path) -> Iterator[Said]:
    for line in _run(["yamllint", "-f", "parsable", case.name], folder).splitlines():
        _, number, _, text = line.split(":", 3)
        yield Said(case.name, int(number), text.strip())


def _kubernetes_validate(case: Case, folder: Path, schemas: Path) -> Iterator[Said]:
    out = subprocess.run(
        ["kubernetes-validate", "--strict", "-k", "1.37", case.name],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    for line in (out.stdout + out.stderr).splitlines():
        if line.strip() and not line.startswith("INFO"):
            yield Said(case.name, 0, " ".join(line.split())[:300])


PEERS: dict[str, tuple[Callable[[Case, Path, Path], Iterator[Said]], str]] = {
    "kubeconform": (_kubeconform, "v0.8.0"),
    "kube-score": (_kube_score, "v1.20.0"),
    "checkov": (_checkov, ""),
    "yamllint": (_yamllint, ""),
    "kubernetes-validate": (_kubernetes_validate, ""),
}


def record() -> None:
    """Ask the peers that are installed, and keep what they say; those that are missing keep what is recorded."""
    from importlib.metadata import PackageNotFoundError, version

    from run import flattened

    path = FOLDER / "peers.json"
    known = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    with tempfile.TemporaryDirectory() as scratch:
        schemas = Path(scratch) / "schemas"
        schemas.mkdir()
        flattened(schemas, 37)
        for peer, (ask, released) in PEERS.items():
            if shutil.which(peer) is None:
                print(f"{peer} is not installed", file=sys.stderr)
                continue
            said: list[Said] = []
            for case in cases():
                folder = Path(scratch) / peer / case.name
                folder.mkdir(parents=True)
                (folder / case.name).write_text(case.text, encoding="utf-8")
                said += ask(case, folder, schemas)
            try:
                number = released or version(peer)
            except PackageNotFoundError:
                number = "unknown"
            known[peer] = {"version": number, "told": [asdict(one) for one in told(peer, said)]}
    lines = ",\n".join(
        f'{json.dumps(peer)}: {{"version": {json.dumps(known[peer]["version"])}, "told": [\n'
        + ",\n".join(json.dumps(one) for one in known[peer]["told"])
        + "\n]}"
        for peer in PEERS
        if peer in known
    )
    path.write_text("{" + lines + "}\n", encoding="utf-8")


# --- the page ----------------------------------------------------------------------------------------------------------------------

INTRODUCTION = """# Side by side

Ten manifests of our own with known mistakes, and which linter finds what. Generated by `benchmarks/side_by_side.py`; the column of
kubetrial is what the present code says, the others are recorded. Each reads each file as a whole set with its default checks,
kubetrial with `--closed-world`.

**line** means that the linter names the very line, **said** that it says what is wrong without the line (it names the object, the field or
only the file). How a mistake is known: by the answer of a 1.37 API server with the mistake as the only one, by the trial run, or by the
source of what reads the field. That linters with other aims find little here is no judgement of them: checkov and kube-score look for
weak settings, yamllint for style.
"""


def page() -> str:
    """The page in Markdown."""
    mistakes, peers = table(), json.loads((FOLDER / "peers.json").read_text(encoding="utf-8"))
    false = mistakes.pop("false")
    every = list(cases())
    said = {"kubetrial": told("kubetrial", (one for case in every for one in kubetrial(case)))}
    said.update({peer: [Told(**one) for one in known["told"]] for peer, known in peers.items()})
    counts = {name: {"line": 0, "said": 0} for name in said}
    about: dict[str, set[int]] = {name: set() for name in said}
    sections: list[str] = []
    for case in every:
        sections += ["", f"## {case.name}", "", f"| line | mistake | known by | {' | '.join(said)} |"]
        sections.append("| ---: | --- | --- |" + " --- |" * len(said))
        for name, line in case.lines.items():
            entry = mistakes[name]
            cells = []
            for who, ones in said.items():
                cell, hits = _cell(name, ones, case.name, line)
                counts[who].update({cell: counts[who][cell] + 1} if cell else {})
                about[who] |= hits
                cells.append(f"**{cell}**" if cell == "line" else cell)
            sections.append(f"| {line} | {entry['what']} | {entry['known']} | {' | '.join(cells)} |")
    total = sum(len(case.lines) for case in every)
    lines = [INTRODUCTION, f"| linter | found of {total} | at the line | other statements | untrue ones |"]
    lines.append("| --- | ---: | ---: | ---: | ---: |")
    for who, ones in said.items():
        number = f" {peers[who]['version'].removeprefix('v')}" if who in peers else ""
        found = counts[who]["line"] + counts[who]["said"]
        untrue = sum(one.untrue for one in ones)
        lines.append(f"| {who}{number} | {found} | {counts[who]['line']} | {len(ones) - len(about[who])} | {untrue} |")
    lines += ["", "Other statements are advice, or say again what follows from a mistake. Untrue are:", ""]
    lines += [f"- {entry['who']} on {entry['file']}, {entry['text']}: {entry['why']}" for entry in false]
    return "\n".join([*lines, *sections]) + "\n"


def _cell(mistake: str, said: list[Told], file: str, line: int) -> tuple[str, set[int]]:
    """`line`, `said` or nothing, and which statements are about the mistake."""
    hits = {place for place, one in enumerate(said) if one.file == file and mistake in one.about}
    if any(said[place].line == line for place in hits):
        return "line", {place for place in hits if said[place].line == line}
    hits = {place for place in hits if not said[place].line}
    return ("said" if hits else ""), hits


if __name__ == "__main__":
    if sys.argv[1:] == ["record"]:
        record()
    PAGE.write_text(page(), encoding="utf-8")
