"""Tests of the run ledger and the gate."""
