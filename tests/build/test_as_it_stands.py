"""Repositories as people keep them: what is not applied as it stands is no mistake, and what is one is told all the same."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.manifests import DEPLOYMENT, definition
from tests.repositories import findings_in

PATCH = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  template:
    spec:
      containers:
      - name: web
        envFrom: [{configMapRef: {name: more}}]
"""
ENCRYPTED = """\
apiVersion: v1
kind: Secret
metadata: {name: key}
data:
  word: ENC[AES256_GCM,data:Zm9v,iv:YmFy,tag:YmF6,type:str]
sops:
  mac: ENC[AES256_GCM,data:Zm9v,iv:YmFy,tag:YmF6,type:str]
  version: 3.9.0
"""

Check = Callable[..., list[tuple[str, str, int]]]


@pytest.fixture
def check(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Check:
    """Write files and check them: (rule, file, line) of the errors."""

    def run(files: dict[str, str], *arguments: str) -> list[tuple[str, str, int]]:
        findings = findings_in(tmp_path, files, (*arguments, "."), monkeypatch, capsys)
        return [(f["rule"], f["file"], f["range"]["start"]["line"]) for f in findings if f["level"] == "error"]

    return run


def test_what_is_encrypted_is_judged_but_for_its_values(check: Check) -> None:
    assert check({"kustomization.yaml": "resources: [secret.yaml]\n", "secret.yaml": ENCRYPTED}) == []


def test_a_misspelt_field_of_an_encrypted_secret_is_told(check: Check) -> None:
    misspelt = ENCRYPTED.replace("data:\n", "dta:\n")
    found = check({"kustomization.yaml": "resources: [secret.yaml]\n", "secret.yaml": misspelt})
    assert found == [("field-unknown", "secret.yaml", 4)]


@pytest.mark.parametrize(
    "more",
    [
        {"made.yaml.in": ""},
        {"made.example.yaml": "a: 1\n"},
        {".gitignore": "made.yaml\n"},
        {".gitignore": "*.yaml\n!kustomization.yaml\n!web.yaml\n"},
    ],
)
def test_a_file_that_is_made_first_is_no_mistake(check: Check, more: dict[str, str]) -> None:
    files = {"kustomization.yaml": "resources:\n- web.yaml\n- made.yaml\n", "web.yaml": DEPLOYMENT + "  typo: 1\n"}
    assert check(files | more) == [("field-unknown", "web.yaml", 12)]


def test_a_secret_of_one_machine_is_no_mistake_and_a_slip_of_the_pen_is_one(check: Check) -> None:
    kustomization = (
        "secretGenerator:\n- name: a\n  envs: [private.txt]\nconfigMapGenerator:\n- name: b\n  files: [app.propertis]\n"
    )
    files = {"app/kustomization.yaml": kustomization, "app/app.properties": "a=1\n"}
    assert check(files) == [("kustomization-file-missing", "app/kustomization.yaml", 6)]


def test_a_patch_from_elsewhere_is_unknown(check: Check) -> None:
    files = {
        "kustomization.yaml": "resources: [web.yaml]\npatches:\n- path: https://example.com/patch.yaml\n",
        "web.yaml": DEPLOYMENT,
    }
    assert check(files) == []


def test_a_part_of_an_object_that_nobody_lists_is_a_patch(check: Check) -> None:
    files = {"app/kustomization.yaml": "namePrefix: a-\nresources: [web.yaml]\n", "app/web.yaml": DEPLOYMENT}
    assert check(files | {"app/more.yaml": PATCH.replace("envFrom", "envFrm")}) == [
        ("field-unknown", "app/more.yaml", 9)
    ]


def test_an_object_with_one_mistake_is_no_patch(check: Check) -> None:
    files = {"app/kustomization.yaml": "resources: [web.yaml]\n", "app/web.yaml": DEPLOYMENT}
    other = DEPLOYMENT.replace("        image: web:1\n", "")
    assert check(files | {"app/other.yaml": other}) == [("field-missing", "app/other.yaml", 10)]


def test_patches_and_components_without_a_user_are_checked_in_themselves(check: Check) -> None:
    files = {
        "app/kustomization.yaml": "resources: [web.yaml]\n# - path: more-patch.yaml\n",
        "app/web.yaml": DEPLOYMENT,
        "app/more-patch.yaml": PATCH.replace("- name: web", "- $patch: delete\n        nam: web"),
        "part/kustomization.yaml": (
            "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\npatches:\n- path: all.yaml\n"
        ),
        "part/all.yaml": PATCH.replace("envFrom: [{configMapRef: {name: more}}]", "env: text"),
    }
    assert check(files) == [("field-unknown", "app/more-patch.yaml", 9), ("value-wrong-type", "part/all.yaml", 9)]


def test_of_a_removed_version_only_that_is_told(check: Check) -> None:
    ingress = "apiVersion: extensions/v1beta1\nkind: Ingress\nmetadata: {name: a}\nspec:\n  backend: {serviceName: a}\n"
    assert check({"a.yaml": ingress}) == [("api-removed", "a.yaml", 1)]


def test_a_kustomization_that_is_a_template_is_no_mistake(check: Check) -> None:
    files = {
        "new/kustomization.yaml": "namespace: {{ .namespace }}\nresources: [web.yaml]\n",
        "kustomization.yaml": "resources: [web.yaml]\n",
        "web.yaml": DEPLOYMENT + "  typo: 1\n",
    }
    assert check(files) == [("field-unknown", "web.yaml", 12)]


def test_a_label_of_a_wrong_type_in_an_unknown_kind_is_one_mistake(check: Check) -> None:
    files = {"a.yaml": "apiVersion: example.com/v1\nkind: Boat\nmetadata:\n  name: a\n  labels: {new: yes}\n"}
    assert check(files) == [("value-wrong-type", "a.yaml", 5)]


DEFINITION = definition(
    "Boat", "{type: object, required: [mast], properties: {mast: {type: string}, sail: {type: string}}}"
)
WEBHOOK = """\
apiVersion: admissionregistration.k8s.io/v1
kind: MutatingWebhookConfiguration
metadata: {name: boats}
webhooks:
- name: boats.example.com
  admissionReviewVersions: [v1]
  sideEffects: None
  clientConfig: {url: "https://boats.example.com/fill"}
"""
RULES = "  rules:\n  - {apiGroups: [example.com], apiVersions: [v1], operations: [CREATE], resources: [boats]}\n"
OTHER = "  rules:\n  - {apiGroups: [cars.example], apiVersions: [v1], operations: [CREATE], resources: [cars]}\n"


@pytest.mark.parametrize(("webhook", "missing"), [(WEBHOOK, False), (WEBHOOK + RULES, False), (WEBHOOK + OTHER, True)])
def test_what_a_webhook_may_fill_in_is_not_missing(check: Check, webhook: str, missing: bool) -> None:
    boat = "apiVersion: example.com/v1\nkind: Boat\nmetadata: {name: a}\nspec:\n  sal: red\n"
    found = check({"boat.yaml": boat, "definition.yaml": DEFINITION, "webhook.yaml": webhook})
    assert found == [*([("field-missing", "boat.yaml", 4)] if missing else []), ("field-unknown", "boat.yaml", 5)]


@pytest.mark.parametrize(
    "value",
    ["%%%", "disk-of-HOSTNAME", "HOSTNAME", '"{name}-db"', "...your name...", "ENC[AES256_GCM,data:eA==,type:str]"],
)
def test_blanks_are_no_mistake(check: Check, value: str) -> None:
    assert check({"a.yaml": f"apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {value}\n"}) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("apiVersion: v1\nkind: NAMESPACE\nmetadata: {name: a}\n", ("kind-unknown", 2)),
        ("apiVersion: v1\nkind: Service\nmetadata: {name: a}\nspec: {EXTERNALNAME: b}\n", ("field-unknown", 4)),
        (
            "apiVersion: v1\nkind: Service\nmetadata: {name: a}\nspec: {type: CLUSTERIP, ports: [{port: 1}]}\n",
            ("value-unsupported", 4),
        ),
        (
            "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ndata:\n  b: |\n    TUlJRXBRSUJBQUtD  # of mine\n",
            ("value-wrong-type", 5),
        ),
        ("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n$patch: all\n", ("field-unknown", 4)),
    ],
)
def test_a_known_word_in_capitals_is_no_blank(check: Check, text: str, found: tuple[str, int]) -> None:
    assert (found[0], "podtemplate.yaml", found[1]) in check({"podtemplate.yaml": text}, "--isolated")


def test_an_object_that_says_how_it_is_laid_over_another_is_a_patch(check: Check) -> None:
    patch = PATCH.replace("      - name: web\n", "      - name: web\n        $patch: delete\n").replace(
        "envFrom", "envForm"
    )
    assert check({"gone.yaml": patch}, "gone.yaml") == [("field-unknown", "gone.yaml", 10)]


def test_a_variable_alone_on_its_line_stands_for_a_block(check: Check) -> None:
    assert check({"a.yaml": DEPLOYMENT + "  # the rest\n$MORE_OF_IT\n"}) == []


def test_of_several_definitions_the_widest_speaks(check: Check) -> None:
    def definition(*fields: str) -> str:
        properties = "".join(f"              {name}: {{type: string}}\n" for name in fields)
        return (
            "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: boats.example.com}\n"
            "spec:\n  group: example.com\n  scope: Namespaced\n  names: {kind: Boat, plural: boats}\n  versions:\n"
            "  - name: v1\n    served: true\n    storage: true\n    schema:\n      openAPIV3Schema:\n"
            "        type: object\n        properties:\n          spec:\n            type: object\n            properties:\n"
            f"{properties}"
        )

    boat = "apiVersion: example.com/v1\nkind: Boat\nmetadata: {name: a}\nspec:\n  sail: red\n  mats: oak\n"
    found = check({"1.yaml": definition("oar"), "2.yaml": definition("oar", "sail", "mast"), "boat.yaml": boat})
    assert found == [("field-unknown", "boat.yaml", 6)]


OUTSIDE = {
    "app/kustomization.yaml": "resources: [../shared.yaml]\n",
    "shared.yaml": DEPLOYMENT + "  typo: 1\n",
}
FLUX = """\
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: app}
spec: {path: ./app}
"""


@pytest.mark.parametrize(
    ("more", "refused"),
    [
        ({}, True),
        (
            {"Makefile": "apply:\n\tkustomize build --load-restrictor LoadRestrictionsNone app | kubectl apply -f -\n"},
            False,
        ),
        ({".github/workflows/a.yaml": "on: push\nargs: --load-restrictor=LoadRestrictionsNone\n"}, False),
        ({"flux.yaml": FLUX}, False),
    ],
)
def test_who_lifts_the_load_restriction_reads_files_elsewhere(
    check: Check, more: dict[str, str], refused: bool
) -> None:
    outside = ("kustomization-outside-root", "app/kustomization.yaml", 1)
    assert check(OUTSIDE | more) == [outside if refused else ("field-unknown", "shared.yaml", 12)]


def test_what_the_tests_of_an_operator_compare_with_is_left_out(check: Check) -> None:
    wrong = "apiVersion: v1\nkind: Service\nmetadata: {name: a}\nspec: {prots: []}\n"
    files = {
        "e2e-tests/backup/compare/a.yml": wrong,
        "apps/compare/b.yaml": wrong.replace("{prots", "{clusterIP: None, prots"),
    }
    assert check(files) == [("field-unknown", "apps/compare/b.yaml", 4)]


def test_a_freemarker_template_is_no_mistake(check: Check) -> None:
    assert check({"a.ftl.yaml": DEPLOYMENT + "<#if config.more>\n  typo: 1\n</#if>\n"}) == []


def test_names_of_kinds_that_other_servers_serve_have_their_own_forms(check: Check) -> None:
    group = "apiVersion: user.openshift.io/v1\nkind: Group\nmetadata: {name: the_team}\nusers: []\n"
    assert check({"a.yaml": group, "b.yaml": group.replace("user.openshift.io", "example.com")}) == [
        ("object-name-malformed", "b.yaml", 3)
    ]


def test_an_import_path_that_ko_replaces_is_an_image(check: Check) -> None:
    assert check({"a.yaml": DEPLOYMENT.replace("web:1", "ko://example.com/shop/cmd/web")}) == []


def test_an_old_definition_keeps_fields_that_it_does_not_know(check: Check) -> None:
    old = DEFINITION.replace("apiextensions.k8s.io/v1", "apiextensions.k8s.io/v1beta1")
    boat = "apiVersion: example.com/v1\nkind: Boat\nmetadata: {name: a}\nspec: {mast: oak, sal: red}\n"
    assert check({"boat.yaml": boat, "definition.yaml": old}) == [("api-removed", "definition.yaml", 1)]


def test_a_constant_where_a_number_belongs_is_a_blank(check: Check) -> None:
    text = DEPLOYMENT + "  replicas: NUM_NODES\n  minReadySeconds: SOON\n"
    assert check({"a.yaml": text}) == [("value-wrong-type", "a.yaml", 13)]


def test_a_patch_for_an_old_version_is_not_held_against_the_new_one(check: Check) -> None:
    patch = (
        "apiVersion: apiextensions.k8s.io/v1beta1\nkind: CustomResourceDefinition\nmetadata: {name: boats.example.com}\n"
        "spec: {conversion: {webhookClientConfig: {}}}\n"
    )
    files = {"kustomization.yaml": "resources: [web.yaml]\n# - a-patch.yaml\n", "web.yaml": DEPLOYMENT}
    assert check(files | {"a-patch.yaml": patch}) == []


def test_what_is_compared_with_a_placeholder_is_not_concluded(check: Check) -> None:
    volume = (
        "apiVersion: v1\nkind: PersistentVolume\nmetadata: {name: disk}\nspec:\n  volumeMode: {mode}\n"
        "  capacity: {storage: 1Gi}\n  accessModes: [ReadWriteOnce]\n  storageClassName: hand\n  hostPath: {path: /data}\n"
        "---\napiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: disk}\nspec:\n  volumeName: disk\n"
        "  accessModes: [ReadWriteOnce]\n  storageClassName: hand\n  resources: {requests: {storage: 1Gi}}\n"
    )
    assert check({"a.yaml": volume.replace("{mode}", "${MODE}")}) == []


def test_a_file_that_a_script_beside_it_writes_is_no_mistake(check: Check) -> None:
    files = {"kustomization.yaml": "resources:\n- web.yaml\n- made.yaml\n", "web.yaml": DEPLOYMENT}
    assert check(files | {"render": "helm template shop > made.yaml\n"}) == []


def test_a_bare_part_of_a_workload_is_a_patch_whatever_it_is_laid_over(check: Check) -> None:
    files = {"app/kustomization.yaml": "resources: [web.yaml]\n", "app/web.yaml": DEPLOYMENT}
    other = PATCH.replace("{name: web}", "{name: other}").replace("envFrom", "envFrm")
    assert check(files | {"app/other.yaml": other}) == [("field-unknown", "app/other.yaml", 9)]


def test_a_json_patch_after_a_remote_one_is_not_concluded_about(check: Check) -> None:
    patches = (
        "resources: [web.yaml]\npatches:\n- path: https://example.com/patch.yaml\n- target: {kind: Deployment}\n"
        '  patch: \'[{"op": "remove", "path": "/spec/paused"}]\'\n'
    )
    assert check({"kustomization.yaml": patches, "web.yaml": DEPLOYMENT}) == []
    rest = patches.replace("- path: https://example.com/patch.yaml\n", "")
    assert check({"kustomization.yaml": rest}) == [("kustomization-patch-unmatched", "kustomization.yaml", 4)]


def test_what_another_program_calls_an_object_is_none(check: Check) -> None:
    assert check({"a.yaml": "apiVersion: v1\nkind: Reaction\nname: told\nspec: {}\n"}) == []


@pytest.mark.parametrize("word", ["xxxxxxx", "XXXX"])
def test_crosses_are_blanks(check: Check, word: str) -> None:
    assert check({"a.yaml": f"apiVersion: v1\nkind: Secret\nmetadata: {{name: a}}\ndata:\n  key: {word}x\n"}) == []


def test_a_blank_in_braces_at_the_head_of_a_value_is_no_mistake(check: Check) -> None:
    assert check({"a.yaml": DEPLOYMENT.replace("web:1", "{REGISTRY}/web:1")}) == []


def test_what_a_template_of_a_folder_takes_in_stands_where_it_is_copied_to(check: Check) -> None:
    files = {"hack/templates/shop/kustomization.yaml": "resources:\n- ../base\n- web.yaml\n"}
    assert check(files | {"hack/templates/shop/web.yaml": DEPLOYMENT + "  typo: 1\n"}) == [
        ("field-unknown", "hack/templates/shop/web.yaml", 12)
    ]


@pytest.mark.parametrize(
    ("group", "version", "told"),
    [
        ("gateway.networking.k8s.io", "v1", False),
        ("gateway.networking.k8s.io", "v1alpha1", True),
        ("example.com", "v1", True),
    ],
)
def test_an_old_copy_of_a_shared_definition_says_nothing_about_newer_versions(
    check: Check, group: str, version: str, told: bool
) -> None:
    old = DEFINITION.replace("example.com", group).replace("- name: v1", "- name: v1beta1")
    old = old.replace(
        "spec:\n  group", "  annotations: {api-approved.kubernetes.io: 'https://example.com/1'}\nspec:\n  group", 1
    )
    old = old.replace("metadata: {name: boats." + group + "}", "metadata:\n  name: boats." + group)
    boat = f"apiVersion: {group}/{version}\nkind: Boat\nmetadata: {{name: a}}\nspec: {{}}\n"
    assert check({"boat.yaml": boat, "definition.yaml": old}) == ([("kind-unknown", "boat.yaml", 1)] if told else [])


def test_a_refused_kustomization_tells_of_all_missing_files_and_of_nothing_that_follows(check: Check) -> None:
    files = {
        "kustomization.yaml": "resources:\n- one.yaml\n- web.yaml\n- two.yaml\npatches:\n- path: three.yaml\n- path: four.yaml\n",
        "web.yaml": DEPLOYMENT + "  typo: 1\n",
        "four.yaml": PATCH.replace("{name: web}", "{name: of-one}"),
    }
    missing = "kustomization-file-missing"
    assert check(files) == [(missing, "kustomization.yaml", line) for line in (2, 4, 6)]
