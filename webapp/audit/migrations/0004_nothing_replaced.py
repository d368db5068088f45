"""The database refuses to replace a line, too."""

from django.db import migrations

from webapp.audit import protection


def protect(apps, schema_editor):
    protection.protect(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("audit", "0003_searchable")]
    operations = [migrations.RunPython(protect, migrations.RunPython.noop)]
