"""The door for WSGI servers."""

import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

from webapp.telemetry.traces import send_if_wanted

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "webapp.config.settings")
send_if_wanted()
application = get_wsgi_application()

# What is loaded now stays for good: the garbage collector need not look through it again and again.
_ = get_resolver().url_patterns
gc.collect()
gc.freeze()
gc.set_threshold(20_000, 20, 20)
