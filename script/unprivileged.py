"""Who runs PostgreSQL: never root, whoever we are.

An ordinary user runs it as itself. Root runs it in a user namespace, where root looks like an ordinary user;
where the machine has none, as a user of the system, to whom the cluster's folders are given.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from script.speaking import SetupError


def words_before(binary: Path, *, owned: Iterable[Path], data: Path) -> list[str]:
    """The words before a command of PostgreSQL; `data` exists. Raises SetupError where nothing will do."""
    owner_id = data.stat().st_uid
    if os.geteuid() != 0:
        if owner_id != os.geteuid():
            owner = _user_name(owner_id)
            raise SetupError(
                f"The database in {data.parent} belongs to the user {owner}:"
                " run this as that user, or set HUIMIN_HOME to a folder of your own.",
                f"{data.parent} 中的数据库属于用户 {owner}：请以该用户运行，或把 HUIMIN_HOME 设为自己的目录。",
            )
        return [] if _is_known_user(os.geteuid()) else _namespace_or_error()
    if owner_id == 0 and _namespaces_work():
        return _namespace()
    if owner_id == 0:
        owner_id = server_user()
        _give(owned, owner_id)
        # The server's user must pass through the home; what is in it stays closed to him.
        home = data.parent.parent
        home.chmod(home.stat().st_mode & 0o777 | 0o011)
    words = [_setpriv(), f"--reuid={owner_id}", f"--regid={_group_of(owner_id)}", "--clear-groups"]
    for place in (binary, data):
        if subprocess.run([*words, "test", "-x", place], check=False).returncode != 0:
            raise SetupError(
                f"This machine has no user namespaces, and the database's user {_user_name(owner_id)}"
                f" cannot enter {place}: put Huimin under a folder that everybody may enter, such as /opt,"
                " or run it as an ordinary user.",
                f"本机不支持用户命名空间，数据库用户 {_user_name(owner_id)} 又无法进入 {place}："
                "请把惠民系统放到人人可进入的目录（如 /opt），或以普通用户运行。",
            )
    return words


def keep_owner(data: Path, *, owned: Iterable[Path]) -> None:
    """Give what root has just written to the user that `data` was given to."""
    owner_id = data.stat().st_uid
    if os.geteuid() == 0 and owner_id != 0:
        _give(owned, owner_id)


def server_user() -> int:
    """The system's user that a cluster is given to where root has no user namespaces."""
    found = (_user_id(name) for name in ("postgres", "nobody"))
    return next((number for number in found if number is not None), 65534)


def _give(folders: Iterable[Path], owner_id: int) -> None:
    group_id = _group_of(owner_id)
    for folder in folders:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.chown(folder, owner_id, group_id)
        for parent, names, files in os.walk(folder):
            for name in (*names, *files):
                os.chown(os.path.join(parent, name), owner_id, group_id, follow_symlinks=False)


@cache
def _namespaces_work() -> bool:
    if shutil.which("unshare") is None:
        return False
    return subprocess.run([*_namespace(), "true"], capture_output=True, check=False).returncode == 0


def _namespace() -> list[str]:
    """Words that make us look like an ordinary user, one of the machine's: initdb asks for its name."""
    known = next(
        (name for name in ("postgres", "daemon", "bin", "nobody") if _user_id(name) is not None), None
    )
    number = _user_id(known) if known else 1000
    return ["unshare", "--user", f"--map-user={number}", f"--map-group={number}"]


def _namespace_or_error() -> list[str]:
    if _namespaces_work():
        return _namespace()
    raise SetupError(
        f"The user number {os.geteuid()} has no name on this machine, and PostgreSQL asks for one: add the user"
        " to /etc/passwd, or run Huimin as another.",
        f"本机没有编号为 {os.geteuid()} 的用户名，而 PostgreSQL 需要它：请在 /etc/passwd 中添加，或换用其他用户运行。",
    )


def _setpriv() -> str:
    found = shutil.which("setpriv")
    if found is None:
        raise SetupError(
            "PostgreSQL must not run as root, and neither unshare nor setpriv can change that here:"
            " run Huimin as an ordinary user.",
            "PostgreSQL 不能以 root 运行，而本机 unshare 与 setpriv 都不可用：请以普通用户运行惠民系统。",
        )
    return found


def _user_id(name: str) -> int | None:
    try:
        return pwd.getpwnam(name).pw_uid
    except KeyError:
        return None


def _group_of(number: int) -> int:
    return pwd.getpwuid(number).pw_gid if _is_known_user(number) else number


def _is_known_user(number: int) -> bool:
    try:
        pwd.getpwuid(number)
    except KeyError:
        return False
    return True


def _user_name(number: int) -> str:
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return str(number)
