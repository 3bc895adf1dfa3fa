"""A product catalogue: reads that a cache answers, writes that happen once, and answers when parts are gone."""
