#!/bin/sh
# The steps of the image, which a test runs as well:
#
#   docker/build.sh dependencies SOURCE VENV    what the lock names, by its hashes
#   docker/build.sh project SOURCE VENV         the project itself, as a wheel, with the build back end of the lock
set -eu
step=$1 source=$2 venv=$3

pip() {
    "$venv/bin/python" -m pip --disable-pip-version-check --no-input --quiet "$@"
}

case $step in
dependencies)
    "${PYTHON:-python3}" -m venv "$venv"
    pip install --require-hashes -r "$source/requirements-build.lock"
    pip install --require-hashes --no-build-isolation -r "$source/requirements.lock"
    ;;
project)
    wheels=$(mktemp -d)
    pip wheel --no-deps --no-build-isolation --wheel-dir "$wheels" "$source"
    pip install --no-deps "$wheels"/*.whl
    rm -r "$wheels"
    "$venv/bin/listener" --version
    ;;
*)
    echo "docker/build.sh: no step $step" >&2
    exit 2
    ;;
esac
