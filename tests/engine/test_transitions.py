"""What a change of manifests does to what runs: each transition and the rule that tells it, with the look-alike that is right."""

from __future__ import annotations

import pytest
from kubetrial.lint.engine import Choice, Known, Text, check_texts

_SERVICE = "apiVersion: v1\nkind: Service\nmetadata: {{name: db}}\nspec: {{{}selector: {{app: db}}, ports: [{{port: 5432}}]}}\n"
_TEMPLATE = (
    "  selector: {matchLabels: {app: db}}\n  template:\n    metadata: {labels: {app: db}}\n    spec:\n"
    "      containers: [{name: a, image: 'registry.example.com/db:1'}]\n"
)


def _workload(kind: str, spec: str) -> str:
    return f"apiVersion: apps/v1\nkind: {kind}\nmetadata: {{name: db}}\nspec:\n  {spec}\n{_TEMPLATE}"


def _told(before: str, after: str, minor: int = 37) -> set[str]:
    checked = check_texts(
        [Text("all.yaml", after)],
        choice=Choice(selected=lambda _: True),
        known=Known(complete=True),
        minor=minor,
        older=[Text("all.yaml", before)],
    )
    return {finding.rule for finding in checked.findings}


TRANSITIONS = {
    "an address becomes a name of the outside": (
        _SERVICE.format(""),
        "apiVersion: v1\nkind: Service\nmetadata: {name: db}\nspec: {type: ExternalName, externalName: db.example.com}\n",
        "service-becomes-external",
    ),
    "an address becomes None": (_SERVICE.format(""), _SERVICE.format("clusterIP: None, "), "field-immutable"),
    "None is left out": (_SERVICE.format("clusterIP: None, "), _SERVICE.format(""), "service-stays-headless"),
    "None is left out of a load balancer": (
        _SERVICE.format("clusterIP: None, "),
        _SERVICE.format("type: LoadBalancer, "),
        "field-immutable",
    ),
    "a Deployment is recreated": (
        _workload("Deployment", "replicas: 2"),
        _workload("Deployment", "strategy: {type: Recreate}"),
        "workload-strategy-keeps-default",
    ),
    "a Deployment is recreated, with null": (
        _workload("Deployment", "replicas: 2"),
        _workload("Deployment", "strategy: {type: Recreate, rollingUpdate: null}"),
        "workload-strategy-keeps-default",
    ),
    "a StatefulSet is updated on deletion": (
        _workload("StatefulSet", "serviceName: db"),
        _workload("StatefulSet", "serviceName: db\n  updateStrategy: {type: OnDelete}"),
        "workload-strategy-keeps-default",
    ),
    "replicas are left out": (
        _workload("Deployment", "replicas: 4"),
        _workload("Deployment", "minReadySeconds: 1")
        + "---\napiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: {name: db}\n"
        "spec: {maxReplicas: 9, scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: db}}\n",
        "workload-replicas-dropped",
    ),
    "selector and labels change": (
        _workload("Deployment", "replicas: 4"),
        _workload("Deployment", "replicas: 4").replace("app: db", "app: store"),
        "field-immutable",
    ),
}


@pytest.mark.parametrize(("before", "after", "rule"), TRANSITIONS.values(), ids=TRANSITIONS)
def test_a_transition_is_told(before: str, after: str, rule: str) -> None:
    assert rule in _told(before, after)
    assert rule not in _told(before, before)


def test_the_number_of_revisions_is_fixed_up_to_1_32() -> None:
    before = _workload("StatefulSet", "serviceName: db")
    after = _workload("StatefulSet", "serviceName: db\n  revisionHistoryLimit: 3")
    assert "field-immutable" in _told(before, after, 32)
    assert "field-immutable" not in _told(before, after, 33)
    assert "field-immutable" not in _told(before, after.replace(": 3", ": 10"), 32)


@pytest.mark.parametrize("value", ["OnDelete", "RollingUpdate"])
def test_a_daemonset_may_keep_its_rolling_update(value: str) -> None:
    """ValidateDaemonSetUpdateStrategy does not look at rollingUpdate beside OnDelete."""
    after = _workload("DaemonSet", f"updateStrategy: {{type: {value}}}")
    assert "workload-strategy-keeps-default" not in _told(_workload("DaemonSet", "minReadySeconds: 1"), after)


_OBJECT = "apiVersion: {}\nkind: {}\nmetadata: {{name: one}}\n{}"
_CONTAINER = "{{name: a, image: 'registry.example.com/a:1'{}}}"


def _job(pod: str = "", container: str = "", volumes: str = "") -> str:
    spec = f"restartPolicy: Never, {pod}containers: [{_CONTAINER.format(container)}]{volumes}"
    return _OBJECT.format("batch/v1", "Job", f"spec: {{template: {{spec: {{{spec}}}}}}}\n")


def _volume(source: str) -> str:
    spec = f"capacity: {{storage: 1Gi}}, accessModes: [ReadWriteOnce], {source}"
    return _OBJECT.format("v1", "PersistentVolume", f"spec: {{{spec}}}\n")


_CLASS = _OBJECT.format("storage.k8s.io/v1", "StorageClass", "provisioner: disk.example.com\n%s")
_SECRET = _OBJECT.format("v1", "Secret", "%sstringData: {a: b}\n")
_PRIORITY = _OBJECT.format("scheduling.k8s.io/v1", "PriorityClass", "value: 5\n%s")
_BINDING = _OBJECT.format("rbac.authorization.k8s.io/v1", "RoleBinding", "roleRef: {%skind: Role, name: reader}\n")
_POD = _OBJECT.format("v1", "Pod", f"spec: {{%scontainers: [{_CONTAINER.format('%s')}]}}\n")
_KEYS = "volumes: [{name: k, %s: {%s}}]"

_SET = _OBJECT.format(
    "apps/v1",
    "StatefulSet",
    "spec:\n  selector: {matchLabels: {app: a}}\n  template:\n    metadata: {labels: {app: a}}\n"
    f"    spec: {{containers: [{_CONTAINER.format('')}]}}\n  volumeClaimTemplates: [%s]\n",
)
_TEMPLATE_OF_CLAIM = (
    "metadata: {name: data%s}, spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}"
)

WRITTEN_OUT = {
    "a claim template": (
        _SET % f"{{{_TEMPLATE_OF_CLAIM % ''}}}",
        _SET
        % f"{{apiVersion: v1, kind: PersistentVolumeClaim, {_TEMPLATE_OF_CLAIM % ', creationTimestamp: null'}, status: {{phase: Pending}}}}",
        _SET % f"{{{_TEMPLATE_OF_CLAIM % ', labels: {a: b}'}}}",
    ),
    "a class": (_CLASS % "", _CLASS % "volumeBindingMode: Immediate\nreclaimPolicy: Delete\n",
                _CLASS % "volumeBindingMode: WaitForFirstConsumer\n"),
    "a Secret": (_SECRET % "", _SECRET % "type: Opaque\n", _SECRET % "type: example.com/token\n"),
    "a priority": (_PRIORITY % "", _PRIORITY % "preemptionPolicy: PreemptLowerPriority\n",
                   _PRIORITY % "preemptionPolicy: Never\n"),
    "a binding": (_BINDING % "", _BINDING % "apiGroup: rbac.authorization.k8s.io, ",
                  (_BINDING % "").replace("reader", "writer")),
    "a disk of a node": (_volume("hostPath: {path: /d}"), _volume("hostPath: {path: /d, type: ''}"),
                         _volume("hostPath: {path: /d, type: Directory}")),
    "a share": (_volume("nfs: {server: a, path: /d}"), _volume("nfs: {server: a, path: /d, readOnly: false}"),
                _volume("nfs: {server: a, path: /d, readOnly: true}")),
    "a Job's container": (_job(), _job("hostNetwork: false, ", ", tty: false, terminationMessagePolicy: File"),
                          _job("", ", tty: true")),
    "a Job's probe": (_job("", ", livenessProbe: {httpGet: {port: 80}}"),
                      _job("", ", livenessProbe: {httpGet: {port: 80, path: /, scheme: HTTP}, periodSeconds: 10}"),
                      _job("", ", livenessProbe: {httpGet: {port: 80, scheme: HTTPS}}")),
    "a Job's variable": (_job("", ", env: [{name: A, valueFrom: {fieldRef: {fieldPath: metadata.name}}}]"),
                         _job("", ", env: [{name: A, valueFrom: {fieldRef: {apiVersion: v1, fieldPath: metadata.name}}}]"),
                         _job("", ", env: [{name: A, valueFrom: {fieldRef: {fieldPath: metadata.uid}}}]")),
    "a Job's volume": (_job(volumes=", " + _KEYS % ("secret", "secretName: k")),
                       _job(volumes=", " + _KEYS % ("secret", "secretName: k, defaultMode: 420")),
                       _job(volumes=", " + _KEYS % ("secret", "secretName: k, defaultMode: 256"))),
    "a Job's token": (
        _job(volumes=", " + _KEYS % ("projected", "sources: [{serviceAccountToken: {path: t}}]")),
        _job(volumes=", " + _KEYS % ("projected", "defaultMode: 420, sources: [{serviceAccountToken: {path: t, expirationSeconds: 3600}}]")),
        _job(volumes=", " + _KEYS % ("projected", "sources: [{serviceAccountToken: {path: t, expirationSeconds: 600}}]")),
    ),
    "a Pod": (_POD % ("", ""), _POD % ("restartPolicy: Always, hostPID: false, ", ", terminationMessagePath: /dev/termination-log"),
              _POD % ("restartPolicy: Never, ", "")),
}  # fmt: skip
"""What stands there; the same with its defaults written out; a change."""


@pytest.mark.parametrize(("before", "same", "changed"), WRITTEN_OUT.values(), ids=WRITTEN_OUT)
def test_a_default_that_is_written_out_changes_nothing(before: str, same: str, changed: str) -> None:
    assert "field-immutable" not in _told(before, same)
    assert "field-immutable" not in _told(same, before)
    assert "field-immutable" in _told(before, changed)
