"""`make bench`: what the product costs, as ratios against a yardstick measured in the same run.

Never a test: a shared machine drifts by a factor of two from hour to hour, ratios in one run do not.
"""
