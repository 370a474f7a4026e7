# Sourced by the other scripts: makes .venv with what a command needs, once. Needs python 3.11 or newer, nothing else.
# usage: NEEDS=base|dev; . scripts/setup.sh
set -eu
ROOT=$(CDPATH= cd -- "$(dirname -- "$0")/.." && pwd)
VENV=${SDSCAN_VENV:-$ROOT/.venv}
PYTHON=${PYTHON:-}
if [ -z "$PYTHON" ]; then
  for name in python3 python3.13 python3.12 python3.11 python; do
    if command -v "$name" >/dev/null 2>&1 && "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      PYTHON=$name
      break
    fi
  done
fi
if [ -z "$PYTHON" ]; then
  echo "sdscan needs Python 3.11 or newer on PATH (or set PYTHON=/path/to/python)" >&2
  exit 2
fi
STAMP=$VENV/.sdscan-$NEEDS
WANTED=$(cat "$ROOT/pyproject.toml" "$ROOT/requirements-dev.txt" 2>/dev/null | cksum)
if [ ! -f "$STAMP" ] || [ "$(cat "$STAMP")" != "$WANTED" ]; then
  echo "setting up the $NEEDS environment (once) …" >&2
  [ -x "$VENV/bin/python" ] || "$PYTHON" -m venv "$VENV" >&2
  if [ "$NEEDS" = dev ]; then
    # Everything by its hash, the builder too, so that the second line fetches nothing.
    "$VENV/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes -r "$ROOT/requirements-dev.txt" >&2
    "$VENV/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --no-index -e "$ROOT" >&2
  else
    "$VENV/bin/python" -m pip install --quiet --disable-pip-version-check -e "$ROOT" >&2
  fi
  "$VENV/bin/python" -m compileall -q "$ROOT/sdscan" >&2 || true # a hook must not pay for it where bytecode is not written
  printf '%s' "$WANTED" >"$STAMP"
fi
