"""The walk over a document: what it finds, which rules it notes, and what it leaves alone."""

from __future__ import annotations

import re
from typing import Any

import pytest
from kubetrial.lint.api.walk import Catalogue, check, check_metadata
from kubetrial.lint.engine import Choice, Known, Text, check_texts
from kubetrial.lint.finding import Category
from kubetrial.lint.objects import views
from kubetrial.lint.objects.views import Container, Object
from kubetrial.lint.rule import Entry, Rule
from kubetrial.lint.yaml import source
from kubetrial.lint.yaml.node import Findings, Found
from kubetrial.schemas.minors import NEWEST

from tests.manifests import STATEFULSET

POD = """
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  containers: [{name: web, image: example.com/web:1}]
"""


def walked(text: str, catalogue: Catalogue | None = None) -> tuple[Any, Object]:
    """The outcome of the walk over the one document of a text."""
    catalogue = catalogue or Catalogue()
    document = source.read("manifest.yaml", text).documents[0]
    value = document.value
    entry = catalogue.kind(value["apiVersion"], value["kind"])
    assert entry is not None
    group, _, version = value["apiVersion"].rpartition("/")
    view = views.of_type(f"{(group or 'core').split('.')[0]}.{version}.{value['kind']}") or Object
    root = view(document, None, "", value)
    return check(root, entry["type"], catalogue), root


def said(text: str, minor: int = NEWEST) -> list[tuple[str, str]]:
    """(rule, path) of what the walk finds."""
    found: list[Found] = walked(text, Catalogue(minor))[0].found
    return [(f.rule, f.node.path) for f in found]


def rejected(text: str, minor: int = NEWEST) -> list[tuple[str, str]]:
    """(rule, path) of everything that the API server refuses, rules included."""
    checked = check_texts(
        [Text("m.yaml", text)],
        choice=Choice(selected=lambda e: e.category is Category.REJECTED),
        known=Known(complete=False),
        minor=minor,
    )
    return [(f.rule, f.path) for f in checked.findings]


def test_a_good_object_has_no_findings() -> None:
    assert said(POD) == []


@pytest.mark.parametrize("spec", ["", "spec:", "spec: {}", "spec: {containers: []}", "spec: {containers: }"])
def test_a_pod_without_containers_is_refused(spec: str) -> None:
    found = said(f"apiVersion: v1\nkind: Pod\nmetadata: {{name: web}}\n{spec}\n")
    assert [rule for rule, _ in found] == ["field-missing"]
    assert found[0][1] in ("spec", "spec.containers")


def test_all_mistakes_of_a_document_are_found_in_one_walk() -> None:
    text = POD.replace("image: example.com/web:1", "image: 5, comand: [a], ports: [{containerPort: 0}, {}]")
    assert said(text) == [
        ("value-wrong-type", "spec.containers[0].image"),
        ("field-unknown", "spec.containers[0].comand"),
        ("value-out-of-range", "spec.containers[0].ports[0].containerPort"),
        ("field-missing", "spec.containers[0].ports[1].containerPort"),
    ]


def test_a_null_field_is_an_absent_one_and_a_null_item_an_empty_one() -> None:
    assert said(POD + "  volumes:\n  nodeSelector:\n") == []
    assert said(POD + "  imagePullSecrets: [null]\n") == []
    assert ("field-missing", "spec.volumes[0].name") in said(POD + "  volumes: [null]\n")


def test_bytes_may_be_a_list_of_numbers_and_rules_do_not_see_them() -> None:
    text = "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ndata: {key: %s}\n"
    outcome, root = walked(text % "[1, 2, null]")
    assert outcome.found == []
    assert [node.path for node in outcome.broken] == ["data.key"]
    assert rejected(text % "[1, 2]") == []
    assert rejected(text % "[1, 256]") == [("value-wrong-type", "data.key")]
    assert root.kind == "Secret"


@pytest.mark.parametrize(
    ("kind", "body", "path"),
    [
        (
            "v1/PersistentVolumeClaim",
            "spec: {accessModes: [ReadWriteOnce], resources: {requests: []}}",
            "spec.resources.requests",
        ),
        ("v1/Secret", "type: kubernetes.io/ssh-auth\ndata: 5", "data"),
        ("v1/Service", "spec: {ports: {}}", "spec.ports"),
        ("v1/Service", "spec: {ports: [{port: []}]}", "spec.ports[0].port"),
        ("networking.k8s.io/v1/Ingress", "spec: {rules: a}", "spec.rules"),
    ],
)
def test_a_value_of_a_wrong_type_is_said_once(kind: str, body: str, path: str) -> None:
    """Rules see it as absent, and what they would say of that is no cause of its own."""
    api, _, name = kind.rpartition("/")
    assert rejected(f"apiVersion: {api}\nkind: {name}\nmetadata: {{name: a}}\n{body}\n") == [("value-wrong-type", path)]


# --- what the server reads, and what it only decodes -----------------------------------------------------------------------------


def test_of_a_status_only_the_types_count() -> None:
    assert said(POD + "status: {phase: Dancing, conditions: [{}], containerStatuses: [{restartCount: -1}]}\n") == []
    found = said(POD + "status: {phase: 5, fase: a, conditions: [{type: [a]}]}\n")
    assert sorted(found) == [
        ("field-unknown", "status.fase"),
        ("value-wrong-type", "status.conditions[0].type"),
        ("value-wrong-type", "status.phase"),
    ]


def test_the_status_of_a_node_is_kept_and_so_it_is_checked() -> None:
    text = "apiVersion: v1\nkind: Node\nmetadata: {name: a}\nstatus: {nodeInfo: {swap: {capacity: 0}}}\n"
    assert ("value-out-of-range", "status.nodeInfo.swap.capacity") in said(text)


WITH_CLAIM = f"""{STATEFULSET}\
      volumes:
        - {{name: data, hostPath: {{path: ../x}}}}
        - {{name: data}}
        - {{name: other, hostPath: {{path: ../y}}}}
  volumeClaimTemplates:
    - metadata: {{name: %s}}
      spec: {{accessModes: [ReadWriteOnce], resources: {{requests: {{storage: 1Gi}}}}}}
"""


def test_a_volume_that_a_claim_template_replaces_is_only_decoded() -> None:
    assert rejected(WITH_CLAIM % "data") == [("volume-path-invalid", "spec.template.spec.volumes[2].hostPath.path")]
    assert {path for _, path in rejected(WITH_CLAIM % "cache")} == {
        "spec.template.spec.volumes[0].hostPath.path", "spec.template.spec.volumes[1].name",
        "spec.template.spec.volumes[2].hostPath.path",
    }  # fmt: skip
    wrong = (WITH_CLAIM % "data").replace(
        "{name: data}\n        - {name: other", "{name: data, hostPath: 5}\n        - {name: other"
    )
    assert ("value-wrong-type", "spec.template.spec.volumes[1].hostPath") in rejected(wrong)


@pytest.mark.parametrize("names", ["[a]", "{a: b}", "5", "null"])
def test_claim_templates_with_names_of_a_wrong_type_break_nothing(names: str) -> None:
    assert rejected(WITH_CLAIM % names)


# --- minors ----------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("minor", "addition", "expected"),
    [
        (35, "  hostAliases: [{ip: 010.0.0.1}]\n", []),
        (36, "  hostAliases: [{ip: 010.0.0.1}]\n", ["value-malformed"]),
        (35, "  hostAliases: [{ip: ten}]\n", ["value-malformed"]),
        (35, "  dnsConfig: {nameservers: [010.0.0.1]}\n", []),
        (36, "  dnsConfig: {nameservers: [010.0.0.1]}\n", ["value-malformed"]),
        (32, "  dnsConfig: {searches: [_a.b]}\n", ["pod-dns-incomplete"]),
        (33, "  dnsConfig: {searches: [_a.b]}\n", []),
        (34, "  hostnameOverride: A_b\n", []),
        (35, "  hostnameOverride: A_b\n", ["value-malformed"]),
        (33, "  hostnameOverride: A_b\n", ["field-unknown"]),
        (26, "  schedulingGates: [{name: a b}]\n", []),
        (27, "  schedulingGates: [{name: a b}]\n", ["value-malformed"]),
        (32, "  securityContext: {supplementalGroupsPolicy: Some}\n", []),
        (33, "  securityContext: {supplementalGroupsPolicy: Some}\n", ["value-unsupported"]),
    ],
)
def test_a_minor_has_its_own_answer(minor: int, addition: str, expected: list[str]) -> None:
    assert [rule for rule, _ in rejected(POD + addition, minor)] == expected


@pytest.mark.parametrize(
    ("minor", "found"), [(35, [("value-malformed", "spec.defaultBackend.service.name")]), (36, [])]
)
def test_names_of_services_may_begin_with_a_digit_since_1_36(minor: int, found: list[tuple[str, str]]) -> None:
    text = """
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web}
spec: {defaultBackend: {service: {name: 9web, port: {number: 80}}}}
"""
    assert rejected(text, minor) == found


@pytest.mark.parametrize(("minor", "found"), [(26, [("value-unsupported", "spec.accessModes[0]")]), (27, [])])
def test_access_mode_of_one_pod_came_with_1_27(minor: int, found: list[tuple[str, str]]) -> None:
    text = """
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data}
spec: {accessModes: [ReadWriteOncePod], resources: {requests: {storage: 1Gi}}}
"""
    assert rejected(text, minor) == found


def test_kinds_are_those_that_a_minor_serves() -> None:
    assert Catalogue(25).kind("policy/v1beta1", "PodSecurityPolicy") is None
    assert Catalogue(37).kind("apps/v1", "Deployment") is not None
    assert Catalogue(25).kind("apps/v1beta1", "Deployment") is None
    assert Catalogue(31).kind("networking.k8s.io/v1", "ServiceCIDR") is None
    assert Catalogue(33).kind("networking.k8s.io/v1", "ServiceCIDR") is not None


# --- rules -----------------------------------------------------------------------------------------------------------------------


def _silent(container: Container) -> Findings:
    yield from ()


def test_the_walk_notes_each_node_that_a_rule_visits_as_its_view() -> None:
    entry = Entry("a-rule", Category.REJECTED, ("core.v1.Container",), "", 0, 99)
    rule = Rule(entry, _silent, (Container,), False)
    catalogue = Catalogue(NEWEST, lambda name, telling: (rule,) if name == "core.v1.Container" else ())
    text = POD + "  initContainers: [{name: a}, null]\n"
    visits = walked(text, catalogue)[0].visits
    assert [node.path for _, node in visits] == [
        "spec.containers[0]",
        "spec.initContainers[0]",
        "spec.initContainers[1]",
    ]
    assert all(isinstance(node, Container) and rules == (rule,) for rules, node in visits)


def test_metadata_alone_can_be_walked() -> None:
    document = source.read("m.yaml", "kind: A\nmetadata: {name: 5, labels: {a: b}}\nspec: 7\n").documents[0]
    found = check_metadata(Object(document, None, "", document.value), Catalogue()).found
    assert [(f.rule, f.node.path) for f in found] == [("value-wrong-type", "metadata.name")]


@pytest.mark.parametrize("value", ["{}", "[]", "5", "a", "null", "true"])
@pytest.mark.parametrize("field", ["metadata", "spec", "status"])
@pytest.mark.parametrize(
    "kind", ["v1/Pod", "v1/Service", "apps/v1/StatefulSet", "batch/v1/CronJob", "v1/PersistentVolume"]
)
def test_odd_values_never_break_the_walk_or_a_rule(kind: str, field: str, value: str) -> None:
    api, _, name = kind.rpartition("/")
    found = rejected(f"apiVersion: {api}\nkind: {name}\n{field}: {value}\n")
    assert found
    assert all(re.fullmatch(r"[a-z-]+", rule) and rule != "internal-error" for rule, _ in found)
