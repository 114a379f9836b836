{{- define "tocsin.name" -}}
{{- if contains .Chart.Name .Release.Name }}{{ .Release.Name | trunc 40 | trimSuffix "-" }}
{{- else }}{{ printf "%s-%s" .Release.Name .Chart.Name | trunc 40 | trimSuffix "-" }}{{ end }}
{{- end }}

{{- define "tocsin.selector" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "tocsin.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{ include "tocsin.selector" . }}
{{- end }}

{{- define "tocsin.serviceAccount" -}}
{{- if .Values.serviceAccount.create }}{{ .Values.serviceAccount.name | default (include "tocsin.name" .) }}
{{- else }}{{ .Values.serviceAccount.name | default "default" }}{{ end }}
{{- end }}

{{- define "tocsin.image" -}}
{{- if .Values.image.digest }}{{ .Values.image.repository }}@{{ .Values.image.digest }}
{{- else }}{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}{{ end }}
{{- end }}

{{- /* The roles of this mode, each with its name's end, replicas and resources. */ -}}
{{- define "tocsin.roles" -}}
{{- if eq .Values.mode "split" -}}
- {role: prepare, name: {{ include "tocsin.name" . }}-prepare, replicas: {{ .Values.prepare.replicas }}}
- {role: decide, name: {{ include "tocsin.name" . }}-decide, replicas: {{ .Values.replicas }}}
{{- else -}}
- {role: all, name: {{ include "tocsin.name" . }}, replicas: {{ .Values.replicas }}}
{{- end }}
{{- end }}

{{- /* tocsin.yaml of one role: (dict "root" $ "role" "all") */ -}}
{{- define "tocsin.config" -}}
{{- $own := dict "role" .role "admin" (dict "listen" "0.0.0.0:9464" "open" true) "drain_timeout" (printf "%ds" (int .root.Values.drainSeconds)) "state_dir" "/var/lib/tocsin" -}}
{{- merge $own .root.Values.config | toYaml }}
{{- end }}

{{- /* tocsin.yaml of `tocsin notify`, which listens beside the rest. */ -}}
{{- define "tocsin.notify" -}}
{{- $own := dict "admin" (dict "listen" "0.0.0.0:9464" "open" true) "drain_timeout" (printf "%ds" (int .Values.drainSeconds)) "notify" (dict "listen" "0.0.0.0:9464" "open" true) -}}
{{- merge $own .Values.config | toYaml }}
{{- end }}

{{- /* What the daemon and the test share of a pod: (dict "root" $ "role" "all") */ -}}
{{- define "tocsin.mounts" -}}
- {name: config, mountPath: /etc/tocsin/tocsin.yaml, subPath: {{ .role }}.yaml, readOnly: true}
{{- if .root.Values.secretName }}
- {name: credentials, mountPath: /run/credentials/tocsin, readOnly: true}
{{- end }}
{{- with .root.Values.extraVolumeMounts }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "tocsin.volumes" -}}
- name: config
  configMap: {name: {{ include "tocsin.name" .root }}}
{{- if .root.Values.secretName }}
- name: credentials
  secret: {secretName: {{ .root.Values.secretName }}, defaultMode: 0440}
{{- end }}
{{- with .root.Values.extraVolumes }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "tocsin.env" -}}
- {name: CREDENTIALS_DIRECTORY, value: /run/credentials/tocsin}
{{- with .Values.extraEnv }}
{{ toYaml . }}
{{- end }}
{{- end }}
