"""Many digits: planned, sampled in batches, cached, and read from files."""
