#!/bin/sh
# The entrypoint of the official image as far as Almanac relies on it: POSTGRES_PASSWORD[_FILE], POSTGRES_USER,
# POSTGRES_DB, PGDATA; arguments that begin with - are the server's. The first start makes the data folder.
set -eu

case "${1:-}" in
  '' | -*) set -- postgres "$@" ;;
esac
[ "$1" = postgres ] || exec "$@"

if [ -n "$(ls /docker-entrypoint-initdb.d 2>/dev/null)" ]; then
  echo 'docker-entrypoint.sh: this stand-in runs no scripts of /docker-entrypoint-initdb.d' >&2
  exit 1
fi

if [ ! -s "$PGDATA/PG_VERSION" ]; then
  if [ -n "${POSTGRES_PASSWORD_FILE:-}" ]; then POSTGRES_PASSWORD=$(cat "$POSTGRES_PASSWORD_FILE"); fi
  if [ -z "${POSTGRES_PASSWORD:-}" ]; then
    echo 'docker-entrypoint.sh: set POSTGRES_PASSWORD or POSTGRES_PASSWORD_FILE to the superuser'\''s password' >&2
    exit 1
  fi
  user=${POSTGRES_USER:-postgres}
  database=${POSTGRES_DB:-$user}

  # Made aside and renamed: an initdb that was cut short is no data folder.
  mkdir -p "$(dirname "$PGDATA")"
  rm -rf "$PGDATA" "$PGDATA.new" "$PGDATA.password"
  (umask 077 && printf '%s\n' "$POSTGRES_PASSWORD" >"$PGDATA.password")
  initdb --pgdata="$PGDATA.new" --username="$user" --pwfile="$PGDATA.password" --auth=scram-sha-256 \
    --encoding=UTF8 --locale-provider=builtin --locale=C.UTF-8 --data-checksums
  rm "$PGDATA.password"
  printf 'host all all all scram-sha-256\n' >>"$PGDATA.new/pg_hba.conf"
  printf "listen_addresses = '*'\nunix_socket_directories = '/var/run/postgresql'\n" >>"$PGDATA.new/postgresql.conf"
  if [ "$database" != postgres ]; then
    printf 'CREATE DATABASE "%s";\n' "$database" | postgres --single -j -D "$PGDATA.new" postgres >/dev/null
  fi
  mv "$PGDATA.new" "$PGDATA"
fi
unset POSTGRES_PASSWORD

exec "$@"
