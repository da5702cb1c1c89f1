"""Tells what a kube-apiserver answers otherwise than we do at its minor: the work that a new minor makes.

    KUBETRIAL_APISERVER=https://127.0.0.1:6443 KUBETRIAL_TOKEN=... python tests/verdicts/minor.py [FILE ...]

It asks for the kinds that the server serves, and sends documents (of ours, or those of the files; of a `.jsonl` or `.jsonl.gz` file the
`yaml` of each line) for a dry run: what it refuses and we do not, what we refuse and it does not, and which fields it drops from the
stored object and we do not say, or the other way about. Nothing stays in the server. The minor is the server's own.
"""

from __future__ import annotations

import gzip
import json
import re
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))
import record

SAID_DROPPED = ("field-dropped",)
NEVER_KEPT = {"status", "stringData"}
NEVER_KEPT_OF_METADATA = {
    "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds", "generation", "managedFields", "resourceVersion", "selfLink", "uid",
}  # fmt: skip

LOST_OTHERWISE = re.compile(
    r"metadata\.namespace$|^spec\.namespace$|^(secrets|imagePullSecrets)\[\d+\]\.namespace$|sessionAffinityConfig$|openAPIV3Schema\."
    r"|^spec\.dataSource(Ref)?$|\.env\[\d+\]\.value(From)?$|imagePullSecrets\[\d+\]$|^metadata\.(labels|annotations)$"
)
"""What a server loses without a gate: namespaces of what has none, second values of one name, words that no schema has."""


def lost(written: Any, stored: Any, path: str = "") -> Iterator[str]:
    """The paths of a written value that the stored one does not have; of a lost part, its own path only."""
    if isinstance(written, dict) and isinstance(stored, dict):
        for key, value in written.items():
            if value in (None, "", [], {}, 0, False):
                continue
            if (not path and key in NEVER_KEPT) or (path == "metadata" and key in NEVER_KEPT_OF_METADATA):
                continue
            inside = f"{path}.{key}" if path else str(key)
            if key not in stored:
                yield inside
            else:
                yield from lost(value, stored[key], inside)
    elif isinstance(written, list) and isinstance(stored, list):
        named = {item["name"]: item for item in stored if isinstance(item, dict) and isinstance(item.get("name"), str)}
        if len(named) < len(stored):
            named = {}  # names that stand twice name nothing
        for index, item in enumerate(written):
            name = item.get("name") if isinstance(item, dict) else None
            if isinstance(name, str) and named and name not in named:
                yield f"{path}[{index}]"
            elif isinstance(name, str) and name in named:
                yield from lost(item, named[name], f"{path}[{index}]")
            elif len(written) == len(stored):
                yield from lost(item, stored[index], f"{path}[{index}]")


@dataclass
class Compared:
    """What two judges say of the same documents."""

    documents: int = 0
    refused: int = 0
    accepted: int = 0
    missed: list[tuple[str, str]] = field(default_factory=list)
    false: list[tuple[str, str]] = field(default_factory=list)
    drops: int = 0
    drops_missed: list[tuple[str, str]] = field(default_factory=list)
    drops_false: list[tuple[str, str]] = field(default_factory=list)

    def add(self, name: str, server: Mapping[str, Any], ours: list[Any], value: Any, stored: Any) -> None:
        """One document: the server's verdict, our findings, what was written and what is stored."""
        from kubetrial.lint.finding import Category

        refusals = [f for f in ours if f.category is Category.REJECTED or f.rule == "key-duplicate"]
        self.documents += 1
        if server["verdict"] == "rejected":
            self.refused += 1
            if not refusals:
                self.missed.append((name, server.get("message", "no such kind")))
            return
        self.accepted += 1
        if refusals:
            self.false.append((name, f"{refusals[0].rule}: {refusals[0].message}"))
        if stored is None or refusals:
            return
        said = {f.path for f in ours if f.rule in SAID_DROPPED}
        gone = {path for path in lost(value, stored) if not LOST_OTHERWISE.search(path)}
        self.drops += len(gone)
        for path in gone:
            if not any(path == one or one.startswith((f"{path}.", f"{path}[")) for one in said) and not _goes_along(
                path, said
            ):
                self.drops_missed.append((name, path))
        for path in said:
            kept = _at(stored, path)
            if not any(path == one or path.startswith((f"{one}.", f"{one}[")) for one in gone) and kept == _at(
                value, path
            ):
                self.drops_false.append((name, path))


def _goes_along(path: str, said: set[str]) -> bool:
    """Whether a lost mount is one of a volume that is said to be dropped."""
    return ".volumeMounts" in path and any(one.endswith(".image") for one in said)


def _at(value: Any, path: str) -> Any:
    for key, index in re.findall(r"([^.\[\]]+)|\[(\d+)\]", path):
        try:
            value = value[int(index)] if index else value[key]
        except (KeyError, IndexError, TypeError):
            return None
    return value


def texts(files: list[str]) -> Iterator[tuple[str, str, Any]]:
    """(name, text, value) of the documents to ask about; texts of several documents are left out of lists of texts."""
    from kubetrial.lint.yaml import source

    if not files:
        yield from record.documents()
    for file in files:
        if not re.search(r"\.jsonl(\.gz)?$", file):
            read = source.read(file, Path(file).read_text(encoding="utf-8"))
            yield from ((f"{file}#{d.index}", d.text.removeprefix("---"), d.value) for d in read.documents)
            continue
        with gzip.open(file, "rt", encoding="utf-8") if file.endswith(".gz") else open(file, encoding="utf-8") as lines:
            for line in lines:
                row = json.loads(line)
                read = source.read(row["id"], row["yaml"])
                value = read.documents[0].value if len(read.documents) == 1 and not read.problems else None
                if isinstance(value, dict) and value.get("kind") != "List":
                    yield row["id"], row["yaml"], value


def findings(name: str, text: str, minor: int) -> list[Any]:
    """What we say of a document by itself."""
    from kubetrial.lint.engine import Choice, Known, Text, check_texts
    from kubetrial.lint.finding import Category

    wanted = {"key-duplicate", *SAID_DROPPED}
    return check_texts(
        [Text(f"{name}.yaml", text)],
        choice=Choice(selected=lambda entry: entry.category is Category.REJECTED or entry.name in wanted),
        known=Known(complete=False),
        minor=minor,
    ).findings


def kinds(server: record.Server, minor: int) -> list[str]:
    """Kinds that one of us serves and the other does not."""
    from kubetrial.lint.api.walk import Catalogue

    catalogue = Catalogue(minor)
    ours = {(api, kind) for api, by_kind in catalogue.kinds().items() for kind in by_kind if catalogue.kind(api, kind)}
    return sorted(
        [f"served and unknown to us: {kind} in {api}" for api, kind in set(server.resources) - ours]
        + [
            f"known to us and not served: {kind} in {api}"
            for api, kind in ours - set(server.resources)
            if kind != "List"
        ]
    )


def main(files: list[str]) -> int:
    """Ask, compare and tell."""
    server = record.server()
    if server is None:
        sys.exit(__doc__)
    version = server.get("/version")
    minor = int(re.sub(r"\D", "", version.get("emulationMinor") or version["minor"]))
    compared = Compared()
    for name, text, value in texts(files):
        stored = None
        try:
            answer = server.verdict(text, value)
            if answer["verdict"] == "accepted":
                status, body, _ = server.create(text, value)
                stored = json.loads(body) if status in (200, 201, 202) else None
        except OSError as error:  # a document on which the server itself fails has no verdict
            print(f"no answer: {name}: {error}")
            continue
        if answer["verdict"] == "unknown":
            continue
        compared.add(name, answer, findings(name, text, minor), value, stored)
    for line in kinds(server, minor):
        print(line)
    for title in ("missed", "false", "drops_missed", "drops_false"):
        shapes: dict[str, list[str]] = {}
        for name, what in getattr(compared, title):
            shapes.setdefault(re.sub(r'"[^"]*"|`[^`]*`|\d+', "_", what), []).append(f"{name}: {what}")
        for same in sorted(shapes.values(), key=len, reverse=True):
            print(f"{title.replace('_', ' ')} {len(same)}: {same[0][:400]}")
    counts = Counter(missed=len(compared.missed), false=len(compared.false))
    print(
        f"1.{minor}: {compared.documents} documents; refused {compared.refused}, missed {counts['missed']};"
        f" accepted {compared.accepted}, false {counts['false']};"
        f" dropped {compared.drops}, missed {len(compared.drops_missed)}, false {len(compared.drops_false)}"
    )
    return 1 if counts.total() or compared.drops_missed or compared.drops_false else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
