"""A helper container that runs beside the work and never ends, so the Job never completes.

A Job is complete when all ordinary containers of its pod have ended. Proxies, agents and shippers do not end by themselves: the
pod stays Running after the work is done, and with `concurrencyPolicy: Forbid` no later run of a CronJob starts.

Make the helper a native sidecar: an init container with `restartPolicy: Always`, which is stopped when the work has ended.

See https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/#jobs-with-sidecar-containers
"""

from __future__ import annotations

import math

from kubetrial.lint.authoring import Category, Container, Findings, JobSpec, rule
from kubetrial.lint.facts import programs

_SERVERS = frozenset(
    (
        "redis", "valkey", "memcached", "nginx", "httpd", "caddy", "haproxy", "traefik", "postgres", "mysql", "mariadb", "mongo",
        "rabbitmq", "nats", "squid", "tinyproxy", "coredns", "logstash", "aws-xray-daemon", "xray-daemon", "cloudwatch-agent",
        "aws-otel-collector", "tailscale", "pushgateway", "node-exporter", "standalone-chrome", "standalone-firefox", "gost",
        "cloudflared", "dapr", "daprd", "consul", "consul-dataplane", "nginx-unprivileged", "aws-cli-proxy", "newrelic-infra",
        "vault", "fluent-bit-debug", "jaeger-agent", "zookeeper", "minio", "elasticsearch", "localstack",
    )
)  # fmt: skip
"""Images whose own command, when nothing else is written, is a server that does not end."""


@rule(Category.BROKEN)
def check(job: JobSpec) -> Findings:
    """A second ordinary container that is known to run for ever, by its image's name or its command."""
    containers = list(job.pod.containers())
    if len(containers) < 2 or _is_stopped(job):
        return
    for container in containers:
        why = endless(container)
        if why and not all(endless(other) for other in containers):
            yield container["command" if "sleeps" in why and container.get("command") else "image"].found(
                f"container {container.name} {why}, so this Job never completes",
                consequence="the pod stays Running after the work has ended, and the Job stays active",
                help="make it an init container with restartPolicy: Always: it is stopped when the work has ended",
            )


def _is_stopped(job: JobSpec) -> bool:
    """Whether the work may end its helper: they share processes, or something speaks of the way to tell a proxy to quit."""
    if job.pod.get("shareProcessNamespace") is True:
        return True
    texts = [str(word) for c in job.pod.containers() for key in ("command", "args") for word in c.get(key) or ()]
    return any("quitquitquit" in text or "/shutdown" in text for text in texts)


def endless(container: Container) -> str:
    """Why a container runs for ever, as far as its manifest shows; empty where it does not."""
    image = str(container.get("image", ""))
    name = programs.image_name(image)
    if not container.get("command") and not container.get("args"):
        tag = image.partition("@")[0].rpartition("/")[2].partition(":")[2]
        if name in _SERVERS or (name == "docker" and "dind" in tag):
            return f"is {name}, a server that does not end by itself"
    program = programs.known(container.mapping())
    return program.why if program is not None and program.seconds == math.inf else ""
