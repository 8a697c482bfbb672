#!/usr/bin/env bash
# Exits with 0 if the service in this container is ready, for HEALTHCHECK. Uses Bash alone: the image has no HTTP client.
set -euo pipefail

exec 3<>/dev/tcp/127.0.0.1/8080
printf 'GET /health/ready HTTP/1.0\r\nHost: localhost\r\n\r\n' >&3
read -r _ status _ <&3
[[ $status == 200 ]]
