#!/usr/bin/env bash
# Installs the system packages that are missing; asks for nothing and fetches nothing when none is.
set -euo pipefail

# Of "one|other" any will do: Ubuntu has some programs under other names.
packages=(
  postgresql                                            # for the tests, which start a server of their own from its programs
  "chromium|google-chrome-stable|chromium-browser"      # for the tests in a browser
  libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0  # WeasyPrint loads them
  fonts-noto-cjk fonts-lxgw-wenkai                      # the letters' fonts are made from them
  poppler-utils
  softhsm2                                              # a token without hardware, for the tests of seals
)
# A Python that brings its own venv does not need Debian's.
python3 -c 'import ensurepip, venv' 2>/dev/null || packages+=(python3-venv)

installed() { [ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }
offered() { apt-cache policy "$1" 2>/dev/null | grep -q 'Candidate: [^(]'; }
any() { # any TEST one|other: prints the first for which the test holds
  local name names
  IFS='|' read -ra names <<<"$2"
  for name in "${names[@]}"; do if "$1" "$name"; then echo "$name"; return; fi; done
  return 1
}

missing=()
for choice in "${packages[@]}"; do any installed "$choice" >/dev/null || missing+=("$choice"); done
[ ${#missing[@]} -eq 0 ] && exit 0

root=()
[ "$(id -u)" -eq 0 ] || root=(sudo)
echo "Installing system packages: ${missing[*]}" >&2
"${root[@]}" apt-get update -q
wanted=()
for choice in "${missing[@]}"; do wanted+=("$(any offered "$choice" || echo "${choice%%|*}")"); done
"${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "${wanted[@]}"
