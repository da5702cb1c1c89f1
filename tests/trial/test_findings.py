"""What the failure lore says, and which rule finds it; and the trial as rules see it.

The codes are those of ../shared/knowledge/lore.md; a code with several findings stands with each of them.
"""

from __future__ import annotations

import copy
import dataclasses
import os
import random
import re

import pytest
from kubetrial.lint import engine
from kubetrial.lint.engine import Choice, Text, check_texts, reading
from kubetrial.lint.objects.cluster import Cluster
from kubetrial.lint.objects.views import Deployment, StatefulSet
from kubetrial.lint.rule import index
from kubetrial.lint.trial import plays

from tests.conftest import ROOT, SHARED

LORE = SHARED / "knowledge" / "lore.md"

RULES: dict[str, tuple[str, ...]] = {
    "CJ101": ("cronjob-runs-pile-up", "cronjob-forbid-without-deadline"),
    "CJ102": (
        "cronjob-days-are-either", "cronjob-never-due", "cronjob-time-zone-unknown", "cronjob-clock-change",
        "cronjob-steps-uneven", "cronjob-schedule-invalid",
    ),
    "CJ103": (
        "cronjob-starting-deadline-never-met", "cronjob-starting-deadline-short", "cronjob-runs-back-to-back",
    ),
    "CJ104": ("cronjob-replaced-before-done",),
    "CJ105": ("cronjob-history-lost", "job-deleted-at-once"),
    "CJ106": ("cronjob-starting-deadline-never-met", "cronjob-interval-below-minute"),
    "JB101": ("job-never-fails", "reference-missing", "workload-pods-refused", "cronjob-forbid-without-deadline"),
    "JB102": ("job-helper-never-ends", "job-sidecar-injected"),
    "JB103": ("field-immutable",),
    "JB104": ("workload-restart-policy-refused", "job-container-restarts-for-ever"),
    "JB105": ("job-logs-lost", "job-fails-at-first-restart", "job-retries-pile-up"),
    "JB106": ("job-deleted-at-once", "job-kept-for-ever"),
    "JB107": ("job-deadline-on-pod-only", "job-deadline-zero", "job-deadline-before-retries"),
    "JB108": ("job-index-settings-invalid", "job-failure-policy-invalid", "job-success-policy-invalid"),
    "JB109": ("job-runs-nothing", "workload-left-off", "job-parallelism-over-completions", "job-work-repeated"),
    "JB110": ("job-fails-when-drained",),
    "JB-peer DNS": ("pod-subdomain-without-service",),
    "DS101": ("daemonset-tolerates-old-master-only", "daemonset-skips-control-plane"),
    "DS102": ("daemonset-surge-with-host-port",),
    "DS103": ("host-port-taken-twice",),
    "DS104": ("workload-updates-on-delete",),
    "DS105": ("claim-shared-by-replicas",),
    "DS106": ("node-choice-contradictory", "pod-node-label-deprecated"),
    "QS101": ("daemonset-not-guaranteed", "pod-guaranteed-lost"),
    "SS101": ("statefulset-without-headless-service",),
    "SS102": ("statefulset-waits-for-peers",),
    "SS103": ("statefulset-rollout-wedges",),
    "SS104": ("field-immutable",),
    "SS106": ("statefulset-grace-zero", "pod-grace-period-negative"),
    "SS107": ("statefulset-partition-holds-all", "workload-updates-on-delete", "statefulset-update-conflict"),
    "SS108": ("statefulset-claim-template-shadows-volume", "statefulset-claim-template-unmounted"),
    "SS109": ("statefulset-update-takes-majority",),
    "SS110": ("statefulset-claims-deleted", "claim-left-over"),
    "SS111": ("budget-blocks-drain",),
    "NM101": ("statefulset-name-too-long", "job-name-too-long", "workload-name-not-label"),
    "DP101": ("claim-shared-by-replicas",),
    "DP102": ("rollout-never-ends", "workload-fits-no-node"),
    "DP103": ("claim-shared-by-workloads",),
    "PV101": ("claim-class-missing", "claim-class-is-a-word", "claim-never-binds"),
    "PV102": ("claim-orphaned", "claim-left-over"),
    "PV103": ("claim-never-binds", "persistent-volume-on-any-node", "claim-mode-unsupported"),
    "PV104": ("volume-on-other-nodes", "claim-waits-beside-scheduler"),
    "PV105": ("field-immutable",),
    "SV101": (
        "service-selects-nothing", "service-target-port-unknown", "selectors-overlap", "service-mixes-workloads",
        "workload-selector-invalid",
    ),
    "PB101": ("budget-blocks-drain", "budget-selects-nothing"),
    "PT101": ("liveness-kills-slow-start",),
    "PT102": ("reference-missing", "reference-key-missing"),
    "PT103": ("grace-shorter-than-prestop",),
    "RQ101": ("workload-pods-refused", "rollout-never-ends"),
}  # fmt: skip

NOT_FOUND: dict[str, str] = {
    "SS105": "a StatefulSet's pod on a dead node is never replaced: true of every set, nothing in it is wrong; `run` shows it",
    "SS112": "whether software needs a quorum is not written in a manifest, and two replicas are right for most",
    "PT104": "how long CrashLoopBackOff waits is no fault of a manifest; the trial follows it",
}

WITHOUT_A_RULE: dict[str, str] = {
    "DS102a: a rollout stops on a few bad nodes": "which nodes are bad is not written anywhere; maxUnavailable 1 is right",
    "CJ: 100 missed starts": "only a Warning event; the newest missed run starts all the same",
    "CJ106c: @every counts from the creation": "re-creating shifts it by less than the interval, which is what was asked for",
    "QS101: no system-node-critical priority": "which agents matter more than applications is for their owner to say",
    "DS: image errors at fleet scale": "a pull that fails is no matter of the manifest",
    "DP: spread counts tainted nodes": "needs the nodes: workload-fits-no-node says it for a configured cluster",
}


def test_every_code_of_the_lore_has_a_rule_or_a_reason() -> None:
    if not LORE.exists():
        pytest.skip("no lore beside this repository")
    codes = set(re.findall(r"\b((?:CJ|JB|DS|QS|SS|NM|DP|PV|SV|PB|PT|RQ)1\d\d)", LORE.read_text(encoding="utf-8")))
    assert codes <= set(RULES) | set(NOT_FOUND), sorted(codes - set(RULES) - set(NOT_FOUND))
    assert len(codes) > 40


@pytest.mark.parametrize("code", sorted(RULES))
def test_the_rules_of_a_code_exist_and_are_shown_by_a_fixture(code: str) -> None:
    known = index()
    for name in RULES[code]:
        assert name in known
        if name != "field-immutable":  # needs an older state: tests/command/test_against.py
            text = (ROOT / "tests" / "rules" / f"{name.replace('-', '_')}.yaml").read_text(encoding="utf-8")
            assert re.search(rf"# expect(-next)?:.*\b{name}\b", text)


# --- the trial as rules see it --------------------------------------------------------------------------------------


def cluster_of(*texts: Text) -> Cluster:
    """The objects of texts as rules get them."""
    objects = list(reading.objects_of(texts, {}, engine.Checked()))
    return Cluster(objects, 37, True, frozenset(text.name for text in texts))


def test_a_play_that_fails_is_told_and_not_silent(monkeypatch: pytest.MonkeyPatch) -> None:
    from kubetrial.lint.trial.controllers import deployment

    def broken(*_: object) -> float | None:
        raise ZeroDivisionError("a mistake")

    mistaken = dataclasses.replace(deployment.CONTROLLER, sync=broken)
    from kubetrial.lint.trial import registry

    others = tuple(one for one in registry.CONTROLLERS if one.name != mistaken.name)
    monkeypatch.setattr(registry, "CONTROLLERS", (mistaken, *others))
    checked = engine.check_texts([fixture("rollout_never_ends")])
    assert checked.internal_error
    assert any("ZeroDivisionError" in f.message for f in checked.findings if f.rule == "internal-error")


def fixture(name: str) -> Text:
    return Text(name, (ROOT / "tests" / "rules" / f"{name}.yaml").read_text(encoding="utf-8"))


def test_a_play_is_played_once_and_its_causes_are_places() -> None:
    (trial,) = [t for t in plays.of(cluster_of(fixture("rollout_never_ends"))) if t.namespace == "shop"]
    deployment = trial.all(Deployment)[0]
    play = trial.play("updated", deployment)
    assert trial.play("updated", deployment) is play
    event = next(e for e in play.events(deployment) if e.event == "unschedulable")
    node = play.node(event.cause, deployment.spec)
    assert node.root.value is deployment.value
    assert node.path.startswith("spec.template.spec.affinity.podAntiAffinity")
    assert play.trace(play.events(deployment))[0].startswith("assumed: ")


def test_each_namespace_has_its_own_trial_with_what_bears_on_it() -> None:
    trials = {trial.namespace: trial for trial in plays.of(cluster_of(fixture("workload_pods_refused")))}
    assert set(trials) == {"shop", "batch", "small", "eased"}
    assert [obj.kind for obj in trials["eased"].objects] == ["ResourceQuota", "LimitRange"]


def test_the_pods_of_a_stateful_set_are_its_own() -> None:
    (trial,) = plays.of(cluster_of(fixture("statefulset_rollout_wedges")))
    db, cache = trial.all(StatefulSet)
    play = trial.play("nominal", db, cache, horizon=60.0)
    assert {e.subject for e in play.events(db)} == {"db", "db-0", "db-1", "db-2"}


def test_variants_are_not_played_together() -> None:
    text = fixture("rollout_never_ends").text
    one, other = Text("envs/one/app.yaml", text), Text("envs/two/app.yaml", text.replace("replicas: 3", "replicas: 2"))
    places = [trial for trial in plays.of(cluster_of(one, other)) if trial.namespace == "shop"]
    assert [len(trial.workloads) for trial in places] == [4, 4]


def test_an_autoscaler_gives_a_workload_its_least_replicas() -> None:
    trials = plays.of(cluster_of(fixture("budget_blocks_drain")))
    trial, scaled = next((t, d) for t in trials for d in t.all(Deployment) if d.name == "scaled")
    assert trial.play("nominal", scaled, horizon=30.0).final(scaled)["specReplicas"] == 2


ODD = (None, "", "x", 0, -1, 10**12, 1.5, True, [], {}, [None], [{}], {"a": None}, {"": ""}, "100%", "1000000")


@pytest.mark.parametrize("seed", range(int(os.environ.get("TRIAL_SEEDS", "40"))))
def test_no_rule_fails_on_any_value(seed: int) -> None:
    """Fixtures with values exchanged at random: refused or not, no rule raises and no play takes for ever."""
    rng = random.Random(seed)
    names = sorted(name for rules in RULES.values() for name in rules if name != "field-immutable")
    checked = engine.Checked()
    text = fixture(rng.choice(names).replace("-", "_"))
    values = [copy.deepcopy(obj.value) for obj in reading.objects_of([text], {}, checked)]
    for value in values:
        for _ in range(rng.randint(1, 4)):
            _exchange(value, rng)
    import json

    result = check_texts(
        [Text("odd.yaml", "\n---\n".join(map(json.dumps, values)))], choice=Choice(selected=lambda entry: True)
    )
    assert [f.message + str(f.trace) for f in result.findings if f.rule == "internal-error"] == []


def _exchange(value: object, rng: random.Random) -> None:
    """Put an odd value somewhere below."""
    while True:
        if isinstance(value, dict) and value:
            key = rng.choice([k for k in value if k not in ("apiVersion", "kind")] or list(value))
        elif isinstance(value, list) and value:
            key = rng.randrange(len(value))
        else:
            return
        inner = value[key]
        if not isinstance(inner, (dict, list)) or not inner or rng.random() < 0.15:
            value[key] = copy.deepcopy(rng.choice(ODD))
            return
        value = inner
