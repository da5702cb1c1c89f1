"""Generators and transformers that are objects of their own (`apiVersion: builtin`), in files or inline.

What kustomize has built in is done here; programs and containers are not run. Follows api/internal/builtins.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator

from kubetrial.lint.build.kustomize import charts, patches, replace, transform, types
from kubetrial.lint.build.kustomize.facts import FieldSpec
from kubetrial.lint.build.kustomize.fields import fresh, split
from kubetrial.lint.build.kustomize.generate import absorb, generate
from kubetrial.lint.build.kustomize.hashes import hash_names
from kubetrial.lint.build.kustomize.merge import MergeRefused
from kubetrial.lint.build.kustomize.nodes import LIST, MAPPING, SCALAR, RNode, inner_text, items_of, made, read, shown
from kubetrial.lint.build.kustomize.paths import lookup
from kubetrial.lint.build.kustomize.reading import Reader
from kubetrial.lint.build.kustomize.resource import Resource, check_selector, make, selected
from kubetrial.lint.build.kustomize.settings import field_spec
from kubetrial.lint.build.kustomize.state import ResAccumulator
from kubetrial.lint.build.origin import Unknown
from kubetrial.lint.yaml.scalars import NotReadable

Do = Callable[[Reader, ResAccumulator, RNode, str], None]
"""What a transformer does: (build, objects, its own object, folder of the kustomization)."""


def configs(run: Reader, root: RNode, name: str, folder: str) -> Iterator[tuple[RNode, Resource]]:
    """The objects that `generators`, `transformers` or `validators` list, each with the entry that names it; inline ones come first."""
    named = []
    for entry in items_of(root, name):
        inline = _inline(run, entry)
        if inline is None:
            named.append(entry)
        for one in inline or ():
            one.file = run.file_name(folder)
            yield entry, one
    for entry in named:
        with run.awaiting(entry):
            yield from ((entry, one) for one in run.taken_in(entry, folder))


def _inline(run: Reader, entry: RNode) -> list[Resource] | None:
    text = str(entry.value or "")
    if not text.strip():
        return []
    if "\n" not in text and ":" not in text:
        return None
    try:
        documents = read(text, inner_text(entry))
        return list(make(documents, run.scopes))
    except (NotReadable, MergeRefused):
        return None


def is_built_in(config: Resource) -> bool:
    """Whether kustomize itself does what an object says."""
    return config.text("apiVersion") == "builtin"


def generators(run: Reader, root: RNode, folder: str, state: ResAccumulator) -> None:
    """What `generators` lists."""
    for entry, config in configs(run, root, "generators", folder):
        kind = config.id.kind
        if not is_built_in(config):
            run.unknown.append(Unknown(f"the generator {kind} is a program, which is not run", entry.origin(), True))
        elif kind in ("ConfigMapGenerator", "SecretGenerator"):
            _generate(run, config, kind, folder, state)
        elif kind == "IAMPolicyGenerator":
            state.append(_account(run, config.root), entry)
        elif kind == "HelmChartInflationGenerator":
            charts.add(run, config.root, config.root, folder, state)
        else:
            raise MergeRefused(f"kustomize has no built-in generator `{kind}`", config.root.get("kind"))


def _generate(run: Reader, config: Resource, kind: str, folder: str, state: ResAccumulator) -> None:
    root = config.root
    is_secret = kind == "SecretGenerator"
    types.conform(root, types.SECRET if is_secret else types.CONFIG_MAP, kind, f"a {kind}", strict=False)
    for name in ("name", "namespace"):
        found = root.at("metadata", name)
        if found is not None and not root.get(name):
            root.value[name] = found
    made_of = "Secret" if is_secret else "ConfigMap"
    new = generate(made_of, root, None, run.load(folder, made_of))
    new.made_by = run.provenance.of_plugin(config.file, config)
    absorb(state, new, root)


def _account(run: Reader, root: RNode) -> Resource:
    """The ServiceAccount of an IAMPolicyGenerator."""

    def text(*path: str) -> str:
        found = root.at(*path)
        return shown(found) if found is not None else ""

    if text("cloud") != "gke":
        raise MergeRefused(f"kustomize knows `cloud: gke` only, not `{text('cloud')}`", root.get("cloud") or root)
    account, project = text("serviceAccount", "name"), text("serviceAccount", "projectId")
    name, namespace = text("kubernetesService", "name"), text("kubernetesService", "namespace")
    metadata = {
        "name": name,
        "annotations": {"iam.gke.io/gcp-service-account": f"{account}@{project}.iam.gserviceaccount.com"},
    }
    if namespace:
        metadata["namespace"] = namespace
    return Resource(made({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": metadata}, root), run.scopes)


def transformers(run: Reader, root: RNode, folder: str, state: ResAccumulator) -> None:
    """What `transformers` lists."""
    for entry, config in configs(run, root, "transformers", folder):
        kind = config.id.kind
        if not is_built_in(config):
            run.unknown.append(Unknown(f"the transformer {kind} is a program, which is not run", entry.origin(), True))
            continue
        do = _TRANSFORMERS.get(kind)
        if do is None:
            raise MergeRefused(f"kustomize has no built-in transformer `{kind}`", config.root.get("kind"))
        do(run, state, config.root, folder)
        state.drop_deleted()
        state.forget()
        run.provenance.changed(state.resources, run.provenance.of_plugin(config.file, config))


def validators(run: Reader, root: RNode, folder: str) -> None:
    """What `validators` lists; they change nothing, and those that are programs are not run."""
    for entry, config in configs(run, root, "validators", folder):
        stops = not is_built_in(config)
        run.unknown.append(Unknown(f"the validator {config.id.kind} is not run", entry.origin(), stops))


def _specs(root: RNode, needed: bool = False) -> list[FieldSpec]:
    found = root.get("fieldSpecs")
    if needed and (found is None or found.is_null()):
        raise MergeRefused("this transformer needs `fieldSpecs`", root)
    for node in items_of(root, "fieldSpecs"):
        types.conform(node, types.FIELD_SPEC, "fieldSpecs", "an entry of `fieldSpecs`", strict=False)
    return [field_spec(node) for node in items_of(root, "fieldSpecs")]


def _conformed(root: RNode, name: str, wanted: types.Type) -> RNode | None:
    found = next((root.value[key] for key in root.value if key.lower() == name.lower()), None)
    if found is not None:
        types.conform(found, wanted, name, f"`{name}`", strict=False)
    return found if found is not None and found.value else None


def _namespace(_run: Reader, state: ResAccumulator, root: RNode, _folder: str) -> None:
    value = _conformed(root.get("metadata") or root, "namespace", types.TEXT)
    if value is None:
        return
    mode, unset = root.get("setRoleBindingSubjects"), root.get("unsetOnly")
    subjects = str(mode.value) if mode is not None and mode.value else "defaultOnly"
    if subjects not in ("defaultOnly", "allServiceAccounts", "none"):
        raise MergeRefused("`setRoleBindingSubjects` is defaultOnly, allServiceAccounts or none", mode)
    only_unset = unset is not None and unset.value is True
    transform.namespace(state.resources, value, _specs(root), subjects, unset_only=only_unset)


def _affix(front: bool) -> Do:
    def do(_run: Reader, state: ResAccumulator, root: RNode, _folder: str) -> None:
        value = _conformed(root, "prefix" if front else "suffix", types.TEXT) or RNode(SCALAR, "")
        transform.affix(state.resources, value, _specs(root, needed=True), front=front)

    return do


def _both(run: Reader, state: ResAccumulator, root: RNode, folder: str) -> None:
    _affix(True)(run, state, root, folder)
    _affix(False)(run, state, root, folder)


def _pairs(name: str) -> Do:
    def do(_run: Reader, state: ResAccumulator, root: RNode, _folder: str) -> None:
        found = _conformed(root, name, types.PAIRS)
        if found is not None:
            transform.pairs(state.resources, found, _specs(root))

    return do


def _image(_run: Reader, state: ResAccumulator, root: RNode, _folder: str) -> None:
    entry = _conformed(root, "imageTag", types.IMAGE)
    if entry is not None:
        transform.Images(state.resources, _specs(root)).change(entry)


def _replicas(_run: Reader, state: ResAccumulator, root: RNode, _folder: str) -> None:
    entry = _conformed(root, "replica", types.REPLICA)
    transform.replicas(state, entry or RNode(MAPPING, {}), _specs(root))


def _replacements(run: Reader, state: ResAccumulator, root: RNode, folder: str) -> None:
    for entry in items_of(root, "replacements"):
        types.conform(entry, {"path": types.TEXT, **types.REPLACEMENT}, "replacements", "a replacement", strict=False)
        replace.entry(run, entry, folder, state)


def _patch(run: Reader, state: ResAccumulator, root: RNode, folder: str) -> None:
    types.conform(root, types.PATCH, "PatchTransformer", "a PatchTransformer", strict=False)
    patches.patch(run, root, folder, state)


def _json(run: Reader, state: ResAccumulator, root: RNode, folder: str) -> None:
    wanted = {"target": types.SELECTOR, "path": types.TEXT, "jsonOp": types.TEXT}
    types.conform(root, wanted, "PatchJson6902Transformer", "a PatchJson6902Transformer", strict=False)
    patches.old_json(run, root, folder, state)


def _strategic(run: Reader, state: ResAccumulator, root: RNode, folder: str) -> None:
    inline = root.get("patches")
    types.conform(root, {"paths": [types.TEXT], "patches": types.TEXT}, "patches", "this transformer", strict=False)
    if not items_of(root, "paths") and (inline is None or not inline.value):
        raise MergeRefused("a PatchStrategicMergeTransformer needs `paths` or `patches`", root)
    patches.strategic(run, items_of(root, "paths"), folder, state)
    if inline is not None and inline.value:
        patches.strategic(run, [inline], folder, state)


def _hash(run: Reader, state: ResAccumulator, _root: RNode, _folder: str) -> None:
    hash_names(run, state)


_TARGET = {"selector": types.SELECTOR, "fieldPath": types.TEXT, "filePathPosition": types.NUMBER}


def _value(run: Reader, state: ResAccumulator, root: RNode, folder: str) -> None:
    """ValueAddTransformer: one value into many fields."""
    given = _conformed(root, "value", types.TEXT)
    value = str(given.value).strip() if given is not None else ""
    source = made(value or posixpath.basename(posixpath.normpath(run.real(folder))), given or root)
    targets = items_of(root, "targets")
    path = root.get("targetFilePath")
    if path is not None and path.value:
        for document in run.documents(run.file(folder, str(path.value), path), path, True)[:1]:
            targets += items_of(document, "targets")
    if not targets:
        raise MergeRefused("a ValueAddTransformer needs at least one target", root)
    for target in targets:
        types.conform(target, _TARGET, "targets", "an entry of `targets`", strict=False)
        check_selector(target.get("selector"))
        field, position, selector = target.get("fieldPath"), target.get("filePathPosition"), target.get("selector")
        if field is None or not field.value:
            raise MergeRefused("`fieldPath` of a target is empty", target)
        chosen = (
            selected(state.present(), selector.plain()) if selector is not None and selector.value else state.resources
        )
        for one in chosen:
            if field.value == "metadata/namespace":
                transform.fill_namespace(one, source, ())
            else:
                at = position.value if position is not None and isinstance(position.value, int) else 0
                _add(one.root, split(str(field.value)), source, at)


def _add(root: RNode, parts: list[str], source: RNode, position: int) -> None:
    node = root
    for part in parts[:-1]:
        inner = node.get(part) if node.kind is MAPPING else lookup(node, [part], source)
        if node.kind is LIST and (inner is None or inner.kind is SCALAR):
            return  # an item that is not there is not made
        if inner is None or inner.kind is SCALAR:
            inner = node.value[part] = fresh(MAPPING, source)
        node = inner
    if node.kind is LIST:
        raise MergeRefused("a ValueAddTransformer writes into fields of mappings only", source)
    old = node.get(parts[-1])
    text = shown(old) if old is not None else ""
    new = made(_inserted(text, position - 1, str(source.value)) if position > 0 else source.value, old or source)
    node.value[parts[-1]] = new.said_by(source, "the value") if old is not None else new


def _inserted(path: str, position: int, part: str) -> str:
    """A path with another part. Follows filesys.InsertPathPart."""
    if path in ("", "/"):
        return path + part
    begin = "/" if path.startswith("/") else ""
    parts = posixpath.normpath(path).strip("/").split("/")
    parts.insert(min(position, len(parts)), part)
    return begin + "/".join(parts)


_TRANSFORMERS: dict[str, Do] = {
    "AnnotationsTransformer": _pairs("annotations"),
    "LabelTransformer": _pairs("labels"),
    "HashTransformer": _hash,
    "ImageTagTransformer": _image,
    "NamespaceTransformer": _namespace,
    "PatchJson6902Transformer": _json,
    "PatchStrategicMergeTransformer": _strategic,
    "PatchTransformer": _patch,
    "PrefixSuffixTransformer": _both,
    "PrefixTransformer": _affix(True),
    "SuffixTransformer": _affix(False),
    "ReplacementTransformer": _replacements,
    "ReplicaCountTransformer": _replicas,
    "ValueAddTransformer": _value,
}
