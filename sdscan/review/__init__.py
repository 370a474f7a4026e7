"""`sdscan review`: the report page, served on this machine, with new files as they come and marks that are written.

guard.py   who may ask: token, Host, Origin; everything else is refused before any other code runs
desk.py    what lies on the desk: the judged files, which grow while pictures are generated
writing.py what `--write` may do: allow entries, the baseline, sorted copies
app.py     the few addresses, and nothing that takes a path from a browser
"""
