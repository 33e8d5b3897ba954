"""`python -m benchmarks NAME OUT.json [--quick]`: one benchmark, in the installation of the environment."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import asdict
from importlib import import_module
from pathlib import Path

import django


def main(words: list[str]) -> None:
    """Run the benchmark and write what it found."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    name, target = words[0], Path(words[1])
    result = import_module(f"benchmarks.bench_{name}").main(quick="--quick" in words)
    target.write_text(json.dumps(asdict(result), ensure_ascii=False), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
