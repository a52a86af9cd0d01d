"""Demo data: real boundaries and places, invented people and cases, clearly marked as a demo."""
