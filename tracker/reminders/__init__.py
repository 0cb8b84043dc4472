"""Reminders: the ladder of reminders and escalations, and the timer that climbs it (提醒、升级)."""
