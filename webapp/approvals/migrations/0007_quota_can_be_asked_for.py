"""Let admins be asked for quota where a failure is about one; the file of failures says where."""

import tomllib
from pathlib import Path

from django.conf import settings
from django.db import migrations, models


def fill(apps, schema_editor):
    entries = apps.get_model("approvals", "CatalogueEntry").objects.using(schema_editor.connection.alias)
    file = Path(settings.BASE_DIR) / "webapp" / "cloud" / "failures.toml"
    about_quota = [one for one in tomllib.loads(file.read_text())["failures"] if one.get("quota")]
    entries.filter(code__in=[code for one in about_quota for code in one["codes"]]).update(asks_quota=True)


class Migration(migrations.Migration):
    dependencies = [("approvals", "0006_compared_with")]
    operations = [
        migrations.AddField("catalogueentry", "asks_quota", models.BooleanField(db_default=False, default=False)),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
