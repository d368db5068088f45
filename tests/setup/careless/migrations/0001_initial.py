from django.db import migrations, models


class Migration(migrations.Migration):
    operations = [
        migrations.CreateModel(
            "Pool", [("id", models.BigAutoField(primary_key=True)), ("size", models.IntegerField(default=0))]
        )
    ]
