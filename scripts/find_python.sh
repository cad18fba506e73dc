#!/usr/bin/env bash
# Prints a Python that can make the virtual environment, or fails: 3.11 to 3.14, with venv and ensurepip in it
# (Debian's own python3 has neither until python3-venv is installed). PYTHON=... chooses one.
set -u
for python in ${PYTHON:-python3.11 python3.12 python3.13 python3.14 python3}; do
  if "$python" -c 'import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info < (3, 15))' 2>/dev/null; then
    command -v "$python"
    exit 0
  fi
done
exit 1
