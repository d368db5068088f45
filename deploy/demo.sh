#!/bin/sh
# The portal with the local cloud, for trying out: `make run` prepares what this needs.
set -eu
export PORT="${PORT:-8000}" CLOUD_PORT="${CLOUD_PORT:-8900}" SPEED="${SPEED:-20}"
export VAR_DIR="${VAR_DIR:-$PWD/var}"
export SECRET_KEY_FILE="$VAR_DIR/secret.key" CLOUD_TOKEN_KEYS_FILE="$VAR_DIR/token.key"
export HTTPS=0 DEMO=1 POLL_INTERVAL_S="${POLL_INTERVAL_S:-2}" LOG_LEVEL="${LOG_LEVEL:-WARNING}"
export CLOUD_AUTH_URL="http://127.0.0.1:$CLOUD_PORT/v3" CLOUD_ALLOWED_HOSTS=127.0.0.1
export PORTAL_URL="${PORTAL_URL:-http://127.0.0.1:$PORT}"
export PYTHONUNBUFFERED=1
export PORTAL_PORT="$PORT" # honcho gives each process a PORT of its own

for port in "$PORT" "$CLOUD_PORT"; do
  if python -c "import socket,sys; s=socket.socket(); sys.exit(s.connect_ex(('127.0.0.1', $port)))" 2>/dev/null; then
    echo "Port $port is in use. Choose others: make run PORT=8001 CLOUD_PORT=8901" >&2
    exit 1
  fi
done

python manage.py migrate --verbosity 0
sign_ins="$(python manage.py seed_demo)"
sh deploy/collect.sh

cat <<TEXT

  Poolwright     http://127.0.0.1:$PORT
  Local cloud    http://127.0.0.1:$CLOUD_PORT

$sign_ins

  Ctrl-C ends both.

TEXT
exec honcho start --no-prefix -f deploy/Procfile
