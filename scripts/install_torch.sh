#!/usr/bin/env bash
# install_torch.sh PYTHON: install torch alone, before everything else, into the environment of that Python.
#
# PyTorch's CPU index is used if it answers within three seconds, because on Linux the default index may offer a build
# that brings gigabytes of CUDA. If it does not answer, the default index is asked once. QDESK_TORCH chooses another
# build by arguments of pip, as in QDESK_TORCH="torch==2.13.0 --index-url ADDRESS", or a wheel.
set -euo pipefail
cd "$(dirname "$0")/.."
python=$1
version=2.13.0
index=https://download.pytorch.org/whl/cpu

if [ -n "${QDESK_TORCH:-}" ]; then
  read -r -a chosen <<<"$QDESK_TORCH"
  exec "$python" -m pip install "${chosen[@]}"
fi

installed=$("$python" -c 'from importlib.metadata import version; print(version("torch"))' 2>/dev/null || true)
[ "${installed%%+*}" = "$version" ] && exit 0

# The probe runs in a thread, because looking up a host name has no time limit.
if "$python" - "$index/torch/" <<'PROBE'
import os, sys, threading, urllib.request

answered = []

def ask():
    try:
        with urllib.request.urlopen(sys.argv[1], timeout=3) as reply:
            answered.append(reply.status == 200)
    except Exception:
        pass

thread = threading.Thread(target=ask, daemon=True)
thread.start()
thread.join(3)
os._exit(0 if any(answered) else 1)
PROBE
then
  echo "qdesk: torch $version from PyTorch's CPU index" >&2
  # Its dependencies come with everything else, pinned, from the default index.
  "$python" -m pip install --no-deps --retries 0 --timeout 10 --index-url "$index" "torch==$version" && exit 0
  echo "qdesk: PyTorch's CPU index answered but torch $version could not be installed from it (see above)." \
    "Try again, or name another build in QDESK_TORCH." >&2
  exit 1
fi
echo "qdesk: PyTorch's CPU index does not answer; torch $version from the default index" \
  "(on Linux that may be a large CUDA build: QDESK_TORCH chooses another)" >&2
exec "$python" -m pip install --retries 0 --timeout 10 -c constraints.txt "torch==$version"
