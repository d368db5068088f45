from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("careless", "0001_initial")]
    operations = [migrations.RenameField("pool", "size", "nodes")]
