"""The trail. Without foreign keys: it blocks no deletion, and loses no name by one."""

from typing import Any, NoReturn

from django.db import models


class AppendOnly(Exception):
    """Somebody tried to change or delete a line of the trail."""


class AuditLineQuerySet(models.QuerySet["AuditLine"]):
    """Reads and nothing else; lines come by `audit.trail.note` alone."""

    def update(self, **_: Any) -> NoReturn:
        """Refuse."""
        raise AppendOnly

    def delete(self) -> NoReturn:
        """Refuse."""
        raise AppendOnly


class AuditLine(models.Model):
    """One act: who, what, on which object, from where, with what was before and after (JSON texts).

    `hash` covers all of the line and `previous`, the hash of the line before it.
    """

    number = models.PositiveBigIntegerField(unique=True)
    at = models.DateTimeField()
    actor = models.CharField(max_length=200)
    actor_id = models.CharField(max_length=40, blank=True)
    act = models.CharField(max_length=60, db_index=True)
    about = models.CharField(max_length=200, db_index=True)
    before = models.TextField(blank=True)
    after = models.TextField(blank=True)
    address = models.CharField(max_length=60, blank=True)
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    objects = AuditLineQuerySet.as_manager()

    class Meta:
        verbose_name = "line of the trail"
        verbose_name_plural = "audit trail"
        ordering = ("-number",)
        indexes = [
            models.Index(fields=["actor"], name="trail_by_actor"),
            models.Index(fields=["address"], name="trail_by_address"),
            models.Index(fields=["act", "at"], name="trail_by_act_and_time"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.act} {self.about}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Write a new line. Raises AppendOnly for one that is there."""
        if not self._state.adding:
            raise AppendOnly
        super().save(*args, **kwargs)

    def delete(self, *_: Any, **__: Any) -> NoReturn:
        """Refuse."""
        raise AppendOnly


class AuditHead(models.Model):
    """The end of the trail: its last number and hash. Its one row is also the lock of whoever writes."""

    number = models.PositiveBigIntegerField(default=0)
    hash = models.CharField(max_length=64, blank=True)

    def __str__(self) -> str:
        return str(self.number)
