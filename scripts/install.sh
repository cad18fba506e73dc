#!/usr/bin/env bash
# install.sh VENV [EXTRAS]: make the virtual environment, with qdesk (editable) and all it needs at the pinned versions.
# With the extras `dev,cluster` it also holds what the tests, the linter and the comparison with other rankers need.
set -euo pipefail
cd "$(dirname "$0")/.."
venv=$1
export PIP_DISABLE_PIP_VERSION_CHECK=1

if ! "$venv/bin/python" -m pip --version >/dev/null 2>&1; then
  python=$(scripts/find_python.sh) || {
    echo "qdesk: no Python 3.11 to 3.14 with venv was found (PYTHON=... names one)" >&2
    exit 1
  }
  "$python" -m venv --clear "$venv"
fi
scripts/install_torch.sh "$venv/bin/python"

# torch is pinned to the build that was chosen. Otherwise pip might replace it with that of the default index.
torch=$("$venv/bin/python" -c 'from importlib.metadata import version; print(version("torch"))')
{ grep -v '^torch==' constraints.txt; echo "torch==$torch"; } >"$venv/constraints.txt"
"$venv/bin/python" -m pip install -c "$venv/constraints.txt" -e ".${2:+[$2]}"
