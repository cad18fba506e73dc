#!/usr/bin/env bash
# Prints the path of a Python that can make the virtual environment, or fails. It has to be 3.11 to 3.14 and to have
# venv and ensurepip, which Debian's python3 lacks until python3-venv is installed. PYTHON=... chooses one.
set -u
for python in ${PYTHON:-python3.11 python3.12 python3.13 python3.14 python3}; do
  if "$python" -c 'import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info < (3, 15))' 2>/dev/null; then
    command -v "$python"
    exit 0
  fi
done
exit 1
