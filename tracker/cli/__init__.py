"""Commands of `flask`: each makes one domain call and explains itself with `--help`."""

from flask import Flask

from tracker.cli.attachments import encrypt_attachments_command
from tracker.cli.audit import audit_proof, checkpoint, verify_audit
from tracker.cli.backup import backup_command, restore_command
from tracker.cli.cases_import import import_cases, undo_import_command
from tracker.cli.categories import load_categories
from tracker.cli.deadlines import deadline, load_calendar
from tracker.cli.demo import load_demo_command
from tracker.cli.export import export_ledger
from tracker.cli.key_villages import import_villages_command, undo_villages_command, village_ledger_command
from tracker.cli.keys import move_keys_command
from tracker.cli.outbox import outbox_command
from tracker.cli.people import create_admin, create_admins
from tracker.cli.places import import_places_command
from tracker.cli.refusals import with_sentences
from tracker.cli.reports import report_command
from tracker.cli.tick import run_scheduler_command, tick_command

SHORT = (deadline, create_admins, create_admin, load_categories, outbox_command, run_scheduler_command, tick_command)
# What reads or writes much at once: its statements may take longer than those of a page.
LONG = (
    load_calendar,
    import_places_command,
    import_cases,
    undo_import_command,
    export_ledger,
    import_villages_command,
    undo_villages_command,
    village_ledger_command,
    report_command,
    load_demo_command,
    verify_audit,
    checkpoint,
    audit_proof,
    backup_command,
    restore_command,
    encrypt_attachments_command,
    move_keys_command,
)
COMMANDS = (
    *(with_sentences(command, long=False) for command in SHORT),
    *(with_sentences(command, long=True) for command in LONG),
)


def register_commands(app: Flask) -> None:
    """Attach every command to the application."""
    for command in COMMANDS:
        app.cli.add_command(command)
