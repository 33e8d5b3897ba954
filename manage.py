#!/usr/bin/env python
"""Django's command line for Huimin."""

import os
import sys


def main() -> None:
    """Run a management command; `migrate` and its kin need HUIMIN_DATABASE_ROLE=owner."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from django.core.management import execute_from_command_line

    from config.installation import InstallationError

    try:
        execute_from_command_line(sys.argv)
    except InstallationError as problem:
        sys.stderr.write(f"{problem}\n")
        sys.exit(1)


if __name__ == "__main__":
    main()
