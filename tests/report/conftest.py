import contextlib

import pytest
from kubetrial.lint.finding import (
    Category,
    CheckedDocument,
    Edit,
    Finding,
    Fix,
    ObjectRef,
    Position,
    Range,
    Related,
    Result,
    Summary,
)
from kubetrial.lint.report import RuleInfo


def pytest_addoption(parser):
    with contextlib.suppress(ValueError):  # the option of the whole suite, where that is loaded too
        parser.addoption("--update", action="store_true", help="write what the tests see into their .out files")


def at(line, column, end_column, end_line=None):
    return Range(Position(line, column), Position(end_line or line, end_column))


BACKUP = """\
apiVersion: v1
kind: ServiceAccount
metadata: {name: backup, namespace: shop}
---
apiVersion: batch/v1
kind: CronJob
metadata: {name: backup, namespace: shop}
spec:
  schedule: "0 3 * * *"
  startingDeadlineSeconds: 0
  concurrencyPolicy: Allow
"""

# A tab, characters of two cells, a combining accent, and a range of several lines.
WEB = """\
apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: web # 网站\tcafe\u0301
  annotations: {note: "网站\t日本", next: x}
spec:
  serviceName: web-headles
  template:
    spec:
      containers: [{name: a, args: [ARGS]}]
""".replace("ARGS", ", ".join(f"--option-{number}=value" for number in range(40)))

SERVICE = "apiVersion: v1\r\nkind: Service\r\nmetadata:\r\n  name: web-headless\r\n"

CRON = ObjectRef("batch/v1", "CronJob", "shop", "backup")
STATEFUL = ObjectRef("apps/v1", "StatefulSet", "", "web")


@pytest.fixture(scope="session")
def findings():
    long_line = WEB.split("\n")[9]
    here = long_line.index("--option-20") + 1
    return (
        Finding(
            rule="cronjob-never-runs",
            category=Category.BROKEN,
            message="startingDeadlineSeconds 0 means this CronJob never starts a Job",
            consequence="each slot is already past its deadline when it is examined; no event, no Job",
            help="remove the field, or use 200 or more",
            file="deploy/backup.yaml",
            document=1,
            range=at(10, 28, 29),
            object=CRON,
            path="spec.startingDeadlineSeconds",
            trace=("03:00:00  slot 03:00:00 examined", "03:00:00  slot missed: its deadline was 03:00:00"),
            fix=Fix("remove the field", (Edit(at(10, 1, 1, 11), ""),)),
        ),
        Finding(
            rule="job-no-deadline",
            category=Category.RISKY,
            message="concurrencyPolicy Allow without activeDeadlineSeconds: hanging Jobs pile up",
            help="set one, for example:\n\njobTemplate:\n  spec:\n    activeDeadlineSeconds: 3600",
            file="deploy/backup.yaml",
            document=1,
            range=at(11, 22, 27),
            object=CRON,
            path="spec.concurrencyPolicy",
        ),
        Finding(
            rule="service-account-unused",
            category=Category.ADVICE,
            message="no workload uses this ServiceAccount",
            file="deploy/backup.yaml",
            range=at(3, 18, 24),
            object=ObjectRef("v1", "ServiceAccount", "shop", "backup"),
            path="metadata.name",
            suppressed="used by a chart that is not here",
        ),
        Finding(
            rule="yaml-syntax",
            category=Category.REJECTED,
            message="did not find expected ',' or ']'",
            file="deploy/broken & odd, 100%.yaml",
            range=at(2, 7, 8),
        ),
        Finding(
            rule="statefulset-service-missing",
            category=Category.BROKEN,
            message="serviceName web-headles names no Service: did you mean web-headless?",
            consequence="the pods get no names in DNS",
            file="deploy/web.yaml",
            range=at(7, 16, 27),
            object=STATEFUL,
            path="spec.serviceName",
            related=(
                Related("the Service with the nearest name", "deploy/svc.yaml", at(4, 9, 21)),
                Related("a place whose text is not known [1]", "charts/x.yaml", at(1, 1, 2)),
            ),
            fix=Fix("write web-headless", (Edit(at(7, 16, 27), "web-headless"),), "unsafe"),
        ),
        Finding(
            rule="annotation-odd",
            category=Category.ADVICE,
            message='"next" holds [x]: wide text before it, 100% sure',
            file="deploy/web.yaml",
            range=at(5, 26, 30),
            object=STATEFUL,
            path="metadata.annotations[next]",
        ),
        Finding(
            rule="container-arguments-many",
            category=Category.SECURITY,
            message="too many arguments",
            file="deploy/web.yaml",
            range=at(10, here, here + 17),
            object=STATEFUL,
            path="spec.template.spec.containers[0].args[20]",
        ),
        Finding(
            rule="container-arguments-many",
            category=Category.SECURITY,
            message="all of this block",
            file="deploy/web.yaml",
            range=at(6, 1, 5, 10),
            object=STATEFUL,
            path="spec",
        ),
    )


@pytest.fixture(scope="session")
def result(findings):
    return Result(
        findings=findings,
        documents=(
            CheckedDocument("deploy/backup.yaml", 0, ObjectRef("v1", "ServiceAccount", "shop", "backup"), 1),
            CheckedDocument("deploy/backup.yaml", 1, CRON, 5),
            CheckedDocument("deploy/svc.yaml", 0, ObjectRef("v1", "Service", "", "web-headless"), 1),
            CheckedDocument("deploy/web.yaml", 0, STATEFUL, 1),
        ),
        summary=Summary(
            files=5, documents=4, skipped={"Helm template": 1}, errors=3, warnings=3, infos=1, suppressed=1
        ),
        sources={"deploy/backup.yaml": BACKUP, "deploy/web.yaml": WEB, "deploy/svc.yaml": SERVICE},
        notes=("1 Helm template was left alone: render it with helm template",),
    )


@pytest.fixture(scope="session")
def clean():
    document = CheckedDocument("a b/web.yaml", 0, STATEFUL, 1)
    return Result((), (document,), Summary(files=1, documents=1))


@pytest.fixture(scope="session")
def rules():
    return {
        "cronjob-never-runs": RuleInfo(
            name="cronjob-never-runs",
            category="broken",
            summary="A CronJob whose startingDeadlineSeconds is too small never starts a Job",
            manual="# cronjob-never-runs\n\nThe controller looks every 10 seconds.\n",
            url="https://example.org/rules/cronjob-never-runs",
        )
    }
