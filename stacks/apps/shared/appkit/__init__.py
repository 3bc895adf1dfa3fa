"""What every application of the kit has alike: its life, what it tells of requests, how it connects, its migrations."""
