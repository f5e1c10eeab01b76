#!/usr/bin/env bash
# Makes sure that the page tests find a Chromium. Installs Debian's when run as root; says what is missing otherwise.
# Exits 1 only in CI, where the page tests must run.
set -eu

for name in "${ANDEL_CHROMIUM:-}" chromium chromium-browser google-chrome; do
  if [ -n "$name" ] && command -v "$name" >/dev/null 2>&1; then
    echo "Chromium: $(command -v "$name")"
    exit 0
  fi
done

if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  echo "Installing Chromium for the page tests ..."
  if apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium; then
    echo "Chromium: $(command -v chromium)"
    exit 0
  fi
fi

echo "Chromium is missing: the page tests will be skipped." >&2
echo "Install it (Debian: apt-get install chromium), or point ANDEL_CHROMIUM at one." >&2
[ "${CI:-}" = true ] && exit 1
exit 0
