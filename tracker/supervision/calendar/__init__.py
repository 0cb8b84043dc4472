"""A change of the calendar (日历变更): its preview, its turns, the rungs it corrects."""
