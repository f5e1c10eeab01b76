{{- define "andel.name" -}}
{{- printf "%s-%s" .Release.Name .Chart.Name | trunc 52 | trimSuffix "-" -}}
{{- end -}}

{{- define "andel.labels" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end -}}

{{- define "andel.selector" -}}
app.kubernetes.io/name: {{ .root.Chart.Name }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end -}}

{{- define "andel.image" -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end -}}

{{- define "andel.account" -}}
{{- if .Values.serviceAccount.name -}}{{ .Values.serviceAccount.name }}
{{- else if .Values.serviceAccount.create -}}{{ include "andel.name" . }}
{{- else -}}default{{- end -}}
{{- end -}}

{{- define "andel.podSecurity" -}}
runAsNonRoot: true
runAsUser: 10001
runAsGroup: 10001
fsGroup: 10001
seccompProfile:
  type: RuntimeDefault
{{- end -}}

{{- define "andel.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end -}}

{{- define "andel.environment" -}}
- name: ANDEL_DATABASE_URL
  value: {{ .Values.database.url | quote }}
- name: ANDEL_SECRETS_DIR
  value: /run/secrets/andel
- name: ANDEL_ADDRESS
  value: {{ .Values.address | quote }}
- name: ANDEL_KEYS_DIR
  value: /run/secrets/andel-keys
- name: ANDEL_LOG_LEVEL
  value: {{ .Values.logLevel | quote }}
- name: ANDEL_LANGUAGE
  value: {{ .Values.language | quote }}
{{- end -}}

{{- define "andel.mounts" -}}
- name: logins
  mountPath: /run/secrets/andel
  readOnly: true
- name: keys
  mountPath: /run/secrets/andel-keys
  readOnly: true
- name: temporary
  mountPath: /tmp
{{- end -}}

{{- define "andel.volumes" -}}
- name: logins
  secret:
    secretName: {{ .Values.database.loginsSecret }}
    defaultMode: 288
- name: keys
  secret:
    secretName: {{ .Values.keysSecret }}
    defaultMode: 288
- name: temporary
  emptyDir:
    medium: Memory
    sizeLimit: 256Mi
{{- end -}}
