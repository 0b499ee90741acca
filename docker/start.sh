#!/bin/sh
# A first `docker run` finds a configuration to start from; one that is there stays.
set -eu
if [ "${1:-}" = run ] && [ ! -e "$LISTENER_CONFIG" ]; then
    listener init "$(dirname "$LISTENER_CONFIG")"
fi
exec listener "$@"
