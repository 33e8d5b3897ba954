-- The three logins and the database of Huimin, for an office whose own administrator keeps the server.
--
--   psql -d postgres -f script/roles.sql \
--        -v county=370406 -v database=huimin \
--        -v owner_password=… -v app_password=… -v clinical_password=…
--
-- PostgreSQL 15 or newer, as a superuser (BYPASSRLS asks for one). Run it again to change the passwords.
-- Then give the installation three addresses:
--   DATABASE_URL           postgres://huimin_app:…@host:5432/huimin        serves pages, worker and commands
--   DATABASE_CLINICAL_URL  postgres://huimin_clinical:…@host:5432/huimin   the only one that reads clinical records
--   DATABASE_OWNER_URL     postgres://huimin_owner:…@host:5432/huimin      migrates and backs up, nothing else
--
-- On a server with several installations give each its own names: -v prefix=huimin_east

\set ON_ERROR_STOP on
\if :{?prefix} \else \set prefix huimin \endif
\if :{?database} \else \set database huimin \endif
\if :{?county} \else \set county 370406 \endif
\set owner :prefix _owner
\set app :prefix _app
\set clinical :prefix _clinical
\set schema county_ :county

SET password_encryption = 'scram-sha-256';

SELECT format('CREATE ROLE %I', name) FROM unnest(ARRAY[:'owner', :'app', :'clinical']) AS name
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) \gexec

-- The owner sees every row, for migrations and backups; CREATEDB is for trying out a restore.
ALTER ROLE :"owner" LOGIN NOSUPERUSER CREATEDB NOCREATEROLE NOREPLICATION BYPASSRLS PASSWORD :'owner_password';
ALTER ROLE :"app" LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS PASSWORD :'app_password';
ALTER ROLE :"clinical" LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS
    PASSWORD :'clinical_password';
GRANT :"app", :"clinical" TO :"owner";

SELECT format('CREATE DATABASE %I OWNER %I ENCODING ''UTF8'' TEMPLATE template0', :'database', :'owner')
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'database') \gexec
ALTER DATABASE :"database" OWNER TO :"owner";
REVOKE ALL ON DATABASE :"database" FROM PUBLIC;
GRANT CONNECT, TEMPORARY ON DATABASE :"database" TO :"app", :"clinical";

\connect :"database"
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
CREATE EXTENSION IF NOT EXISTS btree_gist SCHEMA public;
CREATE SCHEMA IF NOT EXISTS :"schema" AUTHORIZATION :"owner";
GRANT USAGE ON SCHEMA :"schema" TO :"app", :"clinical";
