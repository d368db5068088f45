"""Who launches gives signs of life; and the failure catalogue learns what the file of failures says by now."""

import importlib

from django.db import migrations, models

fill = importlib.import_module("webapp.approvals.migrations.0003_failure_catalogue").fill


class Migration(migrations.Migration):
    dependencies = [("approvals", "0003_failure_catalogue")]
    operations = [
        migrations.AddField("poolrequest", "held_at", models.DateTimeField(blank=True, null=True)),
        migrations.AddField("poolrequest", "tried_at", models.DateTimeField(blank=True, null=True)),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
