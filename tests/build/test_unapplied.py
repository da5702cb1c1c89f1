"""Manifests that nobody applies as they stand, by the evidence of the repository around them; and those that somebody does."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from kubetrial.lint.command import cli
from kubetrial.lint.files import commands, runtime_config

from tests.build.test_as_it_stands import DEFINITION, definition
from tests.counting import instructions
from tests.manifests import DEPLOYMENT
from tests.repositories import findings_in

Check = Callable[..., list[tuple[str, str, int]]]
POLICY = "apiVersion: admissionregistration.k8s.io/v1beta1\nkind: MutatingAdmissionPolicy\nmetadata: {name: a}\n"
BOAT = "apiVersion: example.com/v1\nkind: Boat\nmetadata: {name: a_b}\nspec: {}\n"


@pytest.fixture
def check(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Check:
    """Write files and check them, or the paths that are named: (rule, file, line) of what is refused."""

    def run(files: dict[str, str], *paths: str) -> list[tuple[str, str, int]]:
        findings = findings_in(tmp_path, files, paths or (".",), monkeypatch, capsys)
        return [(f["rule"], f["file"], f["range"]["start"]["line"]) for f in findings if f["category"] == "rejected"]

    return run


@pytest.mark.parametrize(
    ("script", "told"),
    [
        ("sed -i 's/PORT/80/' web.yaml\nkubectl apply -f web.yaml\n", False),
        ("sed -e 's|aPORT|80|' ./web.yaml | kubectl apply -f -\n", False),
        ("sed -i 's/PORT/80/' other.yaml\n", True),
        ("sed -i 's/PORT/80/' README.md other.yaml\nkubectl apply -f web.yaml\n", True),
        ("sed -i 's/PORT/80/' \"$1\"\nkubectl apply -f web.yaml\n", False),
        ("sed -i.bak -e 's/a/b/' -e 's/PORT/80/' ./web.yaml other.yaml\n", False),
        ("sed -i 's/web:1/web:2/' web.yaml\n", True),
        ("kubectl apply -f web.yaml\n", True),
    ],
)
def test_what_a_script_writes_first_is_not_judged(check: Check, script: str, told: bool) -> None:
    web = DEPLOYMENT + "        ports: [{containerPort: \n            aPORT}]\n"
    found = [("value-wrong-type", "deploy/web.yaml", 13)]
    assert check({"deploy/web.yaml": web, "deploy/run.sh": script}) == (found if told else [])
    assert check({}, "deploy/web.yaml") == found  # what is named is judged


def test_a_program_that_replaces_a_text_writes_it(check: Check) -> None:
    web = DEPLOYMENT + "        ports: [{containerPort: \n            aPORT}]\n"
    program = "text = open('deploy/web.yaml').read().replace('aPORT', str(port))\n"
    assert check({"deploy/web.yaml": web, "apply.py": program}) == []


@pytest.mark.parametrize(
    ("command", "told"),
    [
        ("boats ship load -f ./boat.yaml", False),
        ("!boats ship load -f boats/boat.yaml", False),
        ("kubectl apply -f ./boat.yaml", True),
        ("boats ship load -f ./boat.yaml\n    kubectl create -f ./boat.yaml", True),
        ("cat boat.yaml", True),
    ],
)
def test_a_custom_object_that_another_tool_reads_may_be_called_as_that_allows(
    check: Check, command: str, told: bool
) -> None:
    found = check({"boats/boat.yaml": BOAT, "boats/README.md": f"Then run\n\n    {command}\n"})
    assert found == ([("object-name-malformed", "boats/boat.yaml", 3)] if told else [])


@pytest.mark.parametrize(
    ("source", "told"),
    [("package boats\n", False), ("// The program.\npackage main\n", True)],
)
def test_what_stands_among_the_sources_of_a_package_is_compiled_in(check: Check, source: str, told: bool) -> None:
    found = check({"pkg/boats/web.yaml": DEPLOYMENT + "  typo: 1\n", "pkg/boats/boats.go": source})
    assert found == ([("field-unknown", "pkg/boats/web.yaml", 12)] if told else [])


@pytest.mark.parametrize(
    ("pattern", "told"),
    [
        ("cluster", False),
        ("cluster/*.yaml", False),
        ("all:cluster", False),
        ("other", True),
        ("cluster/other.yaml", True),
    ],
)
def test_what_a_program_embeds_is_completed_by_it(check: Check, pattern: str, told: bool) -> None:
    source = f'package main\n\nimport _ "embed"\n\n//go:embed {pattern}\nvar manifests string\n'
    files = {"resources/cluster/web.yaml": DEPLOYMENT + "  typo: 1\n", "resources/resources.go": source}
    found = [("field-unknown", "resources/cluster/web.yaml", 12)]
    assert check(files) == (found if told else [])
    kustomization = {"resources/cluster/kustomization.yaml": "resources: [web.yaml]\n"}
    assert check(kustomization) == (found if told else [])


def test_examples_are_applied_by_hand_whoever_embeds_them(check: Check) -> None:
    source = "package examples\n\n//go:embed *.yaml\nvar manifests string\n"
    found = check({"config/examples/web.yaml": DEPLOYMENT + "  typo: 1\n", "config/examples/examples.go": source})
    assert found == [("field-unknown", "config/examples/web.yaml", 12)]


def test_a_kustomization_that_is_commented_out_where_it_would_be_taken_in(check: Check) -> None:
    files = {
        "config/webhook/kustomization.yaml": "resources: [manifests.yaml]\n",
        "config/default/kustomization.yaml": "resources:\n- ../app\n#- ../webhook\n",
        "config/app/kustomization.yaml": "resources: [web.yaml]\n",
        "config/app/web.yaml": DEPLOYMENT,
    }
    assert check(files) == []
    used = {"config/default/kustomization.yaml": "resources:\n- ../app\n- ../webhook\n"}
    assert check(files | used) == [("kustomization-file-missing", "config/webhook/kustomization.yaml", 1)]


RELEASE = "apiVersion: example.com/v1\nkind: Boat\nmetadata: {name: a}\nspec: {sail: x}\n"
CHILD = "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: apps}\nspec: {path: './apps/${PLACE}'}\n"
PARENT = """\
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: cluster}
spec:
  path: ./cluster
  postBuild: {substitute: {PLACE: north}}
  patches:
  - target: {kind: Kustomization}
    patch: |
      apiVersion: kustomize.toolkit.fluxcd.io/v1
      kind: Kustomization
      metadata: {name: any}
      spec:
        patches:
        - target: {kind: Boat}
          patch: |
            apiVersion: example.com/v1
            kind: Boat
            metadata: {name: any}
            spec: {mast: oak}
"""


def test_a_kustomization_of_flux_is_applied_as_its_parent_changes_it(check: Check) -> None:
    files = {
        "crds/definition.yaml": DEFINITION,
        "flux/cluster.yaml": PARENT,
        "cluster/kustomization.yaml": "resources: [apps.yaml]\n",
        "cluster/apps.yaml": CHILD,
        "apps/north/kustomization.yaml": "resources: [boat.yaml]\n",
        "apps/north/boat.yaml": RELEASE,
        "apps/south/kustomization.yaml": "resources: [boat.yaml]\n",
        "apps/south/boat.yaml": RELEASE,
    }
    assert check(files) == []  # north is completed, and nobody applies south
    assert check({"apps/north/boat.yaml": RELEASE.replace("sail: x", "sial: x")}) == [
        ("field-unknown", "apps/north/boat.yaml", 4)
    ]
    assert check({"apps/north/boat.yaml": RELEASE, "flux/cluster.yaml": PARENT.replace("mast: oak", "sail: y")}) == [
        ("field-missing", "apps/north/boat.yaml", 4)
    ]


def test_the_tests_of_a_program_beside_what_its_people_work_with(check: Check) -> None:
    wrong = DEPLOYMENT + "  typo: 1\n"
    assert check({"go.mod": "module a\n", "development/app.yaml": DEPLOYMENT, "test/web.yaml": wrong}) == []
    assert check({"prod/app.yaml": DEPLOYMENT}) == [("field-unknown", "test/web.yaml", 12)]


def test_a_binding_in_a_template_gets_its_namespace_there(check: Check) -> None:
    binding = (
        "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRoleBinding\nmetadata:\n  name: NAME\n"
        "roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view}\nsubjects:\n- {kind: ServiceAccount, name: a}\n"
    )
    assert check({"a.yaml": binding.replace("NAME", '"a-{{ .Release.Namespace }}"')}) == []
    assert check({"a.yaml": binding.replace("NAME", "a")}) == [("role-binding-unresolvable", "a.yaml", 7)]


def test_what_is_applied_by_its_name_is_judged_among_the_sources_of_a_package(check: Check) -> None:
    files = {"deploy/web.yaml": DEPLOYMENT + "  typo: 1\n", "deploy/deploy.go": "package deploy\n"}
    assert check(files) == []
    assert check({"Makefile": "deploy:\n\tkubectl apply -f deploy/web.yaml\n"}) == [
        ("field-unknown", "deploy/web.yaml", 12)
    ]


def test_a_removed_version_is_told_wherever_it_stands(check: Check) -> None:
    old = "apiVersion: policy/v1beta1\nkind: PodDisruptionBudget\nmetadata: {name: a}\nspec: {}\n"
    found = check({"pkg/boats/a.yaml": old, "pkg/boats/boats.go": "package boats\n"})
    assert found == [("api-removed", "pkg/boats/a.yaml", 1)]


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ("extraArgs:\n  runtime-config: admissionregistration.k8s.io/v1beta1=true\n", False),
        ("extraArgs:\n- name: runtime-config\n  value: admissionregistration.k8s.io/v1beta1=true\n", False),
        ("args:\n- --runtime-config=storage.k8s.io/v1alpha1=true,admissionregistration.k8s.io/v1beta1=true\n", False),
        ('runtimeConfig:\n  "admissionregistration.k8s.io/v1beta1": "true"\n', False),
        ('runtimeConfig:\n  "admissionregistration.k8s.io/v1beta1": "false"\n', True),
        ("extraArgs:\n  runtime-config: admissionregistration.k8s.io/v1alpha1=true\n", True),
    ],
)
def test_a_version_that_the_cluster_of_the_repository_is_told_to_serve(check: Check, settings: str, told: bool) -> None:
    rules = [rule for rule, _, _ in check({"apps/policy.yaml": POLICY, "talos/cluster.yaml": settings})]
    assert ("kind-unknown" in rules) is told


@pytest.mark.parametrize(
    ("file", "text", "told"),
    [
        (
            "talos/machine.yaml.j2",
            "{% if a %}\nextraArgs:\n  runtime-config: admissionregistration.k8s.io/v1beta1=true\n{% endif %}\n",
            False,
        ),
        ("cluster/main.tf", 'extra_args = ["--runtime-config=admissionregistration.k8s.io/v1beta1=true"]\n', False),
        ("cluster/main.tf", 'extra_args = ["--runtime-config=batch/v2alpha1=true"]\n', True),
        ("cluster/notes.txt", "--runtime-config=admissionregistration.k8s.io/v1beta1=true\n", True),
    ],
)
def test_a_template_of_the_settings_of_the_cluster_turns_a_version_on(
    check: Check, file: str, text: str, told: bool
) -> None:
    rules = [rule for rule, _, _ in check({"apps/policy.yaml": POLICY, file: text})]
    assert ("kind-unknown" in rules) is told


def test_of_a_whole_stage_of_versions_nothing_is_concluded() -> None:
    assert runtime_config.enabled(["--runtime-config=api/all=true"]) == frozenset()
    assert runtime_config.enabled(["runtime-config: batch/v2alpha1/jobs"]) == {"batch/v2alpha1"}


def test_a_definition_in_another_folder_may_be_an_old_copy(check: Check) -> None:
    boat = BOAT.replace("a_b", "a").replace("/v1\n", "/v2\n")
    assert check({"apps/boat.yaml": boat, "earlier/definition.yaml": DEFINITION}) == []
    older = boat.replace("/v2\n", "/v1alpha1\n")
    assert check({"apps/boat.yaml": older}) == [("kind-unknown", "apps/boat.yaml", 1)]


@pytest.mark.parametrize(
    ("spec", "told"),
    [
        ("spec: {foo: bar}", False),
        ("spec:\n  # Add fields here", False),
        ("spec: {foo: bar, sails: 2}", False),
        ("spec: {sails: 2}", True),
    ],
)
def test_a_scaffold_is_not_held_against_its_definition(check: Check, spec: str, told: bool) -> None:
    boat = f"apiVersion: example.com/v1\nkind: Boat\nmetadata: {{name: boat-sample}}\n{spec}\n"
    found = check({"config/samples/boat.yaml": boat, "config/crd/boats.yaml": DEFINITION})
    assert bool(found) is told


@pytest.mark.parametrize("name", ["error-bad-spec.yaml", "wrong-kind.yaml", "pod-bad-values-2.yaml"])
def test_what_is_wrong_by_its_name_is_left_out(check: Check, name: str) -> None:
    assert check({f"samples/{name}": DEPLOYMENT + "  typo: 1\n"}) == []


def test_a_good_file_beside_a_bad_one_is_a_lesson(check: Check) -> None:
    wrong = DEPLOYMENT + "  typo: 1\n"
    assert check({"lesson/bad.yaml": wrong, "lesson/good.yaml": DEPLOYMENT}) == []
    assert check({"deploy/bad-weather.yaml": wrong}) == [("field-unknown", "deploy/bad-weather.yaml", 12)]


def test_an_object_that_was_begun_and_left_is_none(check: Check) -> None:
    assert check({"a.yaml": "apiVersion: v1\nkind:\nmetadata: {name: a}\nspec:\n"}) == []
    whole = "apiVersion: v1\nkind:\nmetadata: {name: a}\nspec: {ports: [{port: 80}]}\n"
    assert check({"a.yaml": whole}) == [("field-missing", "a.yaml", 2)]


def test_a_kustomization_all_of_whose_files_are_made_first(check: Check) -> None:
    assert check({"a/kustomization.yaml": "resources:\n- role.yaml\n- binding.yaml\n- account.yaml\n"}) == []
    assert check({"a/binding.yaml": DEPLOYMENT}) == [
        ("kustomization-file-missing", "a/kustomization.yaml", line) for line in (2, 4)
    ]


def test_defaults_of_flux_may_have_quotes(check: Check) -> None:
    web = DEPLOYMENT + "        resources: {requests: {memory: PLACE}}\n"
    flux = (
        "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: web, namespace: flux-system}\n"
        "spec:\n  interval: 5m\n  prune: true\n  sourceRef: {kind: GitRepository, name: a}\n  path: ./apps\n"
        "  postBuild: {substitute: {a: b}}\n"
    )
    for written, told in (("${memory:='300Mi'}", False), ("${memory:-'300Mo'}", True)):
        text = web.replace("{requests: {memory: PLACE}}", f"\n          requests:\n            memory: {written}")
        found = check({"apps/web.yaml": text, "flux.yaml": flux})
        assert found == ([("value-wrong-type", "apps/web.yaml", 14)] if told else [])


@pytest.mark.parametrize(
    ("line", "written", "fills"),
    [
        ("sed -i 's/__PORT__/80/g' web.yaml", "port: __PORT__", True),
        ("sed -i 's#image: .*#image: a#' web.yaml", "image: b", True),
        ("sed -i 's/ab/c/' web.yaml", "ab", False),
        ("text.replace('$PORT', port)  # web.yaml", "port: $PORT", True),
        ("kubectl apply -f web.yaml", "image: b", False),
    ],
)
def test_what_a_script_replaces(tmp_path: Path, line: str, written: str, fills: bool) -> None:
    (tmp_path / "run.sh").write_text(line + "\n")
    assert commands.told_of(str(tmp_path), ["web.yaml"])["web.yaml"].fills(written) is fills


@pytest.mark.parametrize(
    ("program", "told"),
    [
        ('merged = deep_merge(yaml.load(open("parts/web.yaml")), extra)\n', False),
        ('subprocess.run(["kubectl", "apply", "-f", "parts/web.yaml"])\n', True),
        ('utils.create_from_yaml(client, "parts/web.yaml")\n', True),
        ('open("other/web.yaml")\n', True),
        ("# It's deployed with parts/web.yaml\n", True),
        ("import os  # beside parts/web.yaml\n", True),
    ],
)
def test_what_is_missing_may_be_added_by_the_program_that_reads_it(check: Check, program: str, told: bool) -> None:
    web = DEPLOYMENT.replace("        image: web:1\n", "")
    found = [("field-missing", "parts/web.yaml", 10)]
    assert check({"parts/web.yaml": web, "deploy.py": program}) == (found if told else [])
    assert check({"parts/web.yaml": DEPLOYMENT + "  typo: 1\n"}) == [("field-unknown", "parts/web.yaml", 12)]


@pytest.mark.parametrize(("function", "told"), [("file", True), ("templatefile", False)])
def test_terraform_hands_a_file_on_as_it_stands(check: Check, function: str, told: bool) -> None:
    web = DEPLOYMENT.replace("        image: web:1\n", "")
    found = [("field-missing", "parts/web.yaml", 10)]
    module = f'yaml_body = {function}("${{path.module}}/parts/web.yaml")\n'
    assert check({"parts/web.yaml": web, "main.tf": module}) == (found if told else [])


def test_a_name_in_capitals_is_no_secret(check: Check) -> None:
    secret = "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ndata:\n  password: PASSWORDS\n"
    assert check({"a.yaml": secret}) == []
    assert check({"a.yaml": secret.replace("PASSWORDS", "Passwords")}) == [("value-wrong-type", "a.yaml", 5)]


def test_definitions_that_are_put_together_and_taken_away(check: Check) -> None:
    kustomization = "resources:\n- boats_a.yaml\n- boats_b.yaml\n- boats_c.yaml\n"
    assert check({"crd/kustomization.yaml": kustomization, "crd/boats.yaml": DEFINITION}) == []
    assert len(check({"crd/other.yaml": DEFINITION.replace("boats", "ships")})) == 3


def test_a_cluster_without_the_taint(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  nodeSelector: {node-role.kubernetes.io/control-plane: ''}\n"
    (tmp_path / ".git").mkdir()
    (tmp_path / "pod.yaml").write_text(pod + "  containers: [{name: a, image: 'a:1'}]\n")
    monkeypatch.chdir(tmp_path)
    asked = ["check", "--isolated", "--no-progress", "--no-cache", "--select", "pod-control-plane-not-tolerated", "."]
    cli.main(asked)
    assert "do not tolerate" in capsys.readouterr().out
    (tmp_path / "talos.yaml").write_text("cluster:\n  allowSchedulingOnControlPlanes: true\n")
    cli.main(asked)
    assert "do not tolerate" not in capsys.readouterr().out


def test_a_patch_by_its_name_is_held_against_the_schema_as_a_part(check: Check) -> None:
    part = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\nspec:\n  template:\n    spec:\n      containers:\n      - name: a\n"
    part += "        volumeMounts: [{name: b, mountPath: /b}]\n"
    assert check({"deploy/2.server-patch.yaml": part}) == []
    found = check({"deploy/2.server-patch.yaml": part + "        imagge: b\n"})
    assert found == [("field-unknown", "deploy/2.server-patch.yaml", 10)]
    assert check({"deploy/2.server-patch.yaml": DEPLOYMENT, "deploy/server.yaml": part}) == []
    assert check({}, "deploy/server.yaml")[0][0] == "field-missing"  # what is named is judged


def test_a_line_to_fill_in_stands_for_a_block(check: Check) -> None:
    policy = (
        "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: a}\nspec:\n  ingress:\n  - from:\n"
    )
    lines = "    - <EDIT: WHO MAY COME IN>\n        <EDIT: WHO MAY COME IN>\n"
    assert check({"a.yaml": policy + lines}) == []
    assert [rule for rule, _, _ in check({"a.yaml": policy + "    - a: b\n        c: d\n"})] == ["yaml-syntax"]


def test_one_empty_text_is_a_mistake_and_many_are_blanks(check: Check) -> None:
    web = DEPLOYMENT + "        imagePullPolicy: ''\n        stdin: ''\n"
    assert check({"a.yaml": web})[0] == ("value-wrong-type", "a.yaml", 13)
    assert check({"a.yaml": web + "        workingDir: ''\n        terminationMessagePath: ''\n"}) == []


def test_what_the_tests_of_a_program_read_is_theirs(check: Check) -> None:
    old = "apiVersion: policy/v1beta1\nkind: PodDisruptionBudget\nmetadata: {name: a}\nspec: {}\n"
    files = {"tool/release.yaml": old, "tool/tool.py": "print(1)\n", "tool/test_tool.py": 'path = "release.yaml"\n'}
    assert check(files) == []
    assert check({"tool/test_tool.py": 'run("kubectl apply -f release.yaml")\n'}) == [
        ("api-removed", "tool/release.yaml", 1)
    ]


def test_an_upgrade_changes_nothing_of_it(check: Check, capsys: pytest.CaptureFixture[str]) -> None:
    old = "apiVersion: flowcontrol.apiserver.k8s.io/v1beta3\nkind: FlowSchema\nmetadata: {name: a}\n"
    old += "spec: {priorityLevelConfiguration: {name: exempt}}\n"
    check({"tool/flow.yaml": old, "tool/tool.py": "print(1)\n", "tool/test_tool.py": 'path = "other.yaml"\n'})
    cli.main(["upgrade", "--from", "1.31", "."])
    assert "Kubernetes 1.32" in capsys.readouterr().out
    check({"tool/test_tool.py": 'path = "flow.yaml"\n'})
    cli.main(["upgrade", "--from", "1.31", "."])
    assert "No changes from 1.31" in capsys.readouterr().out


def test_what_a_test_of_the_manifests_reads_is_applied(check: Check) -> None:
    old = "apiVersion: policy/v1beta1\nkind: PodDisruptionBudget\nmetadata: {name: a}\nspec: {}\n"
    for test in ("tests/test_deploy.py", "test_deploy.py", "deploy/test_deploy.py"):
        assert check({"deploy/release.yaml": old, test: 'path = "deploy/release.yaml"\n'}) == [
            ("api-removed", "deploy/release.yaml", 1)
        ]


def test_a_file_that_several_kustomizations_lack_is_fetched_first(check: Check) -> None:
    lacks = "resources:\n- release.yaml\n"
    files = {f"{name}/base/kustomization.yaml": lacks for name in ("one", "two", "three")}
    assert check(files) == []
    assert check({"three/base/kustomization.yaml": "resources:\n- releases.yaml\n"}) == [
        ("kustomization-file-missing", f"{name}/base/kustomization.yaml", 2) for name in ("one", "three", "two")
    ]


def test_a_slip_that_was_copied_with_the_folder_is_told(check: Check) -> None:
    folders = ("one", "three", "two")
    files = {f"{name}/kustomization.yaml": "resources: [deploymnet.yaml]\n" for name in folders}
    files |= {f"{name}/deployment.yaml": DEPLOYMENT for name in folders}
    assert check(files) == [("kustomization-file-missing", f"{name}/kustomization.yaml", 1) for name in folders]
    listed = {f"{name}/kustomization.yaml": "resources: [deployment.yaml, deployments.yaml]\n" for name in folders}
    assert check(listed) == []  # both are meant, and one is made


PART = """apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  template:
    spec:
      containers:
      - {name: web, imagePullPolicy: Always}
"""


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({}, []),
        ({"{name: web, imagePullPolicy: Always}": "{name: web, imagePullPolicy: 5}"}, ["value-wrong-type"]),
        ({"{name: web, imagePullPolicy: Always}": "{name: web, imaage: web}"}, ["field-missing", "field-missing", "field-unknown"]),
        ({"  template:": "  selector: {matchLabels: {app: web}}\n  template:\n    metadata: {labels: {app: web}}"}, ["field-missing"]),
        ({"- {name: web, imagePullPolicy: Always}": "- {name: web, image: web}"}, ["field-missing"]),
    ],
)  # fmt: skip
def test_a_workload_without_selector_and_image_is_a_part(
    check: Check, changes: dict[str, str], told: list[str]
) -> None:
    part = PART
    for old, new in changes.items():
        part = part.replace(old, new)
    assert sorted(rule for rule, _, _ in check({"deploy/logs.yaml": part})) == told


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("kind: Service\nmetadata: {name: web}\nspec: {type: LoadBalancer}\n", []),
        ("kind: Service\nmetadata: {name: web}\nspec: {selector: {app: web}}\n", ["service-without-ports"]),
        ("kind: Service\nmetadata: {name: web}\nspec: {typ: LoadBalancer}\n", ["field-unknown"]),
    ],
)
def test_a_service_without_selector_and_ports_is_a_part(check: Check, text: str, told: list[str]) -> None:
    files = {"web/kustomization.yaml": "resources: [account.yaml]\n", "web/account.yaml": ACCOUNT}
    assert sorted(rule for rule, _, _ in check({**files, "web/service.yaml": f"apiVersion: v1\n{text}"})) == told


ACCOUNT = "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: web}\n"


def test_an_ingress_without_rules_and_backend_is_a_part(check: Check) -> None:
    ingress = (
        "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: web}\nspec: {ingressClassName: nginx}\n"
    )
    assert [rule for rule, _, _ in check({"web/ingress.yaml": ingress})] == ["ingress-without-rules"]
    assert check({"web/kustomization.yaml": "resources: [account.yaml]\n", "web/account.yaml": ACCOUNT}) == []


JOB = """\
apiVersion: batch/v1
kind: Job
metadata:
  name: nightly-29060700
  creationTimestamp: "2025-03-26T19:24:36Z"
  resourceVersion: "1234"
  uid: 44873d7a-6514-4522-9008-5eceeaad1b57
  ownerReferences:
  - {apiVersion: batch/v1, kind: CronJob, name: nightly, uid: 84873d7a-6514-4522-9008-5eceeaad1b57, controller: true}
spec:
  template:
    metadata: {labels: {controller-uid: 44873d7a-6514-4522-9008-5eceeaad1b57}}
    spec: {restartPolicy: Never, containers: [{name: a, image: a}]}
"""


@pytest.mark.parametrize("listed", [False, True])
def test_a_copy_of_a_cluster_is_kept_and_not_applied(check: Check, listed: bool) -> None:
    def text(job: str) -> str:
        items = "".join("  " + line for line in job.splitlines(keepends=True))
        return f"apiVersion: v1\nkind: List\nitems:\n- {items.lstrip()}" if listed else job

    assert check({"saved/all.yaml": text(JOB)}) == []
    by_hand = JOB.replace(", controller: true", "")
    assert [rule for rule, _, _ in check({"saved/all.yaml": text(by_hand)})] == ["job-selector-refused"]


def test_containers_of_which_none_has_an_image_get_them_from_a_program(check: Check) -> None:
    two = DEPLOYMENT.replace("image: web:1", "tty: true") + "      - {name: b}\n"
    assert "image" not in two
    assert check({"deploy/web.yaml": two}) == []


def test_a_part_that_a_kustomization_lists_is_laid_over_what_is_there(check: Check) -> None:
    files = {
        "tracing/kustomization.yaml": "resources: [web.yaml, rules.yaml]\n",
        "tracing/web.yaml": PART,
        "tracing/rules.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n",
    }
    assert check(files) == []
    whole = PART.replace("imagePullPolicy", "image: web, imagePullPolicy")
    assert check({"tracing/web.yaml": whole}) == [("field-missing", "tracing/web.yaml", 4)]


@pytest.mark.parametrize(("spec", "told"), [("schedulerName: batch", 0), ("containers: [{name: a, image: a}]", 1)])
def test_a_pod_without_name_and_containers_is_a_template(check: Check, spec: str, told: int) -> None:
    pod = f"apiVersion: v1\nkind: Pod\nmetadata:\n  annotations: {{cpus: 1}}\nspec: {{{spec}}}\n"
    rules = [rule for rule, _, _ in check({"jobs/driver.yaml": pod})]
    assert rules == (["object-name-missing", "value-wrong-type"] if told else [])


OLD_BUDGET = "apiVersion: policy/v1beta1\nkind: PodDisruptionBudget\nmetadata: {name: a}\nspec: {minAvailable: 1}\n"


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("deploy/budget-v1beta1.yaml", "deploy/budget.yaml", False),
        ("deploy/v1beta1/budget.yaml", "deploy/v1/budget.yaml", False),
        ("deploy/a_budget_v1beta1_b.yaml", "deploy/a_budget_b.yaml", False),
        ("deploy/budget-v1beta1.yaml", "deploy/other.yaml", True),
        ("deploy/budget-v1.yaml", "deploy/budget.yaml", True),
        ("deploy/budget.yaml", "deploy/budget-v1.yaml", True),
    ],
)
def test_a_version_that_is_kept_beside_a_newer_one(check: Check, old: str, new: str, told: bool) -> None:
    found = check({old: OLD_BUDGET, new: OLD_BUDGET.replace("v1beta1", "v1")})
    assert found == ([("api-removed", old, 1)] if told else [])


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("  replicas: few # replace with the number of servers", False),
        ("  replicas: few # must be set", False),
        ("  replicas: few # your number", False),
        ("  replicas: few # as in production", True),
        ("  replicas: few", True),
    ],
)
def test_a_value_whose_comment_asks_for_another_one(check: Check, line: str, told: bool) -> None:
    web = DEPLOYMENT.replace("spec:\n", f"spec:\n{line}\n", 1)
    assert check({"deploy/web.yaml": web}) == ([("value-wrong-type", "deploy/web.yaml", 5)] if told else [])
    assert check({}, "deploy/web.yaml") == [("value-wrong-type", "deploy/web.yaml", 5)]


def test_a_word_between_number_signs_is_a_blank(check: Check) -> None:
    web = DEPLOYMENT.replace("image: web:1", "image: #image#")
    assert check({"deploy/web.yaml": web}) == check({}, "deploy/web.yaml") == []
    found = check({"deploy/web.yaml": web.replace("#image#", "# the image")})
    assert [rule for rule, _, _ in found] == ["field-missing"]


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("base64 encoded cert", False),
        ("LS0tLS1CRUdJTiBDRVJU...", False),
        ("my secret word", True),
        ("my-token", True),
        ("your-key-in-base64", False),
        ("yourkey-", True),
        ("<~/.cloud/key.json, base64 encoded>", False),
        ("<key of the\n    API>", False),
        ("a<b", True),
        ("ref+op://Home/1password/TOKEN", False),
        ("ref+awsssm://path/to/it", False),
        ("op://vault/item/field", False),
        ("href+op://a/b", True),
    ],
)
def test_what_stands_for_a_secret(check: Check, value: str, told: bool) -> None:
    secret = f"apiVersion: v1\nkind: Secret\nmetadata: {{name: a}}\ndata:\n  crt: {value}\n"
    assert check({"deploy/secret.yaml": secret}) == ([("value-wrong-type", "deploy/secret.yaml", 5)] if told else [])


def test_what_a_generator_of_operators_leaves_for_later(check: Check) -> None:
    patch = (
        "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: boats.example.com}\n"
        "spec:\n  conversion:\n    strategy: Webhook\n    webhookClientConfig: {}\n"
    )
    files = {
        "config/crd/kustomization.yaml": "resources: [a.yaml]\n#- patches/webhook_in_boats.yaml\n",
        "config/crd/a.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n",
        "config/crd/patches/webhook_in_boats.yaml": patch,
    }
    assert check(files) == []
    assert check({"config/crd/patches/webhook_patch.yaml": patch}) == [
        ("field-unknown", "config/crd/patches/webhook_patch.yaml", 7)
    ]


def test_a_command_of_a_shell_is_no_manifest(check: Check) -> None:
    assert check({"lab/web.yaml": f"# Run this.\nkubectl apply -f - <<EOF\n{DEPLOYMENT}EOF\n"}) == []
    assert [rule for rule, _, _ in check({"lab/web.yaml": f"kubectl apply -f -\n{DEPLOYMENT}"})] == ["yaml-syntax"]


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("subnets: [${SUBNETS}]", False),
        ("image: {user-name}/web:1", False),
        ("zone: <zone of yours: such as fra1>", False),
        ("volume: *   # name of the volume, required", False),
        ("hosts: *", True),
        ("image: {a}: b", True),
        ("hosts: [a, b", True),
    ],
)
def test_texts_that_blanks_make_unreadable(check: Check, line: str, told: bool) -> None:
    boat = f"apiVersion: example.com/v1\nkind: Boat\nmetadata: {{name: a}}\nspec:\n  {line}\n"
    assert [rule for rule, _, _ in check({"boat.yaml": boat})] == (["yaml-syntax"] if told else [])


@pytest.mark.parametrize(("value", "told"), [("{your-domain}", False), ("{name of the zone}", False), ("{zone}", True)])
def test_blanks_that_yaml_reads_as_mappings(check: Check, value: str, told: bool) -> None:
    web = DEPLOYMENT + f"        env: [{{name: A, value: {value}}}]\n"
    assert check({"web.yaml": web}) == ([("value-wrong-type", "web.yaml", 12)] if told else [])


@pytest.mark.parametrize(
    ("folder", "told"),
    [
        ("old", False),
        ("manifests-old", False),
        ("archived", False),
        ("BACKUP-BEFORE-MAY2025", False),
        ("BACKUP-14MAY2025", False),
        ("backup-2024", False),
        ("backup", True),
        ("demand-backup", True),
        ("older", True),
        ("threshold", True),
    ],
)
def test_what_is_kept_from_earlier_is_not_applied(check: Check, folder: str, told: bool) -> None:
    file = f"{folder}/web.yaml"
    found = check({file: DEPLOYMENT + "  typo: 1\n", "web/web.yaml": DEPLOYMENT})
    assert found == ([("field-unknown", file, 12)] if told else [])
    assert check({}, folder) == check({}, file) == [("field-unknown", file, 12)]


NAMED = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: NAME\n"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (NAMED + "  namespace: NAMESPACE\n", False),
        (NAMED.replace("NAME", "NAME # XXX: Edit"), False),
        (NAMED.replace("  name:", "  # XXX: Edit - as in the repository\n  name:"), False),
        (NAMED.replace("NAME", "APP-config") + "  labels:\n    host: <host>\n", False),
        (NAMED.replace("NAME", "myName") + "  namespace: NAMESPACE\n", True),
        (NAMED, False),
        (NAMED.replace("NAME", "SHOP"), True),
        (NAMED.replace("  name: NAME", "  # The name of the shop\n  name: SHOP"), True),
    ],
)
def test_words_in_capitals_of_a_form_are_blanks(check: Check, text: str, told: bool) -> None:
    assert [rule for rule, _, _ in check({"deploy/config.yaml": text})] == (["object-name-malformed"] if told else [])


def test_a_word_in_capitals_in_several_files_stands_for_something(check: Check) -> None:
    files = {f"deploy/{name}.yaml": NAMED.replace("NAME", f"APP-{name}") for name in ("a", "b")}
    assert [file for _, file, _ in check(files)] == ["deploy/a.yaml", "deploy/b.yaml"]
    assert check({"deploy/c.yaml": NAMED.replace("NAME", "APP-c")}) == []
    assert check({}, "deploy/c.yaml") == [("object-name-malformed", "deploy/c.yaml", 4)]


def test_a_field_with_words_in_capitals_in_several_files_is_a_blank(check: Check) -> None:
    files = {
        "crds/boat.yaml": definition(
            "Boat", "{type: object, properties: {link: {type: string, pattern: '^[0-9a-f:]+$'}}}"
        )
    }
    words = ("NODE0MAC", "NODE1MAC", "NODE0-NEW-MAC")
    boat = "apiVersion: example.com/v1\nkind: Boat\nmetadata: {name: a}\nspec: {link: WORD}\n"
    few = {f"fleet/{name}.yaml": boat.replace("WORD", name) for name in words[:2]}
    assert [rule for rule, _, _ in check({**files, **few})] == ["value-malformed"] * 2
    assert check({f"fleet/{name}.yaml": boat.replace("WORD", name) for name in words}) == []


def test_a_rule_of_the_definition_of_a_scaffold_cannot_be_worked_out(check: Check) -> None:
    rules = "openAPIV3Schema:\n        x-kubernetes-validations: [{rule: self.spec.mast.size() > 0}]"
    text = DEFINITION.replace("openAPIV3Schema:", rules, 1)
    sample = "apiVersion: example.com/v1\nkind: Boat\nmetadata: {name: boat-sample}\nspec:\n  # TODO(user): Add fields here\n"
    assert check({"config/crd/boats.yaml": text, "config/samples/boat.yaml": sample}) == []
    named = sample.replace("boat-sample", "jolly")
    found = check({"config/samples/boat.yaml": named})
    assert {rule for rule, _, _ in found} == {"custom-resource-rule-broken"}


def test_an_object_of_another_version_of_its_definition(check: Check) -> None:
    boat = "apiVersion: example.com/v1\nkind: Boat\nmetadata: {name: a}\nspec: {keel: 1}\n"
    files = {"crds/boat.yaml": DEFINITION, "docs-gen/versions/v0.6.0/boat.yaml": boat}
    assert check(files) == []
    assert check({"docs-gen/versions/now/boat.yaml": boat}) != []
    beside = check({"docs-gen/versions/v0.6.0/crd.yaml": DEFINITION})
    assert "docs-gen/versions/v0.6.0/boat.yaml" in {file for _, file, _ in beside}


def test_a_scaffold_may_have_any_name(check: Check) -> None:
    boat = "apiVersion: example.com/v1\nkind: Boat\nmetadata: {name: Boat-sample}\nspec:\n  # Add fields here\n"
    assert check({"samples/boat.yaml": boat}) == []
    assert check({"samples/boat.yaml": boat + "  sails: 2\n"}) == [("object-name-malformed", "samples/boat.yaml", 3)]


@pytest.mark.parametrize(
    ("file", "line", "told"),
    [
        ("a.yaml", 'image: {{ image_of("boats") }}', False),
        ("a.yaml", "image: @boat_name-image", False),
        ("a.yaml", "image: *boat*", False),
        ("a.yaml", "image: %(boat)s", False),
        ("a.yaml", "image: a\n  ...\n  sails: 2", False),
        ("a.yaml", "image: a\n  xxx\n  sails: 2", False),
        ("a.yaml", "schedule: @daily", True),
        ("a.tmpl.yaml", "{{- if .Values.boats }}\n  image: a", False),
        ("a.yaml", "{{- if .Values.boats }}\n  image: a", True),
        ("a.yaml", "{{- if .Values.boats }}\n  image: {{ .Values.image }}\n  sails: {{ .Values.sails }}", False),
    ],
)
def test_more_texts_that_are_no_manifests_yet(check: Check, file: str, line: str, told: bool) -> None:
    boat = f"apiVersion: example.com/v1\nkind: Boat\nmetadata: {{name: a}}\nspec:\n  {line}\n"
    assert [rule for rule, _, _ in check({file: boat})] == (["yaml-syntax"] if told else [])


def test_addresses_with_letters_for_numbers(check: Check) -> None:
    policy = (
        "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: a}\nspec:\n  podSelector: {}\n"
        "  ingress:\n  - from:\n    - ipBlock:\n        cidr: 10.x.x.x/16\n"
    )
    assert check({"a.yaml": policy}) == []
    assert [rule for rule, _, _ in check({"a.yaml": policy.replace("10.x.x.x", "10.0.0.300")})] == [
        "network-policy-block-invalid"
    ]


def test_an_older_release_is_kept_as_it_was(check: Check) -> None:
    files = {
        "bundles/1.9.0/manifests/budget.yaml": OLD_BUDGET,
        "bundles/1.10.0/manifests/budget.yaml": OLD_BUDGET.replace("v1beta1", "v1"),
    }
    assert check(files) == []
    assert check({"bundles/1.10.0/manifests/budget.yaml": OLD_BUDGET}) == [
        ("api-removed", "bundles/1.10.0/manifests/budget.yaml", 1)
    ]
    assert check({"bundles/1.9.0/manifests/other.yaml": OLD_BUDGET})[-1][1] == "bundles/1.9.0/manifests/other.yaml"
    newest = {"bundles/1.11.0/all.yaml": OLD_BUDGET.replace("v1beta1", "v1")}
    assert check(newest) == []  # of three releases
    assert [file for _, file, _ in check({"bundles/1.11.0/all.yaml": OLD_BUDGET})] == ["bundles/1.11.0/all.yaml"]


def test_an_item_of_a_list_that_was_begun(check: Check) -> None:
    items = (
        "apiVersion: v1\nkind: List\nitems:\n- apiVersion: apiextensions.k8s.io/v1\n  kind: CustomResourceDefinition\n"
    )
    assert check({"crds/all.yaml": items}) == []
    named = items + "  metadata: {name: boats.example.com}\n"
    assert {rule for rule, _, _ in check({"crds/all.yaml": named})} == {"crd-names-invalid"}


def test_documentation_shows_parts_of_objects(check: Check) -> None:
    text = ACCOUNT + "---\nmetadata: {name: b}\nspec: {replicas: 2}\n"
    assert check({"docs/improvements.yaml": text}) == []
    assert {rule for rule, _, _ in check({"deploy/improvements.yaml": text})} == {"field-missing"}


def test_fields_that_the_manager_of_operators_leaves_out(check: Check) -> None:
    service = (
        "apiVersion: operators.coreos.com/v1alpha1\nkind: ClusterServiceVersion\nmetadata: {name: a.v1}\nspec: {}\n"
    )
    definition = DEFINITION.replace("spec:\n", "spec:\n  validation: {}\n", 1)
    assert "validation: {}" in definition
    files = {"bundle/a.clusterserviceversion.yaml": service, "bundle/boats.yaml": definition}
    assert check(files) == []
    assert [rule for rule, _, _ in check({"crds/boats.yaml": definition})] == ["field-unknown"]


def test_a_definition_that_a_generator_left_empty(check: Check) -> None:
    empty = (
        "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata:\n  annotations: {a: b}\n"
        'spec:\n  group: ""\n  names: {kind: "", plural: ""}\n  scope: ""\n  versions: null\n'
    )
    assert check({"config/crd/bases/_.yaml": empty}) == []
    assert check({"config/crd/bases/_.yaml": empty.replace('group: ""', "group: example.com")}) != []


def test_a_program_asks_for_versions_that_are_off_by_default(check: Check) -> None:
    policy = POLICY.replace("v1beta1", "v1alpha1")
    files = {"pkg/boats/policy.yaml": policy, "pkg/boats/boats.go": "package boats\n", "deploy/policy.yaml": policy}
    assert [file for _, file, _ in check(files)] == ["deploy/policy.yaml"]


def test_samples_of_each_version_have_one_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    sample = "apiVersion: example.com/VERSION\nkind: Boat\nmetadata: {name: boat-sample}\nspec: {keel: KEEL}\n"
    files = {
        "config/all/kustomization.yaml": "resources: [../samples]\n",
        "config/samples/kustomization.yaml": "resources: [old.yaml, new.yaml]\n",
        "config/samples/old.yaml": sample.replace("VERSION", "v1").replace("KEEL", "a"),
        "config/samples/new.yaml": sample.replace("VERSION", "v2"),
    }
    assert findings_in(tmp_path, files, (".",), monkeypatch, capsys) == []
    elsewhere = {path.replace("config/", "fleet/").replace("samples", "boats"): text for path, text in files.items()}
    elsewhere["fleet/all/kustomization.yaml"] = "resources: [../boats]\n"
    found = findings_in(tmp_path, elsewhere, ("fleet",), monkeypatch, capsys)
    assert [f["rule"] for f in found] == ["object-twice"]


def test_an_encrypted_certificate_is_decrypted_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    value = "ENC[AES256_GCM,data:BmbB1vZvjvEE1U,iv:aaaa,tag:bbbb,type:str]"
    secret = f"apiVersion: v1\nkind: Secret\nmetadata: {{name: a}}\ntype: kubernetes.io/tls\ndata: {{tls.crt: '{value}', tls.key: '{value}'}}\n"
    files = {
        "kustomization.yaml": "resources: [a.yaml]\n",
        "a.yaml": secret + f"sops: {{mac: '{value}', version: 3.11.0}}\n",
    }
    assert findings_in(tmp_path, files, (".",), monkeypatch, capsys) == []
    plain = secret.replace(value, "bm9uZQ==")
    found = findings_in(tmp_path, {"a.yaml": plain}, (".",), monkeypatch, capsys)
    assert [f["rule"] for f in found] == ["secret-tls-unreadable"] * 2


IMAGE = "FROM golang AS builder\nCOPY . /src\nRUN go build -o /manager /src\n\nFROM scratch\n"


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("COPY --from=builder /src/assets/ /etc/assets", False),
        ("COPY assets /etc/assets", False),
        ("ADD --chown=1:1 ./assets/web.yaml /etc/", False),
        ("COPY . .", True),
        ("COPY pages /srv", True),
        ("COPY assets/ /manifests/", True),
        ("COPY assets /etc/assets\nRUN kubectl apply -f /etc/assets", True),
    ],
)
def test_what_an_image_takes_in_is_completed_by_its_program(check: Check, line: str, told: bool) -> None:
    web = DEPLOYMENT + "        env: [{name: A, value: false}]\n"
    found = check({"assets/web.yaml": web, "build/Dockerfile": IMAGE + line + "\n"})
    assert [rule for rule, _, _ in found] == (["value-wrong-type"] if told else [])
    assert check({}, "assets/web.yaml")


def test_a_removed_version_is_told_of_what_an_image_takes_in(check: Check) -> None:
    files = {"assets/budget.yaml": OLD_BUDGET, "Dockerfile": IMAGE + "COPY assets /etc/assets\n"}
    assert [rule for rule, _, _ in check(files)] == ["api-removed"]


@pytest.mark.parametrize("form", ["boats-v{}.yaml", "boats_{}.yaml", "boats-{}-sample.yaml", "boats-v{}/all.yaml"])
def test_releases_that_are_called_after_their_versions(check: Check, form: str) -> None:
    old, newer, newest = (f"releases/{form.format(version)}" for version in ("0.9.1", "0.10.0", "1.0.0"))
    files = {old: DEPLOYMENT + "  typo: 1\n", newer: OLD_BUDGET, newest: DEPLOYMENT}
    assert check(files) == []
    assert check({newest: DEPLOYMENT + "  typo: 1\n"}) == [("field-unknown", newest, 12)]


def test_two_files_of_two_versions_may_both_be_applied(check: Check) -> None:
    files = {"web-1.7.yaml": DEPLOYMENT + "  typo: 1\n", "web-1.8.yaml": DEPLOYMENT}
    assert check(files) == [("field-unknown", "web-1.7.yaml", 12)]
    kept = {"web-1.7.yaml": DEPLOYMENT, "web-v1.yaml": OLD_BUDGET, "web-v2.yaml": DEPLOYMENT, "web-v3.yaml": DEPLOYMENT}
    assert [rule for rule, _, _ in check(kept)] == ["api-removed"]


@pytest.mark.parametrize(
    ("file", "head", "page", "told"),
    [
        ("labs/selector/web.yaml", "", "labs/selector/solution.md", False),
        ("labs/selector/deploy/web.yaml", "", "labs/selector/SOLUTION.md", False),
        ("labs/selector/web.yaml", "", "labs/other/solution.md", True),
        ("labs/selector/web.yaml", "", "solution.md", True),  # of all that is checked nothing is concluded
        ("a/web.yaml", "# BUG 1: the field is none\n", "README.md", False),
        ("a/web.yaml", "# This one is intentionally broken\n", "README.md", False),
        ("a/web.yaml", "# See BUG 12345 of the project\n", "README.md", True),
        ("a/web.yaml", "# bugs are told to the owners\n", "README.md", True),
    ],
)
def test_an_exercise_has_a_solution_or_counts_its_mistakes(
    check: Check, file: str, head: str, page: str, told: bool
) -> None:
    found = check({file: head + DEPLOYMENT + "  typo: 1\n", page: "What was wrong\n"})
    assert [rule for rule, _, _ in found] == (["field-unknown"] if told else [])


@pytest.mark.parametrize(
    ("spec", "told"),
    [
        ("spec:\n  keel: wood\n  # length: 5\n", False),
        ("spec:\n  keel: wood\n\n  # set by each overlay\n  #  length:\n", False),
        ("spec:\n  keel: wood\n", True),
        ("spec:\n  keel: wood\n# length: 5\n", False),
        ("spec:\n  keel: wood\n---\n# length: 5\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: b}\n", True),
        ("spec:\n  keel: wood\n  # the length: is that of the keel\n", True),
    ],
)
def test_a_field_that_stands_there_as_a_comment_is_laid_over_the_object(check: Check, spec: str, told: bool) -> None:
    wants = definition(
        "Boat", "{type: object, required: [length], properties: {length: {type: integer}, keel: {type: string}}}"
    )
    boat = f"apiVersion: example.com/v1\nkind: Boat\nmetadata: {{name: a}}\n{spec}"
    found = [rule for rule, _, _ in check({"crd.yaml": wants, "a.yaml": boat})]
    assert found == (["field-missing"] if told else [])


def test_a_field_of_a_built_in_kind_that_is_commented_out_is_missing(check: Check) -> None:
    web = DEPLOYMENT.replace("  selector:", "  # selector:")
    assert [rule for rule, _, _ in check({"a.yaml": web})] == ["field-missing"]


def test_what_bootstrapping_flux_writes_may_not_be_there_yet(check: Check) -> None:
    files = {
        "clusters/dev/kustomization.yaml": "resources:\n- ./flux-system\n- web.yaml\n",
        "clusters/dev/web.yaml": DEPLOYMENT,
    }
    assert check(files) == []
    other = {"clusters/dev/kustomization.yaml": "resources:\n- ./flux-sytem\n- web.yaml\n"}
    assert check(other) == [("kustomization-file-missing", "clusters/dev/kustomization.yaml", 2)]


@pytest.mark.parametrize(
    ("comment", "host", "told"),
    [
        ("# replace LB_ADDRESS below with that of the load balancer", "web.LB_ADDRESS.example.com", False),
        ("# Set LB_ADDRESS first", "LB_ADDRESS", False),
        ("# replace other things", "web.LB_ADDRESS.example.com", True),
        ("# LB_ADDRESS is short", "web.LB_ADDRESS.example.com", True),
        ("# in short", "AUTOMATIC_REPLACE", False),
    ],
)
def test_a_comment_says_what_is_written_for_a_word(check: Check, comment: str, host: str, told: bool) -> None:
    ingress = f"{comment}\napiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {{name: a}}\nspec:\n  rules:\n  - host: {host}\n"
    assert [rule for rule, _, _ in check({"a.yaml": ingress})] == (["ingress-host-malformed"] if told else [])


LONG = "a-very-long-word-that-is-no-part-of-a-sentence"


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (f'"auth": "{LONG}", "password": "<token>"', False),
        (f'"auth": "{LONG}", "password": "your password"', False),
        (f'"auth": "{LONG}", "password": {{{{ fromSecret "a" "b" "c" }}}}', False),
        (f'"auth": "{LONG}", "password": "hunter2"', True),
    ],
)
def test_a_text_of_several_lines_may_have_blanks(check: Check, line: str, told: bool) -> None:
    secret = f"apiVersion: v1\nkind: Secret\nmetadata: {{name: a}}\ndata:\n  login: |\n    {{\n      {line}\n    }}\n"
    assert [rule for rule, _, _ in check({"a.yaml": secret})] == (["value-wrong-type"] if told else [])


def test_the_cases_of_a_suite_of_policies_are_held_against_them_alone(check: Check) -> None:
    suite = (
        "kind: Suite\napiVersion: test.gatekeeper.sh/v1alpha1\nmetadata: {name: a}\ntests:\n- name: a\n"
        "  template: template.yaml\n  cases:\n  - name: b\n    object: samples/b.yaml\n"
    )
    files = {"library/a/suite.yaml": suite, "library/a/samples/b.yaml": DEPLOYMENT + "  typo: 1\n"}
    assert check(files) == []
    assert check({"library/a/suite.yaml": suite.replace("test.gatekeeper.sh", "example.com")}) == [
        ("field-unknown", "library/a/samples/b.yaml", 12)
    ]


@pytest.mark.parametrize("kind", ["PolicyGenerator", "Suite", "Chart"])
def test_a_document_of_another_tool_names_parts(check: Check, kind: str) -> None:
    state = DEPLOYMENT.replace("  selector: {matchLabels: {app: web}}\n", "")
    generator = (
        f"apiVersion: policy.example.com/v1\nkind: {kind}\nmetadata: {{name: a}}\n"
        "policies:\n- name: b\n  manifests:\n    - path: input/\n"
    )
    files = {"policies/generator.yaml": generator, "policies/input/web.yaml": state, "policies/other/web.yaml": state}
    assert check(files) == [("field-missing", "policies/other/web.yaml", 4)]


def test_bases_all_of_which_lack_a_field_get_it_from_their_overlays(check: Check) -> None:
    wants = definition(
        "Boat", "{type: object, required: [length], properties: {length: {type: integer}, keel: {type: string}}}"
    )
    boats = {
        f"boats/base/{name}/boat.yaml": f"apiVersion: example.com/v1\nkind: Boat\nmetadata: {{name: {name}}}\nspec: {{keel: a}}\n"
        for name in ("a", "b", "c")
    }
    assert check({"crd.yaml": wants} | boats) == []
    loose = {file.replace("/base/", "/sea/"): text for file, text in boats.items()}
    assert [rule for rule, _, _ in check(loose)] == ["field-missing"] * 3


def test_a_document_with_a_schema_of_its_own_is_no_object(check: Check) -> None:
    own = '{"$schema": "./boat.schema.json", "apiVersion": "example.dev/v1", "kind": "Boat", "metadata": {"name": "a", "keel": 1}}\n'
    assert check({"boat.json": own}) == []
    assert [rule for rule, _, _ in check({"boat.json": own.replace("$schema", "schema")})] == ["field-unknown"]


@pytest.mark.parametrize(
    ("metadata", "told"),
    [
        ("{name: a, repository: b, version: v1, updated: today}", []),
        ("{name: a, repository: b}", ["field-unknown"]),
        ("{name: a, label: {b: c}, namspace: d}", ["field-unknown", "field-unknown"]),
    ],
)
def test_a_document_with_metadata_of_its_own_is_no_object(check: Check, metadata: str, told: list[str]) -> None:
    own = f"apiVersion: example.dev/v1\nkind: Catalog\nmetadata: {metadata}\n"
    assert [rule for rule, _, _ in check({"catalog.yaml": own})] == told


def test_a_script_fills_in_what_cannot_be_read_before(check: Check) -> None:
    piece = "{{- if SHOW_IT }}\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"
    script = {
        "make/piece.yaml": piece,
        "make/all.mk": "\tcat $(piece) > $$out; sed -i s/SHOW_IT/.Values.show/g $$out\n",
    }
    assert check(script) == []
    assert [rule for rule, _, _ in check({"make/all.mk": "\tcat $(piece)\n"})] == ["yaml-syntax"]


@pytest.mark.parametrize(
    ("script", "value", "told"),
    [
        ("kubectl kustomize app | sed 's/replicas: -1/replicas: 3/' | kubectl apply -f -\n", "-1", False),
        ("kubectl kustomize app | sed 's/__COUNT__/3/' | kubectl apply -f -\n", "__COUNT__", False),
        ("kubectl kustomize app | sed 's/replicas: -2/replicas: 3/' | kubectl apply -f -\n", "-1", True),
        ("kubectl kustomize app | sed 's/many/3/' | kubectl apply -f -\n", "many", True),  # an ordinary word
        ("kubectl apply -k app\n", "-1", True),
    ],
)
def test_a_script_may_write_its_marks_in_what_is_built(check: Check, script: str, value: str, told: bool) -> None:
    web = DEPLOYMENT.replace("spec:\n", f"spec:\n  replicas: {value}\n", 1)
    files = {"app/kustomization.yaml": "resources: [web.yaml]\n", "app/web.yaml": web, "run.sh": script}
    assert [file for _, file, _ in check(files)] == (["app/web.yaml"] if told else [])


CSV = (
    "apiVersion: operators.coreos.com/v1alpha1\nkind: ClusterServiceVersion\nmetadata: {name: boats, namespace: a}\n"
    "spec: {displayName: Boats}\n"
)
BINDING = (
    "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRoleBinding\nmetadata: {name: boats}\n"
    "roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view}\n"
    "subjects: [{kind: ServiceAccount, name: boats}]\n"
)


@pytest.mark.parametrize("bundled", [False, True])
def test_a_bundle_of_an_operator_leaves_its_role_bindings_out(check: Check, bundled: bool) -> None:
    listed = "[binding.yaml, csv.yaml]" if bundled else "[binding.yaml]"
    files = {"app/kustomization.yaml": f"resources: {listed}\n", "app/binding.yaml": BINDING, "app/csv.yaml": CSV}
    rules = [rule for rule, file, _ in check(files) if file.endswith("binding.yaml")]
    assert rules == ([] if bundled else ["role-binding-unresolvable"])


@pytest.mark.parametrize(
    ("folder", "schema", "told"),
    [
        ("crds/", "{type: object}", False),
        ("", "{type: object}", True),  # applied with it
        ("crds/", "{type: object, properties: {sail: {type: string}}}", True),
    ],
)
def test_a_definition_that_says_nothing_of_its_kind_stands_for_it_in_tests(
    check: Check, folder: str, schema: str, told: bool
) -> None:
    boat = "apiVersion: example.com/v1\nkind: Boat\nmetadata: {name: a}\nspec: {mast: oak}\n"
    kind = (
        "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: boats.example.com}\nspec:\n"
        "  group: example.com\n  scope: Namespaced\n  names: {kind: Boat, plural: boats}\n  versions:\n"
        f"  - {{name: v1, served: true, storage: true, schema: {{openAPIV3Schema: {schema}}}}}\n"
    )
    found = check({"app/boat.yaml": boat, f"app/{folder}boats.yaml": kind})
    assert found == ([("field-unknown", "app/boat.yaml", 4)] if told else [])


@pytest.mark.parametrize(
    ("script", "told"),
    [
        ('cd app && kustomize edit set namespace "$NAMESPACE"\nkustomize build . | kubectl apply -f -\n', False),
        ("cd app && $(KUSTOMIZE) edit set namespace boats\n", False),
        ("cd app && kustomize edit set image a=b\n", True),
    ],
)
def test_a_script_may_set_the_namespace_of_a_kustomization(check: Check, script: str, told: bool) -> None:
    files = {"app/kustomization.yaml": "resources: [binding.yaml]\n", "app/binding.yaml": BINDING, "deploy.sh": script}
    assert [rule for rule, _, _ in check(files)] == (["role-binding-unresolvable"] if told else [])


@pytest.mark.parametrize("folder", ["_archive", "app.old", "app-disabled", ".archive"])
def test_folders_of_what_was_applied_once_are_left_out(check: Check, folder: str) -> None:
    assert check({f"{folder}/kustomization.yaml": "resources: [web.yaml]\n", "a.yaml": DEPLOYMENT}) == []


@pytest.mark.parametrize("folder", ["threshold", "disabled-users", "archiver", "older"])
def test_folders_that_are_called_nearly_so_are_read(check: Check, folder: str) -> None:
    found = check({f"{folder}/kustomization.yaml": "resources: [web.yaml]\n", "a.yaml": DEPLOYMENT})
    assert [rule for rule, _, _ in found] == ["kustomization-file-missing"]


FIELDS = ("nodes", "labels", "ports", "rules")


@pytest.mark.parametrize(
    ("group", "objects", "names", "told"),
    [
        ("cilium.io", 4, 4, False),
        ("cilium.io", 3, 3, True),
        ("cilium.io", 4, 1, True),  # one slip that was copied
        ("example.com", 4, 4, True),
    ],
)
def test_objects_of_a_project_beside_a_cut_copy_of_its_definition(
    check: Check, group: str, objects: int, names: int, told: bool
) -> None:
    files = {"crds/boats.yaml": definition("Boat", "{type: object, properties: {mast: {type: string}}}")}
    for at in range(objects):
        field = FIELDS[at % names]
        files[f"app/{at}.yaml"] = (
            f"apiVersion: example.com/v1\nkind: Boat\nmetadata: {{name: a{at}}}\nspec: {{mast: oak, {field}: a}}\n"
        )
    files = {path: text.replace("example.com", group) for path, text in files.items()}
    assert {rule for rule, _, _ in check(files)} == ({"field-unknown"} if told else set())


@pytest.mark.parametrize(
    ("first", "told"),
    [
        ("#!/bin/bash", False),
        ("#!/usr/bin/env python3", False),
        ("#!/usr/bin/env -S kubectl apply -f", True),
        ("# a boat", True),
    ],
)
def test_a_script_that_is_called_yaml_is_none(check: Check, first: str, told: bool) -> None:
    readable = f"{first}\n---\n{DEPLOYMENT}  typo: 1\n"
    broken = f"{first}\nset -eu\n\ncat << EOL\n---\n{DEPLOYMENT}EOL\n"
    assert [rule for rule, _, _ in check({"make/web.sh.yml": readable})] == (["field-unknown"] if told else [])
    assert bool(check({"make/web.sh.yml": broken})) == told


BARE = "apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec:\n  trafficDistribution: PreferSameZone\n"


@pytest.mark.parametrize("listed", [False, True])
def test_a_service_with_neither_selector_nor_ports_is_laid_over_one(check: Check, listed: bool) -> None:
    around = {"app/kustomization.yaml": "resources: [web.yaml]\n"} if listed else {}
    assert check(around | {"app/web.yaml": BARE}) == []
    selecting = check({"app/web.yaml": BARE + "  selector: {app: web}\n"})
    assert selecting == [("service-without-ports", "app/web.yaml", 4)]
    if not listed:
        assert check({"app/web.yaml": BARE}, "app/web.yaml") == [("service-without-ports", "app/web.yaml", 4)]


def test_an_object_without_a_body_is_a_part(check: Check) -> None:
    bodies = {
        "web.yaml": "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nstatus: {replicas: 1}\n",
        "slip.yaml": "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: slip}\nspce: {replicas: 1}\n",
        "empty.yaml": "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: empty}\nspec: {}\n",
    }
    assert {file for _, file, _ in check(bodies)} == {"slip.yaml", "empty.yaml"}


@pytest.mark.parametrize(
    ("comment", "told"),
    [
        ("# a partial object, the rest is the chart's", False),
        ("# merged into what the chart makes", False),
        ("# applied server-side", False),
        ("# the web server", True),
    ],
)
def test_a_comment_calls_an_object_a_part(check: Check, comment: str, told: bool) -> None:
    lacking = DEPLOYMENT.replace("  selector: {matchLabels: {app: web}}\n", "")
    first = DEPLOYMENT.replace("name: web", "name: first", 1)
    assert [rule for rule, _, _ in check({"a.yaml": f"{first}---\n{comment}\n{lacking}"})] == (
        ["field-missing"] if told else []
    )
    assert check({"a.yaml": f"{comment}\n{first}---\n{lacking}"})  # it is about the object below it
    wrong = DEPLOYMENT + "  typo: 1\n"
    assert [rule for rule, _, _ in check({"a.yaml": f"{comment}\n{wrong}"})] == ["field-unknown"]


@pytest.mark.parametrize(
    ("folder", "told"),
    [("docs/version-0.3.0", False), ("release-1.2.x/deploy", False), ("docs/v2", True), ("docs/next", True)],
)
def test_documentation_is_kept_for_each_version(check: Check, folder: str, told: bool) -> None:
    boats = {
        "crds/boat.yaml": definition("Boat", "{type: object, properties: {keel: {type: string}}}"),
        f"{folder}/boat.yaml": "apiVersion: example.com/v1\nkind: Boat\nmetadata: {name: a}\nspec: {sail: a}\n",
    }
    assert [rule for rule, _, _ in check(boats)] == (["field-unknown"] if told else [])


@pytest.mark.parametrize(
    ("command", "told"),
    [
        ('cp "{{ playbook_dir }}/images/web.yaml" {{ playbook_dir }}/images/web-{{ host }}.yaml', False),
        ("cp images/web.yaml /tmp/web-mine.yaml", False),
        ("cp images/web.yaml /etc/manifests/web.yaml", True),
        ("cp images/web.yaml /etc/manifests/", True),
        ("cp images/web.yaml web-mine.yaml && kubectl apply -f images/web.yaml", True),
    ],
)
def test_what_is_applied_is_a_copy_with_another_name(check: Check, command: str, told: bool) -> None:
    affinity = (
        "      affinity:\n        nodeAffinity:\n          requiredDuringSchedulingIgnoredDuringExecution:\n"
        "            nodeSelectorTerms:\n"
    )
    files = {"images/web.yaml": DEPLOYMENT + affinity, "play.yml": f"- hosts: all\n  tasks:\n  - command: {command}\n"}
    assert [rule for rule, _, _ in check(files)] == (["field-missing"] if told else [])


@pytest.mark.parametrize(("name", "told"), [("restore-TIMESTAMP", False), ("restore-UUID", False), ("WEB", True)])
def test_a_name_in_capitals_says_what_belongs_there(check: Check, name: str, told: bool) -> None:
    assert [rule for rule, _, _ in check({"a.yaml": DEPLOYMENT.replace("name: web", f"name: {name}", 1)})] == (
        ["object-name-malformed"] if told else []
    )


def test_a_kustomization_of_flux_may_be_called_as_one_of_kustomize(check: Check) -> None:
    flux = (
        "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: a, namespace: flux-system}\n"
        "spec: {interval: 5m, path: ./boats, prune: true, sourceRef: {kind: GitRepository, name: flux-system}}\n"
    )
    built = "resources: []\nconfigMapGenerator: [{name: a}]\n"
    files = {"apps/flux/kustomization.yaml": flux, "boats/kustomization.yaml": built}
    assert check(files) == []  # `kubectl apply -f` takes it as the object that it is
    assert check({"apps/kustomization.yaml": "resources: [flux/kustomization.yaml]\n"}) == []
    by_folder = check({"apps/kustomization.yaml": "resources: [flux]\n"})
    assert [rule for rule, _, _ in by_folder] == ["kustomization-invalid"]  # and kustomize refuses it as its own


@pytest.mark.parametrize(
    ("path", "told"), [("app-template.yaml", False), ("templates/app.yaml", False), ("app.yaml", True)]
)
def test_a_name_that_a_template_leaves_empty_is_filled_in(check: Check, path: str, told: bool) -> None:
    boat = "apiVersion: example.com/v1\nkind: Boat\nmetadata:\n  name:\n  namespace: a\nspec: {keel: oak}\n"
    assert [rule for rule, _, _ in check({path: boat})] == (["object-name-missing"] if told else [])


def test_releases_before_a_release_have_their_order_too(check: Check) -> None:
    names = [f"v0.19.0-alpha.{count}.yml" for count in (9, 10)] + ["v0.20.0-rc.1.yml", "v0.20.0.yml"]
    files = {f"releases/{name}": OLD_BUDGET for name in names}
    assert [file for _, file, _ in check(files)] == ["releases/v0.20.0.yml"]
    last = {"releases/v0.20.0.yml": OLD_BUDGET.replace("v1beta1", "v1")}
    assert check(last) == []


def test_an_environment_behind_a_version_is_no_older_release(check: Check) -> None:
    assert len(check({f"web-1.2-{name}.yaml": OLD_BUDGET for name in ("dev", "prod")})) == 2


BLANKS = DEPLOYMENT + "        resources: {requests: {cpu: 500m, memory: 1Gi}, limits: {cpu: LIMIT, memory: 2Gi}}\n"


@pytest.mark.parametrize(
    ("limit", "told"),
    [
        ('"${CPU}"', []),
        ("__CPU__", []),
        ("abc", ["value-wrong-type"]),  # said once
        ("100m", ["resources-request-over-limit"]),
    ],
)
def test_nothing_is_held_against_a_blank(check: Check, limit: str, told: list[str]) -> None:
    assert [rule for rule, _, _ in check({"web.yaml": BLANKS.replace("LIMIT", limit)})] == told


@pytest.mark.parametrize("folder", ["k8sOLD", "k8s-old", "old-manifests", "deployments_old"])
def test_old_folders_are_left_out_by_their_names(check: Check, folder: str) -> None:
    assert check({f"{folder}/budget.yaml": OLD_BUDGET}) == []
    assert check({"threshold/budget.yaml": OLD_BUDGET}) == [("api-removed", "threshold/budget.yaml", 1)]


@pytest.mark.parametrize(("name", "told"), [("{disk-name}-data", False), ("{disk_name}", False), ("data}", True)])
def test_a_name_in_braces_may_have_dashes(check: Check, name: str, told: bool) -> None:
    text = f'apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: "{name}"}}\n'
    assert [rule for rule, _, _ in check({"a.yaml": text})] == (["object-name-malformed"] if told else [])


@pytest.mark.parametrize(("path", "told"), [("boat-templatespec.yaml", False), ("boat.yaml", True)])
def test_a_template_has_no_metadata(check: Check, path: str, told: bool) -> None:
    wants = definition("Boat", "{type: object, properties: {keel: {type: string}}}")
    files = {"crd.yaml": wants, path: "apiVersion: example.com/v1\nkind: Boat\nspec: {keel: oak}\n"}
    assert [rule for rule, _, _ in check(files)] == (["object-name-missing"] if told else [])


@pytest.mark.parametrize(("value", "told"), [('""', False), ("''", False), ("e30", True)])
def test_a_secret_that_was_emptied_is_filled_in_elsewhere(check: Check, value: str, told: bool) -> None:
    secret = "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ntype: kubernetes.io/dockerconfigjson\ndata:\n"
    text = f"{secret}  .dockerconfigjson: {value}\n"
    assert [rule for rule, _, _ in check({"a.yaml": text})][:1] == (["value-wrong-type"] if told else [])
    if not told:
        assert [rule for rule, _, _ in check({"a.yaml": text}, "a.yaml")] == ["secret-incomplete"]


@pytest.mark.parametrize(
    ("spec", "told"),
    [
        ("{keel: oak}", True),
        ("\n  length:\n  keel: oak", True),
        ("\n  # in metres, as the yard measured it\n  length:\n  keel: oak", False),
        ("\n  length: # of the boat\n  keel: oak", False),
    ],
)
def test_a_field_that_a_custom_object_leaves_empty_is_filled_in(check: Check, spec: str, told: bool) -> None:
    wants = definition(
        "Boat", "{type: object, required: [length], properties: {length: {type: integer}, keel: {type: string}}}"
    )
    boat = f"apiVersion: example.com/v1\nkind: Boat\nmetadata: {{name: a}}\nspec: {spec}\n"
    assert [rule for rule, _, _ in check({"crd.yaml": wants, "a.yaml": boat})] == (["field-missing"] if told else [])


@pytest.mark.parametrize(
    ("value", "told"), [("{**Replace with the password**}", False), ("{**}", True), ("*word", True)]
)
def test_a_blank_between_stars_in_braces_is_none_yet(check: Check, value: str, told: bool) -> None:
    text = f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: a}}\ndata:\n  password: {value}\n"
    assert bool(check({"a.yaml": text})) == told


def test_the_items_of_a_list_are_looked_at_one_by_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What lacks something in a list that is kept in a repository: the whole file is not gone through for each."""
    item = "".join(f"  {line}\n" for line in DEPLOYMENT.splitlines()).replace("  apiVersion", "- apiVersion", 1)
    item = item.replace("        - name: web\n  ", "        -")

    def work(count: int) -> int:
        items = "".join(item.replace("name: web}", f"name: web{number}}}") for number in range(count))
        files = {"a.yaml": f"apiVersion: v1\nkind: List\nitems:\n{items}"}
        found: list[dict[str, Any]] = []
        done = instructions(lambda: found.extend(findings_in(tmp_path, files, (".",), monkeypatch, capsys)))
        assert [f["rule"] for f in found].count("field-missing") == count
        return done

    work(5)  # what is worked out once
    assert work(200) < 2.2 * work(100)
