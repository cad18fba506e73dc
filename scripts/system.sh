#!/usr/bin/env bash
# system.sh [run|test]: install the system libraries that qdesk needs, where that is allowed.
# It installs nothing and asks nothing when all are there. Without the rights to install it prints one line to paste.
# Then it fails where the window needs what is missing, and succeeds where only the tests with a real window need it.
set -u
here=$(dirname "$0")
path=$PATH:/usr/sbin:/sbin  # ldconfig is not on a Debian user's PATH
libraries=$(PATH=$path ldconfig -p 2>/dev/null)

# What is looked for (its presence counts, not the package's name, which differs between systems) and Debian's package.
needed="libGL.so.1 libgl1
libEGL.so.1 libegl1
libxkbcommon.so.0 libxkbcommon0
libfontconfig.so.1 libfontconfig1
libglib-2.0.so.0 libglib2.0-0
libdbus-1.so.3 libdbus-1-3
libcairo.so.2 libcairo2
libxcb-cursor.so.0 libxcb-cursor0
libxcb-icccm.so.4 libxcb-icccm4
libxcb-keysyms.so.1 libxcb-keysyms1
libxcb-shape.so.0 libxcb-shape0
libxkbcommon-x11.so.0 libxkbcommon-x11-0"

missing=()
if [ "$(uname -s)" = Linux ]; then
  while read -r library package; do
    grep -qF $'\t'"$library " <<<"$libraries" || missing+=("$package")
  done <<<"$needed"
  find -L /usr/share/fonts /usr/local/share/fonts "${HOME:-/nonexistent}/.local/share/fonts" \
    \( -name '*.ttf' -o -name '*.otf' \) -print -quit 2>/dev/null | grep -q . || missing+=(fonts-dejavu-core)
fi
"$here/find_python.sh" >/dev/null || missing+=(python3-venv)

wanted=()
if [ "${1:-run}" = test ]; then
  command -v Xvfb >/dev/null || wanted+=(xvfb)
  command -v xdotool >/dev/null || wanted+=(xdotool)
fi

all=("${missing[@]+"${missing[@]}"}" "${wanted[@]+"${wanted[@]}"}")
[ ${#all[@]} -eq 0 ] && exit 0

if command -v apt-get >/dev/null; then
  as_root=()
  [ "$(id -u)" -eq 0 ] || as_root=(sudo -n)
  if [ "$(id -u)" -eq 0 ] || sudo -n true 2>/dev/null; then
    echo "qdesk: installing ${all[*]}" >&2
    "${as_root[@]+"${as_root[@]}"}" apt-get update -q >&2
    "${as_root[@]+"${as_root[@]}"}" env DEBIAN_FRONTEND=noninteractive \
      apt-get install -y -q --no-install-recommends "${all[@]}" >&2 && exit 0
    echo "qdesk: apt-get could not install them (see above)" >&2
  else
    echo "qdesk: please paste: sudo apt-get update && sudo apt-get install -y --no-install-recommends ${all[*]}" >&2
  fi
else
  echo "qdesk: please install what Debian calls: ${all[*]}" >&2
fi
[ ${#missing[@]} -eq 0 ]
