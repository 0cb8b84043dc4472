"""Supervision: the ladder, the timer, its notices and papers. What was promised, and the tests that hold it to it.

Of each promise the last line is its negative control, which fails on a build that breaks it. The numbers are those of
mishaps in other systems. `test_promises` sees to it that every test named here exists.

P9   each escalation once: four timers, kills
       reminders/test_downtime::test_four_tickers_over_many_due_rungs_raise_each_once
       reminders/test_downtime::test_kill_9_loses_and_repeats_nothing
       reminders/test_once::test_a_timer_that_forgets_what_it_raised_is_stopped_by_the_key

P10  a pause of an hour to forty days misses nothing
       reminders/test_downtime::test_after_every_pause_the_record_is_that_of_a_timer_that_never_stopped
       reminders/test_downtime::test_over_two_thousand_clocks_the_record_is_that_of_a_timer_that_never_stopped
       reminders/test_long_run::test_months_of_an_office_whose_timer_fares_badly
       reminders/test_downtime::test_a_timer_that_only_looks_at_today_is_caught

P11  leaps of the clock harm nothing
       reminders/test_rules::test_what_a_leap_of_the_clock_means
       reminders/test_gate::test_under_a_wrong_clock_nothing_is_written_and_the_alarm_is_kept
       reminders/test_holding::test_what_a_clock_that_ran_ahead_left_is_withdrawn_and_raised_again
       reminders/test_once::test_leap_day_next_century_and_spring_festival
       reminders/test_gate::test_under_a_wrong_clock_nothing_is_written_for_the_morning_nor_sent
       reminders/test_gate::test_no_number_of_another_year_is_given_under_a_wrong_clock
       reminders/test_gate::test_after_a_long_vacation_one_confirmation_lets_everything_go_on
       reminders/test_gate::test_without_the_gate_digests_and_copies_would_leave
       reminders/test_gate::test_without_the_gate_the_number_would_be_of_a_wrong_year
       reminders/test_gate::test_without_the_gate_a_wrong_clock_would_write

P12  six hours of a failing mail server
       notifications/test_sending::test_five_hundred_survive_six_hours
       notifications/test_sending::test_a_few_survive_on_both_databases
       notifications/test_sending::test_the_judge_sees_what_is_wrong

P13  neither a slow mail server nor a busy timer keeps people waiting
       reminders/test_once::test_who_saves_while_the_timer_works_gets_his_turn
       notifications/test_sending::test_while_a_server_hangs_others_write

     nobody waits for the timer in a circle
       supervision/test_locks::test_nobody_waits_in_a_circle
       supervision/test_locks::test_with_the_log_first_there_is_a_circle

1    a holiday in the waiting time makes a notice later, never earlier
       working_days/test_second_opinion::test_two_ways_of_counting_agree
       reminders/test_once::test_leap_day_next_century_and_spring_festival

2    telling changes nothing but the ledger
       reminders/test_raising::test_a_second_run_of_the_same_day_does_nothing
       reminders/test_raising::test_a_rehearsal_writes_nothing

3    mail server down: P12
       notifications/test_sending::test_a_server_that_is_down_is_asked_once_in_a_round

4    two timers, a kill between writing and sending: P9
       notifications/test_sending::test_two_senders_at_once_send_everything_once
       notifications/test_sending::test_what_a_killed_sender_held_is_sent_under_the_same_name
       reminders/test_once::test_two_timers_write_one_digest_a_person

5    ten days off
       reminders/test_raising::test_ten_days_off_bring_one_notice_at_the_level_now_reached

6    a date moved twice in a day
       reminders/test_once::test_each_of_several_revisions_of_a_day_may_tell

7    answered in time, closed late
       cases/test_story::test_answered_in_time_and_closed_late_stays_in_time

8    extensions and pauses in any order
       working_days/test_pauses::test_any_pauses_in_any_order_count_once_and_never_earlier
       working_days/test_pauses::test_an_extension_is_counted_past_pauses
       reminders/test_raising::test_an_extension_starts_the_reminders_anew_and_keeps_the_old_ones

9    a case opened again begins with new clocks, not with a breach
       cases/test_story::test_a_look_back_that_recurred_opens_a_new_round_of_the_same_case
       cases/test_story::test_review_keeps_the_case_open_and_remittal_starts_days_of_its_own

10   a year without a calendar
       working_days/test_terms::test_years_not_loaded_are_provisional_not_an_error
       supervision/test_calendar_change::test_an_empty_year_is_refused

11   worked Sundays, five working days over 春节
       working_days/test_terms::test_checked_dates

12   150 overdue at once, the oldest first
       jobs/test_ticking::test_every_overdue_clock_is_handled_the_oldest_first

16   the same file twice; old matters tell nothing
       spreadsheets/test_import_cases::test_two_imports_of_one_file_at_once_make_each_row_once
       reminders/test_once::test_a_clock_that_had_ended_before_it_was_entered_tells_nobody

17   disabled, away, without permission: the next level, with the reason
       reminders/test_recipients::test_disabled_the_next_level_is_told_with_the_reason
       reminders/test_recipients::test_away_the_stand_in_is_told_else_the_next_level
       reminders/test_recipients::test_without_the_permission_check_the_accused_would_be_told
"""
