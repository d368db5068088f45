#!/bin/sh
# Collects the static files. Each is compressed anew, which takes seconds: so only when one of ours, or a library that
# brings some, has changed since.
set -eu
collected="${STATIC_ROOT:-$VAR_DIR/static}/staticfiles.json"
if [ ! -e "$collected" ] || [ -n "$(find static requirements.lock -newer "$collected" -print -quit)" ]; then
  python manage.py collectstatic --noinput --verbosity 0
fi
