"""Roles, database, schema and extension of one installation, from an administrator's connection.

Idempotent: what is there stays, what is missing is made. The passwords are random and kept only in the
home's `database.json`. The same steps for an office's own administrator are in `script/roles.sql`.
"""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Mapping
from typing import Any

import psycopg
from psycopg import sql

from config import installation
from config.installation import ROLES, DatabaseAddress, Role
from script import embedded
from script.cluster import ADMINISTRATOR
from script.keys import write_privately
from script.speaking import SetupError

DATABASE = "huimin"
OLDEST_VERSION = 15
_ATTRIBUTES: Mapping[Role, str] = {
    # BYPASSRLS: it migrates and backs up. CREATEDB: the tests make databases of their own.
    "owner": "LOGIN NOSUPERUSER CREATEDB NOCREATEROLE BYPASSRLS",
    "app": "LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS",
    "clinical": "LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS",
}


def provision() -> None:
    """Bring the database of this home to where migrations can run. Raises SetupError with what to do."""
    if installation.logins_given():
        _check_given_logins()
        return
    record = installation.database_record()
    if record is not None and not record["embedded"] and not os.environ.get("DATABASE_URL"):
        # Set up before; the administrator's address is not left lying about after that.
        return
    address = _administrator()
    try:
        # From the maintenance database: the one that is named may still have to be made.
        with _connect(address, "postgres") as connection:
            _refuse_old_version(connection)
            if not _may_create_roles(connection):
                raise SetupError(
                    "DATABASE_URL names an ordinary login: give DATABASE_OWNER_URL and DATABASE_CLINICAL_URL too"
                    " (script/roles.sql makes all three), or a login that may create roles.",
                    "DATABASE_URL 是普通账号：请同时提供 DATABASE_OWNER_URL 和 DATABASE_CLINICAL_URL"
                    "（用 script/roles.sql 建立三个账号），或改用有建角色权限的账号。",
                )
            record = _complete_record(connection, address, record)
            # Kept before it is used: a run cut short can go on with the same passwords.
            write_privately(installation.database_file(), json.dumps(record, indent=2))
            _make_roles(connection, record)
            _make_database(connection, record)
        with _connect(address, record["name"]) as connection:
            _make_schema(connection, record)
    except psycopg.OperationalError as problem:
        raise SetupError(
            f"The database server does not let us in ({_first_line(problem)}): check DATABASE_URL.",
            f"无法连接数据库服务器（{_first_line(problem)}）：请检查 DATABASE_URL。",
        ) from problem
    except psycopg.errors.InsufficientPrivilege as problem:
        raise SetupError(
            f"The login of DATABASE_URL may not do this ({_first_line(problem)}): ask the server's administrator"
            " to run script/roles.sql, then give the three logins.",
            f"DATABASE_URL 的账号权限不足（{_first_line(problem)}）：请服务器管理员执行 script/roles.sql，再提供三个账号。",
        ) from problem


def deprovision() -> None:
    """Drop the roles and database that `provision` made on a server named by DATABASE_URL: for tests only."""
    record = installation.database_record()
    if record is None or record["embedded"] or not os.environ.get("DATABASE_URL"):
        return
    address = _administrator()
    with _connect(address, address.name or "postgres") as connection:
        connection.execute(
            sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(record["name"]))
        )
        for login in record["roles"].values():
            connection.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(sql.Identifier(login["user"])))
    installation.database_file().unlink()


def is_provisioned() -> bool:
    """Whether migrations can run: the logins are known. Whether they have run is Django's to say."""
    return installation.logins_given() or installation.database_record() is not None


def _administrator() -> DatabaseAddress:
    url = os.environ.get("DATABASE_URL")
    if url:
        return installation.parse_database_url(url)
    return DatabaseAddress(
        host=str(installation.socket_folder()),
        port=installation.DATABASE_PORT,
        name="",
        user=ADMINISTRATOR,
        password=embedded.cluster().password(),
        options={},
    )


def _connect(address: DatabaseAddress, database: str) -> psycopg.Connection[tuple[Any, ...]]:
    return psycopg.connect(
        host=address.host,
        port=address.port,
        dbname=database,
        user=address.user,
        password=address.password,
        autocommit=True,
        connect_timeout=10,
        **address.options,  # type: ignore[arg-type]  # libpq's own words, as strings
    )


def _refuse_old_version(connection: psycopg.Connection[tuple[Any, ...]]) -> None:
    version = connection.info.server_version // 10000
    if version < OLDEST_VERSION:
        raise SetupError(
            f"The database server is PostgreSQL {version}: Huimin needs {OLDEST_VERSION} or newer.",
            f"数据库服务器为 PostgreSQL {version}：惠民系统需要 {OLDEST_VERSION} 或更高版本。",
        )


def _may_create_roles(connection: psycopg.Connection[tuple[Any, ...]]) -> bool:
    row = connection.execute(
        "SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = current_user"
    ).fetchone()
    return row is not None and bool(row[0])


def _complete_record(
    connection: psycopg.Connection[tuple[Any, ...]], address: DatabaseAddress, record: dict[str, Any] | None
) -> dict[str, Any]:
    is_embedded = not os.environ.get("DATABASE_URL")
    if record is not None:
        if bool(record["embedded"]) != is_embedded or (
            not is_embedded and (record["host"], record["port"]) != (address.host, address.port)
        ):
            raise SetupError(
                f"{installation.database_file()} belongs to another database server: give this server's installation"
                " a HUIMIN_HOME of its own.",
                f"{installation.database_file()} 属于另一台数据库服务器：请为本服务器的安装另设 HUIMIN_HOME。",
            )
        return record
    mark = secrets.token_hex(3)
    taken = {
        row[0] for row in connection.execute("SELECT rolname FROM pg_roles WHERE rolname LIKE 'huimin%'")
    }
    # Roles are common to a server: another installation's keep their passwords, ours take other names.
    ending = f"_{mark}" if any(f"huimin_{role}" in taken for role in ROLES) else ""
    named = address.name if address.name not in {"", "postgres", "template1", "defaultdb"} else ""
    return {
        "embedded": is_embedded,
        "host": "" if is_embedded else address.host,
        "port": 0 if is_embedded else address.port,
        "name": named or f"{DATABASE}{ending}",
        "options": address.options,
        "roles": {
            role: {"user": f"huimin_{role}{ending}", "password": secrets.token_urlsafe(32)} for role in ROLES
        },
    }


def _make_roles(connection: psycopg.Connection[tuple[Any, ...]], record: dict[str, Any]) -> None:
    for role in ROLES:
        login = record["roles"][role]
        there = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [login["user"]]).fetchone()
        verb = "ALTER" if there else "CREATE"
        connection.execute(
            sql.SQL(f"{verb} ROLE {{}} {_ATTRIBUTES[role]} PASSWORD {{}}").format(
                sql.Identifier(login["user"]), sql.Literal(login["password"])
            )
        )
    owner = sql.Identifier(record["roles"]["owner"]["user"])
    for role in ("app", "clinical"):
        # Tests make databases as the owner, then go on as the serving roles.
        connection.execute(
            sql.SQL("GRANT {} TO {}").format(sql.Identifier(record["roles"][role]["user"]), owner)
        )
    superuser = connection.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").fetchone()
    if superuser == (False,):
        # To make a database for the owner, one must be able to become it.
        connection.execute(sql.SQL("GRANT {} TO CURRENT_USER").format(owner))


def _make_database(connection: psycopg.Connection[tuple[Any, ...]], record: dict[str, Any]) -> None:
    name = sql.Identifier(record["name"])
    owner = record["roles"]["owner"]["user"]
    row = connection.execute(
        "SELECT pg_get_userbyid(datdba), pg_encoding_to_char(encoding) FROM pg_database WHERE datname = %s",
        [record["name"]],
    ).fetchone()
    if row is None:
        connection.execute(
            sql.SQL("CREATE DATABASE {} OWNER {} ENCODING 'UTF8' TEMPLATE template0").format(
                name, sql.Identifier(owner)
            )
        )
    elif row[1] != "UTF8":
        raise SetupError(
            f"The database {record['name']} is in {row[1]}, not UTF8: name another one in DATABASE_URL.",
            f"数据库 {record['name']} 的编码为 {row[1]} 而非 UTF8：请在 DATABASE_URL 中另指定数据库。",
        )
    elif row[0] != owner:
        if str(row[0]).startswith("huimin_"):
            raise SetupError(
                f"The database {record['name']} belongs to another installation ({row[0]}): name another one in"
                " DATABASE_URL, or copy that installation's home here.",
                f"数据库 {record['name']} 属于另一套安装（{row[0]}）：请在 DATABASE_URL 中另指定数据库，"
                "或把该安装的目录复制过来。",
            )
        connection.execute(sql.SQL("ALTER DATABASE {} OWNER TO {}").format(name, sql.Identifier(owner)))
    connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(name))
    for role in ("app", "clinical"):
        connection.execute(
            sql.SQL("GRANT CONNECT, TEMPORARY ON DATABASE {} TO {}").format(
                name, sql.Identifier(record["roles"][role]["user"])
            )
        )


def _make_schema(connection: psycopg.Connection[tuple[Any, ...]], record: dict[str, Any]) -> None:
    schema = sql.Identifier(f"county_{installation.county()}")
    owner = sql.Identifier(record["roles"]["owner"]["user"])
    connection.execute(sql.SQL("CREATE SCHEMA IF NOT EXISTS {} AUTHORIZATION {}").format(schema, owner))
    connection.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
    connection.execute("CREATE EXTENSION IF NOT EXISTS btree_gist SCHEMA public")
    for role in ("app", "clinical"):
        connection.execute(
            sql.SQL("GRANT USAGE ON SCHEMA {} TO {}").format(
                schema, sql.Identifier(record["roles"][role]["user"])
            )
        )


def _check_given_logins() -> None:
    names: dict[str, Role] = {}
    for role in ROLES:
        address = installation.database_address(role)
        if address.user in names:
            raise SetupError(
                f"DATABASE_URL, DATABASE_OWNER_URL and DATABASE_CLINICAL_URL must be three logins, but {address.user}"
                " stands in two of them: script/roles.sql makes three.",
                f"三个数据库地址必须是三个不同账号，{address.user} 出现了两次：请用 script/roles.sql 建立三个账号。",
            )
        names[address.user] = role
        try:
            with _connect(address, address.name) as connection:
                _refuse_old_version(connection)
                row = connection.execute(
                    "SELECT rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user"
                ).fetchone()
        except psycopg.OperationalError as problem:
            raise SetupError(
                f"The {role} login {address.user} is not let in ({_first_line(problem)}): check its address.",
                f"账号 {address.user} 无法登录（{_first_line(problem)}）：请检查其数据库地址。",
            ) from problem
        if row is None or row[0] or bool(row[1]) != (role == "owner"):
            raise SetupError(
                f"The {role} login {address.user} has the wrong rights: script/roles.sql says which it must have.",
                f"账号 {address.user} 的权限不符：应有权限见 script/roles.sql。",
            )


def _first_line(problem: Exception) -> str:
    return str(problem).strip().splitlines()[-1] if str(problem).strip() else type(problem).__name__
