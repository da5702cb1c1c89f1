"""A probe that starts a slow tool and gives it one second.

`timeoutSeconds` is 1 by default. A tool that starts a runtime of its own (Java, Erlang, Node.js, Python) often takes
longer on a busy node: the probe counts as failed, and a liveness probe restarts a container that works.

Write timeoutSeconds, such as 10, and a longer periodSeconds.

See https://kubernetes.io/docs/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/#configure-probes
"""

from __future__ import annotations

import re

from kubetrial.lint.authoring import Category, Container, Findings, rule

_SLOW = re.compile(
    r"(?:^|[\s/;&|(])(rabbitmq-diagnostics|rabbitmqctl|rabbitmq-plugins|nodetool|cqlsh|java|jcmd|keytool|kafka-[a-z-]+(?:\.sh)?|"
    r"zkCli(?:\.sh)?|zookeeper-shell(?:\.sh)?|hbase|hdfs|hadoop|yarn|spark-[a-z]+|solr|jboss-cli(?:\.sh)?|asadmin|neo4j|cypher-shell|"
    r"mongosh|mongo|node|npm|npx|python[23]?(?:\.\d+)?|php|ruby|rails|bundle|rake|perl|dotnet|pwsh|powershell|kubectl|aws|gcloud|az|"
    r"celery|airflow|django-admin|elasticsearch-[a-z]+|bin/pulsar|pulsar-admin|gradle|mvn|jshell|scala|artisan|manage\.py|ceph|etcdctl)"
    r"(?=$|[\s;&|)])"
)


@rule(Category.ADVICE, needs=("livenessProbe", "readinessProbe", "startupProbe"))
def check(container: Container) -> Findings:
    """Exec probes of tools with a runtime of their own and a timeout of one second, the default of SetDefaults_Probe."""
    for name in ("livenessProbe", "readinessProbe", "startupProbe"):
        probe = container[name]
        command = probe["exec"].get("command")
        if not isinstance(command, list) or probe.get("timeoutSeconds", 1) != 1:
            continue
        match = _SLOW.search(" ".join(word for word in command if isinstance(word, str)))
        if match is not None:
            timeout = probe["timeoutSeconds"]
            yield (timeout if timeout.present else probe["exec"]).found(
                f"the {name} of {container.name} starts {match.group(1)} and gives it one second (timeoutSeconds)",
                key=not timeout.present,
                consequence=(
                    "on a busy node it takes longer: the probe fails, and a container that works is "
                    + ("restarted" if name != "readinessProbe" else "taken out of its Services")
                ),
                help="write timeoutSeconds: 10, and a periodSeconds above it",
            )
