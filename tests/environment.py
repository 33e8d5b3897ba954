"""What tests run with; a pytest plugin, because settings are read before any conftest."""

import gc
import os

os.environ["HUIMIN_DATABASE_ROLE"] = "owner"
os.environ.setdefault("HUIMIN_TESTING", "1")
os.environ.setdefault("HUIMIN_DEMO", "1")
os.environ.setdefault("HUIMIN_TODAY", "2014-01-06")

gc.disable()  # until the tests are collected: they stay, and to look through them again and again takes a third of it
