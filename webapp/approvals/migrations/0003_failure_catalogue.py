"""Fill the failure catalogue from the file of failures; what an admin has entered stays."""

import tomllib
from pathlib import Path

from django.conf import settings
from django.db import migrations


def fill(apps, schema_editor):
    entries = apps.get_model("approvals", "CatalogueEntry").objects.using(schema_editor.connection.alias)
    file = Path(settings.BASE_DIR) / "webapp" / "cloud" / "failures.toml"
    for one in tomllib.loads(file.read_text())["failures"]:
        facts = {
            "sentence": one["sentence"],
            "whose": one["whose"],
            "remedy": one["remedy"],
            "pointer": one.get("pointer", ""),
            "is_retryable": one.get("retryable", False),
        }
        for code in one["codes"]:
            entries.get_or_create(code=code, defaults=facts)


class Migration(migrations.Migration):
    dependencies = [("approvals", "0002_found_by_name")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
