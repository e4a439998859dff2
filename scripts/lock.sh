#!/usr/bin/env bash
# Writes requirements.lock anew: the newest versions that setup.cfg allows, tried out in an environment of their own.
set -euo pipefail
cd "$(dirname "$0")/.."
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
export PIP_DISABLE_PIP_VERSION_CHECK=1
python3 -m venv "$scratch/venv"
pip="$scratch/venv/bin/python -m pip"
mkdir "$scratch/source"
cp -r setup.cfg pyproject.toml README.md LICENSE core "$scratch/source"
$pip install --quiet setuptools wheel
$pip install --quiet --no-build-isolation "$scratch/source[test]"
$pip check
$pip freeze --all --exclude pip --exclude yingshang >"$scratch/lock"
if grep -nE '@|/|^-' "$scratch/lock"; then
  echo "The lock would name an address or a path" >&2
  exit 1
fi
cp "$scratch/lock" requirements.lock
