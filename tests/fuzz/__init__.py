"""Fuzzing: one small target a part of the line, one harness, and the finds that were mended, which every test run replays.

`scripts/fuzz TARGET SECONDS` runs one; docs/fuzzing.md says what was run and what fell out.
"""
