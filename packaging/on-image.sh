#!/bin/sh
# usage: on-image.sh MAIN-CLASS [ARGUMENT...]; runs a program of the tests on the assembled image and its Java.
here=$(dirname "$(readlink -f -- "$0")") || exit 1
main=$1
shift
for image in "$here"/target/longhaul-*/; do
  if [ -x "$image/runtime/bin/java" ] && [ -d "$here/target/test-classes" ]; then
    exec "$image/runtime/bin/java" -XX:+UseSerialGC "-Dlonghaul.image=${image%/}" \
      -cp "$here/target/test-classes:$image/lib/*:$here/../shared-protocol/target/test-classes" "$main" "$@"
  fi
done
echo "there is no image in $here/target; run ./mvnw package -DskipTests" >&2
exit 1
