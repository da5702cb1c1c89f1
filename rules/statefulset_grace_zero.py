"""A StatefulSet with terminationGracePeriodSeconds 0, which can run one identity twice.

With 0 the API object of a pod is removed before its process has stopped, so the replacement with the same name and claim may start
while the old one still writes: two writers on one volume.

Leave the field out (30 seconds), or write the time that the application needs to stop.

See https://kubernetes.io/docs/tasks/run-application/force-delete-stateful-set-pod/
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, StatefulSet, rule


@rule(Category.BROKEN, needs=("terminationGracePeriodSeconds",))
def check(statefulset: StatefulSet) -> Findings:
    """The grace period of the template is 0; pods that do nothing, as those that hold a place for others, have no work to end."""
    images = [str(c.get("image")).rpartition("/")[2].partition(":")[0] for c in statefulset.pod.containers()]
    if all(image == "pause" for image in images):
        return
    if statefulset.pod.get("terminationGracePeriodSeconds") == 0:
        yield statefulset.pod["terminationGracePeriodSeconds"].found(
            "terminationGracePeriodSeconds 0 lets a replacement start while the old pod of the same name still runs",
            consequence="two processes with one identity may write to one volume",
            help="remove the field, or write at least 1",
        )
