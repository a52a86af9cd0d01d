"""Whose ground is this place, how sure is that, and what may the asking bureau do there?"""
