"""The same object at several Kubernetes minors: what each server refuses, and what it drops."""

from __future__ import annotations

import pytest
from kubetrial.lint.engine import Choice, Known, Text, check_texts
from kubetrial.lint.finding import Category

from tests.manifests import definition

POD = "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n  "
CONTAINERS = "containers: [{name: web, image: 'registry.example/web:1'"


def said(text: str, minor: int) -> set[str]:
    """The rules of what is refused, and `field-dropped`."""
    found = check_texts(
        [Text("a.yaml", text)], choice=Choice(selected=lambda entry: True), known=Known(complete=False), minor=minor
    ).findings
    return {f.rule for f in found if f.category is Category.REJECTED or f.rule == "field-dropped"}


SIDECAR = f"{POD}initContainers: [{{name: proxy, image: 'registry.example/p:1', restartPolicy: Always, startupProbe: {{tcpSocket: {{port: 80}}}}}}]\n  {CONTAINERS}}}]\n"
HOST_USERS = f"{POD}hostUsers: false\n  hostPID: true\n  {CONTAINERS}}}]\n"
FILE_KEY = f"{POD}{CONTAINERS}, env: [{{name: K, valueFrom: {{fileKeyRef: {{volumeName: v, path: p, key: k}}}}}}]}}]\n  volumes: [{{name: v, emptyDir: {{}}}}]\n"
IMAGE = f"{POD}{CONTAINERS}}}]\n  volumes: [{{name: v, image: {{reference: 'registry.example/data:1', pullPolicy: always}}}}]\n"
STATEFUL = f"""apiVersion: apps/v1
kind: StatefulSet
metadata: {{name: db}}
spec:
  serviceName: db
  selector: {{matchLabels: {{app: db}}}}
  template:
    metadata: {{labels: {{app: db}}}}
    spec:
      {CONTAINERS}, volumeMounts: [{{name: gone, mountPath: /data}}]}}]
"""
NAMED = STATEFUL.replace("serviceName: db", "serviceName: Db").replace(
    ", volumeMounts: [{name: gone, mountPath: /data}]", ""
)
LONG_PREFIX = (
    f"apiVersion: v1\nkind: ReplicationController\nmetadata: {{generateName: {'a' * 260}}}\nspec:\n"
    f"  selector: {{app: db}}\n  template:\n    metadata: {{labels: {{app: db}}}}\n    spec:\n      {CONTAINERS}}}]\n"
)
"""Since 1.35 only the name that is made of it counts, and that is cut."""
RULE = definition(
    "Pool",
    "{type: object, properties: {min: {type: integer}}, "
    """x-kubernetes-validations: [{rule: "self.min > 0", messageExpression: "'%d'.format([self.min])"}]}""",
)
"""New expressions may use format() from the second minor that has it, so that one step back is possible."""
CRON = """apiVersion: batch/v1
kind: CronJob
metadata: {name: c}
spec:
  schedule: "%s0 3 * * *"
  jobTemplate:
    spec:
      podFailurePolicy: {rules: [{action: Ignore, onPodConditions: [{type: DisruptionTarget%s}]}]}
      template:
        spec:
          restartPolicy: Never
          containers: [{name: c, image: 'registry.example/c:1'}]
"""


@pytest.mark.parametrize(
    ("text", "minor", "rules"),
    [
        (SIDECAR, 28, {"field-dropped", "container-init-with-probes"}),
        (SIDECAR, 29, set()),
        (HOST_USERS, 32, {"field-dropped"}),
        (HOST_USERS, 33, {"pod-host-namespaces-conflict"}),
        (FILE_KEY, 34, {"field-dropped", "env-source-unclear"}),
        (FILE_KEY, 35, set()),
        (IMAGE, 34, {"field-dropped"}),
        (IMAGE, 35, {"value-unsupported"}),
        (STATEFUL, 33, set()),
        (STATEFUL, 34, {"volume-mount-without-volume"}),
        (NAMED, 32, set()),
        (NAMED, 33, {"value-malformed"}),
        (RULE, 29, {"crd-validation-rule-invalid"}),
        (RULE, 30, set()),
        (CRON % ("", ""), 33, {"job-failure-policy-invalid"}),
        (CRON % ("", ""), 34, set()),
        (CRON % ("TZ=UTC ", ", status: 'True'"), 28, set()),
        (LONG_PREFIX, 34, {"object-name-malformed"}),
        (LONG_PREFIX, 35, set()),
        (CRON % ("TZ=UTC ", ", status: 'True'"), 29, {"cronjob-schedule-invalid"}),
    ],
)
def test_answer_of_a_minor(text: str, minor: int, rules: set[str]) -> None:
    assert said(text, minor) == rules


def test_what_is_dropped_beside_it_leaves_the_views_of_rules() -> None:
    """A rule that looks up to its pod finds it, though the server drops another field of the same pod."""
    text = f"{POD}hostUsers: true\n  {CONTAINERS}, securityContext: {{procMount: Unmasked}}, restartPolicyRules: [{{action: Restart}}]}}]\n"
    assert said(text, 34) == {"field-dropped", "security-context-proc-mount-unsupported"}


@pytest.mark.parametrize("minor", [31, 34])
def test_an_image_volume_goes_with_its_mounts(minor: int) -> None:
    mounted = IMAGE.replace("}]\n  volumes", ", volumeMounts: [{name: v, mountPath: /v, subPath: /}]}]\n  volumes")
    assert said(mounted, minor) == {"field-dropped"}
    assert "value-malformed" in said(mounted, 35)


def test_a_job_loses_what_its_cronjob_keeps() -> None:
    job = "kind: Job\nmetadata: {name: j}\nspec: {completionMode: Indexed, completions: 2, maxFailedIndexes: 1, template: {spec: {restartPolicy: Never, containers: [{name: c, image: 'registry.example/c:1'}]}}}\n"
    assert said(f"apiVersion: batch/v1\n{job}", 28) == {"field-dropped"}
    spec = job.split("spec: ", 1)[1].rstrip()
    cron = f"apiVersion: batch/v1\nkind: CronJob\nmetadata: {{name: c}}\nspec: {{schedule: '1 1 * * *', jobTemplate: {{spec: {spec}}}}}\n"
    assert said(cron, 28) == {"job-index-settings-invalid"}
    assert said(f"apiVersion: batch/v1\n{job}", 29) == {"job-index-settings-invalid"}


def test_the_trial_plays_what_is_stored() -> None:
    """Of a Job of a CronJob before 1.31, a success policy is gone when it runs."""
    text = (
        "apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: c}\nspec:\n  schedule: '1 1 * * *'\n  jobTemplate:\n    spec:\n"
        "      completionMode: Indexed\n      completions: 2\n      successPolicy: {rules: [{succeededCount: 1}]}\n"
        "      template: {spec: {restartPolicy: Never, containers: [{name: c, image: 'registry.example/c:1'}]}}\n"
    )
    for minor, stored in ((30, None), (31, {"rules": [{"succeededCount": 1}]})):
        checked = check_texts([Text("a.yaml", text)], minor=minor)
        (obj,) = checked.annotated
        job = checked.walk.cleaned.get(id(obj), obj)["spec"]["jobTemplate"]["spec"]
        assert job.get("successPolicy") == stored


@pytest.mark.parametrize(("minor", "words"), [(28, "no other container starts before this one has ended"), (29, "")])
def test_what_happens_without_a_field_is_said(minor: int, words: str) -> None:
    found = check_texts([Text("a.yaml", SIDECAR)], minor=minor).findings
    assert [f.consequence.partition(": ")[2] for f in found if f.rule == "field-dropped"] == ([words] if words else [])
