#!/bin/sh
# Run once by the image of PostgreSQL, when the database is empty: a role for Barfrub that is no superuser, and its database.
set -eu
psql --no-psqlrc --set ON_ERROR_STOP=1 --set password="$(cat /run/secrets/database_password)" \
    --username "${POSTGRES_USER:-postgres}" --dbname postgres <<'SQL'
CREATE ROLE barfrub LOGIN CREATEDB PASSWORD :'password';
CREATE DATABASE barfrub OWNER barfrub ENCODING 'UTF8' LOCALE 'C.UTF-8' TEMPLATE template0;
ALTER ROLE CURRENT_USER PASSWORD NULL;
SQL
