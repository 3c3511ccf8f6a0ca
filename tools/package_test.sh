#!/bin/bash
# Installs the packages of `make package` in bare Debian 12 and 13, tries them out, updates, removes and purges them, and lists what is left.
#
#   tools/package_test.sh [look] [bookworm] [trixie] [rpm]        (all of them without arguments; needs root and debootstrap)
#
# `rpm` is Debian 12 once more, with rpm and dnf over it: what the .rpm asks for, its scripts and its files, but no distribution that has it.
# The packages are those in PACKAGE_MADE. The bare systems are made once and kept as tar archives in PACKAGE_BASES; the root itself is new
# each time. What is special about this machine (package sources, certificates, proxies) is copied in and stands nowhere in the repository.
set -euo pipefail

top=$(cd "$(dirname "$0")/.." && pwd)
made=${PACKAGE_MADE:-$top/build/package/linux}
bases=${PACKAGE_BASES:-$top/build/package/bases}
root=$top/build/package/root  # and the name of the system behind it
report=$top/build/package/test
browser="chromium xvfb xauth fonts-noto-core"  # what the demonstration needs beside the package

. "$top/tools/bare_debian.sh"

# The makers' own checks: lintian, the metadata, the entries in the menu, the unit of the server.
look() {
    lintian --fail-on error --suppress-tags bad-distribution-in-changes-file "$made"/*.deb | tee "$report/lintian.txt"
    appstreamcli validate --no-net "$made/papers/"*.metainfo.xml
    desktop-file-validate "$top"/packaging/linux/*.desktop
    for file in "$made"/*.rpm; do
        rpm --checksig "$file"
        rpm --query --package --list "$file" >"$report/$(basename "$file").txt"
        rpm --query --package --requires "$file" >>"$report/$(basename "$file").txt"
    done
    (cd "$made" && sha256sum --check --quiet SHA256SUMS)
}

unpack() {
    rm -rf "$root"
    mkdir -p "$root"
    tar -C "$root" -xf "$bases/$1.tar"
    for path in /etc/apt/apt.conf.d /etc/apt/auth.conf.d /etc/resolv.conf /etc/hosts /etc/ssl/certs/ca-certificates.crt; do
        [ -e "$path" ] || continue
        rm -rf "${root:?}$path"
        mkdir -p "$(dirname "$root$path")"
        cp -RL "$path" "$root$path"
    done
    rm -f "$root"/etc/apt/apt.conf.d/*packagekit* "$root"/etc/apt/apt.conf.d/*appstream*
    local sources=/etc/apt/sources.list.d/debian.sources
    if [ -f "$sources" ]; then
        sed "s/bookworm/$1/g" "$sources" >"$root$sources"
        rm -f "$root/etc/apt/sources.list"
    fi
    mkdir "$root/packages"
    cp "$made"/*.deb "$made"/*.rpm "$root/packages/"
}

inside() {
    local keep
    keep=$(env | grep -E '^([A-Za-z]+_proxy=|[A-Z]+_PROXY=)' || true)
    mapfile -t keep <<<"$keep"
    env -i "${keep[@]:-X=}" HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 DEBIAN_FRONTEND=noninteractive chroot "$root" "$@"
}

as() { inside runuser --login "$1" --command "LANG=C.UTF-8 $2"; }
as_anna() { as anna "$*"; }

mount_inside() {
    mount --make-rprivate /
    mount -t proc proc "$root/proc"
    mount --rbind /sys "$root/sys"
    mount --rbind /dev "$root/dev"
    mount -t tmpfs -o mode=1777 tmpfs "$root/dev/shm"
    mount -t tmpfs tmpfs "$root/run"
    mount -t tmpfs -o mode=1777 tmpfs "$root/tmp"
}

listing() { (cd "$root" && find . -xdev -path ./proc -prune -o -path ./packages -prune -o -path ./home -prune -o -print | sort); }

# An earlier version of a package: the same files under a smaller number.
earlier() {
    local folder=$root/packages/earlier
    dpkg-deb --raw-extract "$1" "$folder"
    sed -i 's/^Version: .*/Version: 0.0.1/' "$folder/DEBIAN/control"
    dpkg-deb --root-owner-group -Znone --build "$folder" "$root/packages/$2_0.0.1_amd64.deb" >/dev/null
    rm -rf "$folder"
}

apt() { inside apt-get --quiet=2 --yes --no-install-recommends "$@" >>"$log" 2>&1 || { tail -30 "$log"; return 1; }; }

try_desktop() {
    inside test -f /usr/lib/videoberatung/_internal/resources/handbook/handbook/index.html
    as_anna videoberatung --version
    as_anna videoberatung --version --json
    local status=0
    as_anna videoberatung check --short --json >"$report/$suite-check.json" 2>>"$log" || status=$?
    grep -q '"outcome"' "$report/$suite-check.json" && [ "$status" -le 1 ]
    say "check --json: status $status (1: there are no devices here)"
    as_anna videoberatung demo --unattended --shots demo --json demo.json
    cp -r "$root/home/anna/demo" "$root/home/anna/demo.json" "$report/$suite/"
}

# What must not work says why, in the words of the first argument.
denied() {
    local words=$1 said status=0
    shift
    said=$("$@" 2>&1) || status=$?
    printf '%s\n' "$said" >>"$log"
    [ "$status" != 0 ] || { say "should have been refused: $*"; return 1; }
    grep --quiet --ignore-case "$words" <<<"$said" || { say "not refused with '$words': $said"; return 1; }
    say "refused (status $status, '$words'): $*"
}

# The same, and what is installed is as it was.
refused() {
    denied "$@"
    still_there
}

still_there() {
    if [ "$suite" = rpm ]; then
        [ "$(inside rpm --query --queryformat '%{VERSION}' videoberatung)" = "$version" ]
        inside rpm --verify videoberatung
    else
        [ "$(inside dpkg-query --show --showformat '${Version} ${db:Status-Status}' videoberatung)" = "$version installed" ]
    fi
    as_anna videoberatung --version >>"$log"
}

wait_for() {
    for _ in $(seq 600); do
        "$@" >>"$log" 2>&1 && return
        sleep 0.2
    done
    say "waited for nothing: $*"
    return 1
}

# The window of that person under Xvfb, in the background, until its server is ready; the profile's folder has a blank in its name.
open_window() {
    as "$1" "xvfb-run --auto-servernum videoberatung --simulated-devices --profile \"\$HOME/Mein Profil\"" >>"$log" 2>&1 &
    window=$!
    wait_for grep --quiet ready "$root$2/Mein Profil/logs/videoberatung.log"
    wait_for catches_end "$1"
}

# Whether the program of that person has come so far that it ends well when it is told to: bit 15 is SIGTERM (proc(5), SigCgt).
catches_end() {
    local pid
    pid=$(inside pgrep --exact --oldest --uid "$1" videoberatung)
    (((0x$(sed -n 's/^SigCgt:[[:space:]]*//p' "$root/proc/$pid/status") & 0x4000) != 0))
}

# Ends it as the system does at the end of a session.
close_window() {
    local status=0
    inside pkill --exact --oldest --signal TERM --uid "$1" videoberatung
    wait "$window" || status=$?
    [ "$status" = 0 ] || { say "the window of $1 ended with status $status"; return 1; }
}

try_policies() {
    local status content wanted
    mkdir -p "$root/etc/videoberatung"
    while IFS='|' read -r wanted content; do
        status=0
        printf '%s' "$content" >"$root/etc/videoberatung/policy.json"
        as_anna videoberatung policy >>"$log" 2>&1 || status=$?
        [ "$status" = "$wanted" ] || { say "policy $content: status $status, $wanted expected"; return 1; }
        open_window anna /home/anna
        close_window anna
        rm -rf "$root/home/anna/Mein Profil"
    done <<'POLICIES'
2|{ "phone": "0123 45
2|["phone"]
1|{"fone": "0123 456789", "phone": "0123 456789"}
1|{"retention_days": "many", "relay_only": 7, "mail": []}
1|{"server_url": "https://video.jobcenter.example", "public_url": "https://video.example.org"}
0|{"phone": "0123 456789", "retention_days": 14}
POLICIES
    rm "$root/etc/videoberatung/policy.json"
    say "policies: broken, unknown, of the wrong kind and contradictory ones are told, and the window opens"
}

# The folder lies on a file system of its own with 64 MB left: less than the new files need beside the old ones.
# on_a_full_disk WORDS COMMAND: what it says, and what installs.
on_a_full_disk() {
    local place=$root/usr/lib/videoberatung kept=$root/usr/lib/kept
    mv "$place" "$kept"
    mkdir "$place"
    mount -t tmpfs -o mode=755,size="$(($(du --summarize --block-size=1M "$kept" | cut -f1) + 64))M" tmpfs "$place"
    cp -a "$kept/." "$place/"
    refused "$@"
    as_anna videoberatung check --short --json >"$report/$suite-full-disk.json" 2>>"$log" || true  # 1: there are no devices here
    grep --quiet '"outcome"' "$report/$suite-full-disk.json"
    umount "$place"
    rmdir "$place"
    mv "$kept" "$place"
}

try_bad_input() {
    refused "superuser" as_anna dpkg --install "/packages/$package"
    refused "downgrade" inside apt-get --yes install /packages/videoberatung_0.0.1_amd64.deb
    on_a_full_disk "no space left" inside dpkg --install "/packages/$package"
    try_policies
    inside useradd --badname --create-home --home-dir "/home/jörg müller" jörg
    open_window jörg "/home/jörg müller"
    close_window jörg
    say "a name that is not ASCII, and blanks in the paths: the window opens and closes"
    open_window anna /home/anna
    apt install --reinstall "/packages/$package"
    close_window anna
    still_there
    say "installed while the program ran: that one went on and ended well"
}

# The package goes while two people talk: the session is held to its end. A window that is opened for the first time after that may miss a
# file (Babel's, say), and the program says so.
remove_during_session() {
    as_anna videoberatung demo --unattended --shots again --json again.json >>"$log" 2>&1 &
    local demo=$! status=0
    wait_for compgen -G "$root/home/anna/again/*-$1-*.png"
    apt remove videoberatung
    inside test ! -e /usr/bin/videoberatung
    wait "$demo" || status=$?
    cp "$root/home/anna/again.json" "$report/$suite/removed-in-session.json" || true
    grep --quiet '^ok .*Die Seite verabschiedet sich' "$log"
    say "removed during a session: it was held to its end (status $status: windows that open later may miss their files)"
}

# As the unit starts it: the same user, the same variables, the same two commands. A chroot has no systemd that could do so itself.
try_server() {
    inside systemd-analyze verify --man=no /lib/systemd/system/videoberatung-server.service
    inside install -d -o videoberatung-server -g videoberatung-server -m 700 /var/lib/videoberatung-server
    cat >"$root/tmp/serve" <<'SERVE'
set -eu
set -a; . /etc/videoberatung-server/environment; set +a
export VB_DATA_DIR=/var/lib/videoberatung-server
run() { exec setpriv --reuid=videoberatung-server --regid=videoberatung-server --clear-groups --no-new-privs videoberatung-server "$@"; }
(run check-config)
run serve >/tmp/serve.out 2>/tmp/serve.log &
child=$!
for _ in $(seq 100); do grep -q '"ready"' /tmp/serve.out && break; sleep 0.1; done
exec 3<>/dev/tcp/127.0.0.1/8480
printf 'GET / HTTP/1.1\r\nHost: 127.0.0.1:8480\r\nConnection: close\r\n\r\n' >&3
head -1 <&3 | grep ' 200 '
kill -TERM "$child"
wait "$child"
SERVE
    inside bash /tmp/serve
    inside test ! -e /usr/lib/videoberatung-server/_internal/PySide6
    try_agency
}

# What only an agency's server has: a database that nobody answers for is asked by psycopg, and told.
try_agency() {
    local said
    said=$(inside env VB_DATA_DIR=/tmp/agency VB_DATABASE_URL=postgresql://x@127.0.0.1:9/x videoberatung-server serve 2>&1 || true)
    grep --quiet '"detail": "OperationalError"' <<<"$said" || { say "no PostgreSQL: $said"; return 1; }
}

begin() {
    suite=$1
    log=$report/$suite.txt
    package=$(basename "$made"/videoberatung_*_amd64.deb)
    version=$(dpkg-deb --field "$made/$package" Version)
    mkdir -p "$report/$suite"
    : >"$log"
    apt update
    # shellcheck disable=SC2086  # the names are words
    apt install $browser
    inside useradd --create-home anna
}

try_suite() {
    begin "$1"
    listing >"$report/$suite-before.txt"
    for name in videoberatung-server videoberatung; do
        earlier "$made/${name}"_*_amd64.deb "$name"
        apt install "/packages/${name}_0.0.1_amd64.deb"
        apt install "/packages/$(basename "$made/${name}"_*_amd64.deb)"
        inside dpkg-query --show "$name"
    done
    say "$suite: installed over an earlier version"
    try_server
    say "$suite: the server serves"
    try_desktop
    say "$suite: the demonstration holds"
    try_bad_input
    say "$suite: bad input is told"
    remove_during_session sound-to-counsellor
    apt remove videoberatung-server
    inside test -f /etc/videoberatung-server/environment
    apt purge videoberatung videoberatung-server
    apt autoremove --purge
    listing >"$report/$suite-after.txt"
    diff "$report/$suite-before.txt" "$report/$suite-after.txt" | grep '^>' >"$report/$suite-left.txt" || true
    if grep -i videoberatung "$report/$suite-left.txt" || inside getent passwd videoberatung-server; then
        say "$suite: something is left"
        return 1
    fi
    say "$suite: nothing of ours is left ($(wc -l <"$report/$suite-left.txt") files of the system's own: $suite-left.txt)"
}

dnf() { inside dnf --quiet --assumeyes --disablerepo='*' "$@" >>"$log" 2>&1 || { tail -30 "$log"; return 1; }; }

# An .rpm of the same files under a smaller number.
earlier_rpm() {
    local settings=$root/packages/earlier.yaml
    sed 's/^version: .*/version: 0.0.1/; s/^  compression: zstd$/  compression: zstd:1/' "$made/nfpm-$1.yaml" >"$settings"
    (cd "$top" && build/package/venv/bin/nfpm package --config "$settings" --packager rpm --target "$root/packages/$1-0.0.1.x86_64.rpm") >>"$log"
}

# Tells rpm, whose list is empty, what of this Debian an .rpm may ask for: the libraries that are really there, by their names.
rpm_base() {
    {
        printf '%s\n' 'Name: debian' 'Version: 12' 'Release: 1' 'Summary: What is below' 'License: none' 'BuildArch: noarch'
        printf 'Provides: %s\n' /bin/sh systemd
        inside ls /usr/lib/x86_64-linux-gnu | sed -n 's/^lib.*\.so[.0-9]*$/Provides: &()(64bit)/p'
        seq 2 "$(inside getconf GNU_LIBC_VERSION | sed 's/.*\.//')" | sed 's/.*/Provides: libc.so.6(GLIBC_2.&)(64bit)/'
        printf '%s\n' '%description' 'What is below.' '%files'
    } >"$root/tmp/debian.spec"
    inside rpmbuild --define '_rpmdir /tmp' -bb /tmp/debian.spec >>"$log" 2>&1
    inside rpm --install --force-debian /tmp/noarch/debian-12-1.noarch.rpm
}

try_rpm() {
    begin rpm
    apt install rpm dnf
    for file in "$made"/*.deb; do apt satisfy "$(dpkg-deb --field "$file" Depends)"; done
    listing >"$report/$suite-before.txt"
    denied "nothing provides libEGL.so.1" inside dnf --assumeyes --disablerepo='*' install "/packages/videoberatung-$version.x86_64.rpm"
    rpm_base
    local settings=$root/etc/videoberatung-server/environment
    for name in videoberatung-server videoberatung; do
        earlier_rpm "$name"
        dnf install "/packages/$name-0.0.1.x86_64.rpm"
        [ "$name" = videoberatung ] || echo "# changed" >>"$settings"
        dnf upgrade "/packages/$name-$version.x86_64.rpm"
        inside rpm --query "$name"
    done
    still_there
    grep --quiet "^# changed" "$settings"
    say "$suite: installed over an earlier version, changed settings are kept"
    try_server
    say "$suite: the server serves"
    try_desktop
    say "$suite: the demonstration holds"
    refused "superuser" as_anna dnf --disablerepo="'*'" install "/packages/videoberatung-$version.x86_64.rpm"
    refused "newer than" inside rpm --upgrade --force-debian /packages/videoberatung-0.0.1.x86_64.rpm
    on_a_full_disk "at least" inside dnf --assumeyes --disablerepo='*' reinstall "/packages/videoberatung-$version.x86_64.rpm"
    open_window anna /home/anna
    dnf reinstall "/packages/videoberatung-$version.x86_64.rpm"
    close_window anna
    still_there
    say "$suite: installed while the program ran: that one went on and ended well"
    dnf remove videoberatung videoberatung-server
    listing >"$report/$suite-after.txt"
    diff "$report/$suite-before.txt" "$report/$suite-after.txt" | sed -n 's/^> //p' >"$report/$suite-left.txt" || true
    if grep videoberatung "$report/$suite-left.txt" | grep -v -E '^\./(etc/videoberatung-server(/environment\.rpm(save|new))?|var/lib/videoberatung-server(/.*)?)$'; then
        say "$suite: something is left"
        return 1
    fi
    [ -f "$settings.rpmsave" ]
    say "$suite: nothing of ours is left but what the server has kept and its changed settings (an .rpm knows no purge)"
}

mkdir -p "$report"
if [ "${1:-}" = --inside ]; then
    root=$root-$2
    mount_inside
    if [ "$2" = rpm ]; then try_rpm; else try_suite "$2"; fi
    exit
fi
steps=${*:-look bookworm trixie rpm}
for step in $steps; do
    say "$step: begins"
    began=$SECONDS
    if [ "$step" = look ]; then
        look
    else
        system=${step/#rpm/bookworm}
        make_base "$bases/$system.tar" "$system" ca-certificates
        (root=$root-$step && unpack "$system")
        unshare --mount --pid --fork --kill-child nice -n 10 "$0" --inside "$step"
        rm -rf "${root:?}-$step"
    fi
    say "$step: holds, $((SECONDS - began)) s"
done
