"""Inputs for the harness: the fixtures of the tests, changed as values and as texts; each follows from a source of choices alone."""

from __future__ import annotations

import functools
import json
import random
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from kubetrial.lint.yaml import source

TESTS = Path(__file__).resolve().parent.parent
MOST_TEXT = 100_000
MOST_CHOICES = 1_024
"""Bytes of choices that make an input of a guided engine."""
Files = dict[str, bytes]

ATOMS: tuple[Any, ...] = (
    None, True, False, 0, -1, 1, 2**31, 2**63, 10**400, 1.5, -0.0, "", " ", "0", "-1", "1e9", "1e400", "NaN", "~", "yes", "<<", "a" * 300,
    "\0", "\x1b[31m", "\u202e", "\ud800", "::add-mask::x", "##vso[x]", "{{ .Values.a }}", "${A}", "../../etc/passwd", "/dev/zero", "100%", "-1%",
    "0x10", "1Gi", "1e3m", "99999999999999999999Gi", "* * * * *", "61 * * * *", "2024-02-30T00:00:00Z", "^(a+)+$", "(", "[z-a]", "1" * 5000,
    [], {}, [[]], [None], {"": None}, {"a": {"b": []}}, [{}], {"$ref": "#"}, {"name": None}, {"name": 1},
)  # fmt: skip
TEXTS = (
    "---\n", "\n---", "&a ", "*a", "!!binary ", "!!python/object:os.system ", "<<: *a\n", "? ", "|\n", ">-\n", "\t", "\r", "\ufeff", "\0",
    "{{ ", " }}", "{{- include \"a\" . }}", "{{ range until 1000000000 }}", "{{ repeat 100000000 \"a\" }}", "%YAML 1.1\n", "#", "'", '"',
    "[" * 200, "{" * 200, "- " * 100, "a: " * 50, "\U0001f600", "\x85", "$(", "kind: List\nitems:\n", "# kubetrial: ignore[*] x\n",
)  # fmt: skip
_KEYS = ("name", "spec", "a", "", "items", "metadata", "template", "<<", "$patch", "0")


class Choices(random.Random):
    """Choices that the bytes of a coverage-guided engine make; zeros where they are used up."""

    def __init__(self, data: bytes) -> None:
        super().__init__(0)
        self._data, self._at = data, 0

    def getrandbits(self, k: int, /) -> int:
        """So many bits of the bytes."""
        size = (k + 7) // 8
        part = self._data[self._at : self._at + size]
        self._at += size
        return int.from_bytes(part.ljust(size, b"\0"), "little") & ((1 << k) - 1)

    def random(self) -> float:
        """A number below 1 from two of the bytes."""
        return self.getrandbits(16) / 65536


# --- seeds --------------------------------------------------------------------------------------------------------------------


@functools.cache
def seeds(pattern: str, most: int = 20_000) -> tuple[Path, ...]:
    """The fixtures of a pattern that are not too large."""
    return tuple(sorted(path for path in TESTS.glob(pattern) if path.is_file() and path.stat().st_size < most))


@functools.cache
def folders(pattern: str, above: int = 1, most: int = 20_000) -> tuple[Mapping[str, bytes], ...]:
    """The files of each folder that lies so many steps above a file of the pattern."""
    found = []
    for marker in sorted(TESTS.glob(pattern)):
        top = marker.parents[above - 1]
        files = [path for path in sorted(top.rglob("*")) if path.is_file() and path.stat().st_size < most]
        found.append({str(path.relative_to(top)): path.read_bytes() for path in files[:40]})
    return tuple(found)


def values(text: str) -> list[Any]:
    """What the documents of a text hold."""
    return [document.value for document in source.read("", text).documents]


@functools.cache
def objects() -> tuple[tuple[str, ...], ...]:
    """The small objects of each fixture of the rules, as JSON."""
    found = []
    for path in seeds("rules/*.yaml"):
        texts = [json.dumps(value) for value in values(path.read_text(encoding="utf-8")) if isinstance(value, dict)]
        small = tuple(text for text in texts if len(text) < 1_500)
        if small:
            found.append(small)
    return tuple(found)


@functools.cache
def _known() -> tuple[dict[str, list[Any]], dict[str, list[tuple[str, Any]]]]:
    """What stands under a key in the fixtures, and what entries the mappings under it have."""
    under: dict[str, dict[str, Any]] = {}
    inside: dict[str, dict[str, tuple[str, Any]]] = {}
    for group in objects():
        for text in group:
            pending: list[tuple[str, Any]] = [("", json.loads(text))]
            while pending:
                key, value = pending.pop()
                if len(written := json.dumps(value)) < 400:
                    under.setdefault(key, {})[written] = value
                if isinstance(value, list):
                    pending += [(key, item) for item in value]
                elif isinstance(value, dict):
                    pending += value.items()
                    for name, one in value.items():
                        if len(one_written := json.dumps(one)) < 400:
                            inside.setdefault(key, {})[f"{name}={one_written}"] = (name, one)
    return {key: list(one.values()) for key, one in under.items()}, {
        key: list(one.values()) for key, one in inside.items()
    }


# --- changes ------------------------------------------------------------------------------------------------------------------


def _spots(value: Any) -> list[tuple[Any, Any, str]]:
    """(holder, key, name of the field) of everything in a value."""
    found: list[tuple[Any, Any, str]] = []
    pending = [(value, "")]
    while pending:
        holder, under = pending.pop()
        keys = list(holder) if isinstance(holder, dict) else range(len(holder)) if isinstance(holder, list) else ()
        for key in keys:
            name = key if isinstance(key, str) else under
            found.append((holder, key, name))
            pending.append((holder[key], name))
    return found


def changed(value: Any, rng: random.Random) -> Any:
    """A value with some of its parts changed."""
    text = json.dumps(value)
    for _ in range(rng.choice((0, 1, 1, 1, 2, 3, 8))):
        value = json.loads(text)  # nothing in it is there twice, so that a change changes one place
        spots = _spots(value)
        if not spots:
            return rng.choice(ATOMS)
        _change(*rng.choice(spots), spots, rng)
        written_ = json.dumps(value)
        if len(written_) > MOST_TEXT // 4:
            break  # lists of lists multiply, and it is kubetrial that is to be tried
        text = written_
    return json.loads(text)


def _change(holder: Any, key: Any, name: str, spots: Sequence[tuple[Any, Any, str]], rng: random.Random) -> None:
    what = rng.randrange(11)
    under, inside = _known()
    if what == 0:
        holder[key] = rng.choice(ATOMS)
    elif what == 1:
        del holder[key]
    elif what == 2:
        other, place, _ = rng.choice(spots)
        holder[key] = _copied(other[place])
    elif what == 3:
        holder[key] = [holder[key]] * rng.choice((1, 2, 20))
    elif what == 4:
        holder[key] = {rng.choice(_KEYS): holder[key]}
    elif what == 5 and isinstance(holder, dict):
        holder[str(rng.choice(ATOMS))[:40]] = holder[key]
    elif what == 6 and isinstance(holder, list):
        holder.extend([holder[key]] * rng.choice((1, 30)))
    elif what == 7 and isinstance(holder[key], dict) and inside.get(name):
        more, entry = rng.choice(inside[name])
        holder[key][more] = _copied(entry)
    elif what in (8, 9) and under.get(name):
        holder[key] = _copied(rng.choice(under[name]))
    elif what == 10 and isinstance(holder, dict) and isinstance(holder.get("kind"), str):
        holder["apiVersion"] = rng.choice(_versions().get(holder["kind"], ("v1",)))
    elif isinstance(holder[key], str):
        holder[key] = flipped(holder[key], rng)


@functools.cache
def _versions() -> dict[str, tuple[str, ...]]:
    """The apiVersions that a kind has or had, and some in which there is none of it: what fields an object has, its version says."""
    found: dict[str, set[str]] = {}
    for group in objects():
        for value in map(json.loads, group):
            if isinstance(value.get("kind"), str) and isinstance(value.get("apiVersion"), str):
                group_ = value["apiVersion"].rpartition("/")[0]
                own = {f"{group_}/{version}".lstrip("/") for version in ("v1", "v1beta1", "v1alpha1", "v2", "v2beta2")}
                found.setdefault(value["kind"], set()).update((value["apiVersion"], *own, "extensions/v1beta1"))
    return {kind: tuple(sorted(versions)) for kind, versions in found.items()}


def _copied(value: Any) -> Any:
    return json.loads(json.dumps(value))


def flipped(text: str, rng: random.Random) -> str:
    """A text with some of its letters cut, doubled or replaced."""
    for _ in range(rng.choice((1, 1, 2, 6))):
        at = rng.randrange(len(text) + 1)
        to = min(len(text), at + rng.choice((0, 1, 5, 40)))
        text = text[:at] + rng.choice(("", text[at:to] * 2, rng.choice(TEXTS), chr(rng.randrange(1, 1000)))) + text[to:]
    return text[:MOST_TEXT]


def written(values_: Sequence[Any]) -> str:
    """Values as a stream; JSON is YAML."""
    return "".join(f"---\n{json.dumps(value, indent=number % 2 or None)}\n" for number, value in enumerate(values_))


def encoded(text: str, rng: random.Random) -> bytes:
    """A text as bytes: seldom in another encoding, seldom with bytes that are none."""
    data = text.encode(rng.choice(("utf-8",) * 20 + ("utf-16", "utf-32")), "surrogatepass")
    if rng.random() < 0.03:
        at = rng.randrange(len(data) + 1)
        data = data[:at] + bytes(rng.randrange(256) for _ in range(3)) + data[at:]
    return data[:MOST_TEXT]


# --- small inputs, for what runs in memory --------------------------------------------------------------------------------------


def some_objects(rng: random.Random, most: int = 3) -> list[Any]:
    """Some objects of one fixture, and seldom of two, changed."""
    texts = list(rng.choice(objects()))
    if rng.random() < 0.1:
        texts += rng.choice(objects())
    start = rng.randrange(len(texts))
    return [changed(json.loads(text), rng) for text in texts[start : start + rng.choice((1, 1, 1, 2, most))]]


def small_stream(rng: random.Random) -> Files:
    """Some objects as a stream, seldom changed as a text too."""
    text = written(some_objects(rng))
    if rng.random() < 0.15:
        text = flipped(text, rng)
    return {"a.yaml": encoded(text, rng)}


def small_text(rng: random.Random) -> Files:
    """A part of a fixture as it is written, changed as a text."""
    text = rng.choice(seeds("rules/*.yaml", 4_000)).read_text(encoding="utf-8")
    parts = text.split("\n---")
    at = rng.randrange(len(parts))
    return {"a.yaml": encoded(flipped("\n---".join(parts[at : at + 2]), rng), rng)}


# --- larger ones, for whole commands --------------------------------------------------------------------------------------------


def manifests(rng: random.Random) -> Files:
    """Some objects of the rules' fixtures, changed as values or as text."""
    path = rng.choice(seeds("rules/*.yaml"))
    text = path.read_text(encoding="utf-8")
    if rng.random() < 0.4:
        return {"a.yaml": encoded(flipped(text, rng), rng)}
    found = values(text)
    if rng.random() < 0.3:
        found += values(rng.choice(seeds("rules/*.yaml")).read_text(encoding="utf-8"))
    rng.shuffle(found)
    return {"a.yaml": encoded(written([changed(value, rng) for value in found[: rng.choice((2, 5, 12))]]), rng)}


def mutated(files: Files, rng: random.Random) -> Files:
    """The files of a fixture with some of them changed or gone."""
    for name in rng.sample(sorted(files), min(len(files), rng.choice((1, 1, 2, 3)))):
        text = files[name].decode("utf-8", "replace")
        found = values(text) if name.endswith((".yaml", ".yml")) and "templates" not in name else []
        if found and rng.random() < 0.6:
            files[name] = encoded(written([changed(value, rng) for value in found]), rng)
        else:
            files[name] = encoded(flipped(text, rng), rng)
        if rng.random() < 0.05:
            del files[name]
    return files


def kustomization(rng: random.Random) -> Files:
    """The files of an overlay and its base."""
    return mutated(dict(rng.choice(folders("*/*/base/kustomization.yaml", above=2))), rng)


def chart(rng: random.Random) -> Files:
    """The files of a chart."""
    return mutated(dict(rng.choice(folders("build/**/Chart.yaml"))), rng)


_SETTINGS = """
select = ["all"]
ignore = ["pod-*"]
kubernetes = "1.33"
exclude = ["*a*a*b", "**/x"]
external = ["Secret/*"]
schema-dirs = ["."]
rules-dirs = ["rules"]
extend = "other.toml"
fail-on = "warning"
[cluster]
workers = 3
[rules.container-memory-small]
least = "1Mi"
[[overrides]]
files = ["a*"]
ignore = ["x"]
[[custom]]
name = "own"
kinds = ["*"]
expression = "object.metadata.name.matches('a')"
message = "m"
"""
_OTHER_SETTINGS = ('select = ["all"]', "x = 1", 'extend = ".kubetrial.toml"', "a = [", "")


def settings(rng: random.Random) -> Files:
    """A configuration, and the one that it extends."""
    rows = [row for row in _SETTINGS.strip().split("\n") if rng.random() < 0.7]
    text = "\n".join(rows)
    if rng.random() < 0.8:
        text = flipped(text, rng)
    if rng.random() < 0.3:
        text = text.replace("3", str(rng.choice(ATOMS))[:3000])
    name = rng.choice((".kubetrial.toml", "pyproject.toml"))
    if name == "pyproject.toml":
        text = f"[tool.kubetrial]\n{text}"
    return {name: encoded(text, rng), "other.toml": rng.choice(_OTHER_SETTINGS).encode()}


def configuration(rng: random.Random) -> Files:
    """A configuration beside manifests."""
    return {**manifests(rng), **settings(rng)}


@functools.cache
def _scenarios() -> tuple[tuple[str, tuple[str, ...]], ...]:
    found = []
    for path in sorted(TESTS.glob("trial/scenarios/*/scenario.json")):
        inside = values((path.parent / "manifest.yaml").read_text(encoding="utf-8"))
        found.append((path.read_text(encoding="utf-8"), tuple(map(json.dumps, inside))))
    return tuple(found)


def scenario(rng: random.Random) -> Files:
    """A manifest and a scenario for `run`, both changed as values."""
    text, inside = rng.choice(_scenarios())
    script = changed(json.loads(text), rng)
    if rng.random() < 0.1:
        script = flipped(json.dumps(script), rng)
    objects_ = [changed(json.loads(one), rng) if rng.random() < 0.5 else json.loads(one) for one in inside[:3]]
    return {"a.yaml": encoded(written(objects_), rng), "scenario.json": json.dumps(script).encode()}


SCHEMA: Mapping[str, Any] = {
    "type": "object", "required": ["spec"], "x-kubernetes-preserve-unknown-fields": True,
    "properties": {"spec": {"type": "object", "additionalProperties": {"type": "string", "pattern": "^(a+)+$"}, "$ref": "#/definitions/x"}},
    "definitions": {"x": {"anyOf": [{"minimum": 1}, {"enum": ["a"]}], "oneOf": [{"format": "date-time"}]}},
}  # fmt: skip
THING: Mapping[str, Any] = {
    "apiVersion": "example.com/v1",
    "kind": "Thing",
    "metadata": {"name": "a"},
    "spec": {"a": "aaaaaaaaaaaaaaaaaaaaaaaaa!"},
}
DEFINITION: Mapping[str, Any] = {
    "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition", "metadata": {"name": "things.example.com"},
    "spec": {
        "group": "example.com", "scope": "Namespaced", "names": {"plural": "things", "kind": "Thing"},
        "versions": [{"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": {
            "type": "object", "properties": {"spec": {
                "type": "object", "x-kubernetes-validations": [{"rule": "self.all(x, self.all(y, x.matches('a+')))", "message": "m"}],
                "additionalProperties": {"type": "string", "maxLength": 10},
            }},
        }}}],
    },
}  # fmt: skip


def schemas(rng: random.Random) -> Files:
    """A definition or a schema of a folder, and an object of the kind."""
    return {
        "thing.json": encoded(json.dumps(changed(SCHEMA, rng)), rng),
        "a.yaml": encoded(written([changed(DEFINITION, rng), changed(THING, rng)]), rng),
    }


# --- small trees, for builders --------------------------------------------------------------------------------------------------

_KUSTOMIZATION: Mapping[str, Any] = {
    "apiVersion": "kustomize.config.k8s.io/v1beta1", "kind": "Kustomization", "resources": ["a.yaml"], "namespace": "shop", "namePrefix": "p-",
    "nameSuffix": "-s", "commonLabels": {"app": "web"}, "labels": [{"pairs": {"a": "b"}, "includeSelectors": True, "includeTemplates": True}],
    "commonAnnotations": {"a": "b"}, "images": [{"name": "web", "newName": "shop/web", "newTag": "2"}],
    "replicas": [{"name": "web", "count": 3}],
    "patches": [
        {"path": "p.yaml"}, {"patch": "- {op: replace, path: /metadata/name, value: x}", "target": {"kind": "Deployment", "name": ".*"}},
        {"patch": "[{op: add, path: /spec/template/spec/containers/0/args/-, value: a}, {op: remove, path: /spec/replicas}]",
         "target": {"labelSelector": "app in (web)"}},
    ],
    "patchesStrategicMerge": ["p.yaml"], "patchesJson6902": [{"target": {"version": "v1", "kind": "Pod", "name": "a"}, "path": "j.yaml"}],
    "configMapGenerator": [{"name": "c", "literals": ["a=b"], "files": ["k=p.yaml"], "envs": ["e.env"], "behavior": "create"}],
    "secretGenerator": [{"name": "s", "literals": ["a=b"], "type": "Opaque", "options": {"disableNameSuffixHash": True}}],
    "generatorOptions": {"labels": {"a": "b"}, "immutable": True},
    "replacements": [{"source": {"kind": "Deployment", "fieldPath": "metadata.name", "options": {"delimiter": "-", "index": 0}},
                      "targets": [{"select": {"kind": "Deployment"}, "fieldPaths": ["spec.template.spec.containers.[name=web].image"],
                                   "options": {"create": True}}]}],
    "vars": [{"name": "V", "objref": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"}, "fieldref": {"fieldpath": "metadata.name"}}],
    "components": ["part"], "configurations": ["config.yaml"], "openapi": {"path": "openapi.json"}, "sortOptions": {"order": "legacy"},
    "helmCharts": [{"name": "x", "repo": "https://example.com"}], "buildMetadata": ["originAnnotations"], "bases": ["base"], "crds": ["crd.json"],
}  # fmt: skip
_PATCH = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"}, "spec": {"replicas": None, "template": {"spec": {
    "containers": [{"name": "web", "$patch": "delete"}, {"name": "new", "image": "a:1", "args": ["$(V)"]}], "$setElementOrder/containers": [{"name": "new"}],
}}}}  # fmt: skip


def small_kustomization(rng: random.Random) -> Files:
    """A kustomization with some of all fields, over some objects, with a patch and a component."""
    names = [name for name in _KUSTOMIZATION if rng.random() < 0.2]
    root = {"resources": ["a.yaml"], **{name: _KUSTOMIZATION[name] for name in names}}
    root = changed(root, rng) if rng.random() < 0.5 else root
    patch = _copied(_PATCH)
    inside = some_objects(rng)
    if isinstance(inside[0], dict) and rng.random() < 0.7:
        patch.update({key: inside[0][key] for key in ("apiVersion", "kind", "metadata") if key in inside[0]})
    part = {
        "kind": "Component",
        "apiVersion": "kustomize.config.k8s.io/v1alpha1",
        "namePrefix": "c-",
        "patches": [{"path": "../p.yaml"}],
    }
    files = {
        "kustomization.yaml": encoded(json.dumps(root), rng),
        "a.yaml": encoded(written(inside), rng),
        "p.yaml": json.dumps(changed(patch, rng)).encode(),
        "j.yaml": b"- {op: test, path: /a~1b, value: 1}\n- {op: move, from: /a, path: /b}\n- {op: copy, from: /kind, path: /data}\n",
        "e.env": flipped("A=b\n#x\nB\n", rng).encode("utf-8", "surrogatepass"),
    }
    if "components" in names:
        files["part/kustomization.yaml"] = json.dumps(changed(part, rng)).encode()
    if "bases" in names:
        files["base/kustomization.yaml"] = json.dumps(
            {"resources": [rng.choice(("../a.yaml", "..", "b.yaml", "../base"))]}
        ).encode()
        files["base/b.yaml"] = encoded(written(some_objects(rng, 1)), rng)
    return files


_ACTIONS = (
    "{{ .Values.name }}", "{{ .Release.Name | quote }}", "{{ include \"x.name\" . }}", "{{- toYaml .Values.map | nindent 2 }}",
    "{{ range $k, $v := .Values.map }}{{ $k }}: {{ $v | quote }}\n{{ end }}", "{{ if .Values.on }}a: b\n{{ else }}c: d\n{{ end }}",
    "{{ with .Values.list }}{{ range . }}- {{ . }}\n{{ end }}{{ end }}", "{{ tpl .Values.tpl . }}", "{{ default 3 .Values.none }}",
    "{{ required \"no name\" .Values.name }}", "{{ printf \"%s-%d %v %q %x\" .Values.name 3 .Values.map .Values.name 255 }}",
    "{{ dict \"a\" 1 | toJson }}", "{{ list 1 2 3 | join \",\" }}", "{{ regexReplaceAll \"^(a+)+$\" .Values.name \"${1}b\" }}",
    "{{ .Values.name | upper | trunc 63 | trimSuffix \"-\" | sha256sum | b64enc }}", "{{ lookup \"v1\" \"Secret\" \"a\" \"b\" }}",
    "{{ .Files.Get \"a.txt\" }}", "{{ (.Files.Glob \"*\").AsConfig }}", "{{ semverCompare \">=1.2-0\" .Capabilities.KubeVersion.Version }}",
    "{{ $x := 1 }}{{ $x = add $x 2 }}{{ $x }}", "{{ range until 3 }}{{ . }}{{ break }}{{ end }}", "{{ merge .Values.map (dict \"b\" 2) | toYaml }}",
    "{{ fromYaml .Values.tpl }}", "{{ ternary 1 2 .Values.on }}", "{{ now | date \"2006-01-02\" }}", "{{ fail \"no\" }}", "{{ .Values.map.a.b.c }}",
    "{{ index .Values.list 0 }}", "{{ slice .Values.list 0 1 }}", "{{ define \"y\" }}z{{ end }}{{ template \"y\" . }}", "{{/* c */}}",
    "{{ repeat 3 .Values.name }}", "{{ seq 1 3 }}", "{{ .Values.list | uniq | sortAlpha | first }}", "{{ kindOf .Values.map }}", "{{ genCA \"a\" 1 }}",
    "{{ and .Values.on (or .Values.none (not .Values.on)) (eq .Values.n 1.0) (lt 1 2) }}", "{{ int .Values.n | mul 3 | div 2 | mod 5 }}",
    "{{ toToml .Values.map }}", "{{ urlParse \"http://a/b?c\" }}", "{{ splitList \",\" \"a,b\" }}", "{{ dig \"a\" \"b\" 1 .Values.map }}",
    "{{ mustToPrettyJson .Values }}", "{{ cat 1 \"a\" | snakecase | camelcase | wrap 3 }}", "{{ pluck \"a\" .Values.map }}", "{{ deepCopy .Values.map }}",
    "{{ set .Values.map \"k\" .Values.map }}", "{{ .Values.map | toYaml | indent 100 }}", "{{ range $i, $e := .Values }}{{ $i }}{{ end }}",
)  # fmt: skip
_FRAMES = (
    "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: %s\ndata:\n  a: %s\n",
    "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: %s}\nspec:\n  selector: {matchLabels: {a: b}}\n  template:\n    metadata: {labels: {a: b}}\n"
    "    spec:\n      containers:\n      - name: a\n        image: %s\n",
    "%s\n---\n%s\n",
)
_VALUES = {
    "name": "web",
    "map": {"a": 1, "b": {"c": "d"}},
    "list": ["a", 2, None],
    "on": True,
    "n": 1,
    "tpl": "{{ .Values.name }}: {{ 1 }}",
    "none": None,
}


def template(rng: random.Random) -> Files:
    """A template of some actions, and values."""
    text = rng.choice(_FRAMES) % (rng.choice(_ACTIONS), rng.choice(_ACTIONS)) + rng.choice(("", rng.choice(_ACTIONS)))
    if rng.random() < 0.5:
        text = flipped(text, rng)
    held = changed(_VALUES, rng) if rng.random() < 0.5 else _VALUES
    return {
        "templates/a.yaml": text.encode("utf-8", "surrogatepass"),
        "values.yaml": json.dumps(held).encode(),
        "templates/_helpers.tpl": b'{{ define "x.name" }}{{ .Chart.Name }}-{{ .Release.Name }}{{ end }}',
    }


def small_chart(rng: random.Random) -> Files:
    """A chart of one template, seldom with a schema and a subchart."""
    files = template(rng)
    about = {"apiVersion": "v2", "name": "x", "version": "1.0.0"}
    if rng.random() < 0.2:
        about["dependencies"] = [
            {"name": "sub", "version": "*", "condition": "sub.on", "import-values": ["map"], "alias": "other"}
        ]
        files["charts/sub/Chart.yaml"] = json.dumps(
            changed({"apiVersion": "v2", "name": "sub", "version": "1.0.0"}, rng)
        ).encode()
        files["charts/sub/templates/b.yaml"] = template(rng)["templates/a.yaml"]
    files["Chart.yaml"] = json.dumps(changed(about, rng) if rng.random() < 0.3 else about).encode()
    if rng.random() < 0.1:
        files["values.schema.json"] = json.dumps(changed(SCHEMA, rng)).encode()
    if rng.random() < 0.2:
        files["a.txt"] = files[".helmignore"] = flipped("*.txt\n!/a\n", rng).encode("utf-8", "surrogatepass")
    return files


def edited(rng: random.Random) -> Files:
    """A stream, and the same as it was before some change."""
    found = some_objects(rng)
    return {
        "a.yaml": encoded(written(found), rng),
        "older.yaml": encoded(written([changed(one, rng) for one in found]), rng),
    }


def repository(rng: random.Random) -> Files:
    """A few files of a repository, and bytes that decide what happens to an entry of the cache about it."""
    files = {f"{number}.yaml": small_stream(rng)["a.yaml"] for number in range(rng.choice((1, 2, 4)))}
    files["given.yaml"] = small_stream(rng)["a.yaml"]
    return {**files, "entry": rng.randbytes(3)}


# --- small languages ------------------------------------------------------------------------------------------------------------

EXPRESSIONS = (
    "object.spec.replicas <= 5", "has(self.a) && self.a.b == 'c'", "self.all(x, x.size() < 3 || x.matches('^a+$'))", "self.exists_one(x, x in [1, 2])",
    "object.spec.template.spec.containers.map(c, c.image).filter(i, i.startsWith('a'))", "request.userInfo.groups.exists(g, g == 'a')", "-1 + 2 * 3 % 4 / 5",
    "self.x.orValue(3) == optional.of(1).orValue(2)", "duration('1h').getSeconds() > timestamp('2024-01-01T00:00:00Z').getHours()", "{'a': [1, 2u, 3.0]}['a'][0]",
    "quantity('1Gi').isGreaterThan(quantity('1M'))", "ip('10.0.0.1').family() == 4 && cidr('10.0.0.0/8').containsIP('10.1.1.1')", "a ? b : c", "b'\\xff' + r'\\d'",
    "self.c.all(i, x, x.size() > i)", "self.?a.?b.orValue('x') == self.a.b", "self.d.map(k, k).exists(k, self.c.exists_one(x, x == k))",
    "self.?a[?0].orValue('') != oldSelf.a", "'abc'.split('').join('-').replace('a', 'b', -1).substring(1).indexOf('b') > type(1) == int", "!!true || null == dyn(1)",
    "[1, [2, [3]]].flatten().sort().distinct().sum() == lists.range(3).sum()", "self.transformList(k, v, v + 1).all(i, x, i < x)", "url('http://a/b').getHost() in 'a'",
    "Object{spec: Object.spec{replicas: 3}}", "authorizer.group('').resource('pods').check('get').allowed()", "cel.bind(x, 1, x + x)", "format.dns1123Label().validate('a')",
)  # fmt: skip
PATTERNS = (
    "^(a+)+$", "(a|a)*b", "[a-z0-9]([-a-z0-9]*[a-z0-9])?", "(?i)a{2,5}?", "\\p{Lu}+\\x{10FFFF}", "(?P<n>a)(?:b)\\b$", "[[:alpha:]_-]{1,63}", "a{1000}{1000}", "(((((a*)*)*)*)*)*",
    ".*.*.*.*x", "[^\\d\\s]+|", "\\Qa.b\\E", "(?s-m:.)^\\A\\z", "x{0,1001}", "(a?){50}a{50}",
)  # fmt: skip
WORDS = (
    "1.5Gi", "100m", "0 0 * * 0", "@every 1h", "1h30m0.5s", "2024-01-01T00:00:00.5+01:00", "registry.io:5000/a/b:c@sha256:" + "a" * 64, "10.0.0.0/8", "fe80::1%eth0",
    "app in (a, b), !c, d!=e", "https://user@host:80/p?q#f", "a=1,b.c[0]=2", "a.example.com/name", "25%", "TZ=Europe/Berlin 5 4 * * MON-FRI", "*.example.com", "-----BEGIN CERTIFICATE-----\nMA==\n",
    "**/a/[!b-c]*\\ ", "1.33", "{.spec.a[?(@.b)]}", "kernel.shm*", "# kubetrial: ignore[a, b] c", "$(A)$$(B)", "{{ .a }}", "${A:-b}",
)  # fmt: skip


def language(rng: random.Random) -> Files:
    """A text of one of the small languages, changed."""
    text = rng.choice(rng.choice((EXPRESSIONS, PATTERNS, WORDS)))
    for _ in range(rng.choice((1, 1, 2, 3))):
        other = rng.choice(rng.choice((EXPRESSIONS, PATTERNS, WORDS)))
        what = rng.randrange(4)
        if what == 0:
            text = flipped(text, rng)
        elif what == 1:
            text = f"({text}) {rng.choice(('+', '&&', '==', '|', ',', '?', '.', ' in '))} ({other})"
        elif what == 2:
            at = rng.randrange(len(text) + 1)
            text = text[:at] + other[rng.randrange(len(other)) :] + text[at:]
        else:
            text = text * rng.choice((1, 2, 30))
    return {"text": text[:5_000].encode("utf-8", "surrogatepass")}
