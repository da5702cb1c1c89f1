"""What the scenes about building are made of: overlays of one base, and a chart, each with very many objects."""

from __future__ import annotations

from pathlib import Path

BASE = 100
OVERLAYS = 20

_WORKLOAD = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web-NUMBER, labels: {app: web-NUMBER}}
spec:
  replicas: 2
  selector: {matchLabels: {app: web-NUMBER}}
  template:
    metadata: {labels: {app: web-NUMBER}}
    spec:
      containers:
      - name: main
        image: registry.example.com/web:1.4.2
        ports: [{name: http, containerPort: 8080}]
        resources: {requests: {cpu: 100m, memory: 64Mi}, limits: {memory: 128Mi}}
---
apiVersion: v1
kind: Service
metadata: {name: web-NUMBER}
spec:
  selector: {app: web-NUMBER}
  ports: [{port: 80, targetPort: http}]
"""
_OVERLAY = """\
resources: [../base]
namespace: shop-NUMBER
namePrefix: blue-
images: [{name: registry.example.com/web, newTag: 1.4.NUMBER}]
patches:
- target: {kind: Deployment}
  patch: |-
    - {op: replace, path: /spec/replicas, value: 3}
"""
_TEMPLATE = """\
{{- range $number := until (int .Values.count) }}
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ printf "%s-%d" $.Release.Name $number | trunc 63 | trimSuffix "-" }}
  labels: {{- include "shop.labels" $ | nindent 4 }}
spec:
  replicas: {{ $.Values.replicas | default 1 }}
  selector: {matchLabels: {app: web-{{ $number }}}}
  template:
    metadata: {labels: {app: web-{{ $number }}}}
    spec:
      containers:
      - name: main
        image: {{ $.Values.image.name }}:{{ $.Values.image.tag | default $.Chart.AppVersion }}
        resources: {{- toYaml $.Values.resources | nindent 10 }}
{{- end }}
"""
_HELPERS = """\
{{- define "shop.labels" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
{{- end }}
"""
_VALUES = """\
count: 500
image: {name: registry.example.com/web, tag: ""}
resources:
  requests: {cpu: 100m, memory: 64Mi}
  limits: {memory: 128Mi}
"""


def overlays(folder: Path) -> Path:
    """A base with many objects, and overlays of it."""
    _written(folder / "base" / "all.yaml", "---\n".join(_WORKLOAD.replace("NUMBER", str(i)) for i in range(BASE)))
    _written(folder / "base" / "kustomization.yaml", "resources: [all.yaml]\n")
    for number in range(OVERLAYS):
        _written(folder / f"overlay-{number}" / "kustomization.yaml", _OVERLAY.replace("NUMBER", str(number)))
    return folder


def chart(folder: Path) -> Path:
    """A chart whose template loops over very many objects."""
    _written(folder / "Chart.yaml", "apiVersion: v2\nname: shop\nversion: 1.0.0\nappVersion: 1.4.2\n")
    _written(folder / "values.yaml", _VALUES)
    _written(folder / "templates" / "_helpers.tpl", _HELPERS)
    _written(folder / "templates" / "all.yaml", _TEMPLATE)
    return folder


def _written(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
