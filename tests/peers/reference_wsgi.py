# SPDX-License-Identifier: Apache-2.0
"""Python's nova-api as the reference for recording.

Without neutron: security groups and the port search by address are what a
list asks it for, and neither program does here; the first gives no groups,
the second says that neutron lacks the substring extension.

With down cells as documented: Zed answers 500 when a cell's server refuses
the connection, because it cannot copy the error while it merges the cells
(TypeError: DBAPIError.__init__() …). Here the error can be copied.

Run under uwsgi with OS_NOVA_CONFIG_DIR naming a folder with nova.conf and
api-paste.ini.
"""
from nova.api.openstack.compute.wsgi import init_application
from nova.network import neutron
from nova.network import security_group_api
from sqlalchemy import exc

security_group_api.get_instances_security_groups_bindings = lambda context, servers, detailed=False: {}
security_group_api.get_instance_security_groups = lambda context, instance, detailed=False: []
neutron.API.has_substr_port_filtering_extension = lambda self, context: False

_init = exc.DBAPIError.__init__


def _lenient_init(self, statement, params=None, orig=None, *args, **kwargs):
    _init(self, statement, params, orig, *args, **kwargs)


exc.DBAPIError.__init__ = _lenient_init

application = init_application()
