"""The index of all objects, and what references find in it: held against brute force, and against small sets."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kubetrial.lint.engine import Choice, Known, Text, check_texts
from kubetrial.lint.files.kustomize import Kustomizations, read
from kubetrial.lint.objects import nearness, views
from kubetrial.lint.objects.cluster import Cluster
from kubetrial.lint.objects.references import Reference, resolve
from kubetrial.lint.objects.selections import services_of, workloads_of
from kubetrial.lint.objects.views import LabelSelector, Object, Service, Workload
from kubetrial.lint.yaml.source import read as read_text

NAMESPACES = st.sampled_from(["", "default", "shop", "front"])
LABELS = st.dictionaries(st.sampled_from("abc"), st.sampled_from("xyz"), max_size=3)


def made(value: dict[str, Any], file: str = "all.yaml") -> Object:
    """An object as the engine makes it."""
    api, kind = value["apiVersion"], value["kind"]
    document = read_text(file, "a: 1\n").documents[0]
    group, _, version = api.rpartition("/")
    view = views.of_type(f"{(group or 'core').split('.')[0]}.{version}.{kind}") or Object
    return view(document, None, (), value)  # type: ignore[arg-type]


def named(kind: str, name: str, namespace: str = "", file: str = "all.yaml", **rest: Any) -> Object:
    """An object of the core group with a name and a namespace."""
    metadata = {"name": name, **({"namespace": namespace} if namespace else {})}
    return made({"apiVersion": rest.pop("api", "v1"), "kind": kind, "metadata": metadata, **rest}, file)


def pod(namespace: str, labels: dict[str, str], name: str = "web") -> Object:
    metadata = {"name": name, "labels": labels, **({"namespace": namespace} if namespace else {})}
    return made({"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": {"containers": []}})


def selector(owner: Object, value: dict[str, Any]) -> LabelSelector:
    return LabelSelector(owner.document, owner, "selector", value)


@given(st.lists(st.tuples(NAMESPACES, LABELS), max_size=12), LABELS, NAMESPACES)
def test_selected_by_is_brute_force(
    pods: list[tuple[str, dict[str, str]]], wanted: dict[str, str], namespace: str
) -> None:
    cluster = Cluster([pod(*one) for one in pods], 37)
    brute = [
        w
        for w in cluster.all(Workload)
        if wanted and (w.namespace or "default") == (namespace or "default") and wanted.items() <= w.pod.labels.items()
    ]
    assert cluster.selected_by(wanted, namespace) == brute


@given(st.lists(st.tuples(NAMESPACES, LABELS), max_size=12), LABELS, NAMESPACES)
def test_workloads_of_a_referrer_are_brute_force(
    pods: list[tuple[str, dict[str, str]]], wanted: dict[str, str], namespace: str
) -> None:
    """Where no namespace is written, that of the command line holds: it may be any."""
    cluster = Cluster([pod(*one) for one in pods], 37)
    owner = named("Service", "web", namespace)
    found = workloads_of(cluster, owner, selector(owner, {"matchLabels": wanted}))
    brute = [
        w
        for w in cluster.all(Workload)
        if (not w.namespace or not namespace or w.namespace == namespace) and wanted.items() <= w.pod.labels.items()
    ]
    assert sorted(map(id, found)) == sorted(map(id, brute))


@given(st.lists(st.tuples(NAMESPACES, LABELS), max_size=8), LABELS, NAMESPACES)
def test_services_by_their_labels_are_brute_force(
    services: list[tuple[str, dict[str, str]]], wanted: dict[str, str], namespace: str
) -> None:
    objects = []
    for space, labels in services:
        objects.append(named("Service", "web", space))
        objects[-1].value["metadata"]["labels"] = labels
    cluster = Cluster(objects, 37)
    owner = named("ConfigMap", "monitor", namespace)
    found = services_of(cluster, owner, selector(owner, {"matchLabels": wanted}))
    brute = [
        s
        for s in cluster.all(Service)
        if (not s.namespace or not namespace or s.namespace == namespace) and wanted.items() <= s.labels.items()
    ]
    assert sorted(map(id, found)) == sorted(map(id, brute))


@given(
    st.lists(st.tuples(st.sampled_from(["a", "b"]), NAMESPACES, st.sampled_from(["x/a.yaml", "x/b.yaml", "y/a.yaml"])))
)
def test_indexes_hold_every_object_once(given_objects: list[tuple[str, str, str]]) -> None:
    objects = [named("Service", name, namespace, file) for name, namespace, file in given_objects]
    cluster = Cluster(objects, 37)
    by_name = [obj for name in ("a", "b") for obj in cluster.named("", "Service", name)]
    by_folder = [obj for folder in ("x", "y") for obj in cluster.in_folder(folder).get(("", "Service"), ())]
    assert sorted(map(id, by_name)) == sorted(map(id, by_folder)) == sorted(map(id, objects))


INGRESS = named("Ingress", "web", "shop", api="networking.k8s.io/v1")


def found(*others: Object, name: str = "web", complete: bool = True, external: tuple[str, ...] = ()) -> Reference:
    cluster = Cluster([INGRESS, *others], 37, complete, external=external)
    return resolve(cluster, INGRESS, "", "Service", name)


def test_a_target_is_found_where_it_is_looked_for() -> None:
    service = named("Service", "web", "shop")
    assert found(service).target is service
    assert found(service).sure


def test_an_object_without_a_namespace_may_be_anywhere() -> None:
    assert found(named("Service", "web")).target is not None


def test_the_same_name_elsewhere_is_said() -> None:
    service = named("Service", "web", "front")
    assert found(service).elsewhere is service
    assert found(service).namespace == "shop"
    assert not found(service, complete=False).fails


def test_a_slip_is_said() -> None:
    service = named("Service", "web", "shop")
    assert found(service, name="webb").close is service


def test_what_nothing_shows_to_be_missing_is_missing_only_where_the_user_says_that_the_set_is_whole() -> None:
    service = named("Service", "web", "shop")
    assert not found(service, name="checkout").fails
    cluster = Cluster([INGRESS, service], 37, True, closed_world=True)
    assert resolve(cluster, INGRESS, "", "Service", "checkout").missing
    cluster = Cluster([INGRESS, service], 37, True, closed_world=True, external=("service/check*",))
    assert not resolve(cluster, INGRESS, "", "Service", "checkout").fails


def test_an_unused_object_of_a_like_name_was_meant() -> None:
    service = named("Service", "shop-front", "shop")
    assert found(service, name="shop-web").unused is service
    assert not found(service, name="checkout").fails
    assert not found(service, named("Service", "shop-back", "shop"), name="shop-web").fails
    other = named("Ingress", "other", "shop", api="networking.k8s.io/v1", spec={"service": "shop-front"})
    assert not found(service, other, name="shop-web").fails


def test_a_copied_object_is_not_elsewhere() -> None:
    service = named("Service", "web", "front")
    service.value["metadata"]["annotations"] = {"reflector.v1.k8s.emberstack.com/reflection-allowed": "true"}
    assert not found(service).fails


@pytest.mark.parametrize("name", ["kubernetes", "kafka-bootstrap", "made", "$(NAME)"])
def test_what_may_be_made_is_not_missing(name: str) -> None:
    maker = named("Kafka", "kafka", "shop", api="kafka.example.com/v1", spec={"service": "made"})
    assert not found(named("Service", "web", "shop"), maker, name=name).fails


def test_the_nearest_of_variants_is_meant() -> None:
    variants = [named("Service", "web", "shop", file) for file in ("a/service.yaml", "b/service.yaml")]
    ingress = named("Ingress", "web", "shop", "b/ingress.yaml", api="networking.k8s.io/v1")
    cluster = Cluster([ingress, *variants], 37, True)
    assert resolve(cluster, ingress, "", "Service", "web").target is variants[1]


def kustomization(path: str, **value: Any) -> Any:
    made_of = read(path, {"apiVersion": "kustomize.config.k8s.io/v1beta1", "kind": "Kustomization", **value})
    assert made_of is not None
    return made_of


def test_kustomizations_move_and_make_objects() -> None:
    ingress = named("Ingress", "web", "", "app/ingress.yaml", api="networking.k8s.io/v1")
    service = named("Service", "web", "", "app/service.yaml")
    one = kustomization(
        "app/kustomization.yaml",
        resources=["ingress.yaml", "service.yaml"],
        namespace="shop",
        configMapGenerator=[{"name": "settings"}],
    )
    cluster = Cluster([ingress, service], 37, True, kustomizations=Kustomizations((one,)))
    assert cluster.namespaces(service) == frozenset(("shop",))
    assert resolve(cluster, ingress, "", "Service", "web").sure
    assert not resolve(cluster, ingress, "", "ConfigMap", "settings").fails


def test_a_kustomization_that_lists_what_is_not_there_is_no_closed_set() -> None:
    ingress = named("Ingress", "web", "shop", "app/ingress.yaml", api="networking.k8s.io/v1")
    service = named("Service", "web", "shop", "app/service.yaml")
    files = frozenset(("app/ingress.yaml", "app/service.yaml"))
    for resources, fails in ((["ingress.yaml", "service.yaml"], True), (["ingress.yaml", "more.yaml"], False)):
        one = kustomization("app/kustomization.yaml", resources=resources)
        cluster = Cluster([ingress, service], 37, True, kustomizations=Kustomizations((one,), files))
        assert resolve(cluster, ingress, "", "Service", "webb").fails is fails


CHART = (
    "apiVersion: v1\nkind: Service\nmetadata:\n  name: {{ .Values.name }}\n{{- if .Values.x }}\nspec: {}\n{{- end }}\n"
)
TWO = """apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: web
spec:
  defaultBackend:
    service:
      name: webb
      port:
        number: 80
---
apiVersion: v1
kind: Service
metadata:
  name: web
spec:
  ports:
    - port: 80
"""


@pytest.mark.parametrize(("beside", "says"), [("", True), (CHART, False)])
def test_templates_beside_may_bring_what_is_missing(beside: str, says: bool) -> None:
    texts = [Text("app/all.yaml", TWO), *([Text("app/more.yaml", beside)] if beside else [])]
    checked = check_texts(texts, choice=Choice(selected=lambda entry: entry.name == "ingress-service-missing"))
    assert [f.rule for f in checked.findings] == ["ingress-service-missing"] * says


def test_only_as_much_work_as_objects() -> None:
    """Twice the objects ask for about twice the names: counted, not timed."""
    asked = []
    for count in (200, 400):
        objects: list[Object] = []
        for n in range(count):
            objects += [
                named("Service", f"s{n}", "shop"),
                named("Ingress", f"i{n}", "shop", api="networking.k8s.io/v1"),
            ]
        cluster = Cluster(objects, 37, True)
        for obj in objects[1::2]:
            resolve(cluster, obj, "", "Service", "gone")
        asked.append(sum(len(near) for near in cluster.once(nearness._known_near).values()))
    assert asked[1] <= 2 * asked[0]


def marked(text: str, word: str) -> list[tuple[int, str]]:
    """(line, rule) of each comment `# word: rule`."""
    lines = enumerate(text.splitlines(), 1)
    return [(number, match[1]) for number, line in lines if (match := re.search(rf"# {word}: (\S+)$", line))]


CLOSED = (Path(__file__).parent / "closed_world.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize("closed", [False, True], ids=["whole set", "closed world"])
def test_in_a_closed_world_what_is_not_there_is_missing(closed: bool) -> None:
    found = check_texts([Text("all.yaml", CLOSED)], known=Known(closed_world=closed)).findings
    places = sorted((f.range.start.line, f.rule) for f in found)
    assert places == (marked(CLOSED, "closed") if closed else [])


def test_external_objects_exist_in_a_closed_world_too() -> None:
    outside = ["secret/*", "configmap/setings", "*class/*", "deployment/operator"]
    found = check_texts([Text("all.yaml", CLOSED)], known=Known(closed_world=True, external=outside)).findings
    assert {f.rule for f in found} == {"service-selects-nothing", "network-policy-peer-selects-nothing"}


@pytest.mark.parametrize(
    ("namespace", "other", "closed", "says"),
    [
        ("shop", "shop/agent-b.yaml", False, True),  # a namespace of its own is no folder of variants
        ("", "shop/agent-b.yaml", False, False),
        ("default", "shop/agent-b.yaml", False, False),
        ("kube-system", "shop/agent-b.yaml", False, False),  # everybody's, and a folder of it often holds a choice
        ("", "shop/agent-b.yaml", True, True),
        ("shop", "elsewhere/agent-b.yaml", False, False),
    ],
)
def test_what_certainly_runs_together(namespace: str, other: str, closed: bool, says: bool) -> None:
    def daemonset(name: str) -> str:
        return f"""apiVersion: apps/v1
kind: DaemonSet
metadata: {{name: {name}, namespace: "{namespace}"}}
spec:
  selector: {{matchLabels: {{app: {name}}}}}
  template:
    metadata: {{labels: {{app: {name}}}}}
    spec:
      containers:
        - name: agent
          image: registry.example/agent:1.0
          ports: [{{containerPort: 9100, hostPort: 9100}}]
"""

    checked = check_texts(
        [Text("shop/agent-a.yaml", daemonset("agent-a")), Text(other, daemonset("agent-b"))],
        choice=Choice(selected=lambda entry: entry.name == "host-port-taken-twice"),
        known=Known(complete=True, closed_world=closed),
        minor=37,
    )
    assert [f.rule for f in checked.findings] == ["host-port-taken-twice"] * says
