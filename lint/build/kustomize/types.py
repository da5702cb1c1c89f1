"""The types of a kustomization and of the files that it names, and reading a document as one of them.

Names are taken whatever their case, as encoding/json takes them. Follows api/types.
"""

from __future__ import annotations

from typing import Any

from kubetrial.lint.build.go_numbers import shortest
from kubetrial.lint.build.kustomize.merge import MergeRefused, did_you_mean
from kubetrial.lint.build.kustomize.nodes import LIST, MAPPING, SCALAR, RNode

TEXT, TRUTH, NUMBER, PAIRS, ANYTHING = "text", "true or false", "a whole number", "a mapping of texts", "anything"
Type = Any
"""One of the words above, a dict of fields, or a list of one type for a list of it."""

GVK = dict.fromkeys(("group", "version", "kind"), TEXT)
ID = {**GVK, "name": TEXT, "namespace": TEXT}
SELECTOR = {**ID, "annotationSelector": TEXT, "labelSelector": TEXT}
FIELD_SPEC = {**GVK, "path": TEXT, "create": TRUTH}
METADATA = {"name": TEXT, "namespace": TEXT, "labels": PAIRS, "annotations": PAIRS}
_OPTIONS = {"labels": PAIRS, "annotations": PAIRS, "disableNameSuffixHash": TRUTH, "immutable": TRUTH}
CONFIG_MAP = {
    **dict.fromkeys(("name", "namespace", "behavior", "env"), TEXT),
    **{name: [TEXT] for name in ("literals", "files", "envs")},
    "options": _OPTIONS,
}
SECRET = {**CONFIG_MAP, "type": TEXT}
_FIELD_OPTIONS = {"delimiter": TEXT, "index": NUMBER, "encoding": TEXT, "create": TRUTH}
REPLACEMENT = {
    "source": {**ID, "fieldPath": TEXT, "options": _FIELD_OPTIONS},
    "sourceValue": TEXT,
    "targets": [{"select": SELECTOR, "reject": [SELECTOR], "fieldPaths": [TEXT], "options": _FIELD_OPTIONS}],
}
PATCH = {
    "path": TEXT,
    "patch": TEXT,
    "target": SELECTOR,
    "options": {"allowNameChange": TRUTH, "allowKindChange": TRUTH},
}
IMAGE = dict.fromkeys(("name", "newName", "newTag", "digest", "tagSuffix"), TEXT)
REPLICA = {"name": TEXT, "count": NUMBER}
_LABELS = {
    "pairs": PAIRS,
    **dict.fromkeys(("includeSelectors", "includeTemplates", "includeVolumeClaimTemplates"), TRUTH),
    "fields": [FIELD_SPEC],
}
_VAR = {"name": TEXT, "objref": {**ID, "apiVersion": TEXT}, "fieldref": {"fieldPath": TEXT}}
_GLOBALS = {"chartHome": TEXT, "configHome": TEXT}
CHART = {
    **dict.fromkeys(("name", "version", "repo", "releaseName", "namespace", "valuesFile", "valuesMerge"), TEXT),
    **dict.fromkeys(("kubeVersion", "nameTemplate"), TEXT),
    **{name: [TEXT] for name in ("additionalValuesFiles", "apiVersions")},
    **dict.fromkeys(("includeCRDs", "skipHooks", "skipTests", "debug", "devel"), TRUTH),
    "valuesInline": ANYTHING,
}
_OLD_CHART = {
    **dict.fromkeys(("chartName", "chartVersion", "chartRepoUrl", "chartHome", "chartRepoName", "helmBin"), TEXT),
    **dict.fromkeys(("helmHome", "values", "valuesMerge", "releaseName", "releaseNamespace"), TEXT),
    "valuesLocal": ANYTHING,
    "extraArgs": [TEXT],
}
KUSTOMIZATION: dict[str, Type] = {
    **dict.fromkeys(("apiVersion", "kind", "namePrefix", "nameSuffix", "namespace"), TEXT),
    "metadata": METADATA,
    **dict.fromkeys(("openapi", "commonLabels", "commonAnnotations"), PAIRS),
    "sortOptions": {"order": TEXT, "legacySortOptions": {"orderFirst": [TEXT], "orderLast": [TEXT]}},
    "generatorOptions": _OPTIONS,
    **{name: [TEXT] for name in ("resources", "bases", "components", "crds", "configurations", "generators")},
    **{name: [TEXT] for name in ("transformers", "validators", "buildMetadata", "patchesStrategicMerge")},
    **{name: [PATCH] for name in ("patches", "patchesJson6902")},
    "labels": [_LABELS],
    **{name: [IMAGE] for name in ("images", "imageTags")},
    "replicas": [REPLICA],
    "configMapGenerator": [CONFIG_MAP],
    "secretGenerator": [SECRET],
    "replacements": [{"path": TEXT, **REPLACEMENT}],
    "vars": [_VAR],
    "helmCharts": [CHART],
    "helmGlobals": _GLOBALS,
    "helmChartInflationGenerator": [_OLD_CHART],
}
_SPECS = ("namePrefix", "nameSuffix", "namespace", "labels", "commonLabels", "templateLabels")
CONFIGURATION: dict[str, Type] = {
    **{name: [FIELD_SPEC] for name in _SPECS},
    **{
        name: [FIELD_SPEC]
        for name in ("volumeClaimTemplateLabels", "commonAnnotations", "varReference", "images", "replicas")
    },
    "nameReference": [{**GVK, "fieldSpecs": [FIELD_SPEC]}],
}


def conform(node: RNode, wanted: Type, name: str, where: str, *, strict: bool = True, exact: bool = False) -> None:
    """Give the fields of a document the names of its type; raises Refused for what is of another type.

    `strict`: for fields that the type has not too. `exact`: for numbers where texts stand, as in a kustomization; elsewhere
    they are read as texts.
    """
    if node.is_null() or wanted is ANYTHING:
        return
    if isinstance(wanted, dict):
        _fields(node, wanted, name, where, strict, exact)
    elif isinstance(wanted, list):
        if node.kind is not LIST:
            raise MergeRefused(f"`{name}` is a list", node)
        for item in node.value:
            if item.is_null() and wanted[0] is TEXT:
                item.value = ""
            conform(item, wanted[0], name, f"an entry of `{name}`", strict=strict, exact=exact)
    elif wanted is PAIRS:
        if node.kind is not MAPPING:
            raise MergeRefused(f"`{name}` is a mapping", node)
        for inner in node.value.values():
            _scalar(inner, TEXT, name, exact)
    else:
        _scalar(node, wanted, name, exact)


def _fields(node: RNode, wanted: dict[str, Type], name: str, where: str, strict: bool, exact: bool) -> None:
    if node.kind is not MAPPING:
        raise MergeRefused(f"{where} is a mapping" if where.startswith("an entry") else f"`{name}` is a mapping", node)
    lower = {each.lower(): each for each in wanted}
    for written, inner in list(node.value.items()):
        proper = lower.get(written.lower())
        if proper is None:
            if strict:
                raise _unknown(written, inner, wanted, where)
            continue
        if proper != written:
            node.value[proper] = node.value.pop(written)
        conform(inner, wanted[proper], proper, f"`{proper}`", strict=strict, exact=exact)


def _unknown(name: str, node: RNode, known: dict[str, Type], where: str) -> MergeRefused:
    help = did_you_mean(name, known) or (f"its fields are {', '.join(known)}" if len(known) < 12 else "")
    return MergeRefused(
        f"`{name}` is no field of {where}, so that kustomize refuses to build it", node, help=help, of_key=True
    )


def _scalar(node: RNode, wanted: str, name: str, exact: bool) -> None:
    value = node.value
    if node.is_null():
        return
    if wanted is TEXT:
        if node.kind is SCALAR and not exact:
            node.value = value if isinstance(value, str) else as_text(value)
        elif node.kind is not SCALAR or not isinstance(value, str):
            hint = ", so put it in quotes" if node.kind is SCALAR else ""
            raise MergeRefused(f"`{name}` takes text; `{node.plain()!s:.40}` is read as another type{hint}", node)
        return
    fits = isinstance(value, bool) if wanted is TRUTH else _is_whole(value)
    if node.kind is not SCALAR or not fits:
        raise MergeRefused(
            f"`{name}` takes {wanted}; `{node.plain()!s:.40}` is none, so that kustomize refuses it", node
        )


def as_text(value: object) -> str:
    """A number or boolean as sigs.k8s.io/yaml writes it where a text is wanted."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return shortest(value) if isinstance(value, float) else str(value)


def _is_whole(value: object) -> bool:
    return not isinstance(value, bool) and (isinstance(value, int) or (isinstance(value, float) and value.is_integer()))
