"""Benchmarks: one file per claim; each names its baseline and checks the answers it times."""
