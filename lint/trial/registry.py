"""The controllers that take part in a trial, in a fixed order; world.py tells how one is written."""

from __future__ import annotations

from kubetrial.lint.trial import actions, attachment, nodes, pod, preemption, pressure, scheduler, storage
from kubetrial.lint.trial.controllers import autoscaler, cronjob, daemonset, deployment, job, replicaset, statefulset
from kubetrial.lint.trial.world import Controller

CONTROLLERS: tuple[Controller, ...] = (
    actions.CONTROLLER,
    deployment.CONTROLLER,
    replicaset.CONTROLLER,
    statefulset.CONTROLLER,
    daemonset.CONTROLLER,
    cronjob.CONTROLLER,
    *job.CONTROLLERS,
    autoscaler.CONTROLLER,
    storage.CONTROLLER,
    attachment.CONTROLLER,
    scheduler.CONTROLLER,
    preemption.CONTROLLER,
    pod.CONTROLLER,
    *nodes.CONTROLLERS,
    pressure.CONTROLLER,
)
