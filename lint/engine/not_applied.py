"""What is wrong with a file as it stands and with nothing that is applied: findings of which only a count is kept."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from typing import Any

from kubetrial.lint.files import placeholder, recognition, template, witness
from kubetrial.lint.values.pattern import pattern
from kubetrial.lint.yaml.node import Found, Node, file_of
from kubetrial.schemas.minors import OLDEST

OF_FLUX = "label that Flux leaves out"
OF_OLDER = "version for an older Kubernetes"
OF_BUILD = "value that a build turns into text"
FILLED_IN = "value with a placeholder"
OF_SCAFFOLD = "scaffold that nobody has filled in"


_OF_QUARKUS = pattern(r"(?:^|/)src/main/(?:kubernetes|jkube|fabric8)/")
"""Files that a build reads value by value, and writes manifests of: numbers become texts."""
_FEWEST_WORDS, _LONGEST_WORD = 4, 15
_OF_SENTENCES = pattern(r"(?i)\b(?:base64|encoded|your|here|contents?|certificate|placeholder)\b")
_OF_BLANK = pattern(r"(?s)<[^<>]{1,300}>\Z|(?i:your[-_][a-z0-9_-]{1,100})\Z")
_NAME_IN_CAPITALS = pattern(r"[A-Z]{3,}(?:[_-][A-Z]+)*\Z")
_CAPITALS = pattern(r"(?<![A-Za-z0-9])(?<![A-Z0-9]_)[A-Z][A-Z0-9_]*[A-Z0-9](?![A-Za-z0-9_])")
_TEMPLATE = pattern(r"(?<![a-z])template|(?<!Claim)(?<!Pod)Template|TEMPLATE")
"""A folder or file of templates; a `podtemplate.yaml` holds an object of that kind."""


def reason(found: Found) -> str | None:
    """Why a finding about a file says nothing of what is applied; None: it may."""
    node = found.node
    if found.rule == "api-removed":
        minor = recognition.older_minor(node.document.file)
        return OF_OLDER if minor is not None and minor < OLDEST else None
    if found.rule in _OF_SCAFFOLDS and (_is_scaffold(node) or _OF_KUBEBUILDER.search(node.document.file)):
        return OF_SCAFFOLD
    if found.rule in _OF_DEFINITIONS and _is_empty_definition(node.root.value):
        return OF_SCAFFOLD
    if found.rule in _OF_BLANKS and node.value in ("", {}, []) and _has_blanks(node.root.value):
        return FILLED_IN
    if found.rule in _OF_PARTS and _is_named_by_a_template(node.root.value):
        return FILLED_IN  # the template adds what is missing
    if found.rule in ("field-missing", "object-name-missing"):
        if node.value is None and _BETWEEN_SIGNS.search(_line(found)):
            return FILLED_IN  # for YAML that is a comment, and the field is empty
        if _is_template(node) and (_is_left_empty(found) or "metadata" not in node.root.value):
            return FILLED_IN
        if found.rule == "object-name-missing" and _is_for_jenkins(node):
            return template.TOOL
        # Documentation shows objects without the parts that its text is not about.
        shown = len(node.steps) <= 2 and template.in_documentation(node.document.file)
        return template.EXCERPT if shown else None
    if found.rule == "value-wrong-type":
        return _of_values(node)
    if node.value.__class__ is str and _CAPITALS.search(node.value) and _is_template(node):
        return FILLED_IN
    return None


_OF_SCAFFOLDS = ("field-missing", "field-unknown", "object-name-malformed", "custom-resource-rule-broken")
_OF_DEFINITIONS = ("object-name-missing", "field-missing", "crd-names-invalid", "crd-versions-unclear")


def _is_empty_definition(value: Any) -> bool:
    """Whether a definition has neither group nor kind: generators write such a `_.yaml` where a package holds no types."""
    if value.__class__ is dict and value.keys() == {"apiVersion", "kind"}:
        return True  # an item of a List that was begun and left
    spec = value.get("spec") if value.__class__ is dict and value.get("kind") == "CustomResourceDefinition" else None
    if not isinstance(spec, dict) or not isinstance(spec.get("names"), dict):
        return False
    names = spec["names"]
    return spec.get("group") == "" and names.get("kind") == "" and names.get("plural") == ""


_BETWEEN_SIGNS = pattern(r":[ \t]+#[A-Za-z_][\w.-]{0,60}#[ \t]*\Z")


def _line(found: Found) -> str:
    """The line of a plain file that a finding stands in; of what is built, none."""
    document = found.node.document
    if hasattr(document, "built"):
        return ""
    at = found.range().start.line - 1 - document.line
    lines = _lines(document.text)
    return lines[at].rstrip("\r") if 0 <= at < len(lines) else ""


@functools.lru_cache(maxsize=4)
def _lines(text: str) -> list[str]:
    """The lines of a document, of which many may have a finding."""
    return text.split("\n")


def _is_left_empty(found: Found) -> bool:
    """Whether a field that is missing stands there with nothing behind it, for somebody to fill in."""
    name = found.node.steps[-1] if found.node.steps else None
    return (
        isinstance(name, str)
        and re.fullmatch(rf"[ \t-]*[\"']?{re.escape(name)}[\"']?:[ \t]*", _line(found)) is not None
    )


_OF_BLANKS = ("value-wrong-type", "value-unsupported", "value-malformed")
_FEWEST_BLANKS, _MOST_LOOKED_AT = 4, 2_000


def _has_blanks(value: Any) -> bool:
    """Whether several values of an object are empty texts: it lists the fields that there are, for somebody to fill in."""
    pending, blanks = [value], 0
    for one in pending:
        if one.__class__ in (dict, list) and len(pending) < _MOST_LOOKED_AT:
            pending.extend(one.values() if one.__class__ is dict else one)
        blanks += one == ""
    return blanks >= _FEWEST_BLANKS


_OF_PARTS = (
    "field-missing",
    "role-binding-unresolvable",
    "secret-incomplete",
    "service-without-ports",
    "selector-invalid",
)


def _is_named_by_a_template(value: Any) -> bool:
    """Whether the name or namespace of an object is an action of a template, or a stand-in: fields may be added as well as values."""
    metadata = value.get("metadata") if value.__class__ is dict else None
    if metadata.__class__ is not dict:
        return False
    name, namespace = metadata.get("name"), metadata.get("namespace")
    return "{{" in str(name) or "{{" in str(namespace) or namespace == "placeholder"


_OF_KUBEBUILDER = pattern(r"(?:^|/)config/crd/patches/(?:webhook|cainjection)_in_[^/]+\.ya?ml\Z")
"""Patches that the generator writes for definitions that may get a webhook: the kustomization beside them names them in a comment."""


def _is_scaffold(node: Node) -> bool:
    """Whether a custom resource holds no more than what generators of operators write: `foo: bar`, or nothing in a `-sample`.

    Nothing is in one of the samples either that is called as its kind.
    """
    value = node.root.value
    if value.__class__ is not dict or "." not in str(value.get("apiVersion")).partition("/")[0]:
        return False
    spec, metadata = value.get("spec"), value.get("metadata")
    if not spec:
        name = str(metadata.get("name")) if metadata.__class__ is dict else ""
        return name.endswith(_SAMPLE) or (
            name == str(value.get("kind")).lower() and _OF_SAMPLES.search(file_of(node)) is not None
        )
    return spec.__class__ is dict and spec.get("foo") == "bar"


_SAMPLE = ("-sample", "-example")
_OF_SAMPLES = pattern(r"(?:^|/)(?:samples?|examples?)/")


def _is_for_jenkins(node: Node) -> bool:
    """Whether a Pod without a name is the agent of a pipeline: Jenkins names it."""
    folder, _, name = node.document.file.rpartition("/")
    if node.root.value.get("kind") != "Pod" or hasattr(node.document, "built"):
        return False
    return "KubernetesPod" in name or witness.is_file(f"{folder}/Jenkinsfile" if folder else "Jenkinsfile")


def _is_template(node: Node) -> bool:
    """Whether a file is kept as a template by its path, and is none of a chart: words in capitals are filled in."""
    return _TEMPLATE.search(node.document.file) is not None and not hasattr(node.document, "built")


def _of_values(node: Node) -> str | None:
    """Why a value of a wrong type is another one, or gone, when it is applied."""
    value = node.root.value
    if value.__class__ is not dict:
        return None
    if _OF_QUARKUS.search(node.document.file):
        return OF_BUILD
    if node.steps[:2] == ("metadata", "labels") and _is_of_flux(value):
        return OF_FLUX  # it sets labels of its own, and those that are no texts are gone
    if node.steps[:1] == ("data",) and value.get("kind") == "Secret" and _is_named_by_a_tool(value):
        return FILLED_IN  # who fills in the name fills in the values, or decrypts them
    if node.steps[:1] == ("data",) and node.value.__class__ is str:
        words = node.value.split()
        fewest = 2 if _OF_SENTENCES.search(node.value) else _FEWEST_WORDS
        if len(words) >= fewest and max(map(len, words)) <= _LONGEST_WORD:
            return FILLED_IN  # a sentence says what belongs there
        if "..." in node.value or "…" in node.value:
            return FILLED_IN  # no base64 has such signs: the rest of it is left out
        if _NAME_IN_CAPITALS.match(node.value):
            return FILLED_IN  # as does a name, which is no secret of anybody
        if _OF_BLANK.match(node.value):
            return FILLED_IN  # `<key of the API>`, `your-key-in-base64`: no base64 has these signs, or the word for it
    return None


def _is_of_flux(value: Mapping[str, Any]) -> bool:
    """Whether an object is one of Flux's own, which Flux applies from a repository."""
    api = value.get("apiVersion")
    return api.__class__ is str and api.partition("/")[0].endswith(".toolkit.fluxcd.io")


def _is_named_by_a_tool(value: Mapping[str, Any]) -> bool:
    metadata = value.get("metadata")
    name = metadata.get("name") if metadata.__class__ is dict else None
    return name.__class__ is str and placeholder.placeholder(name) is not None
