"""The formats in which a body leaves and enters, in one table."""

from webapp.nodepool.formats import strict_yaml
from webapp.nodepool.formats.ansible import write_ansible
from webapp.nodepool.formats.ansible_reading import read_ansible
from webapp.nodepool.formats.base import Exported, Format, Imported, Note, Target
from webapp.nodepool.formats.cleaning import cleaned
from webapp.nodepool.formats.plain import read_json_body, read_yaml, write_json, write_yaml
from webapp.nodepool.formats.scripts import write_curl, write_python
from webapp.nodepool.formats.terraform import write_terraform
from webapp.nodepool.formats.terraform_reading import read_terraform
from webapp.nodepool.pointers import JSON
from webapp.nodepool.reading import Unreadable, read_json

__all__ = ["FORMATS", "Exported", "Format", "Imported", "Note", "Target", "cleaned", "parse", "read"]

FORMATS = {
    one.name: one
    for one in (
        Format("json", "JSON", "json", write_json, read_json_body, parse=read_json),
        Format("yaml", "YAML", "yaml", write_yaml, read_yaml, parse=strict_yaml.read),
        Format("curl", "curl", "sh", write_curl),
        Format("terraform", "Terraform", "tf", write_terraform, read_terraform, needs_form=True),
        Format("python", "Python (otcextensions)", "py", write_python),
        Format("ansible", "Ansible", "yml", write_ansible, read_ansible, needs_form=True),
    )
}


def read(name: str, data: bytes) -> Imported:
    """Return the body in a text of the named format. Raises Unreadable, also for formats that are only written."""
    reader = FORMATS[name].read
    if reader is None:
        raise Unreadable(f"{FORMATS[name].label} can be written, but not read.")
    return reader(data)


def parse(name: str, data: bytes) -> JSON:
    """Return the body in a text as it stands, to be checked: nothing is removed or mended. Raises Unreadable."""
    found = FORMATS[name].parse
    return found(data) if found else read(name, data).body
