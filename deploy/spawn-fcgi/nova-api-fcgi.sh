#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Starts responders under spawn-fcgi: PROCESSES of them share one socket, any front server may connect to it.
#     PROCESSES=4 SOCKET=/run/nova-api-fcgi/osapi_compute.sock ./nova-api-fcgi.sh --config-file /etc/nova/nova.conf
set -e
: "${PROCESSES:=4}" "${SOCKET:=/run/nova-api-fcgi/osapi_compute.sock}" "${PROGRAM:=/usr/bin/nova-api-fcgi}"
exec spawn-fcgi -s "$SOCKET" -M "${SOCKET_MODE:-0660}" -F "$PROCESSES" ${PIDFILE:+-P "$PIDFILE"} -- \
    "$PROGRAM" --api osapi_compute "$@"
