{{- define "pod.sidecar" -}}
- name: sidecar
  image: nginx:1.2
  imagePullPolicy: {{ .policy }}
{{- end }}
