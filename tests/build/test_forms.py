"""Values that somebody is to write first, parts of objects, and what is kept from earlier: told only where a person may mean them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from kubetrial.lint.command import forms
from kubetrial.lint.finding import Category, Finding, Position, Range

from tests.build.test_as_it_stands import DEFINITION, definition
from tests.manifests import DEPLOYMENT
from tests.repositories import findings_in

Check = Callable[..., list[tuple[str, str, int]]]
OLD_BUDGET = "apiVersion: policy/v1beta1\nkind: PodDisruptionBudget\nmetadata: {name: a}\nspec: {minAvailable: 1}\n"


@pytest.fixture
def check(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Check:
    """Write files and check them, or the paths that are named: (rule, file, line) of what is refused."""

    def run(files: dict[str, str], *paths: str) -> list[tuple[str, str, int]]:
        findings = findings_in(tmp_path, files, paths or (".",), monkeypatch, capsys)
        return [(f["rule"], f["file"], f["range"]["start"]["line"]) for f in findings if f["category"] == "rejected"]

    return run


PORTED = DEPLOYMENT + "        ports:\n        - containerPort: "


@pytest.mark.parametrize(
    ("script", "value", "told"),
    [
        ('sed "s/replace_port/$PORT/g" "$folder/$name" | kubectl apply -f -\n', "replace_port", False),
        ('for f in *.yaml; do sed "s/webport/80/" $f; done\n', "webport", False),
        ('for f in *.yaml; do sed "s/webport/80/" $f; done\n', "webports", True),
        ('cat web.yaml | sed "s/webport/80/" | kubectl apply -f -\n', "webport", False),  # after `cd deploy`
        ('sed -i "s/webport/80/" other.yaml\n', "webport", True),
        ('sed -i "s/true/false/" "$1"\n', "true", True),
        ('decode | sed "s/containerPort: -123/containerPort: $PORT/" | kubectl apply -f -\n', "-123", False),
        ('decode | sed "s/containerPort: -123/containerPort: $PORT/" | kubectl apply -f -\n', "-12", True),
        ('decode | sed "s/hostPort: -123/hostPort: $PORT/" | kubectl apply -f -\n', "-123", True),
        ('sed -i "s/__Port__/80/" "$1"\n', "a__Port__", False),
    ],
)
def test_a_script_may_be_given_the_file_by_a_variable(check: Check, script: str, value: str, told: bool) -> None:
    """What it replaces has to be the whole value then, or a mark in it."""
    found = check({"deploy/web.yaml": PORTED + value + "\n", "run.sh": script})
    rule = "value-out-of-range" if value.startswith("-") else "value-wrong-type"
    assert found == ([(rule, "deploy/web.yaml", 13)] if told else [])
    assert check({}, "deploy/web.yaml") == [(rule, "deploy/web.yaml", 13)]


BINDING = """\
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: {name: a}
spec:
  validationActions: [Deny]
  policyName: """


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("NAME", False),  # the name of the field
        ("POLICY_NAME", False),
        ("your_policy", False),
        ("replace_policy", False),
        ("xxx_policy", False),
        ("~~policy~~", False),
        ("'!Policy!'", False),
        ("(policy)", False),
        ("'<policy/>'", False),
        ("'$1'", False),
        ("'{{ policy'", False),
        ("'%s'", False),
        ("'...'", False),
        ("'----'", False),
        ("web|shop", False),
        ("web***", False),
        ("put_policy_here", False),
        ("fill_me", False),
        ("to_be_replaced", False),
        ("REDACTED", False),
        ("STRING", False),
        ("string_a", True),
        ("_policy_", True),
        ("-policy-", True),
        ("'web,shop'", True),
        ("some_policy", True),
        ("the name of the policy", False),
        ("WEB", True),
        ("Web-Policy", True),
        ("web_policy", True),
        ("web policy", True),
        ("todo_policy", True),
        ("replaced-By", True),
    ],
)
def test_a_value_that_says_what_belongs_there(check: Check, value: str, told: bool) -> None:
    found = check({"deploy/web.yaml": BINDING + value + "\n"})
    assert found == ([("value-malformed", "deploy/web.yaml", 6)] if told else [])


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("containerPort", False),
        ("container-port-number", False),
        ("int32", False),
        ("http", True),
        ("1PORT", True),
        ("eighty", True),
    ],
)
def test_the_name_of_a_field_is_no_value_of_it(check: Check, value: str, told: bool) -> None:
    found = check({"deploy/web.yaml": PORTED + value + "\n"})
    assert found == ([("value-wrong-type", "deploy/web.yaml", 13)] if told else [])


def test_a_file_with_several_blanks_is_a_form(check: Check) -> None:
    """Its other values are part of it; a field that is none stays none."""
    form = "apiVersion: v1\nkind: Service\nmetadata:\n  name: your name\nspec:\n  prots: []\n  ports:\n"
    ports = [
        f"  - name: a{one}\n    port: {value}\n" for one, value in enumerate(("your port", "replace_port", "a few"))
    ]
    assert check({"deploy/web.yaml": form + "".join(ports)}) == [("field-unknown", "deploy/web.yaml", 6)]
    assert len(check({"deploy/web.yaml": form + "".join(ports[2:])})) == 2


AUTOSCALER = "apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: {name: a}\nspec:\n"


@pytest.mark.parametrize(
    ("spec", "told"),
    [
        ("  minReplicas: 2\n", 0),  # all that this part changes
        ("  minReplicas: 2\n  maxReplicas: 5\n", 1),
        ("  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: a}\n", 1),
        ("  maxReplica: 5\n", 3),  # what is missing may be that
    ],
)
def test_an_object_that_lacks_one_thing_is_a_slip_and_two_a_part(check: Check, spec: str, told: int) -> None:
    assert len(check({"deploy/web.yaml": AUTOSCALER + spec})) == told
    assert check({}, "deploy/web.yaml")


@pytest.mark.parametrize(
    ("spec", "told"),
    [
        ("  template: {spec: {nodeSelector: {a: b}}}\n", 0),
        (
            "  selector: {matchLabels: {a: b}}\n  template: {metadata: {labels: {a: b}}, spec: {nodeSelector: {a: b}}}\n",
            1,
        ),
        ("  template: {metadata: {labels: {a: b}}, spec: {containers: [{name: a, image: a}]}}\n", 1),
        (
            "  template: {metadata: {labels: {a: b}}, spec: {containers: [{image: a}, {name: b, image: a, env: [{value: a}]}]}}\n",
            3,
        ),
    ],
)
def test_a_workload_that_lacks_containers_too_is_a_part(check: Check, spec: str, told: int) -> None:
    text = f"apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: a}}\nspec:\n{spec}"
    assert len(check({"deploy/web.yaml": text})) == told


def test_what_lacks_the_same_in_several_files_is_shown_in_parts(check: Check) -> None:
    boat = "apiVersion: example.com/v1\nkind: Boat\nmetadata: {name: NAME}\nspec: {sail: a}\n"
    files = {f"boats/{one}.yaml": boat.replace("NAME", "same") for one in "abc"} | {"crds/boat.yaml": DEFINITION}
    assert check(files) == []
    other = {f"boats/{one}.yaml": boat.replace("NAME", f"boat-{one}") for one in "abc"}
    assert [file for _, file, _ in check(other)] == sorted(other)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("config/bases/boats.yaml", "chart/crds/boat.yaml", False),
        ("boats.yaml", None, True),
    ],
)
def test_a_definition_that_stands_in_a_newer_version_elsewhere(
    check: Check, old: str, new: str | None, told: bool
) -> None:
    older = DEFINITION.replace("apiextensions.k8s.io/v1", "apiextensions.k8s.io/v1beta1")
    found = check({old: older} | ({new: DEFINITION} if new else {}))
    assert ("api-removed" in {rule for rule, _, _ in found}) is told


@pytest.mark.parametrize(
    ("file", "told"),
    [("install/budget-1.20.yaml", False), ("docs/v1_2_full/budget.yaml", False), ("web/budget.yaml", True)],
)
def test_an_object_below_the_number_of_a_release_that_stands_elsewhere_in_a_newer_version(
    check: Check, file: str, told: bool
) -> None:
    found = check({file: OLD_BUDGET, "shop/now.yaml": OLD_BUDGET.replace("v1beta1", "v1")})
    assert found == ([("api-removed", file, 1)] if told else [])


@pytest.mark.parametrize(
    ("comment", "told"),
    [
        ("# This works with older versions of Kubernetes", False),
        ("# for clusters on k8s < 1.21", False),
        ("# k8s older than 1.21\n---", False),
        ("# for versions before 1.21 use policy/v1alpha1", True),
        ("# for our shop", True),
    ],
)
def test_a_version_whose_comment_says_what_it_is_for(check: Check, comment: str, told: bool) -> None:
    text = f"{comment}\n{OLD_BUDGET}"
    found = check({"web/budget.yaml": text})
    assert [rule for rule, _, _ in found] == (["api-removed"] if told else [])
    beside = check({"web/budget.yaml": f"{text}---\n{OLD_BUDGET.replace('name: a', 'name: b')}"})
    assert len(beside) == (2 if told else 0)  # it is said of what follows too


def test_what_is_broken_among_exercises_in_finding_mistakes(check: Check) -> None:
    wrong = DEPLOYMENT + "  typo: 1\n"
    assert check({"labs/k8s-troubleshooting-exercises/one/web.yaml": wrong}) == []
    assert check({"labs/troubleshooting.yaml": wrong}) == [("field-unknown", "labs/troubleshooting.yaml", 12)]
    old = check({"labs/troubleshooting/two.yaml": OLD_BUDGET})
    assert ("api-removed", "labs/troubleshooting/two.yaml", 1) in old


@pytest.mark.parametrize(
    ("behind", "told"),
    [
        ("<< the id of the volume", False),
        ("-> yours", False),
        ("The name of the pod", False),
        (", and", True),
        ("b", True),
    ],
)
def test_what_tells_a_reader_something_behind_a_value(check: Check, behind: str, told: bool) -> None:
    text = f'apiVersion: v1\nkind: Pod\nmetadata:\n  name: "a" {behind}\n'
    assert [rule for rule, _, _ in check({"web/pod.yaml": text})] == (["yaml-syntax"] if told else [])


def _blank(value: str, rule: str = "object-name-malformed", path: str = "metadata.name") -> bool:
    """Whether a value behind `name: ` is taken for a blank."""
    line = f"  name: {value}"
    place = Range(Position(1, 9), Position(1, 9 + len(value)))
    finding = Finding(rule, Category.REJECTED, "", "a.yaml", place, path=path)
    return bool(dict(forms.of_forms([finding], lambda _: [line])))


SAYING = (
    "your",
    "replace",
    "placeholder",
    "change",
    "fixme",
    "tbd",
    "xxx",
    "here",
    "goes",
    "fill",
    "update",
    "fix",
    "edit",
    "set",
    "put",
)
ALSO_SAYING = (
    "insert",
    "enter",
    "add",
    "base",
    "same",
    "to",
    "none",
    "redacted",
    "name",
    "string",
    "text",
    "int",
    "bool",
    "number",
)


@given(st.from_regex(r"[A-Z]?[a-z]{2,10}(?:[-_.][A-Z]?[a-z0-9]{2,10}){0,3}[-_.]?", fullmatch=True))
def test_the_words_of_a_name_are_meant(value: str) -> None:
    """However it is written, a name that says nothing of what belongs there is a slip, and told."""
    assume(not any(word in value.lower() for word in (*SAYING, *ALSO_SAYING)))
    assert not _blank(value)


@given(st.text(st.characters(blacklist_characters="\r\n", blacklist_categories=("Cs",)), max_size=200))
def test_any_text_can_be_weighed(value: str) -> None:
    for rule, path in (
        ("value-wrong-type", "spec.ports[0].port"),
        ("value-unsupported", ""),
        ("label-malformed", "[0]"),
    ):
        assert _blank(value, rule, path) in (True, False)


CRONJOB = """\
apiVersion: batch/v1
kind: CronJob
metadata: {name: a}
spec:
  schedule: "@hourly"
  jobTemplate:
    spec:
      template:
        spec:
          restartPolicy: Never
          containers:
          - {name: a, image: "a:1", resources: {limits: {cpu: 1}}}
"""


@pytest.mark.parametrize(
    ("written", "instead"),
    [
        ("@hourly", "@secondly"),
        ("@hourly", "@every"),
        ("name: a}", "name: " + "x" * 60 + "}"),
        ("metadata: {name: a}", 'metadata: "{}"'),
        ("limits: {cpu: 1}", "requests: {CPU: 1}"),
        ("limits: {cpu: 1}", 'limits: "{}"'),
        ("restartPolicy: Never", "restartPolicy: !!binary aGVsbG8="),
        ("name: a}", 'name: a, labels: {a: "(x)"}}'),
    ],
)
def test_a_slip_of_an_unusual_look_is_told(check: Check, written: str, instead: str) -> None:
    assert check({"a.yaml": CRONJOB}) == []
    assert check({"a.yaml": CRONJOB.replace(written, instead, 1)}) != []


@pytest.mark.parametrize(
    "text",
    [
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\nspec: {}\n",
        "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRoleBinding\nmetadata: {name: a}\nroleRef: {}\n",
    ],
)
def test_an_empty_mapping_is_a_slip_and_no_part(check: Check, text: str) -> None:
    assert check({"a.yaml": text}) != []


@pytest.mark.parametrize(("comment", "told"), [("  # what it is for", False), ("", True)])
def test_a_listing_of_all_fields_of_a_kind_is_no_object(check: Check, comment: str, told: bool) -> None:
    fields = "".join(f'  f{at}: ""{comment}\n' for at in range(12))
    boat = f"apiVersion: example.com/v1{comment}\nkind: Boat{comment}\nmetadata: {{name: a}}\nspec:{comment}\n  mast: 1{comment}\n"
    properties = ", ".join(f"f{at}: {{type: string}}" for at in range(12))
    kind = definition("Boat", f"{{type: object, properties: {{mast: {{type: string}}, {properties}}}}}")
    found = check({"docs/boat.yaml": boat + fields, "crds/boat.yaml": kind})
    assert found == ([("value-wrong-type", "docs/boat.yaml", 5)] if told else [])
