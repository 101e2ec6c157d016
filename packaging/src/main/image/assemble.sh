#!/bin/sh
# Makes the programs of the runtime image out of its jars (IMAGE/lib) and its Java (IMAGE/runtime):
# flags, launchers, and an AOT cache per program, trained by a transfer between two agents on loopback.
#
# usage: assemble.sh IMAGE VERSION
set -eu
image=$1
version=$2
here=$(cd "$(dirname "$0")" && pwd)
programs="coordinator sender-agent receiver-agent send-pump receive-pump"

# launcher FILE JAR MAIN AOT-OPTION: writes the launcher of the program that FILE is named after.
launcher() {
  sed -e "s|@PROGRAM@|$(basename "$1")|g" -e "s|@JAR@|$2-$version.jar|" -e "s|@MAIN@|$3|" -e "s|@AOT@|$4|" \
    "$here/launcher.sh" > "$image/$1"
  chmod 755 "$image/$1"
}

# AOT-OPTION is AOTCacheOutput for a program that is being trained, AOTCache for one that is shipped.
launchers() {
  launcher bin/coordinator coordinator io.longhaul.coordinator.CoordinatorMain "$1"
  launcher bin/sender-agent sender-agent io.longhaul.sender.SenderMain "$1"
  launcher bin/receiver-agent receiver-agent io.longhaul.receiver.ReceiverMain "$1"
  launcher lib/send-pump sender-agent io.longhaul.sender.pump.SendPumpMain "$1"
  launcher lib/receive-pump receiver-agent io.longhaul.receiver.pump.ReceivePumpMain "$1"
}

mkdir -p "$image/bin" "$image/etc" "$image/lib/systemd" "$image/lib/sysusers.d"
cp "$here/../../../../LICENSE" "$image/"
echo "$version" > "$image/VERSION"
cp "$here"/etc/*.yaml "$image/etc/"
cp "$here"/../systemd/*.service "$image/lib/systemd/"
cp "$here/../systemd/longhaul.sysusers" "$image/lib/sysusers.d/longhaul.conf"
cp "$here/longhaul-install" "$image/bin/"
chmod 755 "$image/bin/longhaul-install"
cp "$here"/jvmargs/*.jvmargs "$image/lib/"
# An AOT cache remembers the size and time of its jars: a fixed time survives packing and unpacking.
find "$image/lib" "$image/runtime/lib/modules" -type f -exec touch -d @1767225600 {} +

# Training takes a minute of processor time: what nothing has changed for is used again.
key=$(cat "$image"/lib/*.jar "$image"/lib/*.jvmargs "$image/runtime/release" "$here"/*.sh | sha256sum | cut -c 1-16)
caches=$(dirname "$image")/aot/$key
if [ ! -d "$caches" ]; then
  launchers AOTCacheOutput
  sh "$here/train.sh" "$image"
  mkdir -p "$caches.new"
  for program in $programs; do
    mv "$image/lib/$program.aot" "$caches.new/"
  done
  mv "$caches.new" "$caches"
fi
cp -p "$caches"/*.aot "$image/lib/"
launchers AOTCache
