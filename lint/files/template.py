"""Texts that are not yet manifests: templates, placeholders, encrypted files, and files that tools keep for themselves.

`{{` alone says little: Prometheus rules, Argo Workflows and dashboards carry it in values that are meant so. A text
that can be read is checked as it stands; only values that some tool is certain to replace (`{{ .Values.x }}`, `${VAR}`)
are not judged.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping
from typing import Any

from kubetrial.lint.files import witness
from kubetrial.lint.files.kustomize import KUSTOMIZATION, is_kustomization
from kubetrial.lint.values.pattern import pattern

HELM = "Helm template"
GO = "Go template"
JINJA = "Jinja template"
ERB = "ERB template"
FREEMARKER = "FreeMarker template"
HANDLEBARS = "Handlebars template"
TERRAFORM = "Terraform template"
YTT = "ytt template"
EXCERPT = "output or excerpt in documentation"
PRINTED = "output of a cluster"
VARIABLES = "placeholder ${VAR}"
SHELL = "command of a shell"
NOTES = "notes with manifests in them"
ENCRYPTED = "SOPS-encrypted"
CHART = "Helm chart file"
TOOL = "configuration of a tool"

# All counts are bounded: a hostile text must not make a search slow.
# How actions of Go templates begin: with a field, a variable, a keyword, or a call with arguments.
_ACTION = (
    r"\{\{-?\s*(?:/\*|\.|\$|\(|\"[^\"\n]{0,200}\"[ ]?\||"
    r"(?:if|range|with|else|end|define|block|template|include|toYaml|tpl|required|default|printf|"
    r"nindent|indent|quote|lookup|fail|or|and|not|eq|ne)\b(?!\s*-?\}\})|(?:end|else)\b|[A-Za-z_]\w{0,60}[ ]+[\"`$.(])"
)
_HELM_WORDS = (".Values", ".Release", ".Chart", ".Capabilities", ".Files", "include ", "toYaml", "nindent")
_JINJA_WORDS = r"\{%-?\s*(?:if|for|set|block|include|extends|macro|import|from|raw|endif|endfor)\b"
_JINJA_WORD = r"\{\{-?[ ]?(?!(?:end|else|define|template)\b)[A-Za-z_][\w.]{0,200}(?:\([^{}\n]{0,200}\))?(?:[ ]?\|[^}]{0,200})?[ ]?-?\}\}"
_HEAD = r"""(?m)^(?:[^#'"\n]*?[:\-\[,][ \t]{1,20}|[^#'"\n]*?\[|[ \t]*)(?=\{\{)"""
_YTT = pattern(
    r"(?m)^[ \t]*#@[ ]?(?:load\(|def[ ]|end\b|if[ /]|for[ /]|(?:overlay|data|yaml|schema|library)/)"
    r"|^[^#\n]{0,300}?[:-][ \t]+#@ "
)
_SHELL = pattern(
    r"(?:[ \t]*(?:#[^\n]*)?\n){0,50}[ \t]*(?:[$%>][ ]+)?(?:sudo[ ]+)?(?:kubectl|oc|k|cat|tee|microk8s|k3s|minikube)[ ]"
    r"[^\n]{0,300}?<<[-~]?[ ]?[\"']?[A-Za-z_]"
)
_MOST_STRAY = 5
"""So many blocks of a Go template make a template also where one of them has no end: that is the template's mistake."""
_MOST_VALUES = 3
"""Only Helm has `.Values`: one of them may have been left in a manifest by mistake."""
_NAMED_TEMPLATE = pattern(r"(?:\.|[-_])(?:tmpl|tpl|template|gotmpl|in)\.(?:ya?ml|json)\Z")
_VARIABLE = r"\$\{[A-Za-z_][A-Za-z0-9_]*(?:(?::?[-=?+]|[#%/^,:])[^}]{0,200})?\}"


def template_reason(text: str, path: str = "", whole: str = "") -> str | None:
    """Why a document that cannot be read is no wrong manifest but a template; None: it is wrong.

    `whole` is the text of its file: in a template the opening and the end of a block may stand in different documents.
    Outside of a chart, blocks have to be balanced: a stray `{{- if }}` in a manifest is a mistake and not a template.
    """
    if is_shell(whole or text):
        return SHELL
    if is_notes(whole or text):
        return NOTES
    if not _has_signs(text) and not (whole and _has_freemarker(whole)):
        return None
    if "{{" in text and in_chart_templates(path):
        return HELM
    # Inside of texts a template's signs are content; at the head of a value or a line they are structure.
    outside = "\n".join(_outside_of_texts(text))
    if re.search(_HEAD + _ACTION, outside) and (
        _is_balanced(whole or text) or _NAMED_TEMPLATE.search(path) or (whole or text).count(".Values.") >= _MOST_VALUES
    ):
        return HELM if _has_helm_words(whole or text) else GO
    if re.search(r"(?m)^[ \t]*%\{[-~]?[ ]{0,20}(?:if|for|else|endif|endfor)\b", outside):
        return TERRAFORM
    if re.search(r"(?m)^[ \t]*(?:-[ \t]+)?\{\{\{?[#^/][ ]?[A-Za-z]", outside):
        return HANDLEBARS
    if re.search(
        r"(?m)^[ \t]*\{\{\{-?[ ](?:if|range|with|end|else|define|template|include)\b[^{}\n]{0,300}\}\}\}", outside
    ):
        return GO  # with delimiters of its own, beside those of what it makes
    if re.search(r"(?m)^[ \t]*" + _JINJA_WORDS, outside) or re.search(_HEAD + _JINJA_WORD, outside):
        return JINJA
    if re.search(r"(?m)^[^#\n]{0,200}<%[-=]?\s[^\n]{0,200}%>", outside):
        return ERB
    if _has_freemarker(whole or outside):
        return FREEMARKER
    if re.search(rf"(?m)^[ \t]*(?:-[ \t]+)?{_VARIABLE}[ \t]*$", outside):
        # A line that is nothing but a variable stands for a block of YAML.
        return VARIABLES
    return None


# What the whole file says is asked for each of its documents that cannot be read, and there may be thousands.


@functools.lru_cache(maxsize=1)
def _has_freemarker(text: str) -> bool:
    return "<" in text and re.search(r"(?m)^[ \t]*</?#[a-z]{2,20}[ >]", text) is not None


@functools.lru_cache(maxsize=1)
def _has_helm_words(text: str) -> bool:
    return any(word in text for word in _HELM_WORDS)


@functools.lru_cache(maxsize=1)
def is_shell(text: str) -> bool:
    """Whether a text is a script, or begins with a command of a shell that gets the manifest behind it: `kubectl apply -f - <<EOF`."""
    return is_script(text) or ("<<" in text and _SHELL.match(text) is not None)


def is_script(text: str) -> bool:
    """Whether a text is a script by its first line, whatever its name: `#!/bin/bash`. What it writes are the manifests.

    `#!/usr/bin/env kubectl` is none: the manifest behind it is sent as it stands.
    """
    return text.startswith("#!") and _INTERPRETER.match(text) is not None


_INTERPRETER = pattern(r"#![^\n]{0,200}?\b(?:(?:ba|da|z|k|fi|a)?sh|python[\d.]{0,5}|perl|ruby|node)\b")


@functools.lru_cache(maxsize=1)
def is_notes(text: str) -> bool:
    """Whether sentences or commands stand beside manifests in a text, on several lines of their own: it was written to be read.

    The content of a file that should be indented below its `|` is none.
    """
    return len(_PROSE.findall(text, 0, _LONGEST_NOTES)) >= _FEWEST_LINES and not _NOT_INDENTED.search(text)


_PROSE = pattern(r"(?m)^(?![\w./-]{1,60}[ ]?:(?:[ \t]|$))[A-Za-z][^ \t\n]{0,200}(?:[ \t]+[^ \t\n:]{1,300}){2}")
_NOT_INDENTED = pattern(r"[|>][-+]?[ \t]*\r?\n(?!---)[^ \t\r\n#]")
_FEWEST_LINES = 2
_LONGEST_NOTES = 100_000


def is_ytt(text: str) -> bool:
    """Whether a text, readable as it is, is a template of ytt: what its comments say becomes values and whole parts."""
    return "#@" in text and _YTT.search(text) is not None


def is_ytt_overlay(text: str) -> bool:
    """Whether a text says what ytt lays over others; those in its folder are given to ytt too."""
    return "#@overlay/" in text and is_ytt(text)


def in_documentation(path: str) -> bool:
    """Whether a file lies in a folder of documentation."""
    return _DOCUMENTATION.search(path) is not None


def is_excerpt(value: Any, path: str) -> bool:
    """Whether a document is what a cluster printed as JSON, or in a folder of documentation, where parts are shown too.

    What a cluster printed has fields that only the server sets; both stand there to be read.
    """
    if value.__class__ is not dict:
        return False
    metadata = value.get("metadata")
    if path.endswith(".json") and "status" in value and metadata.__class__ is dict and "uid" in metadata:
        return True  # as `kubectl get -o json` writes it
    if not in_documentation(path):
        return False
    if metadata.__class__ is not dict:
        return "metadata" not in value
    return not metadata.keys().isdisjoint(_SET_BY_SERVER)


def is_printed(value: Mapping[str, Any]) -> bool:
    """Whether an object, or one of a List, is what a controller made and a cluster printed: a copy of a cluster is kept, not applied.

    Of what people write themselves nothing has an owner that controls it beside the fields that only the server sets.
    """
    items = value.get("items")
    some = items[:_MOST_PRINTED] if items.__class__ is list else [value]
    return any(_is_made_by_controller(one) for one in some)


_MOST_PRINTED = 1_000


def _is_made_by_controller(value: Any) -> bool:
    metadata = value.get("metadata") if value.__class__ is dict else None
    if metadata.__class__ is not dict or not {"uid", "resourceVersion", "creationTimestamp"} <= metadata.keys():
        return False
    owners = metadata.get("ownerReferences")
    return owners.__class__ is list and any(one.__class__ is dict and one.get("controller") is True for one in owners)


_DOCUMENTATION = pattern(r"(?:^|/)(?:docs?|documentation|user-guides?|(?:site|website|book)/(?:content|src|static))/")
_SET_BY_SERVER = frozenset(("uid", "resourceVersion", "generation", "selfLink", "managedFields"))


def _outside_of_texts(text: str) -> Iterator[str]:
    """The lines of a YAML text that may not be readable, without those of block scalars."""
    inside = -1
    for line in text.splitlines():
        bare = line.lstrip(" ")
        if inside >= 0 and (not bare or len(line) - len(bare) > inside):
            continue
        inside = -1
        yield line
        if line.rstrip().endswith(("|", ">", "|-", ">-", "|+", ">+")) and bare[0] != "#":
            inside = len(line) - len(bare)


def other_than_manifest(value: Any, path: str = "") -> str | None:
    """Why a document that can be read is no object for the API server, apiVersion or not; None: it is one.

    A few lookups; ask it of every document.
    """
    if value.__class__ is not dict:
        return None
    if is_encrypted(value):
        return ENCRYPTED
    api = value.get("apiVersion")
    if api.__class__ is not str:
        if "resources" in value or "patches" in value or "components" in value:
            return KUSTOMIZATION if is_kustomization(path, value) else None
        return None
    if "kind" not in value:
        if api == "v1" and "baseDomain" in value and "platform" in value:
            return TOOL  # the settings of OpenShift's installer
        return CHART if api in ("v1", "v2") and path.rpartition("/")[2] == "Chart.yaml" and "version" in value else None
    if api == OF_KUSTOMIZE:
        return TOOL
    if "metadata" in value or _is_list(value):
        return KUSTOMIZATION if is_kustomization(path, value) else None
    # Without any metadata it is for a program that reads files, if its group is not one of the API server's.
    group = api.rpartition("/")[0]
    if group == "kustomize.config.k8s.io":
        return KUSTOMIZATION
    if group in _TOOL_GROUPS or group.endswith(".config.k8s.io") or (api, value["kind"]) == ("v1", "Config"):
        return TOOL
    if "." in group and not group.endswith(".k8s.io"):
        return TOOL
    return None


def _is_list(value: Mapping[str, Any]) -> bool:
    """Whether a document is a list of objects, such as `kubectl get` writes: each of its items is sent."""
    items = value.get("items")
    return (
        str(value["kind"]).endswith("List")
        and items.__class__ is list
        and any("metadata" in i for i in items if i.__class__ is dict)
    )


OF_KUSTOMIZE = "builtin"
"""The apiVersion of kustomize's own generators and transformers, where they stand as objects."""
_TOOL_GROUPS = frozenset(
    (
        "audit.k8s.io",
        "client.authentication.k8s.io",
        "descheduler",
        "kubeadm.k8s.io",
        "kind.x-k8s.io",
        "skaffold",
        OF_KUSTOMIZE,
    )
)


def in_chart_templates(path: str, exists: Mapping[str, bool] | None = None) -> bool:
    """Whether a file lies in the templates/ of a Helm chart: a folder with a Chart.yaml.

    `exists` can say for folders whether they are charts; else the file system is asked.
    """
    parts = path.split("/")
    for at, part in enumerate(parts[:-1]):
        if part == "templates":
            folder = "/".join(parts[:at])
            known = exists.get(folder) if exists is not None else None
            if known if known is not None else witness.is_file((folder + "/" if at else "") + "Chart.yaml"):
                return True
    return False


def _has_signs(text: str) -> bool:
    return "{{" in text or "{%" in text or "${" in text or "<%" in text or "<#" in text or "</#" in text or "%{" in text


@functools.lru_cache(maxsize=1)
def _is_balanced(text: str) -> bool:
    """Whether every block of a Go template that opens has an end, or there are so many that it can be nothing else."""
    depth = blocks = 0
    for found in re.finditer(r"\{\{-?\s*(if|range|with|define|block|end)\b", text):
        closes = found.group(1) == "end"
        depth += -1 if closes else 1
        blocks += closes
        if depth < 0:
            return False
    return depth == 0 or blocks >= _MOST_STRAY


def is_encrypted(value: Mapping[str, Any]) -> bool:
    """Whether SOPS wrote the document: its own block at the root, with a checksum or a version."""
    own = value.get("sops")
    return own.__class__ is dict and ("mac" in own or "lastmodified" in own or "version" in own)
