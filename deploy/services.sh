#!/bin/sh
# PostgreSQL and Redis on loopback, for development and tests: `services.sh start | stop | remove`. Both start once,
# however often they are asked to; data and password lie under VAR_DIR; nothing is kept safe against a power cut.
set -eu
umask 077
VAR_DIR="${VAR_DIR:-$PWD/var}"
POSTGRES_PORT="${POSTGRES_PORT:-5433}" REDIS_PORT="${REDIS_PORT:-6380}"
HERE="$VAR_DIR/services"

install_missing() {
  missing=""
  ls /usr/lib/postgresql/*/bin/postgres >/dev/null 2>&1 || missing="$missing postgresql"
  command -v redis-server >/dev/null 2>&1 || missing="$missing redis-server"
  [ -n "$missing" ] || return 0
  if [ "$(id -u)" != 0 ]; then
    echo "Missing:$missing. As root: apt-get install$missing" >&2
    exit 1
  fi
  # shellcheck disable=SC2086
  { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing; } >&2
}

# PostgreSQL refuses to run as root. Its files lie under var/ as well, unless its own user cannot get there.
as_postgres() {
  if [ "$(id -u)" = 0 ]; then (cd / && runuser -u postgres -- "$@"); else "$@"; fi
}

find_places() {
  BIN="$(for one in /usr/lib/postgresql/*/bin; do echo "$one"; done | sort -V | tail -1)"
  DATA="$HERE/postgres"
  if [ "$(id -u)" = 0 ]; then
    chmod 711 "$VAR_DIR" "$HERE"
    as_postgres test -x "$HERE" 2>/dev/null || DATA="/var/lib/postgresql/poolwright-$(echo "$HERE" | cksum | cut -d' ' -f1)"
  fi
}

demand_free() {
  if "$1" -c "import socket, sys; s = socket.socket(); sys.exit(s.connect_ex(('127.0.0.1', $2)) != 0)"; then
    echo "Port $2 is in use by something else. Choose another: make services $3=..." >&2
    exit 1
  fi
}

query() {
  PGPASSWORD="$PASSWORD" "$BIN/psql" -h 127.0.0.1 -p "$POSTGRES_PORT" -U poolwright -d postgres -Atqc "$1"
}

start_postgres() {
  if [ "$(query "SHOW data_directory" 2>/dev/null)" = "$DATA" ]; then return; fi
  stop_postgres # it has another port, or a password of before
  demand_free python3 "$POSTGRES_PORT" POSTGRES_PORT
  if ! as_postgres test -f "$DATA/PG_VERSION"; then
    mkdir -p "$DATA"
    if [ "$(id -u)" = 0 ]; then chown postgres "$DATA"; fi
    as_postgres "$BIN/initdb" -D "$DATA" -U poolwright --auth-local=reject --auth-host=scram-sha-256 -E UTF8 --locale=C.UTF-8 --no-sync >/dev/null
  fi
  # At each start: the data may outlive the folder that holds the password.
  echo "ALTER ROLE poolwright PASSWORD '$PASSWORD'" | as_postgres "$BIN/postgres" --single -D "$DATA" -c log_min_messages=fatal postgres >/dev/null
  as_postgres "$BIN/pg_ctl" -D "$DATA" -w -s -l "$DATA/server.log" \
    -o "-p $POSTGRES_PORT -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c max_connections=200 -c fsync=off -c full_page_writes=off" start
  [ -n "$(query "SELECT 1 FROM pg_database WHERE datname = 'poolwright'")" ] || query "CREATE DATABASE poolwright"
}

stop_postgres() {
  if as_postgres "$BIN/pg_ctl" -D "$DATA" status >/dev/null 2>&1; then as_postgres "$BIN/pg_ctl" -D "$DATA" -s -m fast stop; fi
}

redis_answers() { # ours: another one may take any password
  REDISCLI_AUTH="$PASSWORD" redis-cli -p "$REDIS_PORT" config get pidfile 2>/dev/null | grep -qxF "$HERE/redis.pid"
}

redis_pid() {
  pid="$(cat "$HERE/redis.pid" 2>/dev/null || true)"
  # A process that has ended stays in the list until somebody asks for its end: that one does not count.
  [ -n "$pid" ] && [ "$(cat "/proc/$pid/comm" 2>/dev/null)" = redis-server ] && [ -n "$(cat "/proc/$pid/cmdline")" ] && echo "$pid"
}

start_redis() {
  if redis_answers; then return; fi
  stop_redis # it has another port
  demand_free python3 "$REDIS_PORT" REDIS_PORT
  # The password comes by standard input: a command line is for everybody to see.
  printf '%s\n' "requirepass $PASSWORD" "port $REDIS_PORT" "bind 127.0.0.1" "dir $HERE" "pidfile $HERE/redis.pid" \
    "logfile $HERE/redis.log" "daemonize yes" 'save ""' "appendonly yes" "databases 64" | redis-server - >/dev/null
  for _ in $(seq 100); do
    if redis_answers; then return; fi
    sleep 0.1
  done
  echo "Redis did not start; see $HERE/redis.log" >&2
  exit 1
}

stop_redis() {
  if pid="$(redis_pid)"; then kill "$pid"; fi
  while redis_pid >/dev/null; do sleep 0.1; done
}

write_addresses() {
  cat >"$HERE/env" <<TEXT
DATABASE_URL=postgresql://poolwright:$PASSWORD@127.0.0.1:$POSTGRES_PORT/poolwright
REDIS_URL=redis://:$PASSWORD@127.0.0.1:$REDIS_PORT/0
BROKER_URL=redis://:$PASSWORD@127.0.0.1:$REDIS_PORT/1
TEXT
}

mkdir -p "$HERE"
case "${1:-}" in
start)
  install_missing
  find_places
  [ -f "$HERE/password" ] || od -An -N24 -tx1 /dev/urandom | tr -d ' \n' >"$HERE/password"
  PASSWORD="$(cat "$HERE/password")"
  start_postgres
  start_redis
  write_addresses
  echo "PostgreSQL on 127.0.0.1:$POSTGRES_PORT, Redis on 127.0.0.1:$REDIS_PORT; addresses in $HERE/env"
  ;;
stop | remove)
  find_places
  stop_postgres
  stop_redis
  if [ "$1" = remove ]; then rm -rf "$DATA" "$HERE"; fi
  ;;
*)
  echo "usage: services.sh start | stop | remove" >&2
  exit 2
  ;;
esac
