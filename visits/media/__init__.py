"""Photos and films of a visit: refusals.py says what a visit does not take, links.py makes the short-lived addresses
under which it is shown. The files themselves are decoded by core/media. docs/decisions/0009-media.md
"""
