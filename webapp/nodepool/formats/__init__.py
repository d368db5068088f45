"""The formats in which a body leaves and enters, in one table."""

from webapp.nodepool.formats.ansible import write_ansible
from webapp.nodepool.formats.base import Exported, Format, Imported, Note, Target
from webapp.nodepool.formats.plain import read_json_body, read_yaml, write_json, write_yaml
from webapp.nodepool.formats.scripts import write_curl, write_python
from webapp.nodepool.formats.terraform import read_terraform, write_terraform

__all__ = ["FORMATS", "Exported", "Format", "Imported", "Note", "Target"]

FORMATS = {
    one.name: one
    for one in (
        Format("json", "JSON", "json", write_json, read_json_body),
        Format("yaml", "YAML", "yaml", write_yaml, read_yaml),
        Format("curl", "curl", "sh", write_curl),
        Format("terraform", "Terraform", "tf", write_terraform, read_terraform),
        Format("python", "Python (otcextensions)", "py", write_python),
        Format("ansible", "Ansible", "yml", write_ansible),
    )
}
