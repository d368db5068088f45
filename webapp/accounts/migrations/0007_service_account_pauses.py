"""When the cloud refused a service account is remembered where every process sees it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ('accounts', '0006_teams'),
    ]

    operations = [
        migrations.AddField(
            model_name='serviceaccount',
            name='refused_at',
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name='serviceaccount',
            name='refused_key',
            field=models.CharField(blank=True, db_default='', default='', editable=False, max_length=100),
        ),
    ]
