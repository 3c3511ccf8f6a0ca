# Sourced by the scripts that need a bare Debian: made once, kept as a tar archive.

say() { printf '%s  %s\n' "$(date +%T)" "$*"; }

# make_base FILE SUITE PACKAGES: nothing where the archive lies already.
make_base() {
    [ -f "$1" ] && return
    say "$2: making the bare system"
    mkdir -p "$(dirname "$1")"
    local scratch
    scratch=$(mktemp -d)
    debootstrap --variant=minbase --include="$3" "$2" "$scratch/root" >"$1.log"
    rm -rf "$scratch/root/var/cache/apt/archives/"*.deb
    tar -C "$scratch/root" -cf "$1.part" .
    mv "$1.part" "$1"
    rm -rf "$scratch"
}
