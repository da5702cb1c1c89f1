"""A process that lives long, such as an editor's, keeps of what it checked no more than its bounded caches hold."""

from __future__ import annotations

import gc
import importlib
import pkgutil
from collections.abc import Iterator
from typing import Any

import kubetrial.lint
import kubetrial.rules
from kubetrial.lint import engine

BOUNDED = {
    "kubetrial.lint.yaml.block._KNOWN",  # cleared above _MOST_KNOWN
    "kubetrial.lint.values.equality._kept",  # cleared at MOST_KEPT
}
"""Mappings that are emptied by the code that fills them."""
USUAL = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: X, namespace: nX, labels: {lX: vX}, annotations: {example.com/aX: X}}
spec:
  selector: {matchLabels: {app: X}}
  replicaX: 1
  template:
    metadata: {labels: {app: X}}
    spec:
      containers:
      - name: cX
        image: reg-X.example.com/im-X:X
        command: [sh, -c, 'echo X; exec X']
        env: [{name: AX, value: 'http://sX:80'}]
        resources: {limits: {memory: X1Mi, cpu: X1m}}
        livenessProbe: {exec: {command: [X]}}
---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: bX.example.com}
spec:
  group: example.com
  scope: Namespaced
  names: {kind: BX, plural: bX}
  versions:
  - name: v1
    served: true
    storage: true
    schema:
      openAPIV3Schema:
        type: object
        properties:
          spec:
            type: object
            x-kubernetes-validations: [{rule: "self.aX == 'X' && self.aX.matches('^aX+$')"}]
            properties: {aX: {type: string, pattern: '^X+$'}}
---
apiVersion: example.com/v1
kind: BX
metadata: {name: a}
spec: {aX: X}
"""
HOSTILE = (
    "aX: &aX [*aX]\n---\n{{ X\n---\nkind: X\napiVersion: vX/v1\nmetadata: X\n---\nb: [\n---\n\x1b: X\n---\n<<: X\n"
)


def _held() -> dict[str, Any]:
    """Every cache and container of a module of ours, by its name."""
    found: dict[str, Any] = {}
    for package in (kubetrial.lint, kubetrial.rules):
        for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
            if module.name.endswith("__main__"):
                continue
            for name, value in vars(importlib.import_module(module.name)).items():
                if hasattr(value, "cache_info"):
                    found[f"{value.__module__}.{value.__qualname__}"] = value
                elif isinstance(value, (dict, set, list)) and name[:2] != "__":
                    found[f"{module.name}.{name}"] = value
    return found


def _sizes(held: dict[str, Any]) -> dict[str, int]:
    return {name: one.cache_info().currsize if hasattr(one, "cache_info") else len(one) for name, one in held.items()}


def _check(numbers: Iterator[int]) -> None:
    for number in numbers:
        for text in (USUAL.replace("X", str(number)), HOSTILE.replace("X", f"h{number}")):
            given = [engine.Text(f"{number}.yaml", text)]
            engine.check_texts(given, choice=engine.Choice(selected=lambda entry: True))


def _texts() -> int:
    """How many texts to check the process holds."""
    return sum(isinstance(each, engine.Text) for each in gc.get_objects())


def test_only_what_is_bounded_grows() -> None:
    held = _held()
    gc.collect()
    known = _texts()  # what other tests of this process keep
    _check(iter(range(1000, 1025)))
    before = _sizes(held)
    _check(iter(range(2000, 2025)))
    grown = [name for name, size in _sizes(held).items() if size > before[name] + 2 and name not in BOUNDED]
    unbounded = [name for name in grown if getattr(held[name], "cache_parameters", dict)().get("maxsize") is None]
    assert not unbounded
    gc.collect()
    # Nothing of a text that was checked is referred to any more, but by what is bounded.
    assert _texts() <= known


def test_long_texts_of_strangers_are_not_kept() -> None:
    held = _held()

    def check(number: int) -> None:
        text = f"x{number}" + "x" * 5_000
        limits = f"{{limits: {{cpu: {text}, memory: {text}}}}}"
        container = f"{{name: {text}, image: {text}, command: [sh, -c, {text}], resources: {limits}}}"
        pod = f"apiVersion: v1\nkind: Pod\nmetadata: {{name: {text}, labels: {{{text}: {text}}}}}\nspec: {{containers: [{container}]}}\n"
        cronjob = f"apiVersion: batch/v1\nkind: CronJob\nmetadata: {{name: a}}\nspec: {{schedule: {text}, timeZone: {text}}}\n"
        engine.check_texts([engine.Text("a.yaml", f"{pod}---\n{cronjob}")])

    check(0)
    before = _sizes(held)
    for number in range(1, 11):
        check(number)
    grown = {name for name, size in _sizes(held).items() if size >= before[name] + 10 and name not in BOUNDED}
    assert grown == set()
