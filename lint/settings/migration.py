"""What the checks of other linters are called here, and their ignore annotations.

The table is schemas/migration.toml: linter -> check -> the names of our rules, or the reason why there is none.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from kubetrial import schemas
from kubetrial.lint.finding import Category

if TYPE_CHECKING:
    from kubetrial.lint.objects.views import Object
    from kubetrial.lint.settings.ignored import Ignore

_FILE = os.path.join(schemas.FOLDER, "migration.toml")

Answer = list[str] | str
"""Names of our rules, or why there is none."""


def table() -> dict[str, dict[str, Answer]]:
    """Linter -> check -> our rules or a reason; a check may be a pattern with `*`."""
    import sys

    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib  # type: ignore[import-not-found, unused-ignore]
    with open(_FILE, "rb") as file:
        found: dict[str, dict[str, Answer]] = tomllib.load(file)
    return found


def lookup(name: str, known: Mapping[str, Mapping[str, Answer]] | None = None) -> Answer | None:
    """What `kube-linter:dangling-service` is here; None where the linter or its check is not known. Case does not matter."""
    known = table() if known is None else known
    linter, _, check = name.partition(":")
    checks = known.get(linter.lower())
    if checks is None or not check:
        return None
    wanted = short(check).lower()
    for key, answer in checks.items():
        if key.lower() == wanted:
            return answer
    from fnmatch import fnmatchcase

    fitting = [key for key in checks if "*" in key and fnmatchcase(wanted, key.lower().replace("[", "[[]"))]
    return checks[max(fitting, key=len)] if fitting else None


def short(check: str) -> str:
    """A check of trivy in its shortest form: AVD-KSV-0012 and KSV-0012 are KSV012; any other check as it is."""
    import re

    found = re.fullmatch(r"(?:AVD-)?KSV-?0*(\d{1,5})", check, re.IGNORECASE)
    if not found:
        return check
    return f"KSV0{found[1]}" if len(found[1]) > 3 else f"KSV{found[1]:>03}"


def ignores(objects: Iterable[Object]) -> list[Ignore]:
    """The ignores that annotations of kube-linter, kube-score, polaris and checkov stand for, on objects and pod templates."""
    from kubetrial.lint.rule import index

    # What the API server refuses stays refused, whatever another linter is told.
    refused = {entry.name for entry in index().values() if entry.category is Category.REJECTED}
    known = table()
    found: list[Ignore] = []
    for obj in objects:
        template = getattr(obj, "pod_path", ("spec",))[:-1]
        for path in ((), template) if template else ((),):
            annotations = obj.at(*path, "metadata", "annotations").value
            if annotations.__class__ is not dict:
                continue
            for key, value in annotations.items():
                for rules, reason in _said(str(key), value, known):
                    chosen = tuple(rule for rule in rules if rule not in refused)
                    if chosen:
                        found.append(_ignore(obj, path, str(key), chosen, reason))
    return found


def _said(key: str, value: Any, known: Mapping[str, Mapping[str, Answer]]) -> list[tuple[tuple[str, ...], str]]:
    """(our rules, reason) of each check that an annotation silences."""
    text = value if isinstance(value, str) else ""
    prefix, _, name = key.partition("/")
    if prefix == "ignore-check.kube-linter.io":
        return _of("kube-linter", [name], text, known)
    if key == "kube-linter.io/ignore-all":
        return _of("kube-linter", ["*"], text, known)
    if key == "kube-score/ignore":
        return _of("kube-score", text.replace(" ", "").split(","), "", known)
    if prefix == "checkov.io" and name.startswith("skip"):
        check, _, reason = text.partition("=")
        return _of("checkov", [check.strip()], reason.strip(), known)
    if prefix == "polaris.fairwinds.com" and text == "true":
        if name == "exempt":
            return _of("polaris", ["*"], "", known)
        if name.endswith("-exempt"):
            return _of("polaris", [name.removesuffix("-exempt")], "", known)
    return []


def _of(
    linter: str, checks: list[str], reason: str, known: Mapping[str, Mapping[str, Answer]]
) -> list[tuple[tuple[str, ...], str]]:
    found = []
    for check in checks:
        if check == "*":
            every = {rule for answer in known[linter].values() if isinstance(answer, list) for rule in answer}
            found.append((tuple(sorted(every)), f"{linter}: {reason}" if reason else f"silenced for {linter}"))
            continue
        answer = lookup(f"{linter}:{check}", known)
        if isinstance(answer, list):
            found.append((tuple(answer), f"{linter}: {reason}" if reason else f"silenced for {linter} ({check})"))
    return found


def _ignore(obj: Object, path: tuple[str | int, ...], key: str, rules: tuple[str, ...], reason: str) -> Ignore:
    from kubetrial.lint.finding import ObjectRef
    from kubetrial.lint.settings.ignored import FOREIGN, Ignore
    from kubetrial.lint.yaml.node import place_of

    return Ignore(
        file=obj.document.file,
        document=obj.document.index,
        rules=rules,
        reason=reason,
        place=place_of(obj.at(*path, "metadata", "annotations", key)),
        object=ObjectRef(obj.api_version, obj.kind, obj.namespace, obj.name),
        path=".".join(str(step) for step in path),
        word=FOREIGN,
    )
