# SPDX-License-Identifier: Apache-2.0
"""Python's nova-api as the reference for writes: whole, with its peers; only forgets on demand.

POST /rig/forget empties what the process remembers between requests (cells, zones of hosts, the services' versions,
neutron's extensions), so that a recorded answer does not depend on the line before it.
"""
from nova import availability_zones
from nova import context
from nova.api.openstack.compute.wsgi import init_application
from nova.compute import api as compute_api
from nova.compute import rpcapi
from nova import quota
from nova.objects import service

_application = init_application()


def forget():
    availability_zones.reset_cache()
    context.CELLS = []
    context.CELL_CACHE = {}
    compute_api.CELLS = []
    rpcapi.LAST_VERSION = None
    quota.UID_QFD_POPULATED_CACHE_ALL = False
    quota.UID_QFD_POPULATED_CACHE_BY_PROJECT.clear()
    service.Service.clear_min_version_cache()


def application(environ, start_response):
    if environ['PATH_INFO'] == '/rig/forget':
        forget()
        start_response('200 OK', [('Content-Length', '0')])
        return []
    return _application(environ, start_response)
