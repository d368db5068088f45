from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("pools", "0001_initial")]
    operations = [
        migrations.AddField("creation", "claimed_at", models.DateTimeField(blank=True, null=True)),
    ]
