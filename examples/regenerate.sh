#!/usr/bin/env bash
# Writes every example again. CI compares the committed files with what the tool writes today, byte for byte.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
for example in "$here"/*/run.sh; do
    echo "== $(basename "$(dirname "$example")")"
    "$example"
done
