"""How gunicorn serves the site, for `make run` and for an office's server alike."""

import os

wsgi_app = "wsgi:app"
# Only this machine: in an office a web server with a certificate stands before it.
bind = f"127.0.0.1:{os.environ.get('PORT') or 5000}"
# Two processes for two cores; threads, so that one long export holds up nobody, and those who wait for a writer
# (never more than half of a process for long, `tracker/core/waiting.py`) hold up nobody who only reads.
workers = int(os.environ.get("WEB_WORKERS") or 2)
worker_class = "gthread"
threads = 6
timeout = 120
graceful_timeout = 20
# What the program writes (keys, attachments, database) is for its own account only.
umask = 0o077
loglevel = "warning"
