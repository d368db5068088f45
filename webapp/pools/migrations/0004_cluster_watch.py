from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("pools", "0003_signs_of_life")]
    operations = [
        migrations.CreateModel(
            name="ClusterWatch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("project_id", models.CharField(max_length=64)),
                ("cluster_id", models.CharField(max_length=64)),
                ("asked_at", models.DateTimeField(blank=True, null=True)),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                ("nodes_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("project_id", "cluster_id"), name="one_watch_per_cluster"),
                ],
            },
        ),
    ]
