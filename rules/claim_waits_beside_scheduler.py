"""A pod that names its node and mounts a claim which waits for the scheduler.

A class with `volumeBindingMode: WaitForFirstConsumer` binds a claim when the scheduler has chosen a node for its
first pod. A pod with `nodeName` never sees the scheduler: the claim stays Pending (`WaitForFirstConsumer`), and the
pod in ContainerCreating.

Choose the node by a nodeSelector on `kubernetes.io/hostname`.

See https://kubernetes.io/docs/concepts/storage/storage-classes/#volume-binding-mode
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Cluster, Findings, Workload, rule, sure_target


@rule(Category.BROKEN, needs=("nodeName",))
def check(workload: Workload, cluster: Cluster) -> Findings:
    """nodeName, and a claim (or a claim template) of such a class of the set."""
    pod = workload.pod
    if not pod.get("nodeName"):
        return
    specs = []
    for volume in pod["volumes"].items():
        name = volume["persistentVolumeClaim"].get("claimName")
        claim = sure_target(cluster, workload, "PersistentVolumeClaim", name) if name else None
        if claim is not None and not claim["spec"].get("volumeName"):
            specs.append(claim["spec"])
    specs += [template["spec"] for template in workload.spec["volumeClaimTemplates"].items()]
    for spec in specs:
        cls = cluster.get("storage.k8s.io", "StorageClass", "", str(spec.get("storageClassName")))
        if cls is not None and cls.get("volumeBindingMode") == "WaitForFirstConsumer":
            yield pod["nodeName"].found(
                f"nodeName keeps the scheduler away, and the claim of class {cls.name} waits for it",
                consequence="the claim stays Pending with WaitForFirstConsumer, and the pod in ContainerCreating",
                help=f"write nodeSelector: {{kubernetes.io/hostname: {pod.get('nodeName')}}}",
                related=(("the class", cls["volumeBindingMode"]),),
            )
            return
