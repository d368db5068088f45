"""Superusers become admins, everybody else a requester, as before roles were told apart."""

from django.db import migrations


def give_first_roles(apps, schema_editor):
    user, grant = apps.get_model("accounts", "User"), apps.get_model("accounts", "RoleGrant")
    grant.objects.bulk_create(
        (
            grant(person=person, role="admin" if person.is_superuser else "requester", source="default", by="system")
            for person in user.objects.iterator(chunk_size=1000)
        ),
        batch_size=1000,
        ignore_conflicts=True,
    )
    user.objects.filter(is_superuser=True).update(is_staff=True)


class Migration(migrations.Migration):

    dependencies = [
        ("accounts", "0003_roles_and_teams"),
    ]

    operations = [
        migrations.RunPython(give_first_roles, migrations.RunPython.noop, elidable=True),
    ]
