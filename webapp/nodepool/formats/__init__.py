"""The formats in which a body leaves and enters, in one table."""

from webapp.nodepool.formats.ansible import write_ansible
from webapp.nodepool.formats.base import Exported, Format, Imported, Note, Target
from webapp.nodepool.formats.cleaning import cleaned
from webapp.nodepool.formats.plain import read_json_body, read_yaml, write_json, write_yaml
from webapp.nodepool.formats.scripts import write_curl, write_python
from webapp.nodepool.formats.terraform import read_terraform, write_terraform
from webapp.nodepool.reading import Unreadable

__all__ = ["FORMATS", "Exported", "Format", "Imported", "Note", "Target", "cleaned", "read"]

FORMATS = {
    one.name: one
    for one in (
        Format("json", "JSON", "json", write_json, read_json_body),
        Format("yaml", "YAML", "yaml", write_yaml, read_yaml),
        Format("curl", "curl", "sh", write_curl),
        Format("terraform", "Terraform", "tf", write_terraform, read_terraform, needs_form=True),
        Format("python", "Python (otcextensions)", "py", write_python),
        Format("ansible", "Ansible", "yml", write_ansible, needs_form=True),
    )
}


def read(name: str, data: bytes) -> Imported:
    """Return the body in a text of the named format. Raises Unreadable, also for formats that are only written."""
    reader = FORMATS[name].read
    if reader is None:
        raise Unreadable(f"{FORMATS[name].label} can be written, but not read.")
    return reader(data)
