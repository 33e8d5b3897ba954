"""Whether there is room, and the sentence when there is none."""

from __future__ import annotations

import errno
import shutil
from pathlib import Path

from script.speaking import SetupError

# The packages and front-end files take 600 MB, their downloads as much again for a while.
LEAST_FOR_PACKAGES = 1500 * 2**20
LEAST_FOR_HOME = 500 * 2**20
_WISHED = {LEAST_FOR_PACKAGES: "2 GB", LEAST_FOR_HOME: "1 GB"}
_FULL = {errno.ENOSPC, errno.EDQUOT}
_FORBIDDEN = {errno.EACCES, errno.EPERM, errno.EROFS}


def refuse_full(folder: Path, least: int) -> None:
    """Raises SetupError when fewer than `least` bytes are free where `folder` lies."""
    free = shutil.disk_usage(folder).free
    if free < least:
        wished = _WISHED.get(least, f"{least // 2**20} MB")
        raise SetupError(
            f"Only {free // 2**20} MB are free on the disk of {folder}: free at least {wished}, then start again.",
            f"{folder} 所在磁盘仅剩 {free // 2**20} MB：请腾出至少 {wished} 后重新启动。",
        )


def refusal_for(problem: OSError) -> SetupError | None:
    """What to do about a file that could not be written; None when it is something else."""
    name = problem.filename or "a file"
    if problem.errno in _FULL:
        return SetupError(
            f"The disk is full while writing {name}: free at least 1 GB there, then start again.",
            f"写入 {name} 时磁盘已满：请在该磁盘腾出至少 1 GB 后重新启动。",
        )
    if problem.errno in _FORBIDDEN:
        return SetupError(
            f"{name} cannot be read or written ({problem.strerror}): run this as the user whom the files belong to,"
            " or use a copy of Huimin of your own.",
            f"无权读写 {name}：请以文件所属的用户运行，或自己另取一份惠民系统。",
        )
    return None
