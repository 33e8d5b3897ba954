"""The installation.

`script/` reads `config.installation` before any package is there, Celery among them.
"""

from importlib.util import find_spec

if find_spec("celery") is not None:
    from config.celery import app as celery_app

    __all__ = ["celery_app"]
