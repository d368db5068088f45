{{- define "poolwright.labels" -}}
app.kubernetes.io/name: poolwright
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "poolwright.pod" -}}
automountServiceAccountToken: false
securityContext:
  runAsNonRoot: true
  runAsUser: 10001
  runAsGroup: 10001
  fsGroup: 10001
  seccompProfile:
    type: RuntimeDefault
volumes:
  - name: tmp
    emptyDir: {}
  - name: secrets
    secret:
      secretName: {{ .Values.secretName | quote }}
      defaultMode: 288
{{- end -}}

{{- define "poolwright.container" -}}
image: "{{ .Values.image.repository }}:{{ .Values.image.tag }}"
imagePullPolicy: {{ .Values.image.pullPolicy }}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities:
    drop: [ALL]
volumeMounts:
  - name: tmp
    mountPath: /tmp
  - name: secrets
    mountPath: /run/secrets/poolwright
    readOnly: true
env:
  - name: SECRET_KEY_FILE
    value: /run/secrets/poolwright/secret_key
  - name: CLOUD_TOKEN_KEYS_FILE
    value: /run/secrets/poolwright/token_keys
  - name: DATABASE_URL
    value: {{ .Values.databaseUrl | quote }}
  - name: DATABASE_PASSWORD_FILE
    value: /run/secrets/poolwright/database_password
  - name: REDIS_URL
    value: {{ .Values.redisUrl | quote }}
  - name: REDIS_PASSWORD_FILE
    value: /run/secrets/poolwright/redis_password
  - name: BROKER_URL
    value: {{ .Values.brokerUrl | quote }}
  {{- if .Values.brokerPasswordKey }}
  - name: BROKER_PASSWORD_FILE
    value: /run/secrets/poolwright/{{ .Values.brokerPasswordKey }}
  {{- end }}
  - name: PROMETHEUS_MULTIPROC_DIR
    value: /tmp/metrics
  - name: METRICS_PORT
    value: {{ .Values.worker.metricsPort | quote }}
  {{- range $name, $value := .Values.settings }}
  - name: {{ $name }}
    value: {{ $value | quote }}
  {{- end }}
{{- end -}}
