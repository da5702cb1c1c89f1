"""What kustomizations say about the files that they list."""

from __future__ import annotations

from textwrap import dedent

from hypothesis import given
from hypothesis import strategies as st
from kubetrial.lint.files.kustomize import Facts, Kustomization, Kustomizations, read
from kubetrial.lint.yaml import source


def kustomization(path: str, text: str) -> Kustomization:
    (document,) = source.read(path, dedent(text)).documents
    found = read(path, document.value)
    assert found is not None
    return found


BASE = kustomization(
    "app/base/kustomization.yaml",
    """\
    resources: [web.yaml, job.yaml]
    configMapGenerator:
    - name: settings
      literals: [a=b]
    secretGenerator:
    - name: login
    - envs: [x]
    """,
)
DEV = kustomization(
    "app/dev/kustomization.yaml",
    """\
    apiVersion: kustomize.config.k8s.io/v1beta1
    kind: Kustomization
    namespace: dev
    namePrefix: dev-
    resources: [../base, extra.yaml]
    patches:
    - path: replicas.yaml
    - patch: "- op: remove"
    patchesStrategicMerge:
    - memory.yaml
    - |
      apiVersion: v1
      kind: X
    patchesJson6902: [{path: image.yaml}]
    components: [../part]
    transformers: [labels.yaml]
    vars: [{name: HOST}]
    """,
)
PART = kustomization("app/part/kustomization.yaml", "kind: Component\nresources: [https://example.com/x.yaml]\n")


def test_patches_and_configuration_are_known_by_path() -> None:
    every = Kustomizations((BASE, DEV))
    assert every.role("app/dev/replicas.yaml") == "kustomize patch"
    assert every.role("app/dev/memory.yaml") == "kustomize patch"
    assert every.role("app/dev/image.yaml") == "kustomize patch"
    assert every.role("app/dev/labels.yaml") == "kustomize configuration"
    assert every.role("app/base/web.yaml") is None
    assert every.role("replicas.yaml") is None


def test_a_patch_that_is_listed_as_a_resource_is_a_manifest() -> None:
    both = kustomization("kustomization.yaml", "resources: [./a.yaml]\npatches: [{path: a.yaml}, {path: b.yaml}]\n")
    every = Kustomizations((both,))
    assert every.role("a.yaml") is None
    assert every.role("b.yaml") == "kustomize patch"


def test_facts_come_from_every_kustomization_above() -> None:
    every = Kustomizations((BASE, DEV, PART))
    facts = every.facts("app/base/web.yaml")
    assert facts.namespaces == {"dev"}
    assert facts.generated == {("ConfigMap", "settings"), ("Secret", "login")}
    assert facts.renamed
    assert facts.patched
    assert facts.remote, "a component takes resources from elsewhere"
    assert facts.variables == {"HOST"}
    assert every.facts("elsewhere.yaml") == Facts()


def test_two_overlays_give_two_namespaces_and_the_outer_one_holds() -> None:
    prod = kustomization("app/prod/kustomization.yaml", "resources: [../base]\nnamespace: prod\n")
    outer = kustomization("all/kustomization.yaml", "resources: [../app/prod]\nnamespace: final\n")
    assert Kustomizations((BASE, DEV, prod)).facts("app/base/web.yaml").namespaces == {"dev", "prod"}
    assert Kustomizations((BASE, prod, outer)).facts("app/base/web.yaml").namespaces == {"final"}


def test_circles_end() -> None:
    one = kustomization("a/kustomization.yaml", "resources: [../b, x.yaml]\nnamespace: n\n")
    two = kustomization("b/kustomization.yaml", "resources: [../a]\n")
    Kustomizations((one, two)).facts("a/x.yaml")


KEYS = """resources bases components patches patchesStrategicMerge patchesJson6902 vars namespace helmCharts
configMapGenerator"""
keys = st.sampled_from(KEYS.split())
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["path", "name", "patch"]), inner),
    max_leaves=8,
)


@given(st.dictionaries(keys, anything, max_size=5))
def test_wrong_types_never_stop_it(value: dict[str, object]) -> None:
    found = read("kustomization.yaml", value)
    assert found is not None
    Kustomizations((found,)).facts("a.yaml")
