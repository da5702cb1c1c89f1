"""Pods that wait for a hook which runs only when they are ready.

With `helm install --wait` (and in Flux and Argo CD always) `post-install` hooks start when all ordinary objects are
ready. A pod whose init container waits for the Job of such a hook, or that uses a ConfigMap or Secret which is one, is
never ready before: neither happens, and the install runs into its timeout.

Make the Job an ordinary object or a `pre-install` hook.

See https://helm.sh/docs/topics/charts_hooks/
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from kubetrial.lint.authoring import Category, Cluster, Findings, Job, Node, Object, Pod, Workload, is_sure, named, rule
from kubetrial.lint.facts import kinds
from kubetrial.lint.objects.config_uses import names_of, place_of_name
from kubetrial.lint.objects.hooks import hook_of
from kubetrial.lint.objects.peers import texts_of

_WAITS = re.compile(r"\bwait|\buntil\b|\bwhile\b|\bcomplete\b|\bjobs?\b|--for=", re.I)


@rule(Category.RISKY, needs=("env", "envFrom", "initContainers", "volumes"))
def check(workload: Workload, cluster: Cluster) -> Findings:
    """Ordinary workloads that name a post-install hook Job in an init container, or need an object that is such a hook."""
    if workload.kind not in kinds.RUNNING or "with" not in hook_of(workload).phases:
        return
    later = cluster.once(_later)
    if not later:
        return
    for hook, place in _waits(workload, later):
        if (hook.namespace or "default") != (workload.namespace or "default") or not is_sure(cluster, workload, hook):
            continue
        yield place.found(
            f"the pods of {workload.kind} {workload.name} wait for the {hook.kind} {hook.name}, a {hook_of(hook).event} hook",
            consequence="with helm --wait, Flux or Argo CD the hook starts when these pods are ready: neither happens",
            help=f"make the {hook.kind} an ordinary object, or a hook before the install",
            related=(named(hook),),
        )
        return


def _later(cluster: Cluster) -> list[Object]:
    """The objects that are made only after the install."""
    return [obj for obj in cluster.objects if obj.annotations and hook_of(obj).is_only_after]


def _waits(workload: Workload, later: list[Object]) -> Iterator[tuple[Object, Node]]:
    needed = set(names_of(workload.pod))
    for hook in later:
        if (hook.kind, hook.name) in needed:
            place = next(place_of_name(workload.pod, hook.kind, hook.name), None)
            if place is not None:
                yield hook, place
        if not isinstance(hook, (Job, Pod)):
            continue
        pattern = re.compile(rf"(?<![\w.-]){re.escape(hook.name)}(?![\w-])")
        for container in workload.pod.init_containers():
            texts = [text for _, text in texts_of(container)]
            said = " ".join(str(text.value) for text in texts) + f" {container.name} {container.get('image', '')}"
            for text in texts if _WAITS.search(said) else ():
                if pattern.search(text.value):
                    yield hook, text
                    break
