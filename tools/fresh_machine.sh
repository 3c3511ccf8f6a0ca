#!/bin/bash
# Proves the two commands of the README on a bare Debian 12: Python 3.11, make, and nothing else.
#
#   tools/fresh_machine.sh [refuse] [run] [again] [server] [test]      (all of them without arguments; needs root and debootstrap)
#   tools/fresh_machine.sh ready                                       what `make test` does before its first test: minutes instead of the whole
#
# The bare system is made once and kept as FRESH_BASE (a tar archive); the root itself, FRESH_ROOT, is new each time.
# What is special about this machine (package sources, certificates, proxies) is copied in and stands nowhere in the repository.
set -euo pipefail

top=$(cd "$(dirname "$0")/.." && pwd)
base=${FRESH_BASE:-$top/build/fresh/debian12.tar}
root=${FRESH_ROOT:-$top/build/fresh/root}
steps=${*:-refuse run again server test}

. "$top/tools/bare_debian.sh"

unpack() {
    rm -rf "$root"
    mkdir -p "$root"
    tar -C "$root" -xf "$base"
    git clone --quiet --depth 1 "file://$top" "$root/checkout"
    git -C "$root/checkout" remote remove origin
    for path in /etc/apt /etc/pip.conf /etc/resolv.conf /etc/hosts /usr/local/share/ca-certificates /etc/ssl/certs/ca-certificates.crt; do
        [ -e "$path" ] || continue
        rm -rf "${root:?}$path"
        mkdir -p "$(dirname "$root$path")"
        cp -RL "$path" "$root$path"
    done
    [ ! -f ~/.npmrc ] || cp ~/.npmrc "$root/root/.npmrc"
}

# Runs a command inside, with nothing of this shell's environment but what reaches the package sources.
inside() {
    local keep
    keep=$(env | grep -E '^(PIP_|npm_config_|[A-Za-z]+_proxy=|[A-Z]+_PROXY=|SSL_CERT_|REQUESTS_CA_BUNDLE=|NODE_EXTRA_CA_CERTS=)' | grep -v '^PIP_FIND_LINKS=' || true)
    mapfile -t keep <<<"$keep"
    env -i "${keep[@]:-X=}" HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 chroot "$@"
}

mount_inside() {
    mount --make-rprivate /
    mount --bind "$root" "$root"  # "ip netns" wants / to be a mount of its own
    mount -t proc proc "$root/proc"
    mount --rbind /sys "$root/sys"
    mount --rbind /dev "$root/dev"
    mount -t tmpfs -o mode=1777 tmpfs "$root/dev/shm"
    mount -t tmpfs tmpfs "$root/run"
    mount -t tmpfs -o mode=1777 tmpfs "$root/tmp"
}

# Whoever may not install packages is told the line to type, and the command fails.
step_refuse() {
    local answer
    if answer=$(inside --userspec=nobody:nogroup "$root" make -C /checkout run 2>&1); then
        echo "$answer"
        return 1
    fi
    grep -F "sudo apt-get install --quiet --yes --no-install-recommends" <<<"$answer"
}

step_run() { inside "$root" make -C /checkout run; }

# A second time without any network; what set-up adds is timed apart.
step_again() {
    local began ended
    began=$(date +%s%N)
    inside "$root" unshare --net make -C /checkout --silent set-up-run
    ended=$(date +%s%N)
    say "set-up of a second run: $(((ended - began) / 1000000)) ms"
    [ $((ended - began)) -lt 3000000000 ] || return 1
    inside "$root" unshare --net sh -c 'python3 -c "
import fcntl, socket, struct
with socket.socket() as s:
    fcntl.ioctl(s, 0x8914, struct.pack(\"16sH\", b\"lo\", 1))  # SIOCSIFFLAGS, IFF_UP
" && make -C /checkout run'
}

# A server host installs server.txt and nothing else.
step_server() {
    inside "$root" sh -c 'cd /checkout && export DEBIAN_FRONTEND=noninteractive VB_DATA_DIR=/tmp/data &&
        apt-get -qq update && apt-get -qq install --no-install-recommends python3-venv ca-certificates >/dev/null &&
        python3 -m venv /tmp/server &&
        /tmp/server/bin/pip install --quiet --require-hashes -r packaging/requirements/server.txt &&
        /tmp/server/bin/python -m app.server check-config'
}

step_ready() { inside "$root" make -C /checkout set-up-test static node-tests; }

step_test() { inside "$root" /checkout/.ci/run; }

if [ "${1:-}" != --inside ]; then
    make_base "$base" bookworm python3,make
    say "a new root in $root"
    unpack
    # shellcheck disable=SC2086  # the steps are words
    exec unshare --mount --pid --fork --kill-child "$0" --inside $steps
fi

mount_inside
for step in ${steps#--inside}; do
    say "$step: begins"
    began=$(date +%s)
    "step_$step" || { say "$step: FAILED after $(($(date +%s) - began)) s"; exit 1; }
    say "$step: holds, $(($(date +%s) - began)) s"
done
