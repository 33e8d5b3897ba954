"""Where one installation keeps its database, broker, keys and files.

Standard library only: the scripts read it before anything is installed, the settings at every start.
What an installation is made of comes from the environment first, then from what provisioning wrote
under its home.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args
from urllib.parse import parse_qsl, quote, unquote, urlsplit, urlunsplit

Role = Literal["app", "owner", "clinical"]
ROLES: tuple[Role, ...] = get_args(Role)

REPOSITORY = Path(__file__).resolve().parent.parent
DATABASE_PORT = 5432
"""Names the socket file of the embedded cluster; nothing listens on a network port."""

# The kernel keeps 108 bytes for a socket's path, the last of them a zero.
_LONGEST_SOCKET_PATH = 107
_URLS: dict[Role, str] = {
    "app": "DATABASE_URL",
    "owner": "DATABASE_OWNER_URL",
    "clinical": "DATABASE_CLINICAL_URL",
}


class InstallationError(RuntimeError):
    """The installation lacks something; the message is one sentence that says what to do."""


@dataclass(frozen=True)
class DatabaseAddress:
    """A database URL in its parts; `options` are libpq's own words, such as sslmode."""

    host: str
    port: int
    name: str
    user: str
    password: str
    options: dict[str, str]


def home() -> Path:
    """The folder of this installation: HUIMIN_HOME, else `.local` in the repository."""
    named = os.environ.get("HUIMIN_HOME")
    return Path(named).expanduser().absolute() if named else REPOSITORY / ".local"


def port() -> int:
    """The port of the web pages: HUIMIN_PORT, else 8000. Raises InstallationError when it is no port."""
    named = os.environ.get("HUIMIN_PORT", "8000")
    if not named.isdecimal() or not 0 < int(named) < 65536:
        raise InstallationError(f"HUIMIN_PORT is '{named}': give a number between 1 and 65535.")
    return int(named)


def county() -> str:
    """The six digits of the county served: HUIMIN_COUNTY, else 370406."""
    code = os.environ.get("HUIMIN_COUNTY", "370406")
    if len(code) != 6 or not code.isdecimal() or not code.isascii():
        raise InstallationError(f"HUIMIN_COUNTY is '{code}': give the six digits of a county.")
    return code


def files_dir() -> Path:
    """Where uploaded and produced files are kept, outside every served folder."""
    return home() / "files"


def keys_file() -> Path:
    """The file of secret keys: HUIMIN_KEY_FILE, else `keys/keys.json` under the home."""
    named = os.environ.get("HUIMIN_KEY_FILE")
    return Path(named).expanduser().absolute() if named else home() / "keys" / "keys.json"


def keys() -> dict[str, Any]:
    """What the key file holds. Raises InstallationError when it is missing or damaged."""
    path = keys_file()
    try:
        held = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise InstallationError(f"There is no key file at {path}: run script/bootstrap first.") from None
    except (OSError, ValueError) as problem:
        raise InstallationError(
            f"The key file {path} cannot be read ({problem}): put back its copy from the backup."
        ) from problem
    if not isinstance(held, dict):
        raise InstallationError(f"The key file {path} is damaged: put back its copy from the backup.")
    return held


def django_secret() -> str:
    """The secret that signs sessions and forms."""
    secret = keys().get("django_secret")
    if not isinstance(secret, str) or len(base64.b64decode(secret)) < 32:
        raise InstallationError(
            f"The key file {keys_file()} lacks django_secret: put back its copy from the backup."
        )
    return secret


def socket_folder() -> Path:
    """The folder of the embedded servers' sockets, short enough for the kernel.

    Under the home where that fits, else a folder of the system's temporary folder named after the home.
    """
    inside = home() / "sockets"
    longest = inside / f".s.PGSQL.{DATABASE_PORT}.lock"
    if len(os.fsencode(longest)) <= _LONGEST_SOCKET_PATH:
        return inside
    digest = hashlib.sha256(os.fsencode(home())).hexdigest()[:12]
    # Not TMPDIR, which may be long itself; the folder is made private before it is used.
    return Path("/tmp") / f"huimin-{digest}"  # noqa: S108


def database_file() -> Path:
    """Where provisioning keeps the three logins (readable by the installation's own user alone)."""
    return home() / "database.json"


def database_record() -> dict[str, Any] | None:
    """What provisioning wrote, or None before it ran. Raises InstallationError when it is damaged."""
    try:
        record = json.loads(database_file().read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as problem:
        raise InstallationError(
            f"{database_file()} cannot be read ({problem}): put back its copy from the backup."
        ) from problem
    if not isinstance(record, dict):
        raise InstallationError(f"{database_file()} is damaged: put back its copy from the backup.")
    return record


def parse_database_url(url: str) -> DatabaseAddress:
    """The parts of `postgres://user:password@host:port/name?sslmode=…`; a host may be `%2Fa%2Fsocket%2Ffolder`."""
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"} or not parts.username:
        raise InstallationError(
            "A database address must read postgres://user:password@host:port/name: correct DATABASE_URL."
        )
    options = dict(parse_qsl(parts.query))
    try:
        number = parts.port
    except ValueError:
        raise InstallationError(
            "The port in DATABASE_URL is not a number between 0 and 65535: correct it."
        ) from None
    return DatabaseAddress(
        host=options.pop("host", "") or unquote(parts.hostname or "localhost"),
        port=int(options.pop("port", "") or number or 5432),
        name=unquote(parts.path.lstrip("/")),
        user=unquote(parts.username),
        password=unquote(parts.password or ""),
        options=options,
    )


def database_is_embedded() -> bool:
    """Whether the database is this home's own cluster: no server is named now, nor was when it was set up."""
    if os.environ.get("DATABASE_URL"):
        return False
    record = database_record()
    return record is None or bool(record["embedded"])


def logins_given() -> bool:
    """Whether the environment itself names all three logins, so that nothing is left to provision."""
    return all(os.environ.get(_URLS[role]) for role in ROLES)


def database_address(role: Role) -> DatabaseAddress:
    """Where and as whom `role` connects. Raises InstallationError before the database was set up."""
    if logins_given():
        return parse_database_url(os.environ[_URLS[role]])
    record = database_record()
    if record is None or role not in record.get("roles", {}):
        raise InstallationError(
            f"There is no database at {home()} yet: run script/manage migrate or script/server."
        )
    login = record["roles"][role]
    embedded = bool(record["embedded"])
    if embedded and os.environ.get("DATABASE_URL"):
        raise InstallationError(
            f"DATABASE_URL names a server, but {database_file()} belongs to the embedded one:"
            " give the server's installation a HUIMIN_HOME of its own."
        )
    return DatabaseAddress(
        host=str(socket_folder()) if embedded else record["host"],
        port=DATABASE_PORT if embedded else record["port"],
        name=record["name"],
        user=login["user"],
        password=login["password"],
        options=dict(record.get("options", {})),
    )


def database_settings(role: Role) -> dict[str, Any]:
    """HOST, PORT, NAME, USER and PASSWORD of `role`, as Django's DATABASES wants them."""
    address = database_address(role)
    return {
        "HOST": address.host,
        "PORT": str(address.port),
        "NAME": address.name,
        "USER": address.user,
        "PASSWORD": address.password,
    }


def database_options(role: Role) -> dict[str, str]:
    """What else the address says about the connection, such as sslmode; for Django's OPTIONS."""
    return dict(database_address(role).options)


def role_name(role: Role) -> str:
    """The name of `role` on the server: two installations on one server have different ones."""
    return database_address(role).user


def broker_socket() -> Path:
    """The socket of the embedded Valkey."""
    return socket_folder() / "broker.sock"


def broker_url() -> str:
    """Celery's broker: REDIS_URL, else the embedded Valkey's socket."""
    return os.environ.get("REDIS_URL") or f"redis+socket://{quote(str(broker_socket()))}?virtual_host=0"


def cache_url() -> str:
    """Django's cache: the broker's server, but the next database on it, since clearing a cache empties its database."""
    given = os.environ.get("REDIS_URL")
    if not given:
        return f"unix://{quote(str(broker_socket()))}?db=1"
    parts = urlsplit(given)
    number = parts.path.strip("/") or "0"
    if not number.isdecimal():
        raise InstallationError(
            "REDIS_URL must end in the number of a database, as redis://host:6379/0: correct it."
        )
    return urlunsplit(parts._replace(path=f"/{int(number) + 1}"))
