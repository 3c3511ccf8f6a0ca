#!/bin/bash
# Executes the commands of a handbook, those marked with ```sh run, in order on a bare Debian 12: what IT reads is what works. Those marked with
# ```sh workstation run there, too, as a person who has the desktop program and a key store; the name video.example.org leads to the proxy.
#
#   tools/handbook_test.sh [docs/handbook/server.md]        (needs root, debootstrap and the packages of `make package`)
#
# The bare system is that of tools/fresh_machine.sh (FRESH_BASE); the root is new each time. All packages are fetched first, then everything
# runs in a network of its own that leads nowhere. What IT brings along, a certificate for video.example.org, is made here.
set -euo pipefail

top=$(cd "$(dirname "$0")/.." && pwd)
handbook=${1:-$top/docs/handbook/server.md}
base=${FRESH_BASE:-$top/build/fresh/debian12.tar}
made=${PACKAGES:-$top/build/package/linux}
root=${HANDBOOK_ROOT:-$top/build/handbook/root}

. "$top/tools/bare_debian.sh"

has_workstation() { grep -q '^```sh workstation$' "$handbook"; }

unpack() {
    rm -rf "$root"
    mkdir -p "$root"
    tar -C "$root" -xf "$base"
    for path in /etc/apt /etc/resolv.conf /etc/hosts /etc/ssl/certs/ca-certificates.crt; do
        [ -e "$path" ] || continue
        rm -rf "${root:?}$path"
        mkdir -p "$(dirname "$root$path")"
        cp -RL "$path" "$root$path"
    done
    rm -f "$root"/etc/apt/apt.conf.d/*packagekit* "$root"/etc/apt/apt.conf.d/*appstream* "$root"/etc/apt/apt.conf.d/*clean*
    cp "$made"/videoberatung-server_*_amd64.deb "$root/srv/"
    if has_workstation; then cp "$made"/videoberatung_*_amd64.deb "$root/srv/"; fi
    (cd "$top" && python3 -m tools.handbook_commands "$handbook") >"$root/srv/handbook.sh"
    (cd "$top" && python3 -m tools.handbook_commands --downloads "$handbook") >"$root/srv/downloads"
}

inside() {
    local keep
    keep=$(env | grep -E '^([A-Za-z]+_proxy=|[A-Z]+_PROXY=)' || true)
    mapfile -t keep <<<"$keep"
    env -i "${keep[@]:-X=}" HOME=/root PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 DEBIAN_FRONTEND=noninteractive \
        chroot "$root" "$@"
}

mount_inside() {
    mount --make-rprivate /
    mount -t proc proc "$root/proc"
    mount --rbind /dev "$root/dev"
    mount -t tmpfs -o mode=1777 tmpfs "$root/dev/shm"
    mount -t tmpfs tmpfs "$root/run"
    mount -t tmpfs -o mode=1777 tmpfs "$root/tmp"
}

fetch() {
    inside apt-get --quiet=2 update >"$root/srv/apt.log" 2>&1
    if has_workstation; then echo "$desktop" >>"$root/srv/downloads"; fi
    inside sh -c 'cd /srv && apt-get --quiet=2 install --yes --no-install-recommends --download-only $(cat downloads) openssl' >>"$root/srv/apt.log" 2>&1 ||
        { tail -20 "$root/srv/apt.log"; return 1; }
}

# A workstation stands elsewhere; here it is a person of this machine, with what a desktop gives them: a session bus and an open key store.
# Whatever lies in code.txt is brought to them, and is gone where it was.
desktop='./videoberatung_*_amd64.deb gnome-keyring dbus-daemon'
workstation() {
    inside sh -c "cd /srv && apt-get --quiet=2 install --yes --no-install-recommends $desktop" >>"$root/srv/apt.log" 2>&1 ||
        { tail -20 "$root/srv/apt.log"; return 1; }
    inside useradd --create-home --home-dir /srv/fachkraft fachkraft
    echo '127.0.0.1 video.example.org' >>"$root/etc/hosts"
    cat >"$root/usr/local/bin/at_workstation" <<'END'
#!/bin/bash
set -euo pipefail
cat >/srv/fachkraft/commands
if [ -f code.txt ]; then
    install -o fachkraft -m 0600 code.txt /srv/fachkraft/code.txt
    rm code.txt
fi
cd /srv/fachkraft
exec runuser -u fachkraft -- env -i HOME=/srv/fachkraft USER=fachkraft LOGNAME=fachkraft LANG=C.UTF-8 PATH=/usr/bin:/bin dbus-run-session -- \
    bash -c 'printf "\n" | gnome-keyring-daemon --unlock --components=secrets >/dev/null && exec bash commands'
END
    chmod +x "$root/usr/local/bin/at_workstation"
}

# What IT has before it opens the handbook: an authority that the machine trusts, and a certificate of it.
certificate() {
    inside apt-get --quiet=2 install --yes openssl >>"$root/srv/apt.log" 2>&1
    inside sh -euc 'mkdir -p /etc/videoberatung-proxy && cd /etc/videoberatung-proxy
        openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj "/CN=Test authority" -keyout /srv/ca.key -out /srv/ca.pem
        openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=video.example.org -keyout key.pem -out /srv/request
        printf "subjectAltName=DNS:video.example.org\n" >/srv/names
        openssl x509 -req -in /srv/request -CA /srv/ca.pem -CAkey /srv/ca.key -days 30 -extfile /srv/names -out fullchain.pem' 2>/dev/null
    install -D -m 0644 "$root/srv/ca.pem" "$root/usr/local/share/ca-certificates/test.crt"
}

if [ "${1:-}" = --inside ]; then
    handbook=$2
    mount_inside
    case $3 in
    fetch) fetch ;;
    run)
        ip link set lo up
        certificate
        install -m 0755 "$top/tools/handbook_systemctl.py" "$root/usr/local/bin/systemctl"
        sed -i '1i #!/usr/bin/python3' "$root/usr/local/bin/systemctl"
        printf '#!/bin/sh\nexit 0\n' >"$root/usr/sbin/policy-rc.d"  # what is installed starts, as on a machine that was booted
        chmod +x "$root/usr/sbin/policy-rc.d"
        if has_workstation; then workstation; fi
        inside bash -c 'cd /srv && exec bash handbook.sh'
        ;;
    esac
    exit
fi

make_base "$base" bookworm python3,make
ls "$made"/videoberatung-server_*_amd64.deb >/dev/null
say "a new root in $root"
unpack
say "fetching packages"
unshare --mount --pid --fork --kill-child "$0" --inside "$handbook" fetch
say "the handbook's commands"
unshare --mount --pid --net --fork --kill-child "$0" --inside "$handbook" run
say "the handbook holds"
rm -rf "$root"
