"""Rules that the user brings: folders of files of the same shape as ours, and short ones in the configuration (CEL)."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from kubetrial.lint.files import witness
from kubetrial.lint.files.read import MOST_SETTINGS, read
from kubetrial.lint.finding import Category
from kubetrial.lint.rule import Entry, RuleError
from kubetrial.lint.values.digits import whole
from kubetrial.lint.values.records import dataclass

if TYPE_CHECKING:
    from kubetrial.lint.objects.views import Object
    from kubetrial.lint.yaml.node import Findings


@dataclass(frozen=True, slots=True)
class ShortRule:
    """A rule without Python: `expression` (CEL over `object`) is true for a good object of one of the kinds."""

    name: str
    kinds: tuple[str, ...]  # Deployment, apps/Deployment, *
    expression: str
    message: str
    category: Category = Category.RISKY
    field: str = ""  # where the finding stands: spec.replicas; the object's kind where it is empty or missing
    help: str = ""


_MOVED = {
    "kinds": "objects.views",
    "records": "values.records",
    "cluster": "objects.cluster",
    "references": "objects.references",
    "node": "yaml.node",
    "source": "yaml.source",
    "constraints": "api.constraints",
    "schema": "api.walk",
}
"""Where rules of users may still import from (`kubetrial.lint.kinds`), and the module that is meant."""


def _keep_old_paths() -> None:
    """Let rules of users that were written before the modules had rooms import them by their old names."""
    import sys
    from importlib import import_module

    for old, new in _MOVED.items():
        sys.modules.setdefault(f"kubetrial.lint.{old}", import_module(f"kubetrial.lint.{new}"))


def of_folders(folders: Sequence[str], ours: Mapping[str, Entry]) -> dict[str, Entry]:
    """The rules in some folders, read from their source; raises RuleError for a file that is none."""
    found: dict[str, Entry] = {}
    if folders:
        _keep_old_paths()
    for folder in folders:
        try:
            files = sorted(os.listdir(folder))
        except ValueError:
            raise RuleError(f"{folder!r}: a path cannot hold a NUL character") from None
        except OSError as error:
            raise RuleError(f"{folder}: {(error.strerror or str(error)).lower()}") from None
        for file in files:
            if file.endswith(".py") and not file.startswith(("_", "test_")):
                entry = _of_file(os.path.abspath(os.path.join(folder, file)))
                taken = ours.get(entry.name) or found.get(entry.name)
                if taken is not None:
                    where = f"in {taken.file}" if taken.file else "of kubetrial's"
                    raise RuleError(
                        f"{os.path.join(folder, file)}: there is a rule {entry.name} {where} already; rename the file"
                    )
                found[entry.name] = entry
    return found


def _of_file(file: str) -> Entry:
    from kubetrial.lint.files.discover import shown as name_of
    from kubetrial.lint.settings import rule_index

    shown = name_of(file)
    name = os.path.basename(file)[:-3].replace("_", "-")
    if not name.replace("-", "").isalnum() or name != name.lower():
        raise RuleError(f"{shown}: a rule is named after its file: lower-case words with _ between them")
    witness.unique("a rule of the user's")  # its code may look at anything
    try:
        found = rule_index.entry(read(file, MOST_SETTINGS).decode("utf-8"), shown)
        category = Category(found["category"])
    except OSError as error:
        raise RuleError(f"{shown}: {(error.strerror or str(error)).lower()}") from None
    except SyntaxError as error:
        raise RuleError(f"{shown}:{error.lineno}: {error.msg}") from None
    except SystemExit as error:
        raise RuleError(str(error)) from None
    except (RecursionError, MemoryError):
        raise RuleError(f"{shown}: it is nested too deeply") from None
    except (KeyError, AttributeError, ImportError, ValueError, StopIteration, AssertionError, IndexError) as error:
        what = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
        raise RuleError(
            f"{shown}: it cannot be read as a rule ({what}); it needs a docstring and `@rule(Category.RISKY)` on"
            " `def check(job: Job) -> Findings`, with Job imported from kubetrial.lint.authoring"
        ) from None
    if not found["summary"]:
        raise RuleError(f"{shown}: a rule needs a docstring, its manual page")
    if found["visits"] == ["nothing"]:
        raise RuleError(f"{shown}: `check` is missing")
    return Entry(
        name,
        category,
        tuple(found["visits"]),
        found["summary"],
        found.get("since", 0),
        found.get("until", 99),
        found.get("around", False),
        file,
    )


def of_configuration(rules: Sequence[ShortRule], ours: Mapping[str, Entry]) -> dict[str, Entry]:
    """The short rules, compiled; raises RuleError where an expression does not compile or cannot be evaluated here."""
    found: dict[str, Entry] = {}
    for rule in rules:
        if rule.name in ours or rule.name in found:
            raise RuleError(f"custom rule {rule.name}: there is a rule of this name already")
        entry = Entry(rule.name, rule.category, ("object",), rule.message, page=_page(rule), check=_checking(rule))
        found[rule.name] = entry
    return found


def _page(rule: ShortRule) -> str:
    kinds = ", ".join(rule.kinds)
    lines = [
        rule.message,
        "",
        f"A rule of the configuration, for {kinds}: true has to be",
        "",
        f"    {rule.expression.strip()}",
    ]
    return "\n".join([*lines, *(["", rule.help] if rule.help else []), ""])


def _checking(rule: ShortRule) -> Any:
    from kubetrial.lint.objects.views import Object
    from kubetrial.lint.values.cel import evaluator as cel_evaluator

    try:
        program = cel_evaluator.program(rule.expression, ("object",))
    except cel_evaluator.Unusable as error:
        raise RuleError(f"custom rule {rule.name}: the expression {error}") from None

    def check(obj: Object) -> Findings:
        if not _is_of_kind(obj, rule.kinds):
            return
        try:
            good = program({"object": obj.value})
            said = "" if good is True or good is False else "it gives no true or false"
        except cel_evaluator.EvaluationError as error:
            good, said = False, str(error)
        if good is not True:
            node = obj.at(*_steps(rule.field)) if rule.field else obj["kind"]
            message = f"{rule.message} (the expression cannot be evaluated: {said})" if said else rule.message
            yield node.found(message, help=rule.help)

    check.__annotations__["obj"] = Object
    return check


def _is_of_kind(obj: Object, kinds: Sequence[str]) -> bool:
    from fnmatch import fnmatchcase

    group = obj.api_version.rpartition("/")[0]
    return any(fnmatchcase(f"{group}/{obj.kind}" if "/" in kind else obj.kind, kind) for kind in kinds)


def _steps(path: str) -> list[str | int]:
    """`spec.containers[0].image` -> spec, containers, 0, image."""
    words = path.replace("[", ".").replace("]", "").split(".")
    return [word if (number := whole(word)) is None else number for word in words if word]
