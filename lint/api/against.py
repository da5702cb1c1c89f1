"""`--against`: would the API server take the change from an older state of the manifests to this one?

The older state is a folder, or a git revision of the repository. Objects are the same when group, kind, namespace and name
are; a field that is marked immutable in the catalogue, and a few that may change under conditions only, are compared as the
server compares them: after defaulting, quantities by amount, null and absent alike. Follows the ValidateXUpdate functions of
pkg/apis/*/validation.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from kubetrial.lint.api import compared, defaults
from kubetrial.lint.api.walk import Catalogue
from kubetrial.lint.facts import fixed_fields
from kubetrial.lint.files.text import Text
from kubetrial.lint.objects.views import Object
from kubetrial.lint.yaml.node import Found, Node

RULE = "field-immutable"
_HISTORY_MAY_CHANGE = 33
_ORPHAN = "delete the object with `kubectl delete --cascade=orphan` and create it anew: its pods stay"
_NEW_NAME = "give the object a new name, or delete the old one first"
_WAYS_OUT = {
    "Deployment": "give it a new name, or delete it with `kubectl delete --cascade=orphan` and create it anew: its pods stay",
    "StatefulSet": _ORPHAN,
    "DaemonSet": _ORPHAN,
    "ReplicaSet": _ORPHAN,
    "Job": "give the Job a new name (or use generateName), or delete the old one first",
    "PersistentVolumeClaim": "make a new claim and move the data",
    "ConfigMap": "write a new ConfigMap under another name, and name that one in the pods",
    "Secret": "write a new Secret under another name, and name that one in the pods",
    "RoleBinding": "delete the binding and create it anew",
    "ClusterRoleBinding": "delete the binding and create it anew",
    "Service": "delete the Service and create it anew, or use another name",
}


class AgainstError(Exception):
    """The older state cannot be read."""


def texts(reference: str, paths: Sequence[str]) -> Iterator[Text]:
    """The texts of the older state: of a folder or file, or of what a git revision holds of the paths."""
    if os.path.exists(reference):
        if not os.path.isdir(reference) and not os.path.isfile(reference):
            raise AgainstError("it is no folder and no regular file")
        from kubetrial.lint.files import discover
        from kubetrial.lint.yaml import source

        for file in discover.discover([reference]).files:
            try:
                text = Text(file.path, source.decode(file.read()), reported=False)
            except (OSError, UnicodeError):
                continue
            if file.explicit:
                _must_be_read(text)
            yield text
        return
    yield from _of_revision(reference, [path for path in paths if path != "-"] or ["."])


def _must_be_read(text: Text) -> None:
    """Refuse a file that was named and cannot be read: nothing would be compared with it."""
    from kubetrial.lint.files.template import template_reason
    from kubetrial.lint.yaml import source

    read = source.read(text.name, text.text)
    for _, line, chunk in read.unread:
        if template_reason(chunk, text.name, text.text) is None:
            why = next(
                (problem.message for _, problem in read.problems if problem.rule == "yaml-syntax"), "it is no YAML"
            )
            raise AgainstError(f"the document at line {line + 1} cannot be read: {why}")


def _of_revision(revision: str, paths: Sequence[str]) -> Iterator[Text]:
    """The YAML and JSON files of a git revision; runs git, because the flag asks for it."""
    from kubetrial.lint.files import revision as revisions
    from kubetrial.lint.files.discover import ENDINGS
    from kubetrial.lint.yaml import source

    try:
        for name, data in revisions.files(revision, paths, ENDINGS):
            try:
                yield Text(name, source.decode(data), reported=False)
            except UnicodeError:
                continue
    except revisions.RevisionError as error:
        raise AgainstError(str(error)) from None


def refused(olds: Sequence[Object], news: Sequence[Object], catalogue: Catalogue) -> Iterator[Found]:
    """A finding for each change that the server refuses."""
    before = {_identity(obj): obj for obj in olds if obj["metadata"].get("name")}
    for new in news:
        old = before.get(_identity(new))
        entry = catalogue.kind(new.api_version, new.kind)
        if old is None or entry is None or catalogue.kind(old.api_version, old.kind) is None:
            continue
        yield from _marked(old, new, entry["type"], catalogue)
        yield from _CONDITIONAL.get(new.kind, _nothing)(old, new, catalogue)


def _identity(obj: Object) -> tuple[str, str, str, str]:
    return (obj.group, obj.kind, obj.namespace or "default", obj.name)


def _marked(old: Node, new: Node, type_name: str, catalogue: Catalogue) -> Iterator[Found]:
    """Fields that the catalogue marks as immutable, in the object and in its spec."""
    before, after = _defaulted(old), _defaulted(new)
    for path, code in fixed(type_name, catalogue):
        yield from _compared(before, after, new, path, code, catalogue)


def fixed(type_name: str, catalogue: Catalogue) -> Iterator[tuple[tuple[str, ...], str]]:
    """(path, code of the type) of the fields of a kind that can never change, in the object and in its spec."""
    for field, entry in catalogue.raw(type_name).items():
        code, table = (entry, {}) if entry.__class__ is not list else entry
        if table.get("immutable"):
            yield (field,), code
        elif field == "spec":
            for inner, inner_entry in catalogue.raw(code).items():
                if inner_entry.__class__ is list and inner_entry[1].get("immutable"):
                    yield ("spec", inner), inner_entry[0]


def _compared(
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    new: Node,
    path: tuple[str, ...],
    code: str,
    catalogue: Catalogue,
) -> Iterator[Found]:
    """A finding when the normal forms of a field differ."""
    was, now = before, after
    for key in path:
        was, now = (was or {}).get(key), (now or {}).get(key)  # type: ignore[assignment]
    if normal(was, code, catalogue) != normal(now, code, catalogue):
        yield _said(new.at(*path), f"`{path[-1]}` cannot be changed on an existing {new.get('kind')}")


def _said(node: Node, message: str) -> Found:
    kind = str(node.root.get("kind", ""))
    return node.found(
        message,
        help=_WAYS_OUT.get(kind, _NEW_NAME),
        consequence="the API server refuses the update (field is immutable), and the old object stays as it was",
        key=True,
    ).by(RULE)


def _defaulted(obj: Node) -> Mapping[str, Any]:
    """The object with the defaults of the server, where they matter for comparing."""
    value = compared.top(str(obj.get("kind")), defaults.without_null_items(obj.mapping()))
    written = value.get("spec")
    if not isinstance(written, dict):
        return value
    spec = defaults.spec(str(value.get("kind")), written)
    if "volumeClaimTemplates" in spec:
        spec["volumeClaimTemplates"] = compared.claim_templates(spec["volumeClaimTemplates"])
    return {**value, "spec": spec}


def _spec(obj: Node) -> Mapping[str, Any]:
    """The spec of an object with its defaults; an empty one where it has none."""
    spec = _defaulted(obj).get("spec")
    return spec if isinstance(spec, dict) else {}


def normal(value: Any, code: str, catalogue: Catalogue) -> Any:
    """A value in the form in which equal ones are equal: no nulls or empty parts, quantities as amounts."""
    if value is None or value == "" or value == {} or value == []:
        return None
    if code == "q":
        from kubetrial.lint.values import quantity

        try:
            return quantity.parse(value)
        except quantity.QuantityError:
            return value
    if code[0] == "[" and isinstance(value, list):
        return [normal(item, code[1:], catalogue) for item in value]
    if code[0] == "{" and isinstance(value, dict):
        return {key: normal(item, code[1:], catalogue) for key, item in value.items() if item is not None}
    if "." in code and isinstance(value, dict):
        fields = catalogue.raw(code)
        found = {}
        for key, item in value.items():
            entry = fields.get(key)
            inner = normal(item, entry if entry.__class__ is str else entry[0], catalogue) if entry else item
            if inner is not None:
                found[key] = inner
        return found or None
    return value


def _nothing(old: Object, new: Object, catalogue: Catalogue) -> Iterator[Found]:
    return iter(())


def _job(old: Object, new: Object, catalogue: Catalogue) -> Iterator[Found]:
    """The template (but resources and scheduling while suspended), and completions unless it is Indexed and follows parallelism."""
    before, after = _spec(old), _spec(new)
    if not before or not after:
        return  # a Job without a spec was never applied
    was, now = compared.template(before.get("template")), compared.template(after.get("template"))
    if before.get("suspend"):
        was, now = fixed_fields.without_scheduling(was), fixed_fields.without_scheduling(now)
    if normal(was, "core.v1.PodTemplateSpec", catalogue) != normal(now, "core.v1.PodTemplateSpec", catalogue):
        yield _said(new["spec"]["template"], "the pod template of a Job cannot be changed")
    if not fixed_fields.completions_may_change(before, after):
        yield _said(new["spec"]["completions"], "`completions` of a Job cannot be changed")


def _service(old: Object, new: Object, catalogue: Catalogue) -> Iterator[Found]:
    """The address once it is set: a Service with an address cannot become headless, nor the other way round."""
    before, after = old["spec"], new["spec"]
    if "ExternalName" in (before.get("type"), after.get("type")):
        return
    was, now = before.get("clusterIP", ""), after.get("clusterIP", "")
    if now and now != was:
        yield _said(after["clusterIP"], "`clusterIP` cannot be changed on an existing Service")
    if was == "None" and not now and after.get("type") in ("NodePort", "LoadBalancer"):
        yield _said(
            after["type"],
            f"a headless Service keeps its clusterIP None, and one of type {after.get('type')} needs an address",
        )
    families, wanted = before.get("ipFamilies", []), after.get("ipFamilies", [])
    if families and wanted and families[0] != wanted[0]:
        yield _said(after["ipFamilies"], "the first of `ipFamilies` cannot be changed on an existing Service")
    if before.get("type") == after.get("type") == "LoadBalancer" and before.get("loadBalancerClass") != after.get(
        "loadBalancerClass"
    ):
        yield _said(
            after["loadBalancerClass"], "`loadBalancerClass` cannot be changed while the Service is a LoadBalancer"
        )


def _statefulset(old: Object, new: Object, catalogue: Catalogue) -> Iterator[Found]:
    """The number of revisions, up to 1.32; follows ValidateStatefulSetUpdate."""
    before, after = (_spec(obj).get("revisionHistoryLimit", 10) for obj in (old, new))
    if catalogue.minor < _HISTORY_MAY_CHANGE and before != after:
        yield _said(
            new["spec"]["revisionHistoryLimit"],
            "`revisionHistoryLimit` of a StatefulSet cannot be changed before Kubernetes 1.33",
        )


def _claim(old: Object, new: Object, catalogue: Catalogue) -> Iterator[Found]:
    """Everything but a larger request and the attributes class."""
    code = "core.v1.PersistentVolumeClaimSpec"
    before, after = dict(old["spec"].mapping()), dict(new["spec"].mapping())
    was, now = (
        normal(s.pop("resources", None), "core.v1.VolumeResourceRequirements", catalogue) or {} for s in (before, after)
    )
    for spec in (before, after):
        spec.pop("volumeAttributesClassName", None)
        spec.setdefault("volumeMode", "Filesystem")
    for name in sorted({*before, *after}):
        field = catalogue.raw(code).get(name, "*")
        kind = field if field.__class__ is str else field[0]
        # Storage class and volume are filled in by the cluster when the manifest leaves them out.
        given = before.get(name) is not None or name not in ("storageClassName", "volumeName")
        if given and normal(before.get(name), kind, catalogue) != normal(after.get(name), kind, catalogue):
            yield _said(new["spec"][name], f"`{name}` of a claim cannot be changed")
    asked, wanted = (was.get("requests") or {}).get("storage"), (now.get("requests") or {}).get("storage")
    if asked is not None and wanted is not None and wanted < asked:
        yield _said(new["spec"]["resources"]["requests"]["storage"], "a claim can grow, but not shrink")


def _volume(old: Object, new: Object, catalogue: Catalogue) -> Iterator[Found]:
    """The source of a volume; but a secret for expansion, which may be added."""
    from kubetrial.lint.objects.views import PersistentVolumeSpec

    for source in PersistentVolumeSpec.SOURCES:
        was, now = (compared.source(source, obj["spec"][source].mapping()) for obj in (old, new))
        if source == "csi" and "controllerExpandSecretRef" not in was:
            now = {key: value for key, value in now.items() if key != "controllerExpandSecretRef"}
        if normal(dict(was), "*", catalogue) != normal(dict(now), "*", catalogue):
            yield _said(new["spec"][source], f"the source of a PersistentVolume ({source}) cannot be changed")
            return


def _pod(old: Object, new: Object, catalogue: Catalogue) -> Iterator[Found]:
    """Everything of a pod but images, deadline, grace period and added tolerations; follows ValidatePodUpdate."""
    was, now = (_fixed_of_pod(obj["spec"].value, catalogue) for obj in (old, new))
    for name in sorted({*was, *now}):
        if was.get(name) != now.get(name):
            yield _said(
                new["spec"][name], f"`{name}` of a running Pod cannot be changed, only images and a few other fields"
            )
            return


def _fixed_of_pod(spec: Any, catalogue: Catalogue) -> Mapping[str, Any]:
    """What must stay the same in a pod's spec, in a form in which equal ones are equal."""
    if not isinstance(spec, dict):
        return {}
    out = {key: value for key, value in compared.pod(spec).items() if key not in _MAY_CHANGE}
    for group in ("containers", "initContainers"):
        out[group] = [
            {k: v for k, v in c.items() if k not in ("image", "imagePullPolicy")}
            for c in out.get(group) or ()
            if c.__class__ is dict
        ]
    found = normal(out, "core.v1.PodSpec", catalogue)
    return found if isinstance(found, dict) else {}


_MAY_CHANGE = (
    "activeDeadlineSeconds", "tolerations", "terminationGracePeriodSeconds", "schedulingGates", "nodeSelector", "affinity",
    "nodeName", "serviceAccountName", "serviceAccount",
)  # fmt: skip
"""Of a pod what may change, or what the cluster fills in: nodeSelector and affinity may while scheduling gates stand."""


def _driver(old: Object, new: Object, catalogue: Catalogue) -> Iterator[Found]:
    """Whether a CSIDriver's volumes are attached, and their life; follows ValidateCSIDriverUpdate."""
    for field, default in (("attachRequired", True), ("volumeLifecycleModes", ["Persistent"])):
        if old["spec"].get(field, default) != new["spec"].get(field, default):
            yield _said(new["spec"][field], f"`{field}` of a CSIDriver cannot be changed")


def _frozen_data(old: Object, new: Object, catalogue: Catalogue) -> Iterator[Found]:
    """A ConfigMap or Secret that is immutable: its data, and the mark itself."""
    if old.get("immutable") is not True:
        return
    if new.get("immutable") is not True:
        yield _said(new["immutable"], "`immutable` cannot be taken back")
    for name in ("data", "binaryData", "stringData"):
        if (old.get(name) or None) != (new.get(name) or None):
            yield _said(new[name], f"`{name}` of an immutable {new.kind} cannot be changed")


_CONDITIONAL = {
    "Job": _job,
    "StatefulSet": _statefulset,
    "Service": _service,
    "PersistentVolumeClaim": _claim,
    "ConfigMap": _frozen_data,
    "Secret": _frozen_data,
    "PersistentVolume": _volume,
    "Pod": _pod,
    "CSIDriver": _driver,
}
