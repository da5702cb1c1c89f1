{{- define "web.name" -}}
{{ .Release.Name }}-{{ .Chart.Name | trunc 20 }}
{{- end }}
{{- define "web.labels" -}}
app: web
version: {{ .Chart.AppVersion | quote }}
{{- end }}
