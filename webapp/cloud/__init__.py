"""The client of the cloud: identity, CCE and the services behind the pick lists."""
