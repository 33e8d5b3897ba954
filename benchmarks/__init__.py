"""Measurements beside their limits: `script/bench`.

A benchmark is a module `bench_NAME.py` with `main(*, quick: bool) -> Result`. It runs in an
installation of its own, with Django set up as the application role; see `measures.py` for what it
returns and `database.py` for what only the owner may do.
"""
