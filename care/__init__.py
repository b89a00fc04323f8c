"""What follows a visit: opinion ledger, care file, referral. Opinions are captured in visits/ until this room is built."""
