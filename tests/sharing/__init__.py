"""Tests of the sharing engine, on SQLite and (HUB_TEST_DATABASE_URL) PostgreSQL."""
