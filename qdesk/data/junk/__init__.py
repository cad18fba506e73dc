"""Junk as people make it, drawn by code: writing, scribbles, bare lines and marks, rude pictures. No data is needed.

Each module draws raw strokes, in any place and size. `data.synthetic_junk` fits them to the box and simplifies them.
"""
