"""The database itself refuses to change or delete a line."""

from django.db import migrations

from webapp.audit import protection


def protect(apps, schema_editor):
    protection.protect(schema_editor.connection)


def unprotect(apps, schema_editor):
    protection.unprotect(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_trail")]
    operations = [migrations.RunPython(protect, unprotect)]
