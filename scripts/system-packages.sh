#!/usr/bin/env bash
# Installs the system packages that are missing, and touches nothing when none is.
set -euo pipefail
packages=(python3-venv postgresql libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0)
missing=()
for package in "${packages[@]}"; do
  case "$(dpkg-query -W -f='${Status}' "$package" 2>/dev/null || true)" in
    "install ok installed") ;;
    *) missing+=("$package") ;;
  esac
done
# A Python that brings its own venv module does not need Debian's.
if python3 -c 'import ensurepip, venv' 2>/dev/null; then missing=("${missing[@]/python3-venv/}"); fi
read -ra missing <<<"${missing[*]}"
[ ${#missing[@]} -eq 0 ] && exit 0
root=()
[ "$(id -u)" -eq 0 ] || root=(sudo)
echo "Installing ${missing[*]}" >&2
"${root[@]}" apt-get update -q
"${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "${missing[@]}"
