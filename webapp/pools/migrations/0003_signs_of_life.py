from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("pools", "0002_no_draft_url")]
    operations = [
        migrations.AddField("creation", "claimed_at", models.DateTimeField(blank=True, null=True)),
    ]
