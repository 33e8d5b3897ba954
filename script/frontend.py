"""The front-end files: fetched by npm, and only what is served is kept, in `static/vendor`."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
from pathlib import Path

from config.installation import REPOSITORY
from script import disk, processes
from script.locks import FileLock
from script.packages import ENVIRONMENT
from script.speaking import SetupError, step

VENDOR = REPOSITORY / "static" / "vendor"
ICON_NAMES = REPOSITORY / "templates" / "icons.txt"
ACCESSIBILITY_CHECKER = REPOSITORY / "tests" / "vendor" / "axe.min.js"
"""Run by the browser tests inside our pages; never served."""

# From node_modules to static/vendor.
SERVED = {
    "@tabler/core/dist/css/tabler.min.css": "tabler/tabler.min.css",
    "@tabler/core/dist/js/tabler.min.js": "tabler/tabler.min.js",
    # Static TrueType faces for the PDFs: slices of web fonts print wrong glyphs.
    "@expo-google-fonts/noto-sans-sc/400Regular/NotoSansSC_400Regular.ttf": "fonts/NotoSansSC_400Regular.ttf",
    "@expo-google-fonts/noto-sans-sc/500Medium/NotoSansSC_500Medium.ttf": "fonts/NotoSansSC_500Medium.ttf",
    "@expo-google-fonts/noto-serif-sc/400Regular/NotoSerifSC_400Regular.ttf": "fonts/NotoSerifSC_400Regular.ttf",
    "@expo-google-fonts/noto-serif-sc/600SemiBold/NotoSerifSC_600SemiBold.ttf": "fonts/NotoSerifSC_600SemiBold.ttf",
    # Rare characters of names.
    "@expo-google-fonts/noto-serif-jp/400Regular/NotoSerifJP_400Regular.ttf": "fonts/NotoSerifJP_400Regular.ttf",
    "@expo-google-fonts/noto-serif-tc/400Regular/NotoSerifTC_400Regular.ttf": "fonts/NotoSerifTC_400Regular.ttf",
    "@expo-google-fonts/noto-serif-sc/LICENSE_FONT": "fonts/LICENSE",
}
_STAMP = VENDOR / "stamp"
# The maps are not copied, and a store of hashed names refuses a file that points to a missing one.
_SOURCE_MAP = re.compile(rb"\s*(?:/\*|//)# sourceMappingURL=\S+(?: ?\*/)?\s*$")
_DRAWING = re.compile(r"<svg[^>]*>(.*)</svg>", re.DOTALL)
_EMPTY_PATH = re.compile(r'\s*<path stroke="none" d="M0 0h24v24H0z" fill="none" ?/>')


def build() -> None:
    """Bring `static/vendor` to what the lock file and `templates/icons.txt` say. Raises SetupError.

    npm comes with a Python package, so that nothing but Python has to be there first.
    """
    digest = _digest()
    if _is_built(digest):
        return
    with FileLock(REPOSITORY / ".venv.lock"):
        if _is_built(digest):
            return
        modules = REPOSITORY / "node_modules"
        disk.refuse_full(REPOSITORY, disk.LEAST_FOR_HOME)
        _fetch()
        with step("Copying styles, icons and fonts to static/vendor"):
            made = VENDOR.with_name(".vendor-new")
            shutil.rmtree(made, ignore_errors=True)
            for source, target in SERVED.items():
                _copy(modules / source, made / target)
            _copy(modules / "axe-core" / "axe.min.js", ACCESSIBILITY_CHECKER)
            names = ICON_NAMES.read_text(encoding="utf-8").split() if ICON_NAMES.exists() else []
            sprite = icon_sprite(modules / "@tabler" / "icons" / "icons", names)
            (made / "icons.svg").write_text(sprite, encoding="utf-8")
            (made / _STAMP.name).write_text(digest, encoding="ascii")
            # Exchanged at the end: a running server never finds half of it.
            former = VENDOR.with_name(".vendor-old")
            shutil.rmtree(former, ignore_errors=True)
            if VENDOR.exists():
                VENDOR.rename(former)
            made.rename(VENDOR)
            shutil.rmtree(former, ignore_errors=True)
            # A fifth of what npm brings is served; the rest would fill the disk with weights unused.
            shutil.rmtree(modules, ignore_errors=True)


def icon_sprite(drawings: Path, names: list[str]) -> str:
    """One SVG with a symbol for each name (`home`, or `filled/home`). Raises SetupError for an unknown name."""
    symbols: list[str] = []
    for name in sorted(set(names)):
        style = "filled" if name.startswith("filled/") else "outline"
        file = drawings / style / f"{name.rpartition('/')[2]}.svg"
        found = _DRAWING.search(file.read_text(encoding="utf-8")) if file.exists() else None
        if found is None:
            raise SetupError(
                f"There is no icon '{name}': correct templates/icons.txt.",
                f"没有名为“{name}”的图标：请改正 templates/icons.txt。",
            )
        drawing = re.sub(r"\s*\n\s*", "", _EMPTY_PATH.sub("", found[1]))
        paint = (
            'fill="currentColor"'
            if style == "filled"
            else 'fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"'
        )
        symbols.append(f'<symbol id="{name}" viewBox="0 0 24 24" {paint}>{drawing}</symbol>')
    return '<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(symbols) + "\n</svg>\n"


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    content = source.read_bytes()
    if target.suffix in {".css", ".js"}:
        content = _SOURCE_MAP.sub(b"\n", content)
    target.write_bytes(content)


def _digest() -> str:
    sources = [REPOSITORY / "package-lock.json", Path(__file__), ICON_NAMES]
    return hashlib.sha256(b"".join(path.read_bytes() for path in sources if path.exists())).hexdigest()


def _is_built(digest: str) -> bool:
    try:
        return _STAMP.read_text(encoding="ascii") == digest and ACCESSIBILITY_CHECKER.exists()
    except OSError:
        return False


def _fetch() -> None:
    with step("Fetching styles, icons and fonts with npm (first time: up to a minute)"):
        binaries = ENVIRONMENT / "bin"
        with processes.ending_with_us(
            [str(binaries / "npm"), "ci", "--no-progress", "--ignore-scripts"],
            cwd=REPOSITORY,
            environment={"PATH": f"{binaries}{os.pathsep}{os.environ.get('PATH', '')}"},
        ) as npm:
            said = npm.communicate()[0]
        if npm.returncode == 0:
            return
    told = [line for line in said.splitlines() if "npm error" in line] or ["npm said nothing"]
    if "ENOSPC" in said:
        raise SetupError(
            "The disk is full: free at least 2 GB, then run this again.", "磁盘已满：请腾出至少 2 GB 后重试。"
        )
    raise SetupError(
        f"npm could not fetch the front-end files ({told[0]}): check the network or npm's mirror"
        " (npm config set registry …), then run this again.",
        "npm 无法下载前端文件：请检查网络或 npm 镜像设置（npm config set registry …）后重试。",
    )
