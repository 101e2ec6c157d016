#!/bin/sh
# Runs every program of an image once: two agents on loopback, and a coordinator that carries 64 MiB from one
# to the other. Each program's JVM then writes what it has learnt as its AOT cache.
#
# usage: train.sh IMAGE
set -eu
image=$1
seconds=600 # at most, for each step; a busy machine needs a minute

work=$(mktemp -d)
sender=
receiver=

end() {
  status=$?
  [ -z "$receiver" ] || kill "$receiver" 2> /dev/null || true
  [ -z "$sender" ] || kill "$sender" 2> /dev/null || true
  wait
  if [ "$status" -ne 0 ]; then
    echo "train.sh: failed; what the programs said:" >&2
    tail -n 40 "$work"/*.log "$work"/*/*/pump.log >&2 || true
  fi
  rm -rf "$work"
  exit "$status"
}
trap end EXIT

# await WHAT COMMAND...: runs the command until it succeeds.
await() {
  what=$1
  shift
  tries=0
  until "$@"; do
    tries=$((tries + 1))
    [ "$tries" -lt $((seconds * 5)) ] || {
      echo "train.sh: waited $seconds s for $what" >&2
      exit 1
    }
    sleep 0.2
  done
}

# port LOG: the port that an agent was given, once its log says so.
port() {
  sed -nE 's/.* (port=|address=[0-9.]+:)"?([1-9][0-9]*).*/\2/p' "$1" 2> /dev/null | head -n 1
}

listens() {
  [ -n "$(port "$1")" ]
}

written() {
  [ -s "$image/lib/$1.aot" ] && [ ! -e "$image/lib/$1.aot.config" ]
}

mkdir "$work/office" "$work/vault"
cat > "$work/office.yaml" << YAML
name: office
listen: {port: 0}
spool: {directory: $work/office}
streams: {zeros: {command: [head, -c, 64M, /dev/zero]}}
YAML
"$image/bin/sender-agent" --config "$work/office.yaml" > "$work/sender-agent.log" 2>&1 &
sender=$!
await "the sender-agent" listens "$work/sender-agent.log"
office=http://127.0.0.1:$(port "$work/sender-agent.log")

cat > "$work/vault.yaml" << YAML
name: vault
listen: {port: 0}
spool: {directory: $work/vault}
streams: {count: {command: [wc, -c]}}
peers: {office: {url: "$office"}}
YAML
"$image/bin/receiver-agent" --config "$work/vault.yaml" > "$work/receiver-agent.log" 2>&1 &
receiver=$!
await "the receiver-agent" listens "$work/receiver-agent.log"
vault=http://127.0.0.1:$(port "$work/receiver-agent.log")

cat > "$work/coordinator.yaml" << YAML
agents:
  office: {sender: {url: "$office"}}
  vault: {receiver: {url: "$vault"}}
YAML
timeout "$seconds" "$image/bin/coordinator" --config "$work/coordinator.yaml" start office::zeros vault::count \
  > "$work/coordinator.log" 2>&1

# Each writes its cache as it ends; the pumps end when their agents are gone.
kill "$receiver" "$sender"
wait "$receiver" || true
receiver=
wait "$sender" || true
sender=
await "the send pump's cache" written send-pump
await "the receive pump's cache" written receive-pump
