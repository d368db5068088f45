"""Which path asks what."""

from werkzeug.routing import Map, Rule

from webapp.simulator import cce, identity, openstack, services

_CCE = "/api/v3/projects/<p>"
_POOLS = f"{_CCE}/clusters/<c>/nodepools"

_CCE_CALLS = {
    ("GET", f"{_CCE}/clusters"): cce.clusters,
    ("GET", f"{_CCE}/clusters/<c>"): cce.cluster,
    ("GET", f"{_CCE}/clusters/<c>/nodes"): cce.nodes,
    ("GET", f"{_CCE}/clusters/<c>/nodes/<item>"): cce.node,
    ("GET", _POOLS): cce.list_pools,
    ("POST", _POOLS): cce.create_pool,
    ("GET", f"{_POOLS}/<item>"): cce.get_pool,
    ("PUT", f"{_POOLS}/<item>"): cce.update_pool,
    ("DELETE", f"{_POOLS}/<item>"): cce.delete_pool,
    ("GET", f"{_POOLS}/<item>/configuration"): cce.configuration,
    ("PUT", f"{_POOLS}/<item>/configuration"): cce.configure,
    ("PUT", "/api/v3.1/projects/<p>/clusters/<c>/nodepool/<item>/sync"): cce.synchronize,
    ("GET", f"{_CCE}/jobs/<item>"): cce.job,
    ("GET", "/api/v2/projects/<p>/jobs"): cce.old_jobs,
    ("GET", "/api/v2/projects/<p>/jobs/<item>"): cce.old_job,
    ("GET", f"{_CCE}/quotas"): cce.cce_quotas,
}
_LISTS = {
    "/v2.1/<p>/os-availability-zone": services.zones,
    "/v2/<p>/os-availability-zone": services.zones,
    "/v1/<p>/cloudservers/flavors": services.flavors,
    "/v2.1/<p>/os-keypairs": services.key_pairs,
    "/v2.1/<p>/os-keypairs/<item>": openstack.key_pair,
    "/v2.1/<p>/flavors": openstack.flavors,
    "/v2.1/<p>/flavors/detail": openstack.flavors,
    "/v2.1/<p>/os-server-groups": openstack.server_groups,
    "/v2/<p>/types": services.volume_types,
    "/v3/<p>/types": services.volume_types,
    "/v1/<p>/vpcs": services.vpcs,
    "/v1/<p>/vpcs/<item>": services.vpc,
    "/v1/<p>/subnets": services.subnets,
    "/v1/<p>/subnets/<item>": services.subnet,
    "/v2.0/networks": openstack.networks,
    "/v2.0/subnets": openstack.subnets,
    "/v2.0/security-groups": openstack.security_groups,
    "/v2.0/network-ip-availabilities/<item>": openstack.free_addresses,
    "/v1/<p>/security-groups": services.security_groups,
    "/v3/<p>/vpc/security-groups": services.newer_security_groups,
    "/v1/<p>/publicips": services.eips,
    "/v1/<p>/publicips/<item>": services.eip,
    "/v1/<p>/cloudservers/os-server-groups": services.server_groups,
    "/v2/cloudimages": services.images,
    "/v2/images": services.images,
    "/v1/<p>/cloudservers/limits": services.ecs_limits,
    "/v1/<p>/quotas": services.vpc_quotas,
    "/v2/<p>/os-quota-sets/<item>": services.evs_quotas,
    "/v3.0/OS-AGENCY/agencies": identity.agencies,
    "/v3/auth/catalog": identity.catalogue,
    "/v3/auth/projects": identity.projects,
    "/v3/projects": identity.projects,
    "/v3/regions": identity.regions,
    "/v3/users/<item>/groups": identity.groups,
}
_KMS = {
    "/v1.0/<p>/kms/list-keys": services.kms_keys,
    "/v1.0/<p>/kms/describe-key": services.kms_key,
}


def routes() -> Map:
    """Return every path, with the function that answers it."""
    rules = [Rule(path, endpoint=endpoint, methods=[method]) for (method, path), endpoint in _CCE_CALLS.items()]
    rules += [Rule(path, endpoint=endpoint, methods=["GET"]) for path, endpoint in _LISTS.items()]
    rules += [Rule(path, endpoint=endpoint, methods=["POST"]) for path, endpoint in _KMS.items()]
    return Map(rules, strict_slashes=False)
