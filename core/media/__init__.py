"""From a file as a phone sends it to a file that is kept: turned upright, written anew, nothing in it but the picture.

kinds.py says what a file is and how large it may be; convert.py asks child.py, a process of its own, to decode it;
serve.py sends what is kept to a reader who has been checked. Knows no room: visits, meetings and sealed papers hang
their own limits and rows on it. docs/decisions/0009-media.md
"""
