{{- define "branching.name" -}}
{{- if .Values.nameOverride }}{{ .Values.nameOverride }}{{ else }}{{ .Release.Name }}-web{{ end }}
{{- end }}
